//! C16 background objects: is anything beside the sitter in the picture?
//!
//! The largest thing that hangs together and differs from the wall's fitted surface by more than 8 CIELAB
//! units, as a share of the crop (band `thing`, ratio), and strips of one colour set off by a straight step
//! along an edge: frames, black bars (band `frame`, number). A thing too large to be a speck or a lock of hair fails, even
//! where the background will be replaced: what it hides of the sitter cannot be known. Source: graduation text (no other people or
//! things, no frame); calibrated here. Limits: the standard's `background_objects` bands. Cannot see what
//! touches the sitter (a hand, the back of a chair) or has the wall's colour.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::{Held, unknown};
use super::{Check, Context};

#[derive(Debug)]
pub struct BackgroundObjects;

impl Check for BackgroundObjects {
    fn id(&self) -> CheckId {
        CheckId::BackgroundObjects
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(look) = &context.measures.background else { return unknown(self.id(), "ratio") };
        let share = look.object.map_or(0.0, |thing| thing.share);
        let numbers = [
            Held { band: "thing", value: Some(share), unit: "ratio", spread: 0.002 },
            Held { band: "frame", value: Some(look.frame.len() as f64), unit: "strips", spread: 0.2 },
        ];
        let judged = context.hold(self.id(), &numbers);
        let (reason, evidence) = if judged.band == "frame" {
            ("B05", look.frame.iter().map(|strip| Evidence::rect("frame", *strip)).collect())
        } else {
            ("F10", look.object.iter().map(|thing| Evidence::rect("thing", thing.place)).collect())
        };
        judged.finding(self.id(), reason, evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{background, judged};
    use crate::inspect::measure::background::Thing;
    use crate::photo::Rect;

    #[test]
    fn an_empty_wall_passes() {
        assert_eq!(judged(&BackgroundObjects, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_thing_and_a_frame_are_pointed_out() {
        let place = Rect::new(0.0, 0.0, 40.0, 40.0);
        let thing = judged(&BackgroundObjects, |measures| {
            background(measures).object = Some(Thing { share: 0.2, place });
        });
        assert_eq!((thing.verdict, thing.reason.as_deref()), (Verdict::Fail, Some("F10")));
        let speck = judged(&BackgroundObjects, |measures| {
            background(measures).object = Some(Thing { share: 0.01, place });
        });
        assert_eq!(speck.verdict, Verdict::Warn);
        let frame = judged(&BackgroundObjects, |measures| background(measures).frame = vec![place]);
        assert_eq!((frame.verdict, frame.reason.as_deref()), (Verdict::Warn, Some("B05")));
    }
}
