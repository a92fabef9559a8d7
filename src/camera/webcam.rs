//! A webcam over the streams of its system: the live picture, and stills of a larger size from the same camera.

use std::time::Duration;

use super::choice::Mode;
use super::{Camera, CameraError, Frame};

/// A webcam that wakes up needs a second or two.
pub const SILENT_AFTER: Duration = Duration::from_secs(6);
/// After a change of size the camera finds its exposure anew.
const SETTLING_FRAMES: usize = 6;

/// Frames of one size, one after the other. Dropped, the camera is free to be opened at another.
pub trait Stream {
    /// So many frames may wait that were exposed before they are asked for.
    const STALE_FRAMES: usize;
    /// The next whole frame.
    fn next(&mut self) -> Result<Frame, CameraError>;
}

/// A camera that streams in one size at a time.
pub struct Webcam<S, B> {
    live: Mode,
    still: Mode,
    begin: B,
    /// The stream that runs now: the live picture's, or the still's while one is taken.
    open: Option<S>,
}

impl<S: Stream, B: Fn(Mode) -> Result<S, CameraError>> Webcam<S, B> {
    /// Begins with the live picture.
    pub fn open(live: Mode, still: Mode, begin: B) -> Result<Self, CameraError> {
        let open = Some(begin(live)?);
        Ok(Self { live, still, begin, open })
    }

    /// The stream that runs, or one of this mode where none does.
    fn stream(&mut self, mode: Mode) -> Result<&mut S, CameraError> {
        let stream = match self.open.take() {
            Some(stream) => stream,
            None => (self.begin)(mode)?,
        };
        Ok(self.open.insert(stream))
    }

    /// The frame behind so many others, at the size of stills.
    fn after(&mut self, skipped: usize) -> Result<Frame, CameraError> {
        let stream = self.stream(self.still)?;
        for _ in 0..skipped {
            stream.next()?;
        }
        stream.next()
    }
}

impl<S: Stream, B: Fn(Mode) -> Result<S, CameraError>> Camera for Webcam<S, B> {
    fn live(&mut self) -> Result<Frame, CameraError> {
        self.stream(self.live)?.next()
    }

    fn still(&mut self) -> Result<Frame, CameraError> {
        if self.live == self.still {
            return self.after(S::STALE_FRAMES);
        }
        self.open = None;
        let taken = self.after(SETTLING_FRAMES);
        self.open = None;
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use image::RgbImage;

    use super::*;
    use crate::camera::Coding;

    /// Counts its frames in the first byte; one camera, so no two are open at once.
    struct Counting {
        width_px: u32,
        sent: u8,
        open: Rc<Cell<usize>>,
    }

    impl Stream for Counting {
        const STALE_FRAMES: usize = 2;

        fn next(&mut self) -> Result<Frame, CameraError> {
            self.sent += 1;
            let mut frame = Frame::of_pixels(RgbImage::new(self.width_px, 1));
            frame.bytes[0] = self.sent;
            Ok(frame)
        }
    }

    impl Drop for Counting {
        fn drop(&mut self) {
            self.open.set(self.open.get() - 1);
        }
    }

    const fn mode(width_px: u32) -> Mode {
        Mode { width_px, height_px: 1, coding: Coding::Rgb }
    }

    type Begin = Box<dyn Fn(Mode) -> Result<Counting, CameraError>>;

    fn webcam(live: u32, still: u32) -> (Webcam<Counting, Begin>, Rc<Cell<usize>>) {
        let open = Rc::new(Cell::new(0));
        let counter = Rc::clone(&open);
        let begin: Begin = Box::new(move |mode: Mode| {
            if counter.replace(counter.get() + 1) > 0 {
                return Err(CameraError::Busy { name: "webcam".to_owned() });
            }
            Ok(Counting { width_px: mode.width_px, sent: 0, open: Rc::clone(&counter) })
        });
        (Webcam::open(mode(live), mode(still), begin).unwrap(), open)
    }

    #[test]
    fn a_still_of_another_size_is_taken_alone_and_the_live_picture_comes_back() {
        let (mut webcam, open) = webcam(640, 2592);
        assert_eq!(webcam.live().unwrap().width_px, 640);
        let still = webcam.still().unwrap();
        assert_eq!((still.width_px, usize::from(still.bytes[0])), (2592, SETTLING_FRAMES + 1));
        assert_eq!(open.get(), 0, "the camera is left for the live picture");
        let live = webcam.live().unwrap();
        assert_eq!((live.width_px, live.bytes[0]), (640, 1));
    }

    #[test]
    fn a_still_of_the_live_size_leaves_out_what_was_seen_before_it() {
        let (mut webcam, open) = webcam(1920, 1920);
        webcam.live().unwrap();
        assert_eq!(webcam.still().unwrap().bytes[0], 1 + 2 + 1);
        assert_eq!(webcam.live().unwrap().bytes[0], 5, "the same stream goes on");
        assert_eq!(open.get(), 1);
    }
}
