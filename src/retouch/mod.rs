//! Makes a photo meet a standard and records how, so that it can be replayed bit for bit.

mod background;
mod crop;
pub mod matte_onnx;
pub mod recipe;
mod spread;

use crate::inspect::{CropSolution, FaceError, MatteModel};
use crate::photo::Photo;
use crate::photo::encode::{EncodeError, EncodedJpeg};
use crate::standard::{Background, Standard};

pub use recipe::Recipe;

/// The final electronic photo.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub jpeg: EncodedJpeg,
    pub pixels: image::RgbImage,
    pub recipe: Recipe,
}

#[derive(Debug, thiserror::Error)]
pub enum RetouchError {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Model(#[from] FaceError),
}

/// Crops, replaces the background where the standard wants it, resizes and encodes.
pub fn prepare(
    _photo: &Photo,
    _crop: &CropSolution,
    _standard: &Standard,
    _background: &Background,
    _matte: &dyn MatteModel,
) -> Result<Prepared, RetouchError> {
    todo!()
}
