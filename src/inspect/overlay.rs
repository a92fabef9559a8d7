//! Draws a report on a copy of the photo: the crop with its guide lines, and the evidence of every finding.

use image::{Rgb, RgbImage};
use imageproc::drawing::{draw_cross_mut, draw_line_segment_mut};

use super::{Evidence, Finding, Report, Verdict};
use crate::photo::Point;
use crate::photo::resize::resize;

/// Longer side of the drawing at most, pixels.
const LONGEST_PX: u32 = 1600;
const PASS: Rgb<u8> = Rgb([70, 180, 90]);
const WARN: Rgb<u8> = Rgb([240, 170, 30]);
const FAIL: Rgb<u8> = Rgb([225, 50, 50]);
const UNKNOWN: Rgb<u8> = Rgb([140, 140, 150]);
const FRAME: Rgb<u8> = Rgb([60, 130, 240]);
/// Distance of the hatch lines where the crop reaches outside the photo, output pixels of the drawing.
const HATCH_STEP_PX: i32 = 12;

/// The photo with the report drawn on it; reduced when it is large.
pub fn draw(pixels: &RgbImage, report: &Report) -> RgbImage {
    let longest = pixels.width().max(pixels.height()).max(1);
    let scale = (LONGEST_PX as f32 / longest as f32).min(1.0);
    let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    let copy = if scale < 1.0 {
        resize(pixels, side(pixels.width()), side(pixels.height()))
    } else {
        pixels.clone()
    };
    let mut canvas = Canvas { image: copy, scale };
    for finding in worst_last(report) {
        finding.evidence.iter().for_each(|evidence| canvas.evidence(evidence, colour(finding.verdict)));
    }
    canvas.crop(report);
    canvas.image
}

fn colour(verdict: Verdict) -> Rgb<u8> {
    match verdict {
        Verdict::Pass => PASS,
        Verdict::Unknown => UNKNOWN,
        Verdict::Warn => WARN,
        Verdict::Fail => FAIL,
    }
}

/// What is worst is drawn on top.
fn worst_last(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.verdict);
    findings
}

/// A drawing whose coordinates are photo pixels.
/// A colour on the way from one to the other.
fn between(from: Rgb<u8>, to: Rgb<u8>, share: f32) -> Rgb<u8> {
    let share = share.clamp(0.0, 1.0);
    Rgb(std::array::from_fn(|channel| {
        let ends = (f32::from(from.0[channel]), f32::from(to.0[channel]));
        (ends.0 + (ends.1 - ends.0) * share) as u8
    }))
}

struct Canvas {
    image: RgbImage,
    scale: f32,
}

impl Canvas {
    fn evidence(&mut self, evidence: &Evidence, colour: Rgb<u8>) {
        match evidence {
            Evidence::Point { at, .. } => self.cross(*at, colour),
            Evidence::Line { from, to, .. } => self.line(*from, *to, colour),
            Evidence::Box { rect, .. } => {
                let corners = [
                    (rect.x, rect.y),
                    (rect.right(), rect.y),
                    (rect.right(), rect.bottom()),
                    (rect.x, rect.bottom()),
                ];
                self.polyline(&corners.map(|(x, y)| Point::new(x, y)), true, colour);
            }
            Evidence::Curve { points, closed, .. } => self.polyline(points, *closed, colour),
            Evidence::Contour { points, strengths, .. } => {
                for (pair, strength) in points.windows(2).zip(strengths) {
                    self.line(pair[0], pair[1], between(FAIL, PASS, *strength));
                }
            }
            Evidence::Heat { columns, rows, values, .. } => self.heat(*columns, *rows, values, colour),
        }
    }

    /// The crop's frame, the rows of crown and eyes, the middle, and a hatch where pixels are missing.
    fn crop(&mut self, report: &Report) {
        let Some(crop) = report.crop else { return };
        let (width, height) = (crop.width * crop.scale, crop.height * crop.scale);
        let at = |x: f32, y: f32| crop.to_photo(Point::new(x, y));
        let corners = [at(0.0, 0.0), at(width, 0.0), at(width, height), at(0.0, height)];
        self.polyline(&corners, true, FRAME);
        for row in [crop.crown_y, crop.eye_y] {
            self.line(at(0.0, row), at(width, row), FRAME);
        }
        self.line(at(width / 2.0, 0.0), at(width / 2.0, height), FRAME);
        self.hatch_missing(corners, report.width_px as f32, report.height_px as f32);
    }

