//! C34 metadata: does the file say that it was edited, or is it a screenshot?
//!
//! Value: number of signs — an editing or beautifying program named in the EXIF software field, and a size
//! that is exactly a phone's screen without any camera named. Words and sizes: assets/standards/traces.toml,
//! each with its source. Limits: the standard's `metadata.value`. Files lie easily, in both directions: a
//! suggestion, it never fails. Cannot tell the photo's age: the domain has no clock.

use crate::inspect::{CheckId, Finding, Verdict};
use crate::standard::Traces;

use super::{Check, Context};

#[derive(Debug)]
pub struct Metadata;

impl Check for Metadata {
    fn id(&self) -> CheckId {
        CheckId::Metadata
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (file, traces) = (context.file, Traces::built_in());
        let edited = file.software.as_deref().and_then(|software| traces.editor(software));
        let camera = file.camera_make.is_some() || file.camera_model.is_some();
        let screen = !camera && traces.is_screen(file.stored_width_px, file.stored_height_px);
        let signs = f64::from(u8::from(edited.is_some()) + u8::from(screen));
        let reason = if edited.is_some() { "R02" } else { "R01" };
        context.hold_value(self.id(), Some(signs), "signs", 0.2).at_worst(Verdict::Warn).finding(
            self.id(),
            reason,
            Vec::new(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture::judged_file;

    #[test]
    fn a_camera_file_passes() {
        assert_eq!(judged_file(&Metadata, |_| ()).verdict, Verdict::Pass);
        let firmware = judged_file(&Metadata, |file| file.software = Some("HarmonyOS 4.0".to_owned()));
        assert_eq!(firmware.verdict, Verdict::Pass);
    }

    #[test]
    fn an_editor_and_a_screenshot_are_pointed_out() {
        let edited =
            judged_file(&Metadata, |file| file.software = Some("Adobe Photoshop 25.0 (Windows)".to_owned()));
        assert_eq!((edited.verdict, edited.reason.as_deref()), (Verdict::Warn, Some("R02")));
        let screen = judged_file(&Metadata, |file| {
            (file.stored_width_px, file.stored_height_px) = (1170, 2532);
        });
        assert_eq!((screen.verdict, screen.reason.as_deref()), (Verdict::Warn, Some("R01")));
    }
}
