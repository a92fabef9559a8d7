//! C14b background colour: is the background one of the accepted colours?
//!
//! Mean (band `mean`) and 99th percentile (band `p99`) of ΔE00 between the background and the nearest
//! accepted colour. Where the background will be replaced the captured colour is information only and
//! passes with its value. Source: graduation text (three colours); tolerance derived from their
//! distances (white and light grey are 3.0 apart). Limits: the standard's `background_colour` bands.

use crate::inspect::{CheckId, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct BackgroundColour;

impl Check for BackgroundColour {
    fn id(&self) -> CheckId {
        CheckId::BackgroundColour
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let nearest = context.measures.background.as_ref().and_then(|look| look.nearest.as_ref());
        let Some(nearest) = nearest else { return unknown(self.id(), "dE00") };
        let numbers = [
            Held { band: "mean", value: Some(nearest.mean_delta_e), unit: "dE00", spread: 0.3 },
            Held { band: "p99", value: Some(nearest.p99_delta_e), unit: "dE00", spread: 0.6 },
        ];
        let mut judged = context.hold(self.id(), &numbers);
        if context.standard.replace_background && judged.verdict != Verdict::Unknown {
            judged = judged.at_worst(Verdict::Pass);
        }
        judged.finding(self.id(), "B03", Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{colour, judged, judged_keeping_background};

    #[test]
    fn the_accepted_colour_passes() {
        assert_eq!(judged_keeping_background(&BackgroundColour, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn another_colour_fails_unless_it_is_replaced() {
        let red = |measures: &mut crate::inspect::measure::Measures| colour(measures).mean_delta_e = 30.0;
        assert_eq!(judged_keeping_background(&BackgroundColour, red).verdict, Verdict::Fail);
        assert_eq!(judged(&BackgroundColour, red).verdict, Verdict::Pass);
    }
}
