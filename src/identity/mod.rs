//! Is this the same exposure (同版), is this the same person: what two photos have in common.

pub mod compare;
pub mod describing;
pub mod descriptor;
pub mod descriptor_onnx;
pub mod exposure;
pub mod exposure_hash;
pub mod exposure_index;
pub mod findings;
pub mod kept;
pub mod limits;
pub mod patch;

pub use compare::{Answer, Comparison, compare};
pub use descriptor::{Descriptor, FaceDescriber, PersonLimits};
pub use exposure::ExposureMatch;
pub use exposure_hash::{ExposureHash, HashPair};
pub use exposure_index::ExposureIndex;
pub use limits::IdentityLimits;
pub use patch::FacePatch;
