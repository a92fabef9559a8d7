//! The models, loaded once and only when something needs them: the desk opens at once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::DeskError;
use crate::identity::FaceDescriber;
use crate::identity::descriptor_onnx::OnnxDescriber;
use crate::inspect::face_onnx::OnnxFaceModel;
use crate::inspect::matte_onnx::SelfieMatte;
use crate::inspect::{FaceError, MatteModel, Models};
use crate::retouch::matte_onnx::FineMatte;

/// Where the user's own description of a face descriptor lies in a desk's folder, its network beside it.
const OWN_DESCRIPTOR: &str = "models/face_descriptor.toml";

/// The user's own face descriptor, where there is one.
pub(super) fn own_descriptor(desk: &Path) -> Option<PathBuf> {
    Some(desk.join(OWN_DESCRIPTOR)).filter(|file| file.exists())
}

/// A failed loading is remembered too: it would fail again.
type Loaded<T> = OnceLock<Result<T, String>>;

#[derive(Default)]
pub(super) struct LoadedModels {
    face: Loaded<OnnxFaceModel>,
    matte: Loaded<SelfieMatte>,
    fine: Loaded<FineMatte>,
    describer: Loaded<OnnxDescriber>,
}

impl LoadedModels {
    /// What the local check needs.
    pub(super) fn check(&self) -> Result<Models<'_>, DeskError> {
        Ok(Models {
            face: loaded(&self.face, OnnxFaceModel::embedded)?,
            matte: loaded(&self.matte, SelfieMatte::embedded)?,
        })
    }

    /// What a face match needs: the describer of this desk's folder, or that of the program.
    pub(super) fn describer(&self, desk: &Path) -> Result<&dyn FaceDescriber, DeskError> {
        let load = || OnnxDescriber::own_or_embedded(own_descriptor(desk).as_deref());
        let describer: &OnnxDescriber = loaded(&self.describer, load)?;
        Ok(describer)
    }

    /// What a final photo needs.
    pub(super) fn fine(&self) -> Result<&dyn MatteModel, DeskError> {
        let fine: &FineMatte = loaded(&self.fine, FineMatte::embedded)?;
        Ok(fine)
    }
}

fn loaded<T>(slot: &Loaded<T>, load: impl FnOnce() -> Result<T, FaceError>) -> Result<&T, DeskError> {
    let loaded = slot.get_or_init(|| load().map_err(|error| error.to_string()));
    loaded.as_ref().map_err(|cause| DeskError::Models { cause: cause.clone() })
}
