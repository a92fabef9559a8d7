//! One thing wrong with a portrait, for demonstrations and for tests of each check.

use super::spec::{Companion, Frame, Glasses, Setting, SitterSpec};
use super::vary::vary;

/// A fault a reviewer would reject or look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Glasses,
    ThickGlasses,
    RimlessGlasses,
    GlareOnGlasses,
    Sunglasses,
    EyesClosed,
    MouthOpen,
    HeadTilted,
    HeadTurned,
    ChinLifted,
    OffCentre,
    TooClose,
    Dark,
    Overexposed,
    HalfLit,
    YellowLight,
    Blurred,
    ClutteredBackground,
    TexturedBackground,
    UnevenBackground,
    CastShadow,
    LowResolution,
    TwoPeople,
}

impl Fault {
    pub const ALL: [Self; 23] = [
        Self::Glasses,
        Self::ThickGlasses,
        Self::RimlessGlasses,
        Self::GlareOnGlasses,
        Self::Sunglasses,
        Self::EyesClosed,
        Self::MouthOpen,
        Self::HeadTilted,
        Self::HeadTurned,
        Self::ChinLifted,
        Self::OffCentre,
        Self::TooClose,
        Self::Dark,
        Self::Overexposed,
        Self::HalfLit,
        Self::YellowLight,
        Self::Blurred,
        Self::ClutteredBackground,
        Self::TexturedBackground,
        Self::UnevenBackground,
        Self::CastShadow,
        Self::LowResolution,
        Self::TwoPeople,
    ];

    /// The same portrait with this fault.
    pub fn apply(self, mut spec: SitterSpec) -> SitterSpec {
        match self {
            Self::Glasses
            | Self::ThickGlasses
            | Self::RimlessGlasses
            | Self::GlareOnGlasses
            | Self::Sunglasses => {
                spec.glasses = self.glasses();
            }
            Self::EyesClosed => {
                spec.expression.left_lid = 0.0;
                spec.expression.right_lid = 0.0;
            }
            Self::MouthOpen => spec.expression.mouth_open = 0.55,
            Self::HeadTilted => spec.pose.roll_degrees = 11.0,
            Self::HeadTurned => spec.pose.yaw_degrees = 24.0,
            Self::ChinLifted => spec.pose.pitch_degrees = 16.0,
            Self::OffCentre => spec.camera.off_centre = 0.24,
            Self::TooClose => {
                spec.camera.head_height = 0.76;
                spec.camera.eye_line = 0.44;
            }
            Self::Blurred => spec.camera.blur_px = 0.006 * spec.camera.height_px as f32,
            Self::LowResolution => {
                spec.camera.width_px = 270;
                spec.camera.height_px = 360;
            }
            Self::TwoPeople => spec.companion = Some(Box::new(companion(&spec))),
            _ => self.light_or_wall(&mut spec),
        }
        spec
    }

    fn light_or_wall(self, spec: &mut SitterSpec) {
        let (light, wall) = (&mut spec.light, &mut spec.background);
        match self {
            Self::Dark => light.exposure_ev = -2.3,
            Self::Overexposed => light.exposure_ev = 1.5,
            Self::YellowLight => light.cast = [1.12, 0.96, 0.62],
            Self::HalfLit => {
                light.key_azimuth_degrees = 82.0;
                light.key_elevation_degrees = 12.0;
                light.key = 1.3;
                light.ambient = 0.16;
                light.key_softness = 0.3;
            }
            Self::ClutteredBackground => wall.setting = Setting::Cluttered,
            Self::TexturedBackground => wall.setting = Setting::Textured,
            Self::UnevenBackground => wall.gradient = 0.45,
            Self::CastShadow => {
                light.key_azimuth_degrees = -32.0;
                light.key_elevation_degrees = 24.0;
                light.key = 1.0;
                light.key_softness = 0.12;
                light.ambient = 0.4;
                wall.wall_distance_cm = 16.0;
                wall.shadow = 1.0;
            }
            _ => {}
        }
    }

    fn glasses(self) -> Glasses {
        let (frame, color, glare) = match self {
            Self::ThickGlasses => (Frame::Thick, [28, 24, 26], 0.0),
            Self::RimlessGlasses => (Frame::Rimless, [150, 140, 120], 0.1),
            Self::GlareOnGlasses => (Frame::Thin, [60, 58, 60], 0.9),
            Self::Sunglasses => (Frame::Sunglasses, [18, 18, 20], 0.1),
            _ => (Frame::Thin, [54, 50, 50], 0.1),
        };
        Glasses { frame, color, squareness: 0.55, glare }
    }
}

/// A friend who looks over the sitter's shoulder.
fn companion(spec: &SitterSpec) -> Companion {
    Companion { spec: vary(u64::from(spec.seed) + 101), eye_x: 0.82, eye_y: 0.36, head_height: 0.34 }
}
