//! A frame of Motion JPEG made into a JPEG file of its own: nothing is coded anew.
//!
//! Cameras leave the code tables out of each frame where they are those of ITU-T T.81 Annex K (USB Video Class, Motion-JPEG
//! payload), and pad the frame with zeros.

use super::baseline::standard_code_tables;
use super::jpeg_segments::{APP0, DHT, EOI, SOI, SOS};

/// The frame with its code tables, cut after its end. `None` when it is no whole JPEG stream.
pub fn jpeg_of_frame(frame: &[u8]) -> Option<Vec<u8>> {
    let start = frame.windows(2).position(|pair| pair == [0xFF, SOI])?;
    let end = frame.windows(2).rposition(|pair| pair == [0xFF, EOI])? + 2;
    let stream = frame.get(start..end)?;
    let header = header(stream)?;
    if header.has_tables {
        return Some(stream.to_vec());
    }
    let tables = standard_code_tables();
    let mut file = Vec::with_capacity(stream.len() + tables.len());
    file.extend_from_slice(&stream[..header.scan_at]);
    file.extend_from_slice(&tables);
    file.extend_from_slice(&stream[header.scan_at..]);
    // A reader that sees the mark of AVI streams takes tables of its own.
    if let Some(at) = header.avi_at {
        file.drain(at.0..at.1);
    }
    Some(file)
}

struct Header {
    has_tables: bool,
    /// Where the scan's marker stands.
    scan_at: usize,
    /// From and to of the segment that marks a frame of an AVI stream.
    avi_at: Option<(usize, usize)>,
}

fn header(stream: &[u8]) -> Option<Header> {
    let (mut at, mut has_tables, mut avi_at) = (2, false, None);
    loop {
        let [0xFF, marker] = *stream.get(at..at + 2)? else { return None };
        if marker == 0xFF {
            at += 1;
            continue;
        }
        if marker == SOS {
            return Some(Header { has_tables, scan_at: at, avi_at });
        }
        let length = stream.get(at + 2..at + 4)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let next = at + 2 + length;
        has_tables |= marker == DHT;
        if marker == APP0 && stream.get(at + 4..at + 8) == Some(b"AVI1") {
            avi_at = Some((at, next));
        }
        if length < 2 {
            return None;
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::photo::decode::{DecodeLimits, decode};
    use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
    use crate::photo::units::Dpi;

    /// As a camera sends it: without code tables, padded.
    fn frame(pixels: &RgbImage) -> (Vec<u8>, Vec<u8>) {
        let setting = JpegSetting {
            dpi: Dpi(72),
            quality: 90,
            subsampling: Subsampling::Chroma420,
            optimized_tables: false,
            embed_icc: false,
        };
        let file = encode_jpeg_at(pixels, setting).unwrap().bytes;
        let mut bare = file[..2].to_vec();
        let mut at = 2;
        while file[at + 1] != SOS {
            let next = at + 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
            if file[at + 1] != DHT {
                bare.extend_from_slice(&file[at..next]);
            }
            at = next;
        }
        bare.extend_from_slice(&file[at..]);
        bare.extend([0; 64]);
        (file, bare)
    }

    #[test]
    fn a_frame_without_code_tables_becomes_the_file_with_the_same_pixels() {
        let pixels = RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8 * 4, y as u8 * 5, 90]));
        let (file, bare) = frame(&pixels);
        assert!(bare.len() < file.len());
        let limits = DecodeLimits::built_in().unwrap();
        let made = jpeg_of_frame(&bare).unwrap();
        assert_eq!(decode(&made, &limits).unwrap().pixels, decode(&file, &limits).unwrap().pixels);
        assert_eq!(jpeg_of_frame(&file).unwrap(), file, "a whole file stays as it is");
    }

    #[test]
    fn half_a_frame_is_none() {
        let (file, _) = frame(&RgbImage::new(32, 32));
        assert_eq!(jpeg_of_frame(&file[..file.len() / 2]), None);
        assert_eq!(jpeg_of_frame(b"no picture"), None);
    }
}
