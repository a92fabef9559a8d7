//! Where the features of one face lie: lids, lips, brows and hairline as curves in face coordinates.
//!
//! Face coordinates are centimetres from the midpoint between the eyes: x to the image's right,
//! y up, z towards the camera, before the head is turned.

use super::math::{bump, clamp01, curve, lerp, smoothstep};
use super::spec::{Expression, HeadShape, SitterSpec};

/// Half the distance between the pupils of an average adult.
const EYE_X: f32 = 3.13;
pub const EYEBALL_RADIUS: f32 = 1.2;
pub const IRIS_RADIUS: f32 = 0.585;
/// Depth of the eyeball's middle.
pub const EYEBALL_Z: f32 = 2.84;
/// The ball is round to here; beyond, it is drawn out sideways to fill the corners of the lids.
const BALL_ROUND_TO: f32 = 0.9;
const BALL_DRAWN_OUT: f32 = 1.8;
/// Height of the closed lip line.
pub const LIP_LINE_Y: f32 = -6.85;
/// Bottom of the chin before scaling.
pub const CHIN_Y: f32 = -11.5;
/// Top of the bare skull before scaling.
pub const SKULL_TOP_Y: f32 = 10.7;

/// Curves of one face, after the wishes of its description.
#[derive(Clone, Debug)]
pub struct Anatomy {
    pub shape: HeadShape,
    pub expression: Expression,
    /// Pupil's distance from the midline.
    pub eye_x: f32,
    /// Half the length of the lid opening.
    pub eye_half: f32,
    upper_lid: f32,
    lower_lid: f32,
    pub mouth_half: f32,
    recession: f32,
}

/// Distances from a point of an eye's opening to its lids, cm; inside both are positive.
#[derive(Clone, Copy, Debug)]
pub struct LidGap {
    pub below_upper: f32,
    pub above_lower: f32,
}

/// Sideways distance from the eye's middle on the drawn-out ball, from that on a round one.
pub fn draw_out(round: f32) -> f32 {
    round + (round.abs() - BALL_ROUND_TO).max(0.0) * (BALL_DRAWN_OUT - 1.0) * round.signum()
}

/// The inverse of [`draw_out`].
pub fn draw_in(drawn: f32) -> f32 {
    drawn - (drawn.abs() - BALL_ROUND_TO).max(0.0) * (1.0 - 1.0 / BALL_DRAWN_OUT) * drawn.signum()
}

impl Anatomy {
    pub fn new(spec: &SitterSpec) -> Self {
        let shape = spec.head;
        Self {
            shape,
            expression: spec.expression,
            eye_x: EYE_X * shape.eye_spacing * lerp(1.0, shape.width, 0.6),
            eye_half: 1.52 * shape.eye_size,
            upper_lid: 0.60 * shape.eye_height * shape.eye_size,
            lower_lid: 0.47 * lerp(1.0, shape.eye_height, 0.5) * shape.eye_size,
            mouth_half: 2.4 * shape.mouth_width,
            recession: spec.hair.recession_cm,
        }
    }

    /// Opening of the lids on one side: `side` is +1 at the image's right.
    pub fn lid_openness(&self, side: f32) -> f32 {
        if side > 0.0 { self.expression.left_lid } else { self.expression.right_lid }
    }

    /// Along the lid opening: -1 at the inner corner, +1 at the outer.
    pub fn lid_position(&self, x: f32, side: f32) -> f32 {
        (x * side - self.eye_x) / self.eye_half
    }

    /// Height of the lid edges at `t` (see [`Self::lid_position`]).
    pub fn lid_edges(&self, t: f32, side: f32) -> (f32, f32) {
        let open = self.lid_openness(side);
        let line = self.shape.eye_slant_cm * t - 0.03;
        let inside = (1.0 - t * t).max(0.0);
        // The upper lid peaks a little towards the nose, the lower one hangs lowest outside.
        let upper_arc = inside * (1.08 - 0.10 * t - 0.26 * inside);
        let lower_arc = inside * (0.80 + 0.12 * t);
        let fold = self.shape.epicanthus * bump((t + 0.95) * (t + 0.95) / 0.36);
        let lower = line - self.lower_lid * lower_arc * (1.0 - 0.12 * self.expression.smile.max(0.0))
            + 0.10 * (1.0 - open).max(0.0) * inside;
        let upper_open = line + self.upper_lid * upper_arc * (1.15 - 0.15 * inside) - 0.16 * fold;
        let upper = lerp(lower, upper_open, open);
        (upper.max(lower), lower)
    }