    /// The photo's edges inside the crop are where pixels end: a red band of short strokes along them.
    fn hatch_missing(&mut self, corners: [Point; 4], width: f32, height: f32) {
        let outside =
            |value: fn(&Point) -> f32, limit: f32| corners.iter().any(|corner| value(corner) > limit);
        let (right, bottom) =
            (outside(|corner| corner.x, width + 0.5), outside(|corner| corner.y, height + 0.5));
        let (left, top) = (outside(|corner| -corner.x, 0.5), outside(|corner| -corner.y, 0.5));
        let (last_x, last_y) = (self.image.width() as i32 - 1, self.image.height() as i32 - 1);
        let reach = HATCH_STEP_PX;
        for along in (0..last_x.max(last_y)).step_by(HATCH_STEP_PX as usize) {
            let strokes = [
                (top, (along, 0), (along + reach, reach)),
                (bottom, (along, last_y - reach), (along + reach, last_y)),
                (left, (0, along), (reach, along + reach)),
                (right, (last_x - reach, along), (last_x, along + reach)),
            ];
            for (_, from, to) in strokes.into_iter().filter(|(missing, _, _)| *missing) {
                let place = |(x, y): (i32, i32)| (x as f32, y as f32);
                draw_line_segment_mut(&mut self.image, place(from), place(to), FAIL);
            }
        }
    }

    fn polyline(&mut self, points: &[Point], closed: bool, colour: Rgb<u8>) {
        points.windows(2).for_each(|pair| self.line(pair[0], pair[1], colour));
        if let (true, Some(first), Some(last)) = (closed, points.first(), points.last()) {
            self.line(*last, *first, colour);
        }
    }

    /// A line two pixels wide.
    fn line(&mut self, from: Point, to: Point, colour: Rgb<u8>) {
        let place = |point: Point, by: (f32, f32)| (point.x * self.scale + by.0, point.y * self.scale + by.1);
        let steep = (to.y - from.y).abs() > (to.x - from.x).abs();
        for step in [0.0, 1.0] {
            let by = if steep { (step, 0.0) } else { (0.0, step) };
            let (start, end) = (place(from, by), place(to, by));
            if [start.0, start.1, end.0, end.1].iter().all(|value| value.abs() < 1e5) {
                draw_line_segment_mut(&mut self.image, start, end, colour);
            }
        }
    }

    fn cross(&mut self, at: Point, colour: Rgb<u8>) {
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (x, y) = ((at.x * self.scale) as i32 + dx, (at.y * self.scale) as i32 + dy);
            draw_cross_mut(&mut self.image, colour, x, y);
        }
    }

    /// Tints each cell of a map by its value.
    fn heat(&mut self, columns: u32, rows: u32, values: &[f32], colour: Rgb<u8>) {
        if columns == 0 || rows == 0 || values.len() != (columns * rows) as usize {
            return;
        }
        let (width, height) = self.image.dimensions();
        for (x, y, pixel) in self.image.enumerate_pixels_mut() {
            let (column, row) = (x * columns / width, y * rows / height);
            let share = values[(row * columns + column) as usize].clamp(0.0, 1.0) * 0.6;
            for (channel, tint) in pixel.0.iter_mut().zip(colour.0) {
                *channel = (f32::from(*channel) * (1.0 - share) + f32::from(tint) * share) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{CheckId, CropSolution, fixture};
    use crate::photo::Rect;

    fn report(evidence: Vec<Evidence>, verdict: Verdict, crop: Option<CropSolution>) -> Report {
        let finding = Finding {
            check: CheckId::OneFace,
            verdict,
            value: None,
            unit: String::new(),
            limit: None,
            confidence: 1.0,
            reason: None,
            evidence,
        };
        Report {
            standard: "test@1".into(),
            file: fixture::file(),
            width_px: 100,
            height_px: 100,
            verdict,
            faces: Vec::new(),
            landmarks: None,
            findings: vec![finding],
            crop,
            twin: None,
            millis: 0,
        }
    }

    #[test]
    fn a_fault_is_drawn_in_its_colour_where_it_is() {
        let grey = RgbImage::from_pixel(100, 100, Rgb([128; 3]));
        let evidence = vec![Evidence::rect("other", Rect::new(20.0, 20.0, 30.0, 30.0))];
        let drawn = draw(&grey, &report(evidence, Verdict::Fail, None));
        assert_eq!(*drawn.get_pixel(30, 20), FAIL);
        assert_eq!(*drawn.get_pixel(80, 80), Rgb([128; 3]));
    }

    #[test]
    fn a_crop_outside_the_photo_is_hatched() {
        let grey = RgbImage::from_pixel(100, 100, Rgb([128; 3]));
        let crop = CropSolution {
            x: 10.0,
            y: 30.0,
            width: 80.0,
            height: 100.0,
            angle: 0.0,
            scale: 1.0,
            crown_y: 10.0,
            eye_y: 40.0,
            face_width: 30.0,
        };
        let drawn = draw(&grey, &report(Vec::new(), Verdict::Pass, Some(crop)));
        assert!(drawn.rows().next_back().is_some_and(|mut row| row.any(|pixel| *pixel == FAIL)));
        assert!(drawn.rows().next().is_some_and(|mut row| row.all(|pixel| *pixel != FAIL)));
    }

    #[test]
    fn evidence_far_outside_is_no_harm() {
        let grey = RgbImage::from_pixel(20, 20, Rgb([128; 3]));
        let evidence = vec![
            Evidence::line("far", Point::new(-1e9, 0.0), Point::new(1e9, 1e9)),
            Evidence::point("far", Point::new(1e9, f32::NAN)),
        ];
        draw(&grey, &report(evidence, Verdict::Warn, None));
    }
}
