//! The quantisation and code tables of ITU-T T.81 Annex K, and the scale by quality that libjpeg made usual.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::super::jpeg_segments::DHT;

/// Index in a row-by-row block of the n-th coefficient in the order in which they are coded.
pub(super) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Table K.1, row by row.
pub(super) const LUMA: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Table K.2, row by row.
pub(super) const CHROMA: [u8; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// A Huffman table: how many codes have each length from 1 to 16 bits, and what they stand for.
#[derive(Clone)]
pub(super) struct Codes {
    pub counts: [u8; 16],
    pub symbols: Cow<'static, [u8]>,
}

/// Table K.3.
pub(super) const LUMA_DC: Codes = Codes {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    symbols: Cow::Borrowed(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
};

/// Table K.4.
pub(super) const CHROMA_DC: Codes = Codes {
    counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    symbols: Cow::Borrowed(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
};

/// Table K.5.
pub(super) const LUMA_AC: Codes = Codes {
    counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
    symbols: Cow::Borrowed(&[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22,
        0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33,
        0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34,
        0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55,
        0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76,
        0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96,
        0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5,
        0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4,
        0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1,
        0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ]),
};

/// Table K.6.
pub(super) const CHROMA_AC: Codes = Codes {
    counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
    symbols: Cow::Borrowed(&[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13,
        0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62,
        0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29,
        0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54,
        0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75,
        0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94,
        0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3,
        0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2,
        0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea,
        0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ]),
};

/// Tables K.3 to K.6 as one marker segment of a JPEG file.
pub fn standard_code_tables() -> Vec<u8> {
    let tables = [(0x00, &LUMA_DC), (0x10, &LUMA_AC), (0x01, &CHROMA_DC), (0x11, &CHROMA_AC)];
    let mut payload = Vec::new();
    for (place, codes) in tables {
        payload.push(place);
        payload.extend_from_slice(&codes.counts);
        payload.extend_from_slice(&codes.symbols);
    }
    let length = (payload.len() + 2) as u16;
    let mut segment = vec![0xFF, DHT];
    segment.extend_from_slice(&length.to_be_bytes());
    segment.append(&mut payload);
    segment
}

/// By what the quantisation tables of Annex K are multiplied, in hundredths of a percent; finer than a quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableScale(pub u32);

impl TableScale {
    /// The scale that libjpeg gives this quality.
    pub fn of_quality(quality: u8) -> Self {
        let quality = u32::from(quality.clamp(1, 100));
        Self(100 * if quality < 50 { 5000 / quality } else { 200 - 2 * quality })
    }

    /// The whole quality that readers take from the luma table.
    pub fn nearest_quality(self) -> u8 {
        quality_from_sum(self.luma_sum())
    }

    /// The steps of the luma table, row by row.
    pub fn luma_steps(self) -> [u8; 64] {
        self.applied(&LUMA)
    }

    /// What they add up to.
    pub fn luma_sum(self) -> u32 {
        self.luma_steps().iter().map(|step| u32::from(*step)).sum()
    }

    /// The finest and the coarsest scale that give the very same tables.
    pub fn alike(self) -> (u32, u32) {
        let scale = u64::from(self.0);
        let mut alike = (0, u64::from(u32::MAX));
        for step in LUMA.iter().chain(&CHROMA).map(|step| u64::from(*step)) {
            let applied = (step * scale + 5000) / 10_000;
            // Steps outside one byte are cut to it.
            if applied > 1 {
                alike.0 = alike.0.max((applied.min(255) * 10_000 - 5000).div_ceil(step));
            }
            if applied < 255 {
                alike.1 = alike.1.min((applied.max(1) * 10_000 + 4999) / step);
            }
        }
        (alike.0 as u32, alike.1 as u32)
    }

    /// A table of Annex K at this scale; no step is 0 or beyond one byte.
    pub(super) fn applied(self, table: &[u8; 64]) -> [u8; 64] {
        let scale = u64::from(self.0);
        table.map(|step| ((u64::from(step) * scale + 5000) / 10_000).clamp(1, 255) as u8)
    }
}

/// The quality whose luma table has the nearest sum; exact for encoders that scale the norm's table.
pub fn quality_from_sum(sum: u32) -> u8 {
    let away = |quality: &u8| TableScale::of_quality(*quality).luma_sum().abs_diff(sum);
    (1..=100).min_by_key(away).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_alike_as_long_as_no_step_changes() {
        let both = |scale: u32| (TableScale(scale).applied(&LUMA), TableScale(scale).applied(&CHROMA));
        for scale in [0, 1, 49, 50, 310, 1000, 2400, 5017, 10_000, 33_333, 150_000, 500_000] {
            let (finest, coarsest) = TableScale(scale).alike();
            assert!((finest..=coarsest).contains(&scale), "{scale}: {finest} {coarsest}");
            assert_eq!((both(finest), both(coarsest)), (both(scale), both(scale)), "{scale}");
            assert!(finest == 0 || both(finest - 1) != both(scale), "{scale}: {finest}");
            assert!(coarsest == u32::MAX || both(coarsest + 1) != both(scale), "{scale}: {coarsest}");
        }
    }

    #[test]
    fn quality_is_read_back_from_the_luma_sum() {
        for (quality, sum) in
            [(50, 3688), (60, 2952), (70, 2211), (75, 1858), (80, 1477), (85, 1109), (90, 736), (95, 369)]
        {
            assert_eq!(TableScale::of_quality(quality).luma_sum(), sum, "published sum at quality {quality}");
            assert_eq!(quality_from_sum(sum), quality);
        }
    }
}
