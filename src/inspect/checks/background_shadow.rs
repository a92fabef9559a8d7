//! C15 background shadow: does the sitter cast a shadow on the background?
//!
//! ΔE00 between the median colour of the background within 0.4 eye distances of the person and that
//! further out, on the side where it is darker near the person (dE00). Light falling off by 30 % gives
//! about 8. Source: graduation text (no shadow). Limits: the standard's `background_shadow.value`.

use crate::inspect::{CheckId, Evidence, Finding};

use super::judge::unknown;
use super::{Check, Context};

const SPREAD_DE: f64 = 0.8;

#[derive(Debug)]
pub struct BackgroundShadow;

impl Check for BackgroundShadow {
    fn id(&self) -> CheckId {
        CheckId::BackgroundShadow
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let Some(look) = &context.measures.background else { return unknown(self.id(), "dE00") };
        let evidence = Evidence::Heat {
            label: "background".to_owned(),
            columns: look.map.columns,
            rows: look.map.rows,
            values: look.map.values.clone(),
        };
        let judged = context.hold_value(self.id(), look.shadow, "dE00", SPREAD_DE);
        let evidence = if judged.value > Some(0.0) { vec![evidence] } else { Vec::new() };
        judged.finding(self.id(), "B02", evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::{background, judged};

    #[test]
    fn an_even_wall_passes() {
        assert_eq!(judged(&BackgroundShadow, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn a_hard_shadow_fails() {
        let finding = judged(&BackgroundShadow, |measures| background(measures).shadow = Some(16.0));
        assert_eq!((finding.verdict, finding.reason.as_deref()), (Verdict::Fail, Some("B02")));
    }

    #[test]
    fn a_background_too_narrow_to_tell_is_unknown() {
        let finding = judged(&BackgroundShadow, |measures| background(measures).shadow = None);
        assert_eq!(finding.verdict, Verdict::Unknown);
    }
}
