//! Walks the marker segments of a JPEG without decoding it.

use super::decode::DecodeError;

pub(super) const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DQT: u8 = 0xDB;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DRI: u8 = 0xDD;
pub(super) const APP0: u8 = 0xE0;
pub(super) const APP1: u8 = 0xE1;
pub(super) const APP2: u8 = 0xE2;
const TEM: u8 = 0x01;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;

/// One piece of a JPEG stream.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// A marker segment without marker and length.
    Segment { marker: u8, payload: &'a [u8] },
    /// The entropy-coded data after a scan header, restart markers included.
    Entropy(&'a [u8]),
    /// The end-of-image marker; `end` is the offset after it.
    End { end: usize },
}

/// Iterator over the pieces of the picture that begins at an offset of `bytes`; stops after its end or a fault.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
    after_scan_header: bool,
    finished: bool,
}

impl<'a> Pieces<'a> {
    /// `start` is the offset of the start-of-image marker.
    pub(super) fn new(bytes: &'a [u8], start: usize) -> Self {
        Self { bytes, at: start + 2, after_scan_header: false, finished: false }
    }

    fn step(&mut self) -> Result<Piece<'a>, DecodeError> {
        if std::mem::take(&mut self.after_scan_header) {
            return self.entropy();
        }
        let marker = self.marker()?;
        if marker == EOI {
            self.finished = true;
            return Ok(Piece::End { end: self.at });
        }
        let payload = self.payload()?;
        self.after_scan_header = marker == SOS;
        Ok(Piece::Segment { marker, payload })
    }

    /// The next marker that carries a length, or the end; stray bytes between segments are skipped.
    fn marker(&mut self) -> Result<u8, DecodeError> {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let offset = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF));
            let Some(offset) = offset else {
                return Err(DecodeError::truncated("its end marker is missing"));
            };
            let marker = rest[offset + 1];
            self.at += offset + 2;
            if !matches!(marker, SOI | TEM | RST0..=RST7) {
                return Ok(marker);
            }
        }
    }

    fn payload(&mut self) -> Result<&'a [u8], DecodeError> {
        let cut = || DecodeError::truncated("it ends inside its header");
        let length = self.bytes.get(self.at..self.at + 2).ok_or_else(cut)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        if length < 2 {
            return Err(DecodeError::unreadable("a header segment has an impossible length"));
        }
        let payload = self.bytes.get(self.at + 2..self.at + length).ok_or_else(cut)?;
        self.at += length;
        Ok(payload)
    }

    fn entropy(&mut self) -> Result<Piece<'a>, DecodeError> {
        let data = self.bytes.get(self.at..).unwrap_or_default();
        let mut from = 0;
        loop {
            let Some(found) = memchr::memchr(0xFF, data.get(from..).unwrap_or_default()) else {
                return Err(DecodeError::truncated("its end marker is missing"));
            };
            let marker_at = from + found;
            match data.get(marker_at + 1) {
                None => return Err(DecodeError::truncated("its end marker is missing")),
                Some(0 | RST0..=RST7) => from = marker_at + 2,
                Some(0xFF) => from = marker_at + 1,
                Some(_) => {
                    self.at += marker_at;
                    return Ok(Piece::Entropy(&data[..marker_at]));
                }
            }
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let piece = self.step();
        self.finished |= piece.is_err();
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, a comment, a scan with a stuffed byte and a restart marker, end.
    const SMALL: &[u8] =
        &[0xFF, 0xD8, 0xFF, 0xFE, 0, 4, 7, 7, 0xFF, 0xDA, 0, 2, 1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xD9, 9];

    #[test]
    fn pieces_come_in_order() {
        let pieces: Vec<Piece> = Pieces::new(SMALL, 0).map(Result::unwrap).collect();
        assert!(matches!(pieces[0], Piece::Segment { marker: 0xFE, payload: [7, 7] }));
        assert!(matches!(pieces[1], Piece::Segment { marker: SOS, payload: [] }));
        assert!(matches!(pieces[2], Piece::Entropy([1, 0xFF, 0, 2, 0xFF, 0xD0, 3])));
        assert!(matches!(pieces[3], Piece::End { end: 21 }));
        assert_eq!(pieces.len(), 4);
    }

    #[test]
    fn every_cut_is_seen() {
        for length in 2..SMALL.len() - 1 {
            let last = Pieces::new(&SMALL[..length], 0).last().unwrap();
            assert_eq!(last.unwrap_err().code(), "truncated", "cut at {length}");
        }
    }
}
