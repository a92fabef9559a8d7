//! The initial check, by the same engine as at the desk; the models are loaded when the first photo comes.

use std::sync::OnceLock;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::hub::error::HubError;
use crate::inspect::face_onnx::OnnxFaceModel;
use crate::inspect::matte_onnx::SelfieMatte;
use crate::inspect::{FaceError, Models, Report, inspect};
use crate::photo::Photo;
use crate::standard::Standard;

/// Photos that are decoded and checked at the same time: each may need hundreds of megabytes.
const AT_ONCE: usize = 1;

/// A failed loading is remembered too: it would fail again.
type Loaded<T> = OnceLock<Result<T, String>>;

/// The models and the turn to use them.
pub(super) struct Engine {
    face: Loaded<OnnxFaceModel>,
    matte: Loaded<SelfieMatte>,
    turns: Semaphore,
}

impl Default for Engine {
    fn default() -> Self {
        Self { face: OnceLock::new(), matte: OnceLock::new(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Engine {
    /// Waits until a picture may be decoded.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, HubError> {
        self.turns.acquire().await.map_err(|_| HubError::stopping())
    }

    /// Checks one photo; needs a turn and takes a second or so, so not on a request thread.
    pub(super) fn check(&self, photo: &Photo, standard: &Standard) -> Result<Report, HubError> {
        let models = Models {
            face: loaded(&self.face, OnnxFaceModel::embedded)?,
            matte: loaded(&self.matte, SelfieMatte::embedded)?,
        };
        inspect(photo, standard, models).map_err(|error| failed(&error.to_string()))
    }
}

fn loaded<T>(slot: &Loaded<T>, load: impl FnOnce() -> Result<T, FaceError>) -> Result<&T, HubError> {
    let loaded = slot.get_or_init(|| load().map_err(|error| error.to_string()));
    loaded.as_ref().map_err(|cause| failed(cause))
}

fn failed(cause: &str) -> HubError {
    tracing::error!(cause, "the initial check could not be run");
    HubError::new(500, "no_check", "the initial check could not be run", "try again in a while")
}