    /// Distances to both lids, or `None` outside the corners.
    pub fn lid_gap(&self, x: f32, y: f32, side: f32) -> Option<LidGap> {
        let t = self.lid_position(x, side);
        if t.abs() >= 1.0 {
            return None;
        }
        let (upper, lower) = self.lid_edges(t, side);
        Some(LidGap { below_upper: upper - y, above_lower: y - lower })
    }

    /// Is this point of the skin inside an eye's opening?
    pub fn in_eye(&self, x: f32, y: f32) -> bool {
        let side = if x > 0.0 { 1.0 } else { -1.0 };
        self.lid_gap(x, y, side).is_some_and(|gap| gap.below_upper > 0.0 && gap.above_lower > 0.0)
    }

    /// Height of the fold above the upper lid at `t`.
    pub fn lid_crease(&self, t: f32, side: f32) -> f32 {
        let (upper, _) = self.lid_edges(t * 0.97, side);
        let open = clamp01(self.lid_openness(side));
        let inside = (1.0 - t * t * 0.8).max(0.0);
        let rest = upper + (0.10 + 0.26 * self.shape.lid_fold) * (0.35 + 0.65 * inside);
        rest + 0.35 * (1.0 - open) * inside
    }

    /// Height of the line where the lips meet.
    pub fn lip_line(&self, x: f32) -> f32 {
        let t = x / self.mouth_half;
        let wave = 0.07 * bump(t * t / 0.09) - 0.09 * bump((t.abs() - 0.35) * (t.abs() - 0.35) / 0.12);
        LIP_LINE_Y * self.shape.length - wave * 0.8 - 0.06 * smoothstep(0.7, 1.0, t.abs())
    }

    /// Upper and lower border of the red of the lips.
    pub fn lip_borders(&self, x: f32) -> (f32, f32) {
        let t = (x / self.mouth_half).abs();
        let line = self.lip_line(x);
        let full = self.shape.lip_fullness;
        let taper = (1.0 - t * t).max(0.0);
        let bow = 1.0 + 0.13 * bump((t - 0.2) * (t - 0.2) / 0.05) - 0.10 * bump(t * t / 0.02);
        let upper = line + full * 0.68 * bow * taper.sqrt() * (0.55 + 0.45 * taper);
        let lower = line - full * 0.92 * taper.sqrt() * (0.68 + 0.32 * taper);
        (upper, lower)
    }

    /// How far a skin point at the lips' line lies inside the mouth's slit (positive inside), cm.
    pub fn in_mouth(&self, x: f32, y: f32) -> bool {
        let t = x / self.mouth_half;
        let width = 0.05 * smoothstep(0.97, 0.8, t.abs());
        self.expression.mouth_open > 0.02 && width > 0.0 && (y - self.lip_line(x)).abs() < width
    }

    /// Middle height of the brow at `t` (-1 inner end, +1 outer end) and half its thickness.
    pub fn brow(&self, t: f32) -> (f32, f32) {
        let arch = self.shape.brow_arch;
        let lift = self.expression.brow_raise * (0.45 + 0.1 * t);
        let middle = 1.95 * self.shape.brow_height + lift;
        let knots = [(-1.0, -0.02), (-0.4, 0.12), (0.3, 0.32 * arch), (0.65, 0.27 * arch), (1.0, -0.10)];
        let half = [(-1.0, 0.16), (-0.75, 0.31), (-0.2, 0.33), (0.4, 0.25), (1.0, 0.05)];
        (middle + curve(&knots, t), curve(&half, t) * self.shape.brow_thickness)
    }

    /// Brow position of a point: -1 inner end, +1 outer end.
    pub fn brow_position(&self, x: f32) -> f32 {
        (x.abs() - self.eye_x - 0.12) / 2.2
    }

    /// Height of the hairline at an angle about the vertical axis (0 in front, 180 behind), cm.
    pub fn hairline(&self, azimuth_degrees: f32) -> f32 {
        let r = self.recession;
        let knots = [
            (0.0, 6.6 + r),
            (20.0, 6.5 + r * 1.2),
            (38.0, 5.7 + r * 1.4),
            (52.0, 3.6 + r),
            (62.0, 2.2),
            (70.0, -0.3),
            (78.0, -2.0),
            (84.0, -1.2),
            (92.0, 1.6),
            (104.0, 0.8),
            (120.0, -4.5),
            (150.0, -7.2),
            (180.0, -7.4),
        ];
        curve(&knots, azimuth_degrees.abs()) * self.shape.length
    }
}
