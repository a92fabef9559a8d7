//! TIFF: grey, colour and CMYK, 8 or 16 bits; the first page. Camera raw files are TIFFs too and are told apart.

use std::io::{Cursor, ErrorKind};

use image::codecs::tiff::TiffDecoder;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::decode::DecodeError;
use super::limits::DecodeLimits;
use super::stored::{Samples, Stored};
use super::through_image;

/// Set in NewSubfileType when the first page is only a preview.
const REDUCED_RESOLUTION: u32 = 1;
const DNG_VERSION: Tag = Tag::Unknown(50706);
const INK_SET: Tag = Tag::Unknown(332);
const INK_SET_CMYK: u32 = 1;

type TiffReader<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    Decoder::new(Cursor::new(bytes)).and_then(|mut decoder| decoder.dimensions()).map_err(fault)
}

pub(super) fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Stored, DecodeError> {
    let mut header = Decoder::new(Cursor::new(bytes)).map_err(fault)?;
    let (width, height) = header.dimensions().map_err(fault)?;
    limits.check_size(width, height)?;
    refuse_raw(&mut header)?;
    let mut stored = match header.colortype().map_err(fault)? {
        ColorType::CMYK(8 | 16) => read_cmyk(header, (width, height), limits)?,
        _ => {
            let decoder =
                TiffDecoder::new(Cursor::new(bytes)).map_err(|error| through_image::fault(error, limits))?;
            through_image::read(decoder, limits)?
        }
    };
    // the file itself is the EXIF block: orientation, density, camera
    stored.exif = Some(bytes.to_vec());
    Ok(stored)
}

fn refuse_raw(header: &mut TiffReader<'_>) -> Result<(), DecodeError> {
    let subfile = header.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().unwrap_or(0);
    let dng = header.find_tag(DNG_VERSION).ok().flatten().is_some();
    if dng || subfile & REDUCED_RESOLUTION != 0 {
        return Err(DecodeError::Unsupported { what: "a camera's raw file".to_owned() });
    }
    Ok(())
}

fn read_cmyk(
    mut decoder: TiffReader<'_>,
    (width, height): (u32, u32),
    limits: &DecodeLimits,
) -> Result<Stored, DecodeError> {
    let planar = decoder.find_tag_unsigned::<u32>(Tag::PlanarConfiguration).ok().flatten();
    let inks = decoder.find_tag_unsigned::<u32>(INK_SET).ok().flatten().unwrap_or(INK_SET_CMYK);
    if planar == Some(2) || inks != INK_SET_CMYK {
        return Err(DecodeError::Unsupported { what: "a TIFF with separate ink planes".to_owned() });
    }
    // sixteen-bit samples, their reduction, and the conversion
    limits.check_memory(width, height, 8 + 4 + 3)?;
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let mut allowed = Limits::default();
    allowed.decoding_buffer_size = usize::try_from(limits.max_memory_bytes).unwrap_or(usize::MAX);
    allowed.intermediate_buffer_size = allowed.decoding_buffer_size;
    let (ink, bits) = match decoder.with_limits(allowed).read_image().map_err(fault)? {
        DecodingResult::U8(ink) => (ink, 8),
        DecodingResult::U16(ink) => (ink.into_iter().map(|value| (value >> 8) as u8).collect(), 16),
        _ => return Err(DecodeError::Unsupported { what: "a TIFF with unusual samples".to_owned() }),
    };
    let mut stored = Stored::new(width, height, Samples::Cmyk(ink), bits);
    stored.icc = icc;
    Ok(stored)
}

fn fault(error: TiffError) -> DecodeError {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::truncated("its picture data ends too early")
        }
        TiffError::UnsupportedError(what) => {
            DecodeError::Unsupported { what: format!("of a rare kind ({what})") }
        }
        other => DecodeError::unreadable(other),
    }
}
