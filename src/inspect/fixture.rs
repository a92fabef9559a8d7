//! A drawn face and an ideal set of measures, for the tests beside the checks.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::Finding;
use super::checks::{Check, Context};
use super::crop::{Frame, Head, Solved, Touches, solve};
use super::face::{DetectedFace, FaceMesh, MESH_POINTS, MeshPoint};
use super::measure::background::{BackgroundLook, HeatMap, NearestColour};
use super::measure::bare_skin::BareSkin;
use super::measure::blocks::Blocks;
use super::measure::clothing::Clothing;
use super::measure::covering::HeadCovering;
use super::measure::earrings::{Earrings, Side};
use super::measure::eyes::Eyes;
use super::measure::former::Former;
use super::measure::garment::Garment;
use super::measure::geometry::{CHEEK_OUTSIDE_MESH_IED, CHIN_BELOW_MESH_IED, FaceGeometry};
use super::measure::glasses::{FEATURES, Features, Glasses};
use super::measure::halo::Halo;
use super::measure::irises::Irises;
use super::measure::light::FaceLight;
use super::measure::lips::Lips;
use super::measure::mouth::Mouth;
use super::measure::pattern::Pattern;
use super::measure::pose::Pose;
use super::measure::scene::SceneLight;
use super::measure::sharpness::Sharpness;
use super::measure::shoulders::Shoulders;
use super::measure::smoothing::Smoothing;
use super::measure::{Measures, points};
use crate::photo::{ColorModel, DecodeLimits, FileFacts, FileFormat, Point, Rect, decode};
use crate::standard::Standard;

/// An upright frontal face with the proportions of an average adult: face width 2.2, chin 1.8, mouth 1.15
/// eye distances; turned clockwise by `roll_deg`.
pub fn mesh(eyes: Point, ied_px: f32, roll_deg: f32) -> FaceMesh {
    let mut face = vec![(0.0_f32, 0.5_f32); MESH_POINTS];
    for (step, (left, right)) in points::MIRRORED_SKIN.into_iter().enumerate() {
        let place = (0.25 + 0.1 * (step % 6) as f32, 0.2 * (step / 6) as f32);
        (face[left], face[right]) = ((-place.0, place.1), place);
    }
    outline(&mut face);
    for (side, iris, corners, lids, eye_outline, brow) in [
        (
            -0.5,
            points::IRIS_LEFT,
            points::EYE_CORNERS_LEFT,
            points::LIDS_LEFT,
            points::EYE_OUTLINE_LEFT,
            points::BROW_OUTLINE_LEFT,
        ),
        (
            0.5,
            points::IRIS_RIGHT,
            points::EYE_CORNERS_RIGHT,
            points::LIDS_RIGHT,
            points::EYE_OUTLINE_RIGHT,
            points::BROW_OUTLINE_RIGHT,
        ),
    ] {
        for index in eye_outline.into_iter().chain(brow) {
            face[index] = (side, -0.35);
        }
        face[iris] = (side, 0.0);
        for (rim, (dx, dy)) in
            points::IRIS_RIM.into_iter().zip([(0.09, 0.0), (0.0, -0.09), (-0.09, 0.0), (0.0, 0.09)])
        {
            face[iris + rim] = (side + dx, dy);
        }
        let outwards = f32::signum(side);
        face[corners.0] = (side + 0.24 * outwards, 0.0);
        face[corners.1] = (side - 0.22 * outwards, 0.02);
        for (step, (upper, lower)) in lids.into_iter().enumerate() {
            let x = side + outwards * (0.18 - 0.06 * step as f32);
            face[upper] = (x, -0.07);
            face[lower] = (x, 0.06);
        }
    }
    lip_points(&mut face);
    let points = face
        .into_iter()
        .map(|(x, y)| {
            let at = Point::new(eyes.x + x * ied_px, eyes.y + y * ied_px).rotated_about(eyes, roll_deg);
            MeshPoint { x: at.x, y: at.y, z: 0.0 }
        })
        .collect();
    FaceMesh { points, presence: 0.99 }
}

