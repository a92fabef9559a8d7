//! Webcams of Windows (Media Foundation) and of macOS (AVFoundation), by the crate `cameras`.

use cameras::{Device, Error, PixelFormat, Resolution, StreamConfig};

use super::choice::{Mode, choose};
use super::webcam::{SILENT_AFTER, Stream, Webcam};
use super::{Camera, CameraError, CameraInfo, Cameras, Coding, Frame};

/// Frames a second that are asked for; the system gives what it has.
const FRAME_RATE: u32 = 30;

/// The video devices of the system.
pub struct NativeCameras;

impl Cameras for NativeCameras {
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        let devices = cameras::devices().map_err(|error| said("the camera", &error))?;
        Ok(devices.into_iter().map(|device| CameraInfo { id: device.id.0, name: device.name }).collect())
    }

    fn open(&self, id: &str) -> Result<Box<dyn Camera>, CameraError> {
        let devices = cameras::devices().map_err(|error| said(id, &error))?;
        let device = devices.into_iter().find(|device| device.id.0 == id);
        let device = device.ok_or_else(|| CameraError::Gone { name: id.to_owned() })?;
        let offered = cameras::probe(&device).map_err(|error| said(&device.name, &error))?.formats;
        let modes: Vec<Mode> = offered
            .iter()
            .map(|format| Mode {
                width_px: format.resolution.width,
                height_px: format.resolution.height,
                coding: coding_of(format.pixel_format),
            })
            .collect();
        let (live, still) =
            choose(&modes).ok_or_else(|| CameraError::NoFormat { name: device.name.clone() })?;
        let begin = move |mode| OpenStream::begin(&device, mode);
        Ok(Box::new(Webcam::open(live, still, begin)?))
    }
}

/// How frames of a format come out of this program's stream.
fn coding_of(format: PixelFormat) -> Coding {
    match format {
        PixelFormat::Mjpeg => Coding::Mjpeg,
        PixelFormat::Yuyv => Coding::Yuyv,
        _ => Coding::Rgb,
    }
}

struct OpenStream {
    /// Of the camera, for what is told.
    name: String,
    camera: cameras::Camera,
}

impl OpenStream {
    /// A format of the mode's coding, or the one to which every system can turn its frames.
    fn begin(device: &Device, mode: Mode) -> Result<Self, CameraError> {
        let asked = match mode.coding {
            Coding::Mjpeg => PixelFormat::Mjpeg,
            Coding::Yuyv => PixelFormat::Yuyv,
            Coding::Rgb => PixelFormat::Nv12,
        };
        let resolution = Resolution { width: mode.width_px, height: mode.height_px };
        let open = |pixel_format| {
            cameras::open(device, StreamConfig { resolution, framerate: FRAME_RATE, pixel_format })
        };
        let opened = match open(asked) {
            Err(Error::Backend { .. } | Error::FormatNotSupported) if asked != PixelFormat::Nv12 => {
                open(PixelFormat::Nv12)
            }
            opened => opened,
        };
        let camera = opened.map_err(|error| said(&device.name, &error))?;
        Ok(Self { name: device.name.clone(), camera })
    }
}

impl Stream for OpenStream {
    /// The crate keeps as many.
    const STALE_FRAMES: usize = 3;

    fn next(&mut self) -> Result<Frame, CameraError> {
        let frame =
            cameras::next_frame(&self.camera, SILENT_AFTER).map_err(|error| said(&self.name, &error))?;
        frame_of(&frame)
    }
}

fn frame_of(frame: &cameras::Frame) -> Result<Frame, CameraError> {
    let (width_px, height_px) = (frame.width, frame.height);
    let coding = coding_of(frame.pixel_format);
    let (row_bytes, bytes) = match coding {
        Coding::Rgb => {
            let pixels = cameras::to_rgb8(frame);
            (
                width_px as usize * 3,
                pixels.map_err(|error| CameraError::BadFrame { cause: error.to_string() })?,
            )
        }
        Coding::Mjpeg | Coding::Yuyv => (frame.stride as usize, frame.plane_primary.to_vec()),
    };
    Ok(Frame { width_px, height_px, coding, row_bytes, bytes })
}

/// What the system says, with what to do.
fn said(name: &str, error: &Error) -> CameraError {
    let name = name.to_owned();
    match error {
        Error::PermissionDenied => CameraError::Private { name },
        Error::DeviceInUse => CameraError::Busy { name },
        Error::DeviceNotFound(_) | Error::StreamEnded => CameraError::Gone { name },
        Error::FormatNotSupported => CameraError::NoFormat { name },
        Error::Timeout => CameraError::Silent { name, seconds: SILENT_AFTER.as_secs() },
        Error::MjpegDecode(cause) => CameraError::BadFrame { cause: cause.clone() },
        other => CameraError::Io { name, cause: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_told_with_what_to_do() {
        let check = |error: Error, code: &str| assert_eq!(said("webcam", &error).code(), code, "{error}");
        check(Error::DeviceInUse, "camera_busy");
        check(Error::PermissionDenied, "camera_private");
        check(Error::StreamEnded, "camera_gone");
        check(Error::Timeout, "camera_silent");
        check(Error::Backend { platform: "here", message: "no".into() }, "camera_io");
    }

    #[test]
    fn a_camera_that_is_not_there_is_gone() {
        assert!(matches!(NativeCameras.open("none"), Err(CameraError::Gone { .. } | CameraError::Io { .. })));
    }
}
