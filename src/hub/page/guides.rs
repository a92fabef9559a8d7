//! Guide lines for the camera, drawn from the standard's own figures.

use maud::{Markup, html};

use crate::standard::{Standard, TargetBand};

/// Where things should stand, in output pixels of the standard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guides {
    pub(super) width_px: f64,
    pub(super) height_px: f64,
    crown_y: Option<f64>,
    eye_y: Option<f64>,
    chin_y: Option<f64>,
    face_width: Option<f64>,
}

impl Guides {
    /// What the standard says; a figure it leaves open gives no line.
    pub(super) fn of(standard: &Standard) -> Self {
        let (width_px, height_px) = (f64::from(standard.size.width_px), f64::from(standard.size.height_px));
        let geometry = &standard.geometry;
        let crown_y = aim(geometry.crown_y);
        let below_crown = aim(geometry.head_ratio).map(|ratio| ratio * height_px);
        let above_bottom = aim(geometry.chin_from_bottom).map(|chin| height_px - chin);
        let chin_y = crown_y.zip(below_crown).map(|(crown, head)| crown + head).or(above_bottom);
        Self {
            width_px,
            height_px,
            crown_y,
            eye_y: aim(geometry.eye_y),
            chin_y,
            face_width: aim(geometry.face_width),
        }
    }

    /// Lines and an oval for the face, as an overlay that fills its box.
    pub(super) fn overlay(&self) -> Markup {
        let (width, height) = (self.width_px, self.height_px);
        let middle = width / 2.0;
        html! {
            svg.guides viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="xMidYMid meet" aria-hidden="true" focusable="false" {
                line.fine x1=(middle) y1="0" x2=(middle) y2=(height) {}
                @if let Some((y, (rx, ry))) = self.oval() {
                    ellipse.halo cx=(middle) cy=(y) rx=(rx) ry=(ry) {}
                    ellipse.line cx=(middle) cy=(y) rx=(rx) ry=(ry) {}
                }
                (self.levels())
            }
        }
    }

    /// Crown, eyes and chin, each a line across, in output pixels.
    pub(super) fn levels(&self) -> Markup {
        let levels = [("crown", self.crown_y), ("eyes", self.eye_y), ("chin", self.chin_y)];
        html! {
            @for (name, y) in levels {
                @if let Some(y) = y {
                    line.halo x1="0" y1=(y) x2=(self.width_px) y2=(y) {}
                    line.line.(name) x1="0" y1=(y) x2=(self.width_px) y2=(y) {}
                }
            }
        }
    }

    /// Centre and half axes of the face.
    fn oval(&self) -> Option<(f64, (f64, f64))> {
        let (crown, chin) = (self.crown_y?, self.chin_y?);
        let half = (chin - crown) / 2.0;
        Some((crown + half, (self.face_width.map_or(half * 0.75, |width| width / 2.0), half)))
    }
}

/// What to aim at: the target, else the middle of the comfortable or the legal band.
fn aim(band: TargetBand) -> Option<f64> {
    let middle =
        |low: Option<f64>, high: Option<f64>| low.zip(high).map(|(low, high)| f64::midpoint(low, high));
    band.target
        .or_else(|| middle(band.pass_min, band.pass_max))
        .or_else(|| middle(band.min, band.max))
        .or(band.pass_min)
        .or(band.min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::Catalogue;

    #[test]
    fn the_lines_stand_where_the_standard_says() {
        let catalogue = Catalogue::built_in().unwrap();
        let guides = Guides::of(catalogue.get("chsi_2017").unwrap());
        assert_eq!((guides.crown_y, guides.eye_y, guides.face_width), (Some(80.0), Some(252.0), Some(217.0)));
        assert!((guides.chin_y.unwrap() - (80.0 + 0.54 * 640.0)).abs() < 1e-9);
        assert_eq!(guides.overlay().0.matches("class=\"line").count(), 4);
    }

    #[test]
    fn every_standard_gives_lines_inside_its_picture_in_their_order() {
        for standard in Catalogue::built_in().unwrap().all() {
            let guides = Guides::of(standard);
            let levels: Vec<f64> =
                [guides.crown_y, guides.eye_y, guides.chin_y].into_iter().flatten().collect();
            assert!(levels.is_sorted(), "{}: {levels:?}", standard.id);
            assert!(
                levels.iter().all(|y| (0.0..=guides.height_px).contains(y)),
                "{}: {levels:?}",
                standard.id
            );
        }
    }
}