fn outline(face: &mut [(f32, f32)]) {
    let count = points::FACE_OUTLINE.len() as f32;
    for (step, index) in points::FACE_OUTLINE.into_iter().enumerate() {
        let angle = std::f32::consts::TAU * step as f32 / count;
        let half_width = 1.1 - CHEEK_OUTSIDE_MESH_IED as f32;
        face[index] = (half_width * angle.sin(), 0.5 - 1.3 * angle.cos());
    }
    face[points::CHIN] = (0.0, 1.8 - CHIN_BELOW_MESH_IED as f32);
    face[points::NOSE_TIP] = (0.0, 0.65);
    face[points::CHEEK_LEFT_CENTRE] = (-0.6, 0.6);
    face[points::CHEEK_RIGHT_CENTRE] = (0.6, 0.6);
    face[points::FOREHEAD_CENTRE] = (0.0, -0.5);
    face[points::CHIN_CENTRE] = (0.0, 1.55);
}

fn lip_points(face: &mut [(f32, f32)]) {
    for (outline, half_width, half_height) in
        [(points::INNER_LIP_OUTLINE, 0.35, 0.004), (points::OUTER_LIP_OUTLINE, 0.4, 0.12)]
    {
        for (step, index) in outline.into_iter().enumerate() {
            let angle = std::f32::consts::TAU * step as f32 / 20.0;
            face[index] = (-half_width * angle.cos(), 1.15 - half_height * angle.sin());
        }
    }
}

/// A standard with the graduation geometry and every band the checks read.
pub fn standard() -> Standard {
    toml::from_str(STANDARD).unwrap()
}

const STANDARD: &str = r#"
id = "test"
version = 1
zh = "测试"
en = "Test"
replace_background = true
glasses = "forbid"
clauses = []
source = { issuer = "test", document = "test", date = "2017", confidence = "A" }
size = { width_px = 480, height_px = 640, dpi = 300 }
file = { min_kb = 20, max_kb = 40, min_quality = 60, max_quality = 95 }
backgrounds = [{ id = "light_blue", rgb = [100, 197, 255] }, { id = "white", rgb = [255, 255, 255] }]

[geometry]
crown_y = { min = 50, max = 110, target = 80 }
eye_y = { min = 200, max = 300, target = 252 }
face_width = { min = 180, max = 300, target = 217 }
head_ratio = {}

