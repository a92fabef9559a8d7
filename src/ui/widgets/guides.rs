//! The standard's guides over a photo: crop frame, bands for crown, eyes, chin and cheeks, and where the face stands.

use egui::{Align2, FontId, Painter, Pos2, Shape, Stroke, pos2, vec2};

use super::photo_view::Placement;
use crate::i18n::words;
use crate::inspect::{CropSolution, Landmarks};
use crate::photo::Point;
use crate::standard::{Standard, TargetBand};
use crate::ui::theme::{
    FAINT_HALO, GUIDE, GUIDE_BAND, GUIDE_FAINT, HALO, ON_GREY_FILL, ON_GREY_TEXT, OUTSIDE, space,
};

const LABEL_POINTS: f32 = 12.0;
const TICK: f32 = 14.0;

/// From output pixels to the window: through the crop over the original, or straight over the result.
pub struct GuideSpace<'a> {
    pub standard: &'a Standard,
    pub crop: Option<&'a CropSolution>,
    pub placement: Placement,
}

impl GuideSpace<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        let Some(crop) = self.crop else {
            return self.placement.at(Point::new(x, y));
        };
        let centre = Point::new(crop.x + crop.width / 2.0, crop.y + crop.height / 2.0);
        let upright = Point::new(crop.x + x / crop.scale, crop.y + y / crop.scale);
        self.placement.at(upright.rotated_about(centre, crop.angle))
    }

    fn size(&self) -> (f32, f32) {
        (self.standard.size.width_px as f32, self.standard.size.height_px as f32)
    }

    /// Rectangle of output pixels as a turned quadrilateral in the window.
    fn quad(&self, x: (f32, f32), y: (f32, f32)) -> Vec<Pos2> {
        vec![self.at(x.0, y.0), self.at(x.1, y.0), self.at(x.1, y.1), self.at(x.0, y.1)]
    }
}

/// A thin line with a dark halo.
pub fn haloed_line(painter: &Painter, points: Vec<Pos2>, ink: egui::Color32) {
    painter.line(points.clone(), Stroke::new(3.0, HALO));
    painter.line(points, Stroke::new(1.0, ink));
}

/// A word on a dark chip, so that it reads on any picture.
pub fn chip(painter: &Painter, at: Pos2, anchor: Align2, text: &str) {
    let font = FontId::proportional(LABEL_POINTS);
    let galley = painter.layout_no_wrap(text.to_owned(), font, ON_GREY_TEXT);
    let ground = anchor.anchor_size(at, galley.size() + vec2(space::S, 0.0));
    painter.rect_filled(ground, 3.0, ON_GREY_FILL);
    painter.galley(ground.min + vec2(space::XS, 0.0), galley, ON_GREY_TEXT);
}

/// Darkens what the crop leaves out.
pub fn paint_outside(painter: &Painter, space: &GuideSpace<'_>) {
    let Some(crop) = space.crop.filter(|crop| crop.angle == 0.0) else { return };
    let whole = space.placement.rect;
    let (min, max) = (
        space.placement.at(Point::new(crop.x, crop.y)).max(whole.min),
        space.placement.at(Point::new(crop.x + crop.width, crop.y + crop.height)).min(whole.max),
    );
    let shade = |from: Pos2, to: Pos2| {
        painter.rect_filled(egui::Rect::from_min_max(from, to), 0.0, OUTSIDE);
    };
    shade(whole.min, pos2(whole.right(), min.y));
    shade(pos2(whole.left(), max.y), whole.max);
    shade(pos2(whole.left(), min.y), pos2(min.x, max.y));
    shade(pos2(max.x, min.y), pos2(whole.right(), max.y));
}

