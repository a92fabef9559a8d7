//! Everything that can be asked of a sitter: anatomy, hair, dress, pose, light, background, camera.

/// One portrait, completely described. The same description gives the same bytes.
#[derive(Clone, Debug)]
pub struct SitterSpec {
    /// Varies what no field names: strands, skin blotches, cloth folds, film noise.
    pub seed: u32,
    pub head: HeadShape,
    pub skin: Skin,
    pub hair: Hair,
    pub glasses: Glasses,
    pub clothing: Clothing,
    pub shoulders: Shoulders,
    pub pose: Pose,
    pub expression: Expression,
    pub light: Light,
    pub background: Background,
    pub camera: Camera,
    /// A second person standing behind, when there is one.
    pub companion: Option<Box<Companion>>,
}

/// Proportions of the head. Factors are 1.0 for an average adult.
#[derive(Clone, Copy, Debug)]
pub struct HeadShape {
    pub width: f32,
    pub length: f32,
    /// Breadth of the jaw angles.
    pub jaw: f32,
    /// Breadth of the chin: below 1 pointed, above 1 square.
    pub chin: f32,
    /// Prominence of the cheekbones.
    pub cheek: f32,
    pub nose_width: f32,
    pub nose_length: f32,
    /// How far the nose stands out.
    pub nose_height: f32,
    pub eye_size: f32,
    pub eye_spacing: f32,
    /// Height of the lid opening at rest.
    pub eye_height: f32,
    /// How much the outer corner stands above the inner one, in cm.
    pub eye_slant_cm: f32,
    /// 0 single lid, 1 deep double lid.
    pub lid_fold: f32,
    /// 0 none, 1 strong skin fold over the inner corner.
    pub epicanthus: f32,
    /// 0 flat, 1 deep-set eyes.
    pub socket_depth: f32,
    pub brow_thickness: f32,
    pub brow_height: f32,
    pub brow_arch: f32,
    pub lip_fullness: f32,
    pub mouth_width: f32,
    /// Breadth of the neck.
    pub neck: f32,
}