[checks]
file = { severity = "fail", source = "test" }
resolution = { severity = "fail", source = "test", bands = { ied = { pass_min = 90, warn_min = 81 }, scale = { pass_max = 1.0, warn_max = 1.25 }, detail = { pass_min = 75, warn_min = 54 } } }
one_face = { severity = "fail", source = "test", bands = { value = { pass_min = 1, pass_max = 1, warn_min = 1, warn_max = 1 } } }
crop_feasible = { severity = "fail", source = "test", bands = { bottom = { pass_max = 0, warn_max = 8 }, side_cut = { pass_max = 0, warn_max = 0.08 } } }
centre = { severity = "fail", source = "test", bands = { value = { pass_min = -0.02, pass_max = 0.02, warn_min = -0.05, warn_max = 0.05 } } }
eye_height = { severity = "fail", source = "test", bands = { value = { pass_min = 215, pass_max = 290, warn_min = 200, warn_max = 300 } } }
crown_margin = { severity = "fail", source = "test", bands = { value = { pass_min = 60, pass_max = 100, warn_min = 50, warn_max = 110 } } }
face_width = { severity = "fail", source = "test", bands = { value = { pass_min = 190, pass_max = 260, warn_min = 180, warn_max = 300 } } }
head_size = { severity = "fail", source = "test", bands = { head_ratio = { pass_min = 0.48, pass_max = 0.60, warn_min = 0.44, warn_max = 0.66 }, body_ratio = { pass_min = 0.30, warn_min = 0.25 } } }
roll = { severity = "fail", source = "test", bands = { value = { pass_min = -2, pass_max = 2, warn_min = -5, warn_max = 5 }, lean = { pass_min = -4, pass_max = 4, warn_min = -7, warn_max = 7 } } }
yaw = { severity = "fail", source = "test", bands = { value = { pass_min = -5, pass_max = 5, warn_min = -10, warn_max = 10 }, asymmetry = { pass_min = -0.1, pass_max = 0.1, warn_min = -0.2, warn_max = 0.2 } } }
pitch = { severity = "fail", source = "test", bands = { value = { pass_min = -5, pass_max = 5, warn_min = -10, warn_max = 10 }, ears = { pass_min = 0.1, pass_max = 0.5 } } }
eyes_open = { severity = "fail", source = "test", bands = { value = { pass_min = 0.045, warn_min = 0.03 }, iris = { pass_min = 0.6 } } }
mouth_closed = { severity = "fail", source = "test", bands = { gap = { pass_max = 0.015, warn_max = 0.03 }, teeth = { pass_max = 0.01, warn_max = 0.03 } } }
background_uniform = { severity = "fail", source = "test", bands = { residual = { pass_max = 1.5, warn_max = 4 }, gradient = { pass_max = 20 }, sideways = { pass_max = 0.1 }, clutter = { pass_max = 0.005, warn_max = 0.05 } } }
background_shadow = { severity = "fail", source = "test", bands = { value = { pass_max = 2.5, warn_max = 8 } } }
background_colour = { severity = "fail", source = "test", bands = { mean = { pass_max = 1.5, warn_max = 2.5 }, p99 = { pass_max = 3, warn_max = 5 } } }
glasses = { severity = "fail", source = "test", bands = { value = { pass_max = 0.3, warn_max = 0.7 } } }
head_covering = { severity = "warn", source = "test", bands = { value = { pass_max = 0.5 } } }
jewellery = { severity = "warn", source = "test", bands = { value = { pass_max = 0.5 } } }
hair_occlusion = { severity = "warn", source = "test", bands = { brows = { pass_min = 0.45 } } }
ears = { severity = "warn", source = "test", bands = { value = { pass_min = 0.15 } } }
exposure = { severity = "fail", source = "test", bands = { lightness = { pass_min = 50, pass_max = 80, warn_min = 42, warn_max = 86 }, clipped_high = { pass_max = 0.01, warn_max = 0.03 }, clipped_low = { pass_max = 0.2, warn_max = 0.4 }, lit_part = { pass_min = 80 }, burnt_person = { pass_max = 0.1 }, light_face = { pass_min = 57 }, brightest = { pass_min = 79, warn_min = 62 } } }
even_light = { severity = "fail", source = "test", bands = { sides = { pass_max = 0.8, warn_max = 1.0 }, zones = { pass_min = 0.65, warn_min = 0.5 } } }
sharpness = { severity = "fail", source = "test", bands = { value = { pass_max = 2.2, warn_max = 3.5 }, motion = { pass_max = 2 } } }
gaze = { severity = "warn", source = "test", bands = { sideways = { pass_min = -0.1, pass_max = 0.1 }, downwards = { pass_min = -0.2, pass_max = 0.2 } } }
shoulders = { severity = "warn", source = "test", bands = { slope = { pass_min = -5, pass_max = 5 }, present = { pass_min = 2 } } }
background_objects = { severity = "fail", source = "test", bands = { thing = { pass_max = 0.005, warn_max = 0.1 }, frame = { pass_max = 0, warn_max = 4 } } }
sunglasses = { severity = "fail", source = "test", bands = { value = { pass_max = 0.3, warn_max = 0.7 } } }
glare = { severity = "warn", source = "test", bands = { value = { pass_max = 0.01 } } }
clothing_contrast = { severity = "warn", source = "test", bands = { contrast = { pass_min = 15 }, close = { pass_max = 0.1 }, blue = { pass_max = 0.3 }, skin = { pass_min = 10 } } }
highlights = { severity = "warn", source = "test", bands = { value = { pass_max = 0.01 } } }
red_eye = { severity = "fail", source = "test", bands = { value = { pass_max = 0.05, warn_max = 0.15 } } }
halo = { severity = "warn", source = "test", bands = { value = { pass_max = 0.12 } } }
clothing_kind = { severity = "warn", source = "test", bands = { bare = { pass_max = 0.4 }, busy = { pass_max = 12 } } }
retouch = { severity = "warn", source = "test", bands = { value = { pass_max = 4.8 }, apart = { pass_max = 0.35 }, lips = { pass_max = 25 } } }
recapture = { severity = "warn", source = "test", bands = { value = { pass_max = 8 } } }
compression = { severity = "fail", source = "test", bands = { blocks = { pass_max = 1.15, warn_max = 1.35 }, former = { pass_min = 60, warn_min = 40 }, quality = { pass_min = 60, warn_min = 40 } } }
metadata = { severity = "warn", source = "test", bands = { value = { pass_max = 0 } } }
colour_cast = { severity = "fail", source = "test", bands = { grey = { pass_min = 10, warn_min = 6 }, cheek = { pass_max = 2, warn_max = 5 }, eyes = { pass_min = -15, pass_max = 20 } } }
"#;