/// The frame and the bands of the standard.
pub fn paint_standard(painter: &Painter, space: &GuideSpace<'_>, crown_y_px: Option<f32>) {
    let (width, height) = space.size();
    let mut frame = space.quad((0.0, width), (0.0, height));
    frame.push(frame[0]);
    haloed_line(painter, frame, GUIDE);
    let geometry = &space.standard.geometry;
    row_band(painter, space, &geometry.crown_y, &words!("guide.crown"));
    row_band(painter, space, &geometry.eye_y, &words!("guide.eyes"));
    if let Some(crown) = crown_y_px {
        let chin = shifted(&geometry.head_ratio, f64::from(height), f64::from(crown));
        row_band(painter, space, &chin, &words!("guide.chin"));
    }
    cheek_bands(painter, space, &geometry.face_width);
}

/// The line that the nose stands on.
pub fn paint_centre(painter: &Painter, space: &GuideSpace<'_>) {
    let (width, height) = space.size();
    let line = vec![space.at(width / 2.0, 0.0), space.at(width / 2.0, height)];
    painter.line(line.clone(), Stroke::new(2.0, FAINT_HALO));
    painter.line(line, Stroke::new(1.0, GUIDE_FAINT));
}

/// A band given as a share of `unit`, moved down by `from`.
fn shifted(band: &TargetBand, unit: f64, from: f64) -> TargetBand {
    let move_end = |end: Option<f64>| end.map(|share| share * unit + from);
    TargetBand { min: move_end(band.min), max: move_end(band.max), ..TargetBand::default() }
}

fn row_band(painter: &Painter, space: &GuideSpace<'_>, band: &TargetBand, name: &str) {
    let (width, _) = space.size();
    let Some((from, to)) = ends(band) else { return };
    band_shape(painter, space.quad((0.0, width), (from, to)));
    chip(painter, space.at(width, (from + to) / 2.0) + vec2(space::XS, 0.0), Align2::LEFT_CENTER, name);
}

/// A band with thin edges that read on a white wall as well as on dark hair.
fn band_shape(painter: &Painter, quad: Vec<Pos2>) {
    painter.add(Shape::convex_polygon(quad.clone(), GUIDE_BAND, Stroke::new(2.0, FAINT_HALO)));
    painter.add(Shape::closed_line(quad, Stroke::new(1.0, GUIDE_FAINT)));
}

fn cheek_bands(painter: &Painter, space: &GuideSpace<'_>, band: &TargetBand) {
    let (width, height) = space.size();
    let Some((narrow, wide)) = ends(band) else { return };
    for side in [-1.0, 1.0] {
        let x = (width / 2.0 + side * narrow / 2.0, width / 2.0 + side * wide / 2.0);
        let quad = space.quad(x, (height * 0.30, height * 0.62));
        band_shape(painter, quad);
    }
    chip(
        painter,
        space.at(width / 2.0 - wide / 2.0, height * 0.62),
        Align2::RIGHT_TOP,
        &words!("guide.cheeks"),
    );
}

/// Both ends in output pixels; an open end has no band to draw.
fn ends(band: &TargetBand) -> Option<(f32, f32)> {
    Some((band.min? as f32, band.max? as f32))
}

/// Where the face stands: eye line, crown, chin and cheeks.
pub fn paint_face(painter: &Painter, placement: Placement, face: &Landmarks) {
    let (left, right) = (placement.at(face.eye_left), placement.at(face.eye_right));
    let reach = (right - left) * 0.35;
    haloed_line(painter, vec![left - reach, right + reach], GUIDE);
    for eye in [left, right] {
        painter.circle_stroke(eye, 3.0, Stroke::new(3.0, HALO));
        painter.circle_stroke(eye, 3.0, Stroke::new(1.0, GUIDE));
    }
    for (point, along) in [
        (face.crown, vec2(TICK, 0.0)),
        (face.chin, vec2(TICK, 0.0)),
        (face.cheek_left, vec2(0.0, TICK)),
        (face.cheek_right, vec2(0.0, TICK)),
    ] {
        let at = placement.at(point);
        haloed_line(painter, vec![at - along, at + along], GUIDE);
    }
}
