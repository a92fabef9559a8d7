//! C23 clothing kind: are the shoulders covered, and is the stuff plain?
//!
//! Share of the shoulders that has the colour of the cheeks (band `bare`, ratio) and the median spread of L* within squares
//! of 0.3 eye distances of stuff (band `busy`, L*). Source: collection centres, no sleeveless top, no busy pattern. Limits:
//! the standard's `clothing_kind` bands, calibrated by looking. A suggestion, it never fails: a person judges clothes.
//! Cannot see collars, scarves, uniforms; takes clothes of the colour of the skin for skin.

use crate::inspect::{CheckId, Evidence, Finding, Verdict};

use super::judge::{Held, unknown};
use super::{Check, Context};

const SPREAD_RATIO: f64 = 0.05;
const SPREAD_L: f64 = 0.8;

#[derive(Debug)]
pub struct ClothingKind;

impl Check for ClothingKind {
    fn id(&self) -> CheckId {
        CheckId::ClothingKind
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(garment) = &context.measures.garment else { return unknown(self.id(), "ratio") };
        let bare =
            Held { band: "bare", value: Some(garment.bare_share), unit: "ratio", spread: SPREAD_RATIO };
        let busy =
            garment.busy.map(|busy| Held { band: "busy", value: Some(busy), unit: "L*", spread: SPREAD_L });
        let numbers: Vec<Held<'_>> = std::iter::once(bare).chain(busy).collect();
        let judged = context.hold(self.id(), &numbers).at_worst(Verdict::Warn);
        let reason = if judged.band == "busy" { "K03" } else { "K04" };
        let evidence = match judged.verdict {
            Verdict::Pass => Vec::new(),
            _ => vec![Evidence::rect("clothes", garment.place)],
        };
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::judged;
    use crate::inspect::measure::garment::Garment;

    fn with(change: impl FnOnce(&mut Garment)) -> Finding {
        judged(&ClothingKind, |measures| {
            if let Some(garment) = &mut measures.garment {
                change(garment);
            }
        })
    }

    #[test]
    fn a_plain_top_passes_and_so_does_one_too_small_to_judge() {
        assert_eq!(with(|_| ()).verdict, Verdict::Pass);
        assert_eq!(with(|garment| garment.busy = None).verdict, Verdict::Pass);
    }

    #[test]
    fn bare_shoulders_and_stripes_have_their_own_reason() {
        let bare = with(|garment| garment.bare_share = 0.9);
        assert_eq!((bare.verdict, bare.reason.as_deref()), (Verdict::Warn, Some("K04")));
        let stripes = with(|garment| garment.busy = Some(25.0));
        assert_eq!((stripes.verdict, stripes.reason.as_deref()), (Verdict::Warn, Some("K03")));
    }
}
