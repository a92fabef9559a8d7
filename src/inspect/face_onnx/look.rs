//! One look at a square piece of the photo: what the detector is shown, and where its faces lie in the photo.

use std::borrow::Cow;

use image::RgbImage;

use crate::inspect::face::DetectedFace;
use crate::inspect::net_onnx::Chw;
use crate::photo::{Point, Rect};

use super::blaze::Candidate;
use crate::inspect::warp::{Border, Range, Region, reduced, sample};

/// The photo is averaged down until its longer side is below twice this, once for all looks.
const OVERVIEW_PX: u32 = 512;

/// The photo in the size the detectors need.
pub struct Overview<'a> {
    pixels: Cow<'a, RgbImage>,
    /// Photo pixels per overview pixel.
    factor: f32,
    /// Size of the photo in its own pixels.
    width: f32,
    height: f32,
}

/// One square piece of a photo as a detector is to see it.
pub struct Look<'a> {
    pixels: &'a RgbImage,
    /// Photo pixels per pixel of `pixels`.
    factor: f32,
    /// In photo pixels.
    region: Region,
}

impl<'a> Overview<'a> {
    pub fn new(photo: &'a RgbImage) -> Self {
        let factor = (photo.width().max(photo.height()) / OVERVIEW_PX).max(1);
        let pixels = if factor == 1 { Cow::Borrowed(photo) } else { Cow::Owned(reduced(photo, factor)) };
        Self { pixels, factor: factor as f32, width: photo.width() as f32, height: photo.height() as f32 }
    }

    /// The whole photo in a square with black borders; the photo's longer side takes `share` of it, after so many
    /// clockwise quarter turns.
    pub fn whole(&self, share: f32, quarter_turns: u8) -> Look<'_> {
        let side = self.width.max(self.height) / share;
        let centre = (self.width / 2.0, self.height / 2.0);
        let angle = -f32::from(quarter_turns) * std::f32::consts::FRAC_PI_2;
        let region = Region { centre, width: side, height: side, angle };
        Look { pixels: &self.pixels, factor: self.factor, region }
    }
}

impl Look<'_> {
    /// A region of the photo itself.
    pub fn closer(photo: &RgbImage, region: Region) -> Look<'_> {
        Look { pixels: photo, factor: 1.0, region }
    }

    /// What the detector is shown.
    pub fn picture(&self, side_px: usize) -> Chw {
        let region = Region {
            centre: (self.region.centre.0 / self.factor, self.region.centre.1 / self.factor),
            width: self.region.width / self.factor,
            height: self.region.height / self.factor,
            angle: self.region.angle,
        };
        let map = region.map(side_px, side_px);
        sample(self.pixels, map, (side_px, side_px), Border::Black, Range::SIGNED)
    }

    /// The part of the square that the photo fills, in shares (0..=1); for looks at the whole photo.
    pub fn photo_share(&self) -> Rect {
        let (width, height) =
            (self.pixels.width() as f32 * self.factor, self.pixels.height() as f32 * self.factor);
        let (across, down) = (width / self.region.width, height / self.region.height);
        let turned = self.region.angle.sin().abs() > 0.5;
        let (across, down) = if turned { (down, across) } else { (across, down) };
        Rect::new((1.0 - across) / 2.0, (1.0 - down) / 2.0, across, down)
    }

    /// A candidate of this look as a face in photo pixels. The detectors' boxes are square, so that a turned
    /// look's box keeps its size.
    pub fn face(&self, candidate: &Candidate) -> DetectedFace {
        let place = |point: Point| {
            let (x, y) = self.region.place(point.x, point.y);
            Point::new(x, y)
        };
        let centre = place(candidate.rect.centre());
        let width = candidate.rect.width * self.region.width;
        let height = candidate.rect.height * self.region.height;
        DetectedFace {
            rect: Rect::new(centre.x - width / 2.0, centre.y - height / 2.0, width, height),
            score: candidate.score,
            key_points: candidate.key_points.map(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn candidate(x: f32, y: f32) -> Candidate {
        Candidate {
            score: 0.9,
            rect: Rect::new(x - 0.1, y - 0.1, 0.2, 0.2),
            key_points: [Point::new(x, y); 6],
        }
    }

    /// A 40 × 20 photo, dark, with one bright block at its right end.
    fn photo() -> RgbImage {
        RgbImage::from_fn(40, 20, |x, _| if x >= 36 { Rgb([255; 3]) } else { Rgb([0; 3]) })
    }

    #[test]
    fn a_face_comes_back_to_its_place_in_the_photo() {
        let photo = photo();
        let overview = Overview::new(&photo);
        let face = overview.whole(1.0, 0).face(&candidate(0.5, 0.5));
        assert_eq!(face.rect.centre(), Point::new(20.0, 10.0));
        assert_eq!(face.rect.width, 8.0);
        let corner = overview.whole(1.0, 0).face(&candidate(1.0, 0.75));
        assert_eq!(corner.key_points[0], Point::new(40.0, 20.0));
    }

    #[test]
    fn a_turned_look_shows_and_places_alike() {
        // After one clockwise quarter turn the photo's right end is at the bottom.
        let photo = photo();
        let overview = Overview::new(&photo);
        let look = overview.whole(1.0, 1);
        let picture = look.picture(40);
        assert!(picture.values[38 * 40 + 20] > 0.9, "bright at the bottom");
        assert!(picture.values[2 * 40 + 20] < -0.9, "dark at the top");
        let face = look.face(&candidate(0.5, 0.95));
        assert!(face.rect.centre().distance(Point::new(38.0, 10.0)) < 0.01, "{face:?}");
    }

    #[test]
    fn a_huge_photo_is_reduced_once() {
        let photo = RgbImage::new(10, 5000);
        let overview = Overview::new(&photo);
        assert_eq!(overview.factor, 9.0);
        let face = overview.whole(1.0, 0).face(&candidate(0.5, 0.5));
        assert_eq!(face.rect.centre(), Point::new(5.0, 2500.0));
    }
}