#[derive(Clone, Copy, Debug)]
pub struct Skin {
    /// sRGB colour of evenly lit skin.
    pub tone: [u8; 3],
    /// Redness of cheeks, nose and ears, 0..=1.
    pub blush: f32,
    /// Shine of forehead and nose, 0..=1.
    pub shine: f32,
    /// sRGB colour of the lips.
    pub lips: [u8; 3],
    /// Shade of a shaven beard, 0..=1.
    pub beard: f32,
    /// Share of freckles and moles, 0..=1.
    pub freckles: f32,
    /// Darkness of lash line and shadow on the lids, 0..=1.
    pub eye_makeup: f32,
    /// sRGB colour of the iris.
    pub iris: [u8; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HairStyle {
    /// A few millimetres all over.
    Cropped,
    /// Short sides, longer top combed to one side.
    SideParted,
    /// Short sides, top standing up and back.
    Swept,
    /// To the jaw, parted.
    Bob,
    /// Below the shoulders, parted.
    Long,
    /// Combed back, knot at the nape.
    LowBun,
    /// Combed up, knot on top of the head.
    TallBun,
    /// Combed back, tail behind or over one shoulder.
    Ponytail,
}

#[derive(Clone, Copy, Debug)]
pub struct Hair {
    pub style: HairStyle,
    /// sRGB colour in even light.
    pub color: [u8; 3],
    /// Thickness of the hair on the head, 1.0 average.
    pub volume: f32,
    /// Where it parts: -1 far to the image's left, 0 in the middle, 1 far right.
    pub parting: f32,
    /// Hair over the forehead: 0 none, 1 down to the brows.
    pub fringe: f32,
    /// Loose single hairs, 0..=1.
    pub stray: f32,
    /// Waviness, 0 straight .. 1.
    pub wave: f32,
    /// How far the hairline has receded, cm.
    pub recession_cm: f32,
    /// Long hair lies in front of the shoulders rather than behind.
    pub in_front: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    None,
    Thin,
    Thick,
    Rimless,
    Sunglasses,
}

#[derive(Clone, Copy, Debug)]
pub struct Glasses {
    pub frame: Frame,
    /// sRGB colour of the frame.
    pub color: [u8; 3],
    /// 0 round .. 1 rectangular.
    pub squareness: f32,
    /// Brightness of the reflection in the lenses, 0..=1.
    pub glare: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garment {
    CollarShirt,
    RoundNeck,
    Suit,
    Hoodie,
}

#[derive(Clone, Copy, Debug)]
pub struct Clothing {
    pub garment: Garment,
    /// sRGB colour of the outer garment.
    pub color: [u8; 3],
    /// sRGB colour of what is worn beneath (shirt under a suit) or of stripes.
    pub second: [u8; 3],
    /// sRGB colour of a tie; only with a suit.
    pub tie: Option<[u8; 3]>,
    /// Distance of stripes in cm; 0 for plain cloth.
    pub stripe_cm: f32,
    /// Strength of creases, 0..=1.
    pub creases: f32,
}

#[derive(Clone, Copy, Debug)]
pub struct Shoulders {
    pub width: f32,
    /// Positive lowers the shoulder on the image's right.
    pub tilt_degrees: f32,
    /// Positive turns the chest to the image's right.
    pub turn_degrees: f32,
}

/// Attitude of the head towards the line of sight, degrees.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pose {
    /// Positive turns the nose to the image's right.
    pub yaw_degrees: f32,
    /// Positive lifts the chin.
    pub pitch_degrees: f32,
    /// Positive tilts clockwise as seen on screen.
    pub roll_degrees: f32,
}

#[derive(Clone, Copy, Debug)]
pub struct Expression {
    /// Lid opening of the person's left eye (image right): 0 closed, 1 at rest, above 1 wide.
    pub left_lid: f32,
    /// Lid opening of the person's right eye (image left).
    pub right_lid: f32,
    /// Gaze to the image's right, degrees.
    pub gaze_right_degrees: f32,
    /// Gaze upwards, degrees.
    pub gaze_up_degrees: f32,
    /// 0 closed, 1 wide open.
    pub mouth_open: f32,
    /// 0 neutral, 1 broad smile; negative pulls the corners down.
    pub smile: f32,
    /// Raised brows, -1..=1.
    pub brow_raise: f32,
}

#[derive(Clone, Copy, Debug)]
pub struct Light {
    /// Where the main light stands: 0 in front, positive to the image's right.
    pub key_azimuth_degrees: f32,
    pub key_elevation_degrees: f32,
    /// Strength of the main light.
    pub key: f32,
    /// 0 a hard sun, 1 a wide soft box.
    pub key_softness: f32,
    /// Light from everywhere.
    pub ambient: f32,
    /// Correction of the automatic exposure in stops.
    pub exposure_ev: f32,
    /// Gain of red, green and blue: (1, 1, 1) is neutral.
    pub cast: [f32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A plain wall or screen.
    Plain,
    /// A plastered wall with visible grain and stains.
    Textured,
    /// Shelves, frames, a door: a room.
    Cluttered,
}

#[derive(Clone, Copy, Debug)]
pub struct Background {
    pub setting: Setting,
    /// sRGB colour as the camera records it where nothing darkens it.
    pub color: [u8; 3],
    /// Fall-off from one side to the other: 0 none, 0.3 strong.
    pub gradient: f32,
    /// Direction of the fall-off, degrees clockwise from "darker to the right".
    pub gradient_degrees: f32,
    /// Distance of the wall behind the ears in cm; near walls catch the sitter's shadow.
    pub wall_distance_cm: f32,
    /// Darkness of the cast shadow: 0 none, 1 as the light gives it.
    pub shadow: f32,
}

#[derive(Clone, Copy, Debug)]
pub struct Camera {
    pub width_px: u32,
    pub height_px: u32,
    /// Crown to chin as a share of the picture's height.
    pub head_height: f32,
    /// Row of the eyes from the top as a share of the picture's height.
    pub eye_line: f32,
    /// Eye midpoint from the middle, positive right, as a share of the picture's width.
    pub off_centre: f32,
    pub distance_cm: f32,
    /// Deviation of the blur in pixels; 0 sharp.
    pub blur_px: f32,
    /// Length of a sideways motion blur in pixels.
    pub motion_px: f32,
    /// Deviation of the sensor noise in 8-bit steps.
    pub noise: f32,
}

/// A second person behind the first.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Anatomy, hair and dress; light, background and camera are taken from the first.
    pub spec: SitterSpec,
    /// Eye midpoint in shares of the picture's width and height.
    pub eye_x: f32,
    pub eye_y: f32,
    /// Head height as a share of the picture's height.
    pub head_height: f32,
}

impl Default for HeadShape {
    fn default() -> Self {
        Self {
            width: 1.0,
            length: 1.0,
            jaw: 1.0,
            chin: 1.0,
            cheek: 1.0,
            nose_width: 1.0,
            nose_length: 1.0,
            nose_height: 1.0,
            eye_size: 1.0,
            eye_spacing: 1.0,
            eye_height: 1.0,
            eye_slant_cm: 0.1,
            lid_fold: 0.6,
            epicanthus: 0.3,
            socket_depth: 0.4,
            brow_thickness: 1.0,
            brow_height: 1.0,
            brow_arch: 1.0,
            lip_fullness: 1.0,
            mouth_width: 1.0,
            neck: 1.0,
        }
    }
}

impl Default for Skin {
    fn default() -> Self {
        Self {
            tone: [222, 180, 152],
            blush: 0.4,
            shine: 0.35,
            lips: [186, 106, 100],
            beard: 0.0,
            freckles: 0.15,
            eye_makeup: 0.1,
            iris: [62, 40, 28],
        }
    }
}

impl Default for Hair {
    fn default() -> Self {
        Self {
            style: HairStyle::SideParted,
            color: [30, 25, 23],
            volume: 1.0,
            parting: 0.4,
            fringe: 0.0,
            stray: 0.3,
            wave: 0.15,
            recession_cm: 0.0,
            in_front: false,
        }
    }
}

impl Default for Glasses {
    fn default() -> Self {
        Self { frame: Frame::None, color: [40, 38, 40], squareness: 0.6, glare: 0.0 }
    }
}

impl Default for Clothing {
    fn default() -> Self {
        Self {
            garment: Garment::CollarShirt,
            color: [238, 240, 244],
            second: [240, 240, 242],
            tie: None,
            stripe_cm: 0.0,
            creases: 0.4,
        }
    }
}

impl Default for Shoulders {
    fn default() -> Self {
        Self { width: 1.0, tilt_degrees: 0.0, turn_degrees: 0.0 }
    }
}

impl Default for Expression {
    fn default() -> Self {
        Self {
            left_lid: 1.0,
            right_lid: 1.0,
            gaze_right_degrees: 0.0,
            gaze_up_degrees: 0.0,
            mouth_open: 0.0,
            smile: 0.1,
            brow_raise: 0.0,
        }
    }
}

impl Default for Light {
    fn default() -> Self {
        Self {
            key_azimuth_degrees: -25.0,
            key_elevation_degrees: 35.0,
            key: 0.55,
            key_softness: 0.8,
            ambient: 0.6,
            exposure_ev: 0.0,
            cast: [1.0, 1.0, 1.0],
        }
    }
}

impl Default for Background {
    fn default() -> Self {
        Self {
            setting: Setting::Plain,
            color: [240, 240, 240],
            gradient: 0.0,
            gradient_degrees: 0.0,
            wall_distance_cm: 120.0,
            shadow: 0.0,
        }
    }
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            width_px: 900,
            height_px: 1200,
            head_height: 0.46,
            eye_line: 0.40,
            off_centre: 0.0,
            distance_cm: 140.0,
            blur_px: 0.0,
            motion_px: 0.0,
            noise: 1.2,
        }
    }
}

impl Default for SitterSpec {
    fn default() -> Self {
        Self {
            seed: 1,
            head: HeadShape::default(),
            skin: Skin::default(),
            hair: Hair::default(),
            glasses: Glasses::default(),
            clothing: Clothing::default(),
            shoulders: Shoulders::default(),
            pose: Pose::default(),
            expression: Expression::default(),
            light: Light::default(),
            background: Background::default(),
            camera: Camera::default(),
            companion: None,
        }
    }
}
