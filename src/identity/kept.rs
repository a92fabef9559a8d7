//! What is kept of a photo so that its exposure can be found again: the hash and where the eyes stand.

use super::exposure_hash::{BITS, ExposureHash};
use crate::photo::Point;

const HASH_BYTES: usize = BITS / 8;
const BYTES: usize = HASH_BYTES + 4 * size_of::<f32>();

/// A photo's exposure as it is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeptExposure {
    pub hash: ExposureHash,
    /// In pixels of the upright photo, left and right as seen on screen.
    pub eye_left: Point,
    pub eye_right: Point,
}

impl KeptExposure {
    pub fn to_bytes(&self) -> Vec<u8> {
        let eyes = [self.eye_left.x, self.eye_left.y, self.eye_right.x, self.eye_right.y];
        self.hash.to_bytes().into_iter().chain(eyes.into_iter().flat_map(f32::to_le_bytes)).collect()
    }

    /// `None` for what was not written by [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hash, eyes) = <&[u8; BYTES]>::try_from(bytes).ok()?.split_first_chunk()?;
        let mut eyes = eyes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let mut point = || Some(Point::new(eyes.next()?, eyes.next()?));
        Some(Self { hash: ExposureHash::from_bytes(*hash), eye_left: point()?, eye_right: point()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_all_of_it_and_others_are_refused() {
        let kept = KeptExposure {
            hash: ExposureHash([1, u64::MAX, 3, 4]),
            eye_left: Point::new(1.5, 2.0),
            eye_right: Point::new(-3.25, 4000.0),
        };
        assert_eq!(KeptExposure::from_bytes(&kept.to_bytes()), Some(kept));
        assert_eq!(KeptExposure::from_bytes(&kept.to_bytes()[1..]), None);
    }
}
