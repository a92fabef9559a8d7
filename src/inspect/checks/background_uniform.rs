//! C14 background uniform: is the background one plain tone?
//!
//! A second-order surface is fitted in CIELAB to the background inside the solved crop: spread of L* about
//! it (band `residual`, L*), greatest ΔE00 between two of its places (band `gradient`, dE00), how much more light it has
//! on one side than on the other (band `sideways`, stops; 12 % are 0.18) and the share that stands out from it (band
//! `clutter`, ratio). A lamp from the side shows as a fall-off sideways; the darker corners and the lighter middle of a
//! lens or of a lamp above do not. A fail stands even where the background will be replaced:
//! no matte is safe on a cluttered one. Source: graduation text (even, no gradient, nothing else in the
//! picture); figures calibrated here. Limits: the standard's `background_uniform` bands.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct BackgroundUniform;

impl Check for BackgroundUniform {
    fn id(&self) -> CheckId {
        CheckId::BackgroundUniform
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(look) = &context.measures.background else { return unknown(self.id(), "L*") };
        let numbers = [
            Held { band: "residual", value: Some(look.residual), unit: "L*", spread: 0.4 },
            Held { band: "gradient", value: Some(look.gradient), unit: "dE00", spread: 0.8 },
            Held { band: "sideways", value: Some(look.sideways.abs()), unit: "stops", spread: 0.02 },
            Held { band: "clutter", value: Some(look.clutter), unit: "ratio", spread: 0.01 },
        ];
        let judged = context.hold(self.id(), &numbers);
        let reason = if matches!(judged.band.as_str(), "gradient" | "sideways") { "B03" } else { "B01" };
        let map = Evidence::Heat {
            label: "background".to_owned(),
            columns: look.map.columns,
            rows: look.map.rows,
            values: look.map.values.clone(),
        };
        let evidence = if judged.verdict == Verdict::Pass { Vec::new() } else { vec![map] };
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{background, judged};

    #[test]
    fn a_plain_wall_passes() {
        assert_eq!(judged(&BackgroundUniform, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn clutter_and_a_gradient_have_their_own_reason() {
        let clutter = judged(&BackgroundUniform, |measures| background(measures).clutter = 0.4);
        assert_eq!((clutter.verdict, clutter.reason.as_deref()), (Verdict::Fail, Some("B01")));
        let gradient = judged(&BackgroundUniform, |measures| background(measures).gradient = 25.0);
        assert_eq!((gradient.verdict, gradient.reason.as_deref()), (Verdict::Warn, Some("B03")));
        let sideways = judged(&BackgroundUniform, |measures| background(measures).sideways = -0.2);
        assert_eq!((sideways.verdict, sideways.reason.as_deref()), (Verdict::Warn, Some("B03")));
    }
}
