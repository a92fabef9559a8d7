//! A camera that shows drawn pictures: for the demonstration and for tests, never for work.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;
use image::imageops::{FilterType, overlay, resize as resize_with};

use super::{Camera, CameraError, CameraInfo, Cameras, Frame};
use crate::sitter;

/// Between two frames.
const FRAME_EVERY: Duration = Duration::from_millis(66);
const ID: &str = "drawn";
/// The frame of a webcam, in which the portrait stands upright.
const FRAME_PX: [u32; 2] = [1600, 1200];

/// One camera that shows these pictures, one a still, over and over.
pub struct DrawnCameras {
    name: String,
    pictures: Vec<Arc<RgbImage>>,
}

impl DrawnCameras {
    /// Shows what is given; the live picture has half its sides.
    pub fn of(name: &str, pictures: Vec<RgbImage>) -> Self {
        Self { name: name.to_owned(), pictures: pictures.into_iter().map(Arc::new).collect() }
    }

    /// Shows these sitters; each still is of the next one.
    pub fn sitters(name: &str, numbers: impl IntoIterator<Item = u64>) -> Self {
        Self::of(name, numbers.into_iter().map(portrait).collect())
    }
}

impl Cameras for DrawnCameras {
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        Ok(vec![CameraInfo { id: ID.to_owned(), name: self.name.clone() }])
    }

    fn open(&self, id: &str) -> Result<Box<dyn Camera>, CameraError> {
        if id != ID || self.pictures.is_empty() {
            return Err(CameraError::Gone { name: id.to_owned() });
        }
        Ok(Box::new(Drawn { pictures: self.pictures.clone(), at: 0, small: None }))
    }
}

struct Drawn {
    pictures: Vec<Arc<RgbImage>>,
    at: usize,
    /// The live picture and which it is of.
    small: Option<(usize, RgbImage)>,
}

impl Camera for Drawn {
    fn live(&mut self) -> Result<Frame, CameraError> {
        std::thread::sleep(FRAME_EVERY);
        let picture = Arc::clone(&self.pictures[self.at]);
        let small = match self.small.take().filter(|(at, _)| *at == self.at) {
            Some((_, small)) => small,
            None => {
                let (width, height) = (picture.width() / 2, picture.height() / 2);
                resize_with(picture.as_ref(), width, height, FilterType::Triangle)
            }
        };
        self.small = Some((self.at, small.clone()));
        Ok(Frame::of_pixels(small))
    }

    fn still(&mut self) -> Result<Frame, CameraError> {
        let picture = RgbImage::clone(&self.pictures[self.at]);
        self.at = (self.at + 1) % self.pictures.len();
        Ok(Frame::of_pixels(picture))
    }
}

/// A drawn sitter before a wall that fills the frame.
fn portrait(number: u64) -> RgbImage {
    let drawn = sitter::render(&sitter::vary(number)).pixels;
    let [width, height] = FRAME_PX;
    let portrait_width = drawn.width() * height / drawn.height().max(1);
    let drawn = resize_with(&drawn, portrait_width, height, FilterType::Triangle);
    // Each row goes on to the sides as its ends are.
    let left = (width.saturating_sub(portrait_width)) / 2;
    let mut frame = RgbImage::from_fn(width, height, |x, y| {
        let x = x.saturating_sub(left).min(drawn.width().saturating_sub(1));
        *drawn.get_pixel(x, y)
    });
    overlay(&mut frame, &drawn, i64::from(left), 0);
    frame
}
