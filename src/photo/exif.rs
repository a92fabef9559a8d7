//! The few EXIF facts that matter, read from a block that may be broken.

use exif::{Exif, Field, In, Reader, Tag, Value};

/// Longest text kept from a file: more is abuse, not a camera's name.
const MAX_TEXT_CHARS: usize = 128;

/// What an EXIF block says; a field that cannot be read is absent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExifFacts {
    /// As written, also when illegal; 1 when absent.
    pub orientation: u16,
    pub dpi: Option<(f32, f32)>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub software: Option<String>,
    pub taken_at: Option<String>,
}

impl Default for ExifFacts {
    fn default() -> Self {
        Self { orientation: 1, dpi: None, make: None, model: None, software: None, taken_at: None }
    }
}

impl ExifFacts {
    /// Reads a TIFF-structured block; whatever is broken in it is passed over.
    pub(super) fn read(block: Vec<u8>) -> Self {
        let parsed = Reader::new()
            .continue_on_error(true)
            .read_raw(block)
            .or_else(|error| error.distill_partial_result(|_| {}));
        let Ok(exif) = parsed else { return Self::default() };
        Self {
            orientation: orientation(&exif),
            dpi: dpi(&exif),
            make: text(&exif, Tag::Make),
            model: text(&exif, Tag::Model),
            software: text(&exif, Tag::Software),
            taken_at: text(&exif, Tag::DateTimeOriginal),
        }
    }
}

fn orientation(exif: &Exif) -> u16 {
    primary(exif, Tag::Orientation)
        .and_then(|field| field.value.get_uint(0))
        .and_then(|value| u16::try_from(value).ok())
        .unwrap_or(1)
}

fn dpi(exif: &Exif) -> Option<(f32, f32)> {
    let per_inch = match primary(exif, Tag::ResolutionUnit).and_then(|field| field.value.get_uint(0)) {
        None | Some(2) => 1.0,
        Some(3) => 2.54,
        Some(_) => return None,
    };
    let density = |tag| match &primary(exif, tag)?.value {
        Value::Rational(values) => {
            let dpi = values.first()?.to_f64() * per_inch;
            (dpi.is_finite() && dpi > 0.0).then_some(dpi as f32)
        }
        _ => None,
    };
    Some((density(Tag::XResolution)?, density(Tag::YResolution)?))
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(parts) = &primary(exif, tag)?.value else { return None };
    let text = String::from_utf8_lossy(parts.first()?);
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect();
    (!clean.is_empty()).then_some(clean)
}

fn primary(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A little-endian EXIF block with one orientation entry and, when given, a camera make.
    pub(crate) fn block(orientation: u16, make: &str) -> Vec<u8> {
        let mut text = make.as_bytes().to_vec();
        text.push(0);
        let mut block = b"II\x2A\0\x08\0\0\0\x02\0".to_vec();
        block.extend([0x0F, 0x01, 2, 0]);
        block.extend((text.len() as u32).to_le_bytes());
        block.extend(38_u32.to_le_bytes());
        block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
        block.extend(orientation.to_le_bytes());
        block.extend([0, 0, 0, 0, 0, 0]);
        block.extend(text);
        block
    }

    #[test]
    fn orientation_and_make_are_read() {
        let facts = ExifFacts::read(block(6, "Camera Works"));
        assert_eq!((facts.orientation, facts.make.as_deref()), (6, Some("Camera Works")));
    }

    #[test]
    fn an_illegal_orientation_is_kept_for_the_report() {
        assert_eq!(ExifFacts::read(block(99, "Camera Works")).orientation, 99);
    }

    #[test]
    fn broken_blocks_lose_only_what_is_broken() {
        let mut cut = block(8, "Camera Works");
        cut.truncate(40);
        assert_eq!(ExifFacts::read(cut).orientation, 8);
        assert_eq!(ExifFacts::read(Vec::new()), ExifFacts::default());
        assert_eq!(ExifFacts::read(b"II\x2A\0\xFF\xFF\xFF\xFF".to_vec()), ExifFacts::default());
    }

    #[test]
    fn a_directory_that_points_to_itself_ends() {
        let mut looped = block(3, "Camera Works");
        looped[34..38].copy_from_slice(&8_u32.to_le_bytes());
        assert_eq!(ExifFacts::read(looped).orientation, 3);
    }
}