/// Facts of an ordinary camera JPEG.
pub fn file() -> FileFacts {
    FileFacts {
        format: FileFormat::Jpeg,
        bytes: 900_000,
        sha256: String::new(),
        stored_width_px: 1200,
        stored_height_px: 1600,
        color_model: ColorModel::Rgb,
        bits_per_sample: 8,
        dpi: Some((300.0, 300.0)),
        orientation: 1,
        icc_profile: None,
        jpeg_quality: Some(90),
        jpeg_progressive: false,
        trailing_bytes: 0,
        camera_make: None,
        camera_model: None,
        software: None,
        taken_at: None,
    }
}

/// Measures of an ideal 1200 × 1600 portrait whose crop is solved, not drawn.
pub fn measures() -> Measures {
    let pixels = RgbImage::new(1200, 1600);
    let mesh = mesh(Point::new(600.0, 650.0), 200.0, 0.0);
    let geometry = FaceGeometry::of(&mesh).unwrap();
    let crown = Point::new(600.0, 280.0);
    let head = Head {
        eyes: geometry.eyes,
        crown,
        chin: geometry.chin,
        face_width_px: geometry.face_width_px,
        roll_deg: 0.0,
    };
    let touches = Touches { bottom: true, ..Touches::default() };
    let frame = Frame { width_px: 1200.0, height_px: 1600.0 };
    let key_points = [Point::default(); 6];
    let sitter = DetectedFace { rect: Rect::new(400.0, 500.0, 400.0, 500.0), score: 0.95, key_points };
    Measures {
        faces: vec![sitter],
        presence: 0.99,
        crown: Some(crown),
        touches,
        solved: Some(solve(&head, touches, frame, &standard())),
        pose: Some(Pose {
            yaw_deg: 1.0,
            asymmetry: 0.01,
            pitch_deg: 1.0,
            nose_share: 0.36,
            ear_drop: Some(0.3),
        }),
        eyes: Eyes::of(&mesh, &geometry),
        mouth: Some(Mouth {
            gap_per_face: 0.004,
            gap_per_width: 0.01,
            teeth_share: 0.0,
            corner_lift: 0.0,
            opening: Vec::new(),
        }),
        glasses: Some(Glasses {
            any: 0.01,
            dark: 0.01,
            features: Features { values: [0.0; FEATURES.len()] },
            learned: Some(-5.0),
            places: Vec::new(),
        }),
        light: Some(FaceLight {
            lightness: 65.0,
            brightest: 80.0,
            eye_white: 75.0,
            eye_white_b: 6.0,
            clipped_high: 0.0,
            clipped_low: 0.0,
            highlight: 0.0,
            side_stops: 0.1,
            zone_ratio: 0.85,
            cast: 0.0,
            channel_spread: 80.0,
            zones: Vec::new(),
        }),
        scene: Some(SceneLight { brightest: 97.0, burnt_person: 0.0 }),
        sharpness: Some(Sharpness { edge_px: 1.6, anisotropy: 1.0 }),
        background: Some(BackgroundLook {
            residual: 0.5,
            gradient: 1.0,
            sideways: 0.02,
            clutter: 0.0,
            shadow: Some(0.5),
            nearest: Some(NearestColour { id: "white".into(), mean_delta_e: 0.5, p99_delta_e: 1.0 }),
            share: 0.5,
            object: None,
            frame: Vec::new(),
            map: HeatMap::default(),
        }),
        irises: Some(Irises {
            sideways: 0.01,
            downwards: -0.01,
            red_share: Some(0.0),
            disks: [(Point::new(500.0, 650.0), 18.0), (Point::new(700.0, 650.0), 18.0)],
        }),
        shoulders: Some(Shoulders { slope_deg: Some(0.5), present: 2, line: None }),
        clothing: Some(Clothing {
            contrast: 45.0,
            close_share: 0.0,
            blue_share: 0.0,
            from_skin: 40.0,
            place: Rect::new(300.0, 1100.0, 600.0, 400.0),
        }),
        covering: Some(HeadCovering {
            probability: 0.02,
            learned: Some(-5.0),
            bare_forehead: Some(1.5),
            place: Vec::new(),
        }),
        earrings: Some(Earrings {
            sides: [0.02, 0.05]
                .map(|probability| Some(Side { probability, learned: -4.0, place: Vec::new() })),
        }),
        bare_skin: Some(BareSkin {
            above_brows: [0.95, 0.97],
            beside_face: [0.6, 0.7],
            places: std::array::from_fn(|_| Vec::new()),
        }),
        blocks: Some(Blocks { ratio: 1.02 }),
        former: Some(Former { whole: None, apart: None }),
        pattern: Some(Pattern {
            strength: 3.0,
            wavelength_px: 4.0,
            place: Rect::new(0.0, 0.0, 256.0, 256.0),
        }),
        halo: Some(Halo { light_share: 0.02, places: Vec::new() }),
        garment: Some(Garment {
            bare_share: 0.0,
            busy: Some(3.0),
            place: Rect::new(300.0, 1200.0, 600.0, 300.0),
        }),
        smoothing: Some(Smoothing { eyes_over_skin: 3.0 }),
        lips: Some(Lips { redness: 8.0, outline: Vec::new() }),
        geometry: Some(geometry),
        ..Measures::without_face(&pixels)
    }
}

