//! What a JPEG's marker segments say: size, tables, density, profiles, and whether every scan is there.

use super::baseline::quality_from_sum;
use super::decode::DecodeError;
use super::jpeg_segments::{APP0, APP1, APP2, DHT, DQT, Piece, Pieces, SOI, SOS};

/// Encoders write about ten scans; a file with very many is made to keep its reader busy.
const MAX_SCANS: u32 = 64;
const ICC_TAG: &[u8] = b"ICC_PROFILE\0";
const EXIF_TAG: &[u8] = b"Exif\0\0";

/// One colour component of the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub id: u8,
    pub horizontal: u8,
    pub vertical: u8,
    table: u8,
}

/// The coding process of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    Sequential,
    Progressive,
    /// Lossless, hierarchical or arithmetic-coded.
    Other,
}

#[derive(Debug)]
pub(super) struct JpegFacts {
    pub width: u32,
    pub height: u32,
    pub precision_bits: u8,
    pub process: Process,
    pub components: Vec<Component>,
    pub dpi: Option<(f32, f32)>,
    pub exif: Option<Vec<u8>>,
    pub icc: Option<Vec<u8>>,
    pub quality: Option<u8>,
    pub trailing_bytes: u64,
}

impl JpegFacts {
    /// Reads every segment of the first picture.
    ///
    /// # Errors
    /// `truncated` when the end marker or a scan is missing, `unreadable` when the frame header is absent or broken.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut walk = Walk::default();
        for piece in Pieces::new(bytes, 0) {
            match piece? {
                Piece::Segment { marker, payload } => walk.segment(marker, payload)?,
                Piece::Entropy(_) => {}
                Piece::End { end } => walk.end = end,
            }
        }
        walk.finish(bytes)
    }

    /// The same from the segments before the first scan, of a file that is known to be whole: everything behind that
    /// scan's header is taken for the picture.
    ///
    /// # Errors
    /// As [`Self::read`]; also when the picture has more than one scan.
    pub(super) fn read_header(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut walk = Walk { end: bytes.len(), ..Walk::default() };
        for piece in Pieces::new(bytes, 0) {
            let Piece::Segment { marker, payload } = piece? else { break };
            walk.segment(marker, payload)?;
            if marker == SOS {
                break;
            }
        }
        walk.finish(bytes)
    }
}

/// Width and height from the frame header; reads no further.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), DecodeError> {
    for piece in Pieces::new(bytes, 0) {
        if let Piece::Segment { marker, payload } = piece?
            && is_frame_header(marker)
        {
            let frame = Frame::parse(marker, payload)?;
            return Ok((frame.width, frame.height));
        }
    }
    Err(DecodeError::unreadable("it has no frame header"))
}

#[derive(Debug)]
struct Frame {
    width: u32,
    height: u32,
    precision_bits: u8,
    process: Process,
    components: Vec<Component>,
}

impl Frame {
    fn parse(marker: u8, payload: &[u8]) -> Result<Self, DecodeError> {
        let broken = || DecodeError::unreadable("its frame header is broken");
        let &[precision_bits, h1, h0, w1, w0, count, ref rest @ ..] = payload else { return Err(broken()) };
        let parts = rest.as_chunks::<3>().0;
        if parts.len() < usize::from(count) || count == 0 || count > 4 {
            return Err(broken());
        }
        let components: Vec<Component> = parts[..usize::from(count)]
            .iter()
            .map(|&[id, sampling, table]| Component {
                id,
                horizontal: sampling >> 4,
                vertical: sampling & 15,
                table: table & 3,
            })
            .collect();
        let legal = |factor: u8| (1..=4).contains(&factor);
        if !components.iter().all(|c| legal(c.horizontal) && legal(c.vertical)) {
            return Err(broken());
        }
        Ok(Self {
            width: u32::from(u16::from_be_bytes([w1, w0])),
            height: u32::from(u16::from_be_bytes([h1, h0])),
            precision_bits,
            process: match marker {
                0xC0 | 0xC1 => Process::Sequential,
                0xC2 => Process::Progressive,
                _ => Process::Other,
            },
            components,
        })
    }
}

#[derive(Debug, Default)]
struct Walk {
    frame: Option<Frame>,
    jfif_dpi: Option<(f32, f32)>,
    exif: Option<Vec<u8>>,
    icc_parts: Vec<(u8, Vec<u8>)>,
    table_sums: [Option<u32>; 4],
    /// Point transform reached so far for each component's 64 coefficients; `None` before any scan.
    precision: Vec<[Option<u8>; 64]>,
    scans: u32,
    several_pictures: bool,
    end: usize,
}

