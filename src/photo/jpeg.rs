//! JPEG: baseline, progressive, grey, RGB, CMYK and YCCK.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::decode::DecodeError;
use super::exif::ExifFacts;
use super::jpeg_facts::{JpegFacts, Process};
use super::limits::DecodeLimits;
use super::srgb::srgb_profile;
use super::stored::{Samples, Stored};
use super::{jpeg_facts, jpeg_scan};

/// Widest and highest a JPEG's header can say.
const MAX_SIDE: usize = u16::MAX as usize;

pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    jpeg_facts::size(bytes)
}

pub(super) fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let (width, height) = size(bytes)?;
    limits.check_size(width, height)?;
    let facts = JpegFacts::read(bytes)?;
    check_kind(&facts)?;
    limits.check_memory(width, height, memory_per_pixel(&facts))?;
    let samples = decode_samples(bytes, &facts)?;
    let mut stored = Stored::new(width, height, samples, facts.precision_bits);
    stored.dpi = facts.dpi;
    stored.icc = facts.icc;
    stored.exif = facts.exif;
    stored.jpeg_quality = facts.quality;
    stored.jpeg_progressive = facts.process == Process::Progressive;
    stored.trailing_bytes = facts.trailing_bytes;
    Ok(stored)
}

/// The size of a JPEG that needs neither turning nor conversion; `None` where that cannot be told without decoding.
pub(super) fn as_it_stands(bytes: &[u8], limits: &DecodeLimits) -> Result<Option<(u32, u32)>, DecodeError> {
    let (width, height) = size(bytes)?;
    limits.check_size(width, height)?;
    let facts = JpegFacts::read(bytes)?;
    let whole = is_plain(&facts) && jpeg_scan::is_complete(bytes, width, height, &facts.components);
    Ok(whole.then_some((width, height)))
}

/// The same of a file that is known to be whole: nothing behind its header is looked at.
pub(super) fn whole_as_it_stands(
    bytes: &[u8],
    limits: &DecodeLimits,
) -> Result<Option<(u32, u32)>, DecodeError> {
    let facts = JpegFacts::read_header(bytes)?;
    limits.check_size(facts.width, facts.height)?;
    Ok(is_plain(&facts).then_some((facts.width, facts.height)))
}

/// Upright 8-bit sRGB with nothing behind the picture.
fn is_plain(facts: &JpegFacts) -> bool {
    let orientation = || facts.exif.as_ref().map_or(1, |exif| ExifFacts::read(exif.clone()).orientation);
    facts.process == Process::Sequential
        && facts.precision_bits == 8
        && facts.components.len() == 3
        && facts.trailing_bytes == 0
        && facts.icc.as_deref().is_none_or(|icc| icc == srgb_profile())
        && orientation() <= 1
}

fn check_kind(facts: &JpegFacts) -> Result<(), DecodeError> {
    let unsupported = |what: &str| Err(DecodeError::Unsupported { what: what.to_owned() });
    if facts.process == Process::Other {
        return unsupported("a lossless or arithmetic-coded JPEG");
    }
    if facts.precision_bits != 8 {
        return unsupported("a JPEG with more than 8 bits a sample");
    }
    if facts.components.len() == 2 {
        return unsupported("a JPEG with two colour components");
    }
    Ok(())
}

fn memory_per_pixel(facts: &JpegFacts) -> u64 {
    let components = facts.components.len() as u64;
    let coefficients = if facts.process == Process::Progressive { 2 * components } else { 0 };
    // the decoded samples, the coefficients, and the copy that colour conversion or turning makes
    components.max(3) + coefficients.max(3)
}

fn decode_samples(bytes: &[u8], facts: &JpegFacts) -> Result<Samples, DecodeError> {
    // decoders fill missing data with grey and say nothing, when the end marker is there
    if facts.process == Process::Sequential
        && !jpeg_scan::is_complete(bytes, facts.width, facts.height, &facts.components)
    {
        return Err(DecodeError::truncated("its lower part is missing"));
    }
    let (raw, space) = match decode_raw(bytes, facts, true) {
        Ok(decoded) => decoded,
        // harmless in itself, but tolerated by the decoder only together with real damage
        Err(DecodeErrors::FormatStatic(cause)) if cause.contains("Extra bytes between headers") => {
            decode_raw(bytes, facts, false).map_err(fault)?
        }
        Err(error) => return Err(fault(error)),
    };
    Ok(match space {
        ColorSpace::Luma => Samples::Gray(raw),
        ColorSpace::CMYK => Samples::Cmyk(ink_from_inverted(raw)),
        ColorSpace::YCCK => Samples::Cmyk(ink_from_ycck(raw)),
        _ => Samples::Rgb(raw),
    })
}

