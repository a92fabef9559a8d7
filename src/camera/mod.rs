//! A camera at this computer: what it sees now, and stills at its full size. One trait for every kind.

#[cfg(all(feature = "camera", any(target_os = "linux", windows, target_os = "macos")))]
mod choice;
pub mod drawn;
mod error;
pub mod frame;
#[cfg(all(feature = "camera", any(windows, target_os = "macos")))]
mod native;
pub mod tether;
#[cfg(all(feature = "camera", target_os = "linux"))]
mod v4l2;
#[cfg(all(feature = "camera", any(target_os = "linux", windows, target_os = "macos")))]
mod webcam;

use std::sync::Arc;

pub use error::CameraError;
pub use frame::{Coding, Frame};

/// An open camera. Dropped, it is free for other programs again.
pub trait Camera {
    /// Waits for the next frame of the live picture, which may be smaller than a still.
    fn live(&mut self) -> Result<Frame, CameraError>;
    /// A frame at the largest size the camera has, seen after this was called. The live picture goes on afterwards.
    fn still(&mut self) -> Result<Frame, CameraError>;
}

/// A camera that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CameraInfo {
    /// What [`Cameras::open`] takes.
    pub id: String,
    /// As the camera calls itself.
    pub name: String,
}

/// The cameras of a computer.
pub trait Cameras: Send + Sync {
    /// Those that are plugged in now; none is no error.
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError>;
    /// Opens one on the thread that will use it.
    fn open(&self, id: &str) -> Result<Box<dyn Camera>, CameraError>;
}

/// The cameras of this computer, by its own system.
pub fn system() -> Arc<dyn Cameras> {
    #[cfg(all(feature = "camera", target_os = "linux"))]
    return Arc::new(v4l2::V4l2Cameras);
    #[cfg(all(feature = "camera", any(windows, target_os = "macos")))]
    return Arc::new(native::NativeCameras);
    #[cfg(not(all(feature = "camera", any(target_os = "linux", windows, target_os = "macos"))))]
    Arc::new(NotBuilt)
}

/// A program built without a way to the cameras of its system.
#[cfg(not(all(feature = "camera", any(target_os = "linux", windows, target_os = "macos"))))]
struct NotBuilt;

#[cfg(not(all(feature = "camera", any(target_os = "linux", windows, target_os = "macos"))))]
impl Cameras for NotBuilt {
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        Err(CameraError::NotBuilt)
    }

    fn open(&self, _id: &str) -> Result<Box<dyn Camera>, CameraError> {
        Err(CameraError::NotBuilt)
    }
}
