//! Why a camera gives no picture, and what to do.

/// A camera that cannot be used. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CameraError {
    #[error(
        "this program was built without webcams for this system; let the camera's own program write into a folder and watch that folder"
    )]
    NotBuilt,
    #[error("{name} is used by another program; close that program, then choose the camera again")]
    Busy { name: String },
    #[error(
        "{name} may not be used by this user; add the user to the group 'video' (usermod -aG video NAME), log in again, then choose the camera again"
    )]
    NoPermission { name: String },
    #[error(
        "{name} may not be used by this program; allow it in the system's settings for privacy, under Camera, then choose the camera again"
    )]
    Private { name: String },
    #[error("{name} is gone; plug it in again, at the computer itself rather than at a hub")]
    Gone { name: String },
    #[error("{name} has sent nothing for {seconds} s; plug it in again, or choose another camera")]
    Silent { name: String, seconds: u64 },
    #[error(
        "{name} offers no picture as Motion JPEG or YUYV; choose another camera, or let its own program write into a folder"
    )]
    NoFormat { name: String },
    #[error(
        "{program} is not installed; install the package gphoto2, or let another tethering program fill the folder"
    )]
    NoProgram { program: String },
    #[error("a frame of the camera is damaged ({cause}); if it happens again, use another cable")]
    BadFrame { cause: String },
    #[error("{name} cannot be used ({cause}); plug it in again, or choose another camera")]
    Io { name: String, cause: String },
}

impl CameraError {
    /// Stable machine-readable code, also the locale key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotBuilt => "camera_not_built",
            Self::Busy { .. } => "camera_busy",
            Self::NoPermission { .. } => "camera_no_permission",
            Self::Private { .. } => "camera_private",
            Self::Gone { .. } => "camera_gone",
            Self::Silent { .. } => "camera_silent",
            Self::NoFormat { .. } => "camera_no_format",
            Self::NoProgram { .. } => "camera_no_program",
            Self::BadFrame { .. } => "camera_bad_frame",
            Self::Io { .. } => "camera_io",
        }
    }

    /// True when nothing but the frame was lost: the next one may be whole.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::BadFrame { .. })
    }
}
