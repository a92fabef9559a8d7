//! Webcams of Linux, by Video4Linux2.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use linuxvideo::format::{FrameSizes, PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, CapabilityFlags, Device};

use super::choice::{Mode, choose};
use super::webcam::{SILENT_AFTER, Stream, Webcam};
use super::{Camera, CameraError, CameraInfo, Cameras, Coding, Frame};

const CODINGS: [(PixelFormat, Coding); 3] = [
    (PixelFormat::MJPG, Coding::Mjpeg),
    (PixelFormat::JPEG, Coding::Mjpeg),
    (PixelFormat::YUYV, Coding::Yuyv),
];
const LOOK_EVERY: Duration = Duration::from_millis(4);
/// Frames in a row that may be damaged before it is told.
const MOST_DAMAGED: usize = 5;

/// The kernel's video devices.
pub struct V4l2Cameras;

impl Cameras for V4l2Cameras {
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        let mut found = Vec::new();
        let mut refused = None;
        for path in device_files() {
            let name = path.display().to_string();
            match Device::open(&path) {
                Ok(device) if is_camera(&device) => {
                    let card = device.capabilities().map(|about| about.card().to_owned());
                    found.push(CameraInfo { name: card.unwrap_or_else(|_| name.clone()), id: name });
                }
                Ok(_) => {}
                Err(error) => refused = Some(said(&name, &error)),
            }
        }
        match refused {
            Some(error @ CameraError::NoPermission { .. }) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    fn open(&self, id: &str) -> Result<Box<dyn Camera>, CameraError> {
        let device = Device::open(id).map_err(|error| said(id, &error))?;
        let name = device.capabilities().map_or_else(|_| id.to_owned(), |about| about.card().to_owned());
        let modes = modes(&device);
        drop(device);
        let (live, still) = choose(&modes).ok_or_else(|| CameraError::NoFormat { name: name.clone() })?;
        let path = PathBuf::from(id);
        let begin = move |mode| OpenStream::begin(&path, &name, mode);
        Ok(Box::new(Webcam::open(live, still, begin)?))
    }
}

/// `/dev/video0` and so on, in the order of their numbers.
fn device_files() -> Vec<PathBuf> {
    let mut numbered: Vec<(u32, PathBuf)> = std::fs::read_dir("/dev")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix("video")?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect();
    numbered.sort();
    numbered.into_iter().map(|(_, path)| path).collect()
}

/// A webcam has a second device for what it says about its frames; that one offers no picture.
fn is_camera(device: &Device) -> bool {
    let captures = device
        .capabilities()
        .is_ok_and(|about| about.device_capabilities().contains(CapabilityFlags::VIDEO_CAPTURE));
    captures && device.formats(BufType::VIDEO_CAPTURE).flatten().next().is_some()
}

fn modes(device: &Device) -> Vec<Mode> {
    let offered: Vec<PixelFormat> =
        device.formats(BufType::VIDEO_CAPTURE).flatten().map(|format| format.pixel_format()).collect();
    let mut modes = Vec::new();
    for (format, coding) in CODINGS.into_iter().filter(|(format, _)| offered.contains(format)) {
        let sizes: Vec<(u32, u32)> = match device.frame_sizes(format) {
            Ok(FrameSizes::Discrete(sizes)) => {
                sizes.iter().map(|size| (size.width(), size.height())).collect()
            }
            Ok(sizes) => vec![(sizes.max_width(), sizes.max_height())],
            Err(_) => Vec::new(),
        };
        modes.extend(sizes.into_iter().map(|(width_px, height_px)| Mode { width_px, height_px, coding }));
    }
    modes
}

struct OpenStream {
    /// Of the camera, for what is told.
    name: String,
    stream: ReadStream,
    width_px: u32,
    height_px: u32,
    coding: Coding,
    row_bytes: usize,
}

impl OpenStream {
    fn begin(path: &Path, name: &str, mode: Mode) -> Result<Self, CameraError> {
        let no = |error: io::Error| said(name, &error);
        let wanted = CODINGS.iter().find(|(_, coding)| *coding == mode.coding);
        let Some((format, _)) = wanted else { return Err(CameraError::NoFormat { name: name.to_owned() }) };
        let device = Device::open(path).map_err(no)?;
        let captures =
            device.video_capture(PixFormat::new(mode.width_px, mode.height_px, *format)).map_err(no)?;
        // The driver has the last word on size and coding.
        let agreed = captures.format();
        let coding = CODINGS.iter().find(|(format, _)| *format == agreed.pixel_format());
        let Some((_, coding)) = coding else { return Err(CameraError::NoFormat { name: name.to_owned() }) };
        let (width_px, height_px) = (agreed.width(), agreed.height());
        let row_bytes = agreed.bytes_per_line() as usize;
        let stream = captures.into_stream().map_err(no)?;
        Ok(Self { name: name.to_owned(), stream, width_px, height_px, coding: *coding, row_bytes })
    }

    /// Until a frame is there: asking the driver for one would block for ever on a camera that hangs.
    fn wait(&self) -> Result<(), CameraError> {
        let since = Instant::now();
        while self.stream.will_block().map_err(|error| said(&self.name, &error))? {
            if since.elapsed() > SILENT_AFTER {
                let seconds = SILENT_AFTER.as_secs();
                return Err(CameraError::Silent { name: self.name.clone(), seconds });
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Stream for OpenStream {
    /// The driver's two buffers.
    const STALE_FRAMES: usize = 2;

    fn next(&mut self) -> Result<Frame, CameraError> {
        for _ in 0..MOST_DAMAGED {
            self.wait()?;
            let bytes = self.stream.dequeue(|view| Ok((!view.is_error()).then(|| view.to_vec())));
            if let Some(bytes) = bytes.map_err(|error| said(&self.name, &error))? {
                let (width_px, height_px, coding) = (self.width_px, self.height_px, self.coding);
                return Ok(Frame { width_px, height_px, coding, row_bytes: self.row_bytes, bytes });
            }
        }
        Err(CameraError::BadFrame { cause: "the driver marks frame after frame as damaged".to_owned() })
    }
}

/// What the kernel's number means for a person.
fn said(name: &str, error: &io::Error) -> CameraError {
    const ENXIO: i32 = 6;
    const ENODEV: i32 = 19;
    let name = name.to_owned();
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::ResourceBusy, _) => CameraError::Busy { name },
        (io::ErrorKind::PermissionDenied, _) => CameraError::NoPermission { name },
        (io::ErrorKind::NotFound, _) | (_, Some(ENODEV | ENXIO)) => CameraError::Gone { name },
        _ => CameraError::Io { name, cause: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_told_with_what_to_do() {
        let check = |number: i32, code: &str| {
            let error = said("webcam", &io::Error::from_raw_os_error(number));
            assert_eq!(error.code(), code, "{error}");
        };
        check(16, "camera_busy");
        check(13, "camera_no_permission");
        check(19, "camera_gone");
        check(2, "camera_gone");
        check(5, "camera_io");
    }

    #[test]
    fn a_device_that_is_not_there_is_gone() {
        let opened = V4l2Cameras.open("/dev/video-that-is-not-there");
        assert!(matches!(opened.err(), Some(CameraError::Gone { .. })));
    }
}
