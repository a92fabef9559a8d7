//! The sRGB profile that written files carry: ICC version 2, about 1 KB, read alike by every print system.

use std::sync::LazyLock;

use super::color::linear_from_srgb;

const HEADER_BYTES: usize = 128;
/// How the profile calls itself.
pub const SRGB_NAME: &str = "sRGB IEC61966-2.1";
const COPYRIGHT: &[u8] = b"No copyright, use freely\0";
/// The white of the profile connection space (ICC.1, D50), as s15Fixed16 numbers.
const D50: [u32; 3] = [0xF6D6, 0x1_0000, 0xD32D];
/// The primaries of IEC 61966-2-1 adapted from D65 to D50 by the Bradford transform.
const RED: [u32; 3] = [0x6FA2, 0x38F5, 0x0390];
const GREEN: [u32; 3] = [0x6299, 0xB785, 0x18DA];
const BLUE: [u32; 3] = [0x24A0, 0x0F84, 0xB6CF];

/// The profile as it is embedded into JPEG, PNG, TIFF and PDF files.
pub fn srgb_profile() -> &'static [u8] {
    static PROFILE: LazyLock<Vec<u8>> = LazyLock::new(profile);
    &PROFILE
}

fn profile() -> Vec<u8> {
    let curve = curve();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description()),
        (b"cprt", tag(b"text", &[COPYRIGHT])),
        (b"wtpt", xyz(D50)),
        (b"rXYZ", xyz(RED)),
        (b"gXYZ", xyz(GREEN)),
        (b"bXYZ", xyz(BLUE)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data: Vec<u8> = Vec::new();
    let first = HEADER_BYTES + 4 + 12 * tags.len();
    let mut last: Option<(usize, &[u8])> = None;
    for (name, bytes) in &tags {
        // The three curves are one.
        let at = match last {
            Some((at, same)) if same == bytes.as_slice() => at,
            _ => {
                let at = first + data.len();
                data.extend(bytes);
                data.resize(data.len().next_multiple_of(4), 0);
                at
            }
        };
        last = Some((at, bytes.as_slice()));
        table.extend(*name);
        table.extend((at as u32).to_be_bytes());
        table.extend((bytes.len() as u32).to_be_bytes());
    }
    let mut profile = header((first + data.len()) as u32);
    profile.extend(table);
    profile.extend(data);
    profile
}

fn header(size: u32) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend(size.to_be_bytes());
    header.extend([0; 4]);
    header.extend([2, 0x40, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    for part in [2026_u16, 1, 1, 0, 0, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(D50.iter().flat_map(|number| number.to_be_bytes()));
    header.resize(HEADER_BYTES, 0);
    header
}

/// A tag's bytes: its type, four reserved bytes, its content.
fn tag(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let mut tag = [*kind, [0; 4]].concat();
    content.iter().for_each(|part| tag.extend(*part));
    tag
}

fn xyz(numbers: [u32; 3]) -> Vec<u8> {
    tag(b"XYZ ", &[&numbers.map(u32::to_be_bytes).concat()])
}

/// The name in ASCII; its Unicode and Macintosh forms stay empty.
fn description() -> Vec<u8> {
    let name = [SRGB_NAME.as_bytes(), &[0]].concat();
    let length = (name.len() as u32).to_be_bytes();
    tag(b"desc", &[&length, &name, &[0; 4 + 4 + 2 + 1 + 67]])
}

/// The transfer curve at every 8-bit level.
fn curve() -> Vec<u8> {
    let levels = (0..=255_u8).map(|level| (linear_from_srgb(level) * 65_535.0).round() as u16);
    tag(b"curv", &[&256_u32.to_be_bytes(), &levels.flat_map(u16::to_be_bytes).collect::<Vec<u8>>()])
}

#[cfg(test)]
mod tests {
    use moxcms::{ColorProfile, Layout, TransformOptions};

    use super::*;

    #[test]
    fn the_profile_is_laid_out_as_the_norm_asks() {
        let profile = srgb_profile();
        let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(0), profile.len());
        assert!(profile.len() < 1200, "{}", profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!([number(68), number(72), number(76)], [0xF6D6, 0x1_0000, 0xD32D]);
        for entry in 0..number(128) {
            let (at, length) = (number(136 + 12 * entry), number(140 + 12 * entry));
            assert!(at % 4 == 0 && at + length <= profile.len(), "tag {entry} at {at}");
        }
    }

    #[test]
    fn its_colours_are_srgb() {
        let ours = ColorProfile::new_from_slice(srgb_profile()).unwrap();
        let to_srgb = ours
            .create_transform_8bit(
                Layout::Rgb,
                &ColorProfile::new_srgb(),
                Layout::Rgb,
                TransformOptions::default(),
            )
            .unwrap();
        let colours: Vec<u8> = (0..=255).flat_map(|level| [level, 255 - level, level / 2]).collect();
        let mut converted = vec![0; colours.len()];
        to_srgb.transform(&colours, &mut converted).unwrap();
        for (one, other) in colours.iter().zip(&converted) {
            assert!(one.abs_diff(*other) <= 1, "{one} became {other}");
        }
    }
}
