//! C33 file: is the file itself in order?
//!
//! Every photo: colour model, bytes after the end of the picture, a legal EXIF orientation, and a JPEG
//! quality of at least the standard's. A photo that already has the standard's pixels is held against its
//! kilobyte band and must be a JPEG; any other is a source from which the program makes the final file.
//! Value: file length in KB; limit: the kilobyte band where it applies. Source and limits: the standard's
//! `file` table.

use crate::inspect::{CheckId, Finding, Limit, Verdict};
use crate::photo::{ColorModel, FileFacts, FileFormat};
use crate::standard::Standard;

use super::{Check, Context};

const BYTES_PER_KB: f64 = 1024.0;

#[derive(Debug)]
pub struct File;

impl Check for File {
    fn id(&self) -> CheckId {
        CheckId::File
    }

    fn judge(&self, context: &Context<'_>) -> Finding {
        let (file, standard) = (context.file, context.standard);
        let is_final = is_final_size(file, standard);
        let kb = file.bytes as f64 / BYTES_PER_KB;
        let band = (standard.file.min_kb.map(f64::from), standard.file.max_kb.map(f64::from));
        let verdict = if is_final { verdict_of_final(file, kb, band) } else { Verdict::Pass };
        let verdict = verdict.max(verdict_of_any(file, standard));
        Finding {
            check: self.id(),
            verdict,
            value: Some((kb * 10.0).round() / 10.0),
            unit: "KB".to_owned(),
            limit: is_final.then_some(Limit { pass: band, warn: (None, None) }),
            confidence: 1.0,
            reason: (verdict != Verdict::Pass).then(|| reason(file, standard).to_owned()),
            evidence: Vec::new(),
        }
    }
}

fn is_final_size(file: &FileFacts, standard: &Standard) -> bool {
    (file.stored_width_px, file.stored_height_px) == (standard.size.width_px, standard.size.height_px)
}

/// A finished photo outside the band can be encoded again, so it only warns.
fn verdict_of_final(file: &FileFacts, kb: f64, (min, max): (Option<f64>, Option<f64>)) -> Verdict {
    let outside = min.is_some_and(|min| kb < min) || max.is_some_and(|max| kb > max);
    if outside || file.format != FileFormat::Jpeg { Verdict::Warn } else { Verdict::Pass }
}

fn verdict_of_any(file: &FileFacts, standard: &Standard) -> Verdict {
    if is_poor(file, standard) {
        return Verdict::Fail;
    }
    let strange = file.trailing_bytes > 0
        || !(1..=8).contains(&file.orientation)
        || !matches!(file.color_model, ColorModel::Rgb | ColorModel::Rgba);
    if strange { Verdict::Warn } else { Verdict::Pass }
}

/// Compressed below the quality the standard asks for.
fn is_poor(file: &FileFacts, standard: &Standard) -> bool {
    file.jpeg_quality.is_some_and(|quality| quality < standard.file.min_quality)
}

fn reason(file: &FileFacts, standard: &Standard) -> &'static str {
    if is_poor(file, standard) { "Q03" } else { "Q04" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Verdict;
    use crate::inspect::fixture::judged_file;

    #[test]
    fn a_camera_jpeg_passes() {
        assert_eq!(judged_file(&File, |_| ()).verdict, Verdict::Pass);
    }

    #[test]
    fn hard_compression_fails_and_padding_warns() {
        let poor = judged_file(&File, |file| file.jpeg_quality = Some(12));
        assert_eq!((poor.verdict, poor.reason.as_deref()), (Verdict::Fail, Some("Q03")));
        let padded = judged_file(&File, |file| file.trailing_bytes = 4000);
        assert_eq!((padded.verdict, padded.reason.as_deref()), (Verdict::Warn, Some("Q04")));
    }

    #[test]
    fn only_a_photo_of_the_final_size_is_held_against_the_kilobytes() {
        let heavy = judged_file(&File, |file| file.bytes = 900 * 1024);
        assert_eq!((heavy.verdict, heavy.limit), (Verdict::Pass, None));
        let finished = judged_file(&File, |file| {
            (file.stored_width_px, file.stored_height_px, file.bytes) = (480, 640, 900 * 1024);
        });
        assert_eq!(finished.verdict, Verdict::Warn);
    }
}
