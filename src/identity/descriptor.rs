//! A face as numbers that lie near for one person and far for two, and the trait behind which they are made.

use image::RgbImage;
use serde::Deserialize;

use crate::inspect::FaceError;
use crate::inspect::face::FaceMesh;

/// The descriptor of one face. It is biometric data: it lives in memory and is never written.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor(Vec<f32>);

impl Descriptor {
    /// The descriptor of these numbers.
    pub fn of(numbers: Vec<f32>) -> Self {
        Self(numbers)
    }

    /// The same direction at length 1; nothing stays nothing.
    #[must_use]
    pub fn at_unit_length(mut self) -> Self {
        let length = self.0.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            self.0.iter_mut().for_each(|number| *number /= length);
        }
        self
    }

    /// Euclidean distance, 0 for the same picture; both descriptors come from one describer.
    pub fn distance(&self, other: &Self) -> f64 {
        let squares = self.0.iter().zip(&other.0).map(|(one, other)| f64::from(one - other).powi(2));
        squares.sum::<f64>().sqrt()
    }
}

/// Distances of two descriptors. They mean something for one describer only.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLimits {
    /// Up to this one, one person.
    pub same_to: f64,
    /// Up to this one a person must look.
    pub perhaps_to: f64,
}

/// Describes faces.
pub trait FaceDescriber: Send + Sync {
    /// The descriptor of the face whose mesh this is.
    fn describe(&self, pixels: &RgbImage, mesh: &FaceMesh) -> Result<Descriptor, FaceError>;

    /// What the distance of two of its descriptors means.
    fn limits(&self) -> PersonLimits;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(place: usize, length: f32) -> Descriptor {
        let mut numbers = vec![0.0; 128];
        numbers[place] = length;
        Descriptor::of(numbers)
    }

    #[test]
    fn distance_is_that_of_space() {
        assert_eq!(along(0, 3.0).distance(&along(5, 4.0)), 5.0);
        assert_eq!(along(0, 3.0).distance(&along(0, 3.0)), 0.0);
    }

    #[test]
    fn at_unit_length_only_the_direction_counts() {
        let distance =
            |one: Descriptor, other: Descriptor| one.at_unit_length().distance(&other.at_unit_length());
        assert_eq!(distance(along(0, 3.0), along(0, 1.5)), 0.0);
        assert_eq!(distance(along(0, 3.0), along(0, -1.0)), 2.0);
        assert_eq!(distance(along(0, 0.0), along(0, 0.0)), 0.0);
    }
}