impl Walk {
    fn segment(&mut self, marker: u8, payload: &[u8]) -> Result<(), DecodeError> {
        match marker {
            SOS => self.scan(payload)?,
            DQT => self.tables(payload),
            APP0 if payload.starts_with(b"JFIF\0") => self.jfif_dpi = self.jfif_dpi.or(jfif_dpi(payload)),
            APP1 if self.exif.is_none() => {
                self.exif = payload.strip_prefix(EXIF_TAG).map(<[u8]>::to_vec);
            }
            APP2 if payload.starts_with(b"MPF\0") => self.several_pictures = true,
            APP2 => {
                if let Some([number, _, data @ ..]) = payload.strip_prefix(ICC_TAG) {
                    self.icc_parts.push((*number, data.to_vec()));
                }
            }
            _ if is_frame_header(marker) && self.frame.is_none() => {
                let frame = Frame::parse(marker, payload)?;
                self.precision = vec![[None; 64]; frame.components.len()];
                self.frame = Some(frame);
            }
            _ => {}
        }
        Ok(())
    }

    fn scan(&mut self, payload: &[u8]) -> Result<(), DecodeError> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(DecodeError::unreadable("it has an absurd number of scans"));
        }
        let Some(frame) = &self.frame else { return Ok(()) };
        let Some((&count, rest)) = payload.split_first() else { return Ok(()) };
        let selectors = rest.as_chunks::<2>().0;
        let tail = rest.get(usize::from(count) * 2..).and_then(|rest| rest.first_chunk());
        let Some(&[first, last, approximation]) = tail else { return Ok(()) };
        for selector in selectors.iter().take(usize::from(count)) {
            let Some(index) = frame.components.iter().position(|c| c.id == selector[0]) else { continue };
            let coefficients = self.precision[index].iter_mut();
            for reached in coefficients.take(usize::from(last) + 1).skip(usize::from(first)) {
                *reached = Some(approximation & 15);
            }
        }
        Ok(())
    }

    fn tables(&mut self, mut payload: &[u8]) {
        while let Some((&head, rest)) = payload.split_first() {
            let wide = head >> 4 != 0;
            let length = if wide { 128 } else { 64 };
            let Some((values, rest)) = rest.split_at_checked(length) else { return };
            let sum = if wide {
                values.as_chunks::<2>().0.iter().map(|&pair| u32::from(u16::from_be_bytes(pair))).sum()
            } else {
                values.iter().map(|&value| u32::from(value)).sum()
            };
            self.table_sums[usize::from(head & 3)].get_or_insert(sum);
            payload = rest;
        }
    }

    fn finish(self, bytes: &[u8]) -> Result<JpegFacts, DecodeError> {
        let Some(frame) = self.frame else {
            return Err(DecodeError::unreadable("it has no frame header"));
        };
        let complete = self.precision.iter().flatten().all(|reached| *reached == Some(0));
        if frame.process != Process::Other && !complete {
            return Err(DecodeError::truncated("some of its scans are missing"));
        }
        let luma_table = frame.components.first().map_or(0, |c| usize::from(c.table));
        let end = if self.several_pictures { end_of_last_picture(bytes, self.end) } else { self.end };
        Ok(JpegFacts {
            width: frame.width,
            height: frame.height,
            precision_bits: frame.precision_bits,
            process: frame.process,
            components: frame.components,
            dpi: self.jfif_dpi,
            exif: self.exif,
            icc: joined(self.icc_parts),
            quality: self.table_sums[luma_table].map(quality_from_sum),
            trailing_bytes: (bytes.len() - end) as u64,
        })
    }
}

fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, DHT | 0xC8 | 0xCC)
}

fn jfif_dpi(payload: &[u8]) -> Option<(f32, f32)> {
    let &[unit, x1, x0, y1, y0] = payload.get(7..12)?.first_chunk::<5>()?;
    let per_inch = match unit {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    (x > 0 && y > 0).then(|| (f32::from(x) * per_inch, f32::from(y) * per_inch))
}

/// The profile's parts in the order of their numbers.
fn joined(mut parts: Vec<(u8, Vec<u8>)>) -> Option<Vec<u8>> {
    parts.sort_by_key(|part| part.0);
    let profile: Vec<u8> = parts.into_iter().flat_map(|part| part.1).collect();
    (!profile.is_empty()).then_some(profile)
}

/// A multi-picture file holds further pictures after the first: they are no trailing garbage.
fn end_of_last_picture(bytes: &[u8], mut end: usize) -> usize {
    loop {
        let padding = bytes[end..].iter().take_while(|&&byte| byte == 0).count();
        let start = end + padding;
        if bytes.get(start..start + 2) != Some(&[0xFF, SOI][..]) {
            return end;
        }
        match Pieces::new(bytes, start).last() {
            Some(Ok(Piece::End { end: next })) => end = next,
            _ => return end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_are_converted_to_inches() {
        assert_eq!(jfif_dpi(b"JFIF\0\x01\x01\x01\x01\x2C\x01\x2C\0\0"), Some((300.0, 300.0)));
        assert_eq!(jfif_dpi(b"JFIF\0\x01\x01\x02\0\x76\0\x76\0\0").map(|d| d.0.round()), Some(300.0));
        assert_eq!(jfif_dpi(b"JFIF\0\x01\x01\x00\0\x01\0\x01\0\0"), None);
        assert_eq!(jfif_dpi(b"JFIF\0\x01"), None);
    }
}
