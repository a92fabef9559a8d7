//! A single hair, or a lock too thin to tell apart, as a line in space.

use super::math::Vec3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrandKind {
    Scalp,
    Brow,
    Lash,
}

#[derive(Clone, Debug)]
pub struct Strand {
    pub kind: StrandKind,
    /// From root to tip, cm.
    pub points: Vec<Vec3>,
    /// Breadth in the middle, cm.
    pub width_cm: f32,
    /// Brightness against the mean, 1.0 the same.
    pub tone: f32,
    /// Share of the light from all around that reaches it inside the hair, 0..=1.
    pub depth: f32,
    /// Throws a shadow.
    pub casts: bool,
    /// Belongs to a knot or tail.
    pub knot: bool,
    /// Stands apart from the mass and does not count as the hair's top.
    pub loose: bool,
}