fn decode_raw(bytes: &[u8], facts: &JpegFacts, strict: bool) -> Result<(Vec<u8>, ColorSpace), DecodeErrors> {
    let options =
        DecoderOptions::default().set_strict_mode(strict).set_max_width(MAX_SIDE).set_max_height(MAX_SIDE);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    let space = match (facts.components.len(), decoder.input_colorspace()) {
        (1, _) => ColorSpace::Luma,
        (4, Some(ColorSpace::YCCK)) => ColorSpace::YCCK,
        (4, _) => ColorSpace::CMYK,
        _ => ColorSpace::RGB,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    Ok((decoder.decode()?, space))
}

fn fault(error: DecodeErrors) -> DecodeError {
    match error {
        DecodeErrors::ExhaustedData
        | DecodeErrors::IoErrors(_)
        | DecodeErrors::FormatStatic("Premature end of buffer") => {
            DecodeError::truncated("its picture data ends too early")
        }
        DecodeErrors::Unsupported(what) => {
            DecodeError::Unsupported { what: format!("a JPEG of a rare kind ({what:?})") }
        }
        other => DecodeError::unreadable(other),
    }
}

/// By Adobe's convention, which all writers follow, stored inks are inverted: 255 is no ink.
fn ink_from_inverted(mut samples: Vec<u8>) -> Vec<u8> {
    for sample in &mut samples {
        *sample = 255 - *sample;
    }
    samples
}

/// YCbCr of the inverted inks plus inverted black (ITU-R BT.601, full range).
fn ink_from_ycck(mut samples: Vec<u8>) -> Vec<u8> {
    for [y, cb, cr, k] in samples.as_chunks_mut::<4>().0 {
        let (luma, blue, red) = (f32::from(*y), f32::from(*cb) - 128.0, f32::from(*cr) - 128.0);
        let light = [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue];
        // what YCCK calls R is already the ink itself, because the inks were inverted before the conversion
        [*y, *cb, *cr] = light.map(|value| value.round().clamp(0.0, 255.0) as u8);
        *k = 255 - *k;
    }
    samples
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use crate::photo::exif::tests::block;
    use crate::photo::{ColorModel, DecodeError, DecodeLimits, Photo, decode};

    const SIDE: u16 = 96;

    fn read(bytes: &[u8]) -> Result<Photo, DecodeError> {
        decode(bytes, &DecodeLimits::built_in().unwrap())
    }

    /// Grain everywhere, so that no two blocks are alike.
    fn grain(channels: usize) -> Vec<u8> {
        let mut seed = 1_u32;
        (0..usize::from(SIDE) * usize::from(SIDE) * channels)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect()
    }

    fn written(samples: &[u8], kind: ColorType, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        set(&mut encoder);
        encoder.encode(samples, SIDE, SIDE, kind).unwrap();
        bytes
    }

    /// Keeps this share of the picture data and closes the file properly.
    fn cut_and_closed(jpeg: &[u8], share: f32) -> Vec<u8> {
        let scan = jpeg.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
        let mut keep = scan + ((jpeg.len() - scan) as f32 * share) as usize;
        while jpeg[keep - 1] == 0xFF {
            keep -= 1;
        }
        let mut cut = jpeg[..keep].to_vec();
        cut.extend([0xFF, 0xD9]);
        cut
    }

    #[test]
    fn baseline_progressive_and_subsampled_files_are_read() {
        let samples = grain(3);
        let check = |set: fn(&mut Encoder<&mut Vec<u8>>), progressive| {
            let photo = read(&written(&samples, ColorType::Rgb, set)).unwrap();
            assert_eq!((photo.file.jpeg_progressive, photo.file.jpeg_quality), (progressive, Some(90)));
            assert_eq!(photo.file.color_model, ColorModel::Rgb);
        };
        check(|_| {}, false);
        check(|encoder| encoder.set_progressive(true), true);
        check(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2), false);
        check(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_1), false);
        check(|encoder| encoder.set_restart_interval(3), false);
    }

    #[test]
    fn grey_files_are_read() {
        let photo = read(&written(&grain(1), ColorType::Luma, |_| {})).unwrap();
        assert_eq!(photo.file.color_model, ColorModel::Gray);
    }

    #[test]
    fn inks_are_inverted_as_adobe_writes_them() {
        // no cyan, half magenta, full yellow, no black; the encoder inverts as Adobe does
        let samples: Vec<u8> = [0, 128, 255, 0].repeat(usize::from(SIDE) * usize::from(SIDE));
        for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let photo = read(&written(&samples, kind, |_| {})).unwrap();
            let [red, green, blue] = photo.pixels.get_pixel(50, 50).0;
            assert!(red > 250 && green.abs_diff(127) < 5 && blue < 6, "{kind:?}: {red} {green} {blue}");
            assert_eq!(photo.file.color_model, ColorModel::Cmyk);
        }
    }

    #[test]
    fn a_file_cut_but_closed_again_never_passes() {
        let samples = grain(3);
        let whole = [
            written(&samples, ColorType::Rgb, |_| {}),
            written(&samples, ColorType::Rgb, |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2)),
            written(&samples, ColorType::Rgb, |encoder| encoder.set_optimized_huffman_tables(true)),
            written(&samples, ColorType::Rgb, |encoder| encoder.set_restart_interval(5)),
            written(&grain(1), ColorType::Luma, |_| {}),
        ];
        for (index, jpeg) in whole.iter().enumerate() {
            read(jpeg).unwrap();
            for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
                assert!(read(&cut_and_closed(jpeg, share)).is_err(), "{share} of file {index} passed");
            }
        }
    }

    #[test]
    fn a_progressive_file_without_its_later_scans_is_truncated() {
        let jpeg = written(&grain(3), ColorType::Rgb, |encoder| encoder.set_progressive(true));
        let scans: Vec<usize> =
            jpeg.windows(2).enumerate().filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| at).collect();
        for &scan in &scans[1..] {
            let mut cut = jpeg[..scan].to_vec();
            cut.extend([0xFF, 0xD9]);
            assert_eq!(read(&cut).unwrap_err().code(), "truncated");
        }
    }

    #[test]
    fn exif_turns_the_photo_upright() {
        let samples = grain(3);
        let plain = read(&written(&samples, ColorType::Rgb, |_| {})).unwrap();
        let turned = |orientation| {
            let exif = block(orientation, "Camera Works");
            read(&written(&samples, ColorType::Rgb, |encoder| encoder.add_exif_metadata(&exif).unwrap()))
                .unwrap()
        };
        let six = turned(6);
        assert!(six.pixels == image::imageops::rotate90(&plain.pixels));
        assert_eq!((six.file.orientation, six.file.camera_make.as_deref()), (6, Some("Camera Works")));
        let illegal = turned(77);
        assert!(illegal.pixels == plain.pixels);
        assert_eq!(illegal.file.orientation, 77);
    }

    #[test]
    fn further_pictures_of_one_file_are_no_garbage() {
        let first = written(&grain(3), ColorType::Rgb, |encoder| {
            encoder.add_app_segment(2, b"MPF\0II".to_vec()).unwrap()
        });
        let second = written(&grain(1), ColorType::Luma, |_| {});
        assert_eq!(read(&[first.clone(), second.clone()].concat()).unwrap().file.trailing_bytes, 0);
        assert_eq!(read(&[first, second, vec![1; 9]].concat()).unwrap().file.trailing_bytes, 9);
    }

    #[test]
    fn rare_kinds_are_named() {
        let mut lossless = written(&grain(3), ColorType::Rgb, |_| {});
        let frame = lossless.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        lossless[frame + 1] = 0xC3;
        assert_eq!(read(&lossless).unwrap_err().code(), "unsupported");
    }
}
