//! C37 halo: is there a light rim around the person, as an exchanged background leaves it?
//!
//! Share of the person's edge along which the picture is lighter by more than L* 6 than both the person and the wall
//! (band `value`, ratio). Source: graduation text, the background is changed by the centre only. Limits: the standard's
//! `halo.value`, calibrated. A suggestion, it never fails: strong sharpening makes such rims too. Cannot see a dark rim,
//! which hair has by nature, nor an exchange that left none; before a wall that is not plain it is unknown.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.03;

#[derive(Debug)]
pub struct Halo;

impl Check for Halo {
    fn id(&self) -> CheckId {
        CheckId::Halo
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (Some(halo), true) = (&context.measures.halo, wall_is_plain(context)) else {
            return unknown(self.id(), "ratio");
        };
        let judged = context
            .hold_value(self.id(), Some(halo.light_share), "ratio", SPREAD_RATIO)
            .at_worst(Verdict::Warn);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => halo.places.iter().map(|place| Evidence::rect("rim", *place)).collect(),
        };
        judged.finding(self.id(), "B04", evidence)
    }
}

/// Behind a cluttered wall anything light may show beside the person.
fn wall_is_plain(context: &Context<'_>) -> bool {
    context.measures.background.as_ref().is_some_and(|look| {
        let numbers = [
            Held { band: "residual", value: Some(look.residual), unit: "L*", spread: 0.0 },
            Held { band: "clutter", value: Some(look.clutter), unit: "ratio", spread: 0.0 },
        ];
        context.hold(CheckId::BackgroundUniform, &numbers).verdict == Verdict::Pass
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{background, judged};

    #[test]
    fn a_natural_edge_passes() {
        assert_eq!(judged(&Halo, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_rim_all_around_is_pointed_out_and_never_fails() {
        let finding = judged(&Halo, |measures| {
            if let Some(halo) = &mut measures.halo {
                halo.light_share = 0.9;
            }
        });
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("B04")));
    }

    #[test]
    fn a_cluttered_wall_tells_nothing() {
        let finding = judged(&Halo, |measures| background(measures).clutter = 0.5);
        assert_eq!(finding.verdict, Verdict::Unknown);
    }

    #[test]
    fn a_person_who_runs_into_the_wall_tells_nothing() {
        assert_eq!(judged(&Halo, |measures| measures.halo = None).verdict, Verdict::Unknown);
    }
}
