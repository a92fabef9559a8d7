//! Is this the same exposure (同版), is this the same person: what two photos have in common.

pub mod compare;
pub mod descriptor;
pub mod descriptor_onnx;
pub mod exposure;
pub mod limits;
pub mod patch;

pub use compare::{Answer, Comparison, compare};
pub use descriptor::{Descriptor, FaceDescriber};
pub use exposure::ExposureMatch;
pub use limits::IdentityLimits;
pub use patch::FacePatch;
