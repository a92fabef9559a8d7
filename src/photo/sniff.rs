//! Tells a file's format by its first bytes, never by its name.

use super::FileFormat;

/// What the first bytes say a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Photo(FileFormat),
    /// HEIC/HEIF, the iPhone's "high efficiency" format.
    Heic,
    /// A picture or document format that is not read, by name.
    Foreign(&'static str),
    /// A camera's raw file, which only holds a small preview.
    Raw,
    /// Nothing that is known.
    Unknown,
}

/// The kind of a file from its leading bytes.
pub fn sniff(bytes: &[u8]) -> Kind {
    if let Some(kind) = by_magic(bytes) {
        return kind;
    }
    match brand(bytes) {
        Some(
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"hevm" | b"hevs" | b"mif1" | b"msf1",
        ) => {
            // an AVIF may name the neutral brand first and itself only among the compatible ones
            if bytes.len() >= 32 && bytes[16..32].chunks_exact(4).any(|b| b == b"avif") {
                Kind::Foreign("AVIF")
            } else {
                Kind::Heic
            }
        }
        Some(b"avif" | b"avis") => Kind::Foreign("AVIF"),
        Some(b"crx ") => Kind::Raw,
        Some(_) => Kind::Foreign("video"),
        None => by_text(bytes),
    }
}

fn by_magic(bytes: &[u8]) -> Option<Kind> {
    let kind = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Kind::Photo(FileFormat::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Kind::Photo(FileFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::Photo(FileFormat::WebP),
        [b'I', b'I', 0x2A, 0, _, _, _, _, b'C', b'R', ..] => Kind::Raw,
        [b'I', b'I', 0x2A | 0x2B, 0, ..] | [b'M', b'M', 0, 0x2A | 0x2B, ..] => Kind::Photo(FileFormat::Tiff),
        // reserved words of the BMP header are zero; "BM" alone begins many texts
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Kind::Photo(FileFormat::Bmp),
        [b'G', b'I', b'F', b'8', ..] => Kind::Foreign("GIF"),
        [b'%', b'P', b'D', b'F', ..] => Kind::Foreign("PDF"),
        [b'8', b'B', b'P', b'S', ..] => Kind::Foreign("Photoshop"),
        [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C, b'J', b'X', b'L', b' ', ..] => Kind::Foreign("JPEG XL"),
        [0, 0, 0, 0x0C, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => Kind::Foreign("JPEG 2000"),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Kind::Foreign("ZIP"),
        [b'R', b'a', b'r', b'!', ..] => Kind::Foreign("RAR"),
        [b'I', b'I', b'R', b'O' | b'S', ..] | [b'I', b'I', 0x55, 0, ..] => Kind::Raw,
        [b'F', b'U', b'J', b'I', b'F', b'I', b'L', b'M', ..] => Kind::Raw,
        _ => return None,
    };
    Some(kind)
}

/// The major brand of an ISO base media file.
fn brand(bytes: &[u8]) -> Option<&[u8; 4]> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    bytes.get(8..12)?.try_into().ok()
}

fn by_text(bytes: &[u8]) -> Kind {
    let start = bytes.trim_ascii_start();
    let opens = |tag: &[u8]| start.len() >= tag.len() && start[..tag.len()].eq_ignore_ascii_case(tag);
    if opens(b"<svg") || opens(b"<?xml") {
        Kind::Foreign("SVG or XML")
    } else if opens(b"<!doctype html") || opens(b"<html") {
        Kind::Foreign("web page")
    } else {
        Kind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: Kind) {
        assert_eq!(sniff(bytes), expect, "{bytes:02X?}");
    }

    #[test]
    fn formats_are_told_by_content() {
        check(b"\xFF\xD8\xFF\xE0....", Kind::Photo(FileFormat::Jpeg));
        check(b"\x89PNG\r\n\x1A\n", Kind::Photo(FileFormat::Png));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Kind::Photo(FileFormat::WebP));
        check(b"MM\0\x2A\0\0\0\x08", Kind::Photo(FileFormat::Tiff));
        check(b"II\x2A\0\x10\0\0\0CR\x02\0", Kind::Raw);
        check(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", Kind::Photo(FileFormat::Bmp));
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic);
        check(b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiafMA1B", Kind::Foreign("AVIF"));
        check(b"\0\0\0\x1Cftypavif\0\0\0\0", Kind::Foreign("AVIF"));
        check(b"GIF89a", Kind::Foreign("GIF"));
        check(b"%PDF-1.7", Kind::Foreign("PDF"));
        check(b"  <!DOCTYPE html><html>", Kind::Foreign("web page"));
    }

    #[test]
    fn texts_and_scraps_are_nothing() {
        check(b"BMW drives past", Kind::Unknown);
        check(b"hello", Kind::Unknown);
        check(b"\xFF\xD8", Kind::Unknown);
        check(b"", Kind::Unknown);
    }
}
