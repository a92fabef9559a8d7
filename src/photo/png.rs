//! PNG: 1 to 16 bits, grey, colour, palette, transparency; an animation gives its first picture.

use std::io::Cursor;

use png::{ColorType, Decoder, DecodingError, Info, Limits, Reader, Transformations, Unit};

use super::decode::DecodeError;
use super::limits::DecodeLimits;
use super::stored::{Samples, Stored};

const SIGNATURE_BYTES: usize = 8;
const INCHES_PER_METRE: f32 = 39.370_08;

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

pub(super) fn size(bytes: &[u8], limits: &DecodeLimits) -> Result<(u32, u32), DecodeError> {
    let mut decoder = decoder(bytes, limits);
    let info = decoder.read_header_info().map_err(|error| fault(error, limits))?;
    Ok((info.width, info.height))
}

pub(super) fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let (width, height) = size(bytes, limits)?;
    limits.check_size(width, height)?;
    // four samples in the picture and three in its conversion; sixteen-bit rows are reduced one by one
    limits.check_memory(width, height, 7)?;
    let end = end(bytes)?;
    let mut reader = decoder(bytes, limits).read_info().map_err(|error| fault(error, limits))?;
    let bits = reader.info().bit_depth as u8;
    let samples = decode_samples(&mut reader, limits)?;
    // density and EXIF may stand behind the picture; when they are broken the picture is still good
    let _ = reader.finish();
    let info = reader.info();
    let mut stored = Stored::new(width, height, samples, bits);
    stored.dpi = dpi(info);
    stored.icc = info.icc_profile.as_ref().filter(|_| info.srgb.is_none()).map(|icc| icc.to_vec());
    stored.exif = info.exif_metadata.as_ref().map(|exif| exif.to_vec());
    stored.trailing_bytes = (bytes.len() - end) as u64;
    Ok(stored)
}

fn decoder<'a>(bytes: &'a [u8], limits: &DecodeLimits) -> Decoder<Cursor<&'a [u8]>> {
    let memory = usize::try_from(limits.max_memory_bytes).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: memory });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder
}

fn decode_samples(reader: &mut PngReader<'_>, limits: &DecodeLimits) -> Result<Samples, DecodeError> {
    let bytes = reader.output_buffer_size().ok_or_else(|| DecodeError::unreadable("its size overflows"))?;
    let mut raw = vec![0; bytes];
    let frame = reader.next_frame(&mut raw).map_err(|error| fault(error, limits))?;
    raw.truncate(frame.buffer_size());
    Ok(match frame.color_type {
        ColorType::Grayscale => Samples::Gray(raw),
        ColorType::GrayscaleAlpha => Samples::GrayAlpha(raw),
        ColorType::Rgb => Samples::Rgb(raw),
        ColorType::Rgba => Samples::Rgba(raw),
        ColorType::Indexed => return Err(DecodeError::unreadable("its palette was not expanded")),
    })
}

fn dpi(info: &Info<'_>) -> Option<(f32, f32)> {
    let density = info.pixel_dims?;
    let per_inch = |per_metre: u32| per_metre as f32 / INCHES_PER_METRE;
    (density.unit == Unit::Meter && density.xppu > 0 && density.yppu > 0)
        .then(|| (per_inch(density.xppu), per_inch(density.yppu)))
}

/// Offset after the end chunk.
fn end(bytes: &[u8]) -> Result<usize, DecodeError> {
    let mut at = SIGNATURE_BYTES;
    loop {
        let Some([l0, l1, l2, l3, kind @ ..]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>())
        else {
            return Err(DecodeError::truncated("its end chunk is missing"));
        };
        at = at.saturating_add(12 + u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize);
        if at > bytes.len() {
            return Err(DecodeError::truncated("it ends inside a chunk"));
        }
        if kind == b"IEND" {
            return Ok(at);
        }
    }
}

fn fault(error: DecodingError, limits: &DecodeLimits) -> DecodeError {
    match error {
        DecodingError::IoError(_) => DecodeError::truncated("its picture data ends too early"),
        DecodingError::LimitsExceeded => DecodeError::TooMuchMemory {
            needed: limits.max_memory_bytes + 1,
            max_bytes: limits.max_memory_bytes,
        },
        other => DecodeError::unreadable(other),
    }
}
