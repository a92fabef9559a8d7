//! C26 highlights: does the skin shine?
//!
//! Share of facial skin lighter than L* 92 that keeps less than half of the skin's usual chroma (ratio): a
//! mirrored lamp, sweat. Source: ICAO Doc 9303 (no hot spots), collection centres (no highlight on forehead
//! or nose); calibrated here. Limits: the standard's `highlights.value`. A suggestion: it never fails.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.002;

#[derive(Debug)]
pub struct Highlights;

impl Check for Highlights {
    fn id(&self) -> CheckId {
        CheckId::Highlights
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(light) = &context.measures.light else { return unknown(self.id(), "ratio") };
        let judged = context.hold_value(self.id(), Some(light.highlight), "ratio", SPREAD_RATIO);
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => light.zones.iter().map(|(zone, _)| Evidence::rect("skin", *zone)).collect(),
        };
        judged.at_worst(Verdict::Warn).finding(self.id(), "L04", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::{judged, light};

    #[test]
    fn matt_skin_passes() {
        assert_eq!(judged(&Highlights, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_shining_forehead_is_pointed_out_but_never_fails() {
        let finding = judged(&Highlights, |measures| light(measures).highlight = 0.2);
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Warn, Some("L04")));
    }
}
