//! C15 background shadow: does the sitter cast a shadow on the background?
//!
//! ΔE00 between the wall as its fitted surface has it and the shadow beside head and neck: the depth that an area of 0.12
//! square eye distances reaches, darker and of the wall's hue, on the worse side (dE00). A shadow that takes 15 % of the
//! light gives about 3.5, 30 % about 8, half of it 15. Source: graduation text (no shadow). Limits: the standard's
//! `background_shadow.value`.

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
