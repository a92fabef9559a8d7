//! A face as 128 numbers that lie near for one person and far for two, and the trait behind which they are made.

use image::RgbImage;

use crate::inspect::FaceError;
use crate::inspect::face::FaceMesh;

pub const DIMENSIONS: usize = 128;

/// The descriptor of one face. It is biometric data: it lives in memory and is never written.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor(pub(super) [f32; DIMENSIONS]);

impl Descriptor {
    /// The descriptor of these numbers.
    pub fn of(numbers: [f32; DIMENSIONS]) -> Self {
        Self(numbers)
    }

    /// Euclidean distance, 0 for the same picture.
    pub fn distance(&self, other: &Self) -> f64 {
        let squares = self.0.iter().zip(&other.0).map(|(one, other)| f64::from(one - other).powi(2));
        squares.sum::<f64>().sqrt()
    }
}

/// Describes faces.
pub trait FaceDescriber: Send + Sync {
    /// The descriptor of the face whose mesh this is.
    fn describe(&self, pixels: &RgbImage, mesh: &FaceMesh) -> Result<Descriptor, FaceError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_that_of_space() {
        let (mut one, mut other) = ([0.0; DIMENSIONS], [0.0; DIMENSIONS]);
        (one[0], other[5]) = (3.0, 4.0);
        assert_eq!(Descriptor(one).distance(&Descriptor(other)), 5.0);
        assert_eq!(Descriptor(one).distance(&Descriptor(one)), 0.0);
    }
}