/// Measures of a photo without any face.
pub fn no_face() -> Measures {
    Measures::without_face(&RgbImage::new(1200, 1600))
}

/// The finding of one check on ideal measures after `disturb`.
pub fn judged(check: &dyn Check, disturb: impl FnOnce(&mut Measures)) -> Finding {
    let mut measures = measures();
    disturb(&mut measures);
    check.judge(&Context { file: &file(), standard: &standard(), measures: &measures })
}

/// The same under a standard that keeps the captured background.
pub fn judged_keeping_background(check: &dyn Check, disturb: impl FnOnce(&mut Measures)) -> Finding {
    let mut measures = measures();
    disturb(&mut measures);
    let standard = Standard { replace_background: false, ..standard() };
    check.judge(&Context { file: &file(), standard: &standard, measures: &measures })
}

/// The finding of one check on ideal measures and disturbed file facts.
pub fn judged_file(check: &dyn Check, disturb: impl FnOnce(&mut FileFacts)) -> Finding {
    let mut file = file();
    disturb(&mut file);
    check.judge(&Context { file: &file, standard: &standard(), measures: &measures() })
}

pub fn face(measures: &mut Measures) -> &mut FaceGeometry {
    measures.geometry.as_mut().unwrap()
}

pub fn pose(measures: &mut Measures) -> &mut Pose {
    measures.pose.as_mut().unwrap()
}

pub fn solved(measures: &mut Measures) -> &mut Solved {
    measures.solved.as_mut().unwrap()
}

pub fn eyes(measures: &mut Measures) -> &mut Eyes {
    measures.eyes.as_mut().unwrap()
}

pub fn mouth(measures: &mut Measures) -> &mut Mouth {
    measures.mouth.as_mut().unwrap()
}

pub fn glasses(measures: &mut Measures) -> &mut Glasses {
    measures.glasses.as_mut().unwrap()
}

pub fn light(measures: &mut Measures) -> &mut FaceLight {
    measures.light.as_mut().unwrap()
}

pub fn scene(measures: &mut Measures) -> &mut SceneLight {
    measures.scene.as_mut().unwrap()
}

pub fn irises(measures: &mut Measures) -> &mut Irises {
    measures.irises.as_mut().unwrap()
}

pub fn shoulders(measures: &mut Measures) -> &mut Shoulders {
    measures.shoulders.as_mut().unwrap()
}

pub fn covering(measures: &mut Measures) -> &mut HeadCovering {
    measures.covering.as_mut().unwrap()
}

pub fn lips(measures: &mut Measures) -> &mut Lips {
    measures.lips.as_mut().unwrap()
}

pub fn bare_skin(measures: &mut Measures) -> &mut BareSkin {
    measures.bare_skin.as_mut().unwrap()
}

pub fn clothing(measures: &mut Measures) -> &mut Clothing {
    measures.clothing.as_mut().unwrap()
}

pub fn sharpness(measures: &mut Measures) -> &mut Sharpness {
    measures.sharpness.as_mut().unwrap()
}

pub fn background(measures: &mut Measures) -> &mut BackgroundLook {
    measures.background.as_mut().unwrap()
}

pub fn colour(measures: &mut Measures) -> &mut NearestColour {
    background(measures).nearest.as_mut().unwrap()
}

/// Adds a face with the given share of the sitter's area.
pub fn another_face(measures: &mut Measures, area: f32) {
    let mut other = measures.faces[0].clone();
    other.rect = Rect::new(0.0, 0.0, other.rect.width * area, other.rect.height);
    measures.faces.push(other);
}

/// The picture as it comes back from a JPEG of this quality.
pub fn compressed(pixels: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(pixels).unwrap();
    decode(&bytes, &DecodeLimits::built_in().unwrap()).unwrap().pixels
}
