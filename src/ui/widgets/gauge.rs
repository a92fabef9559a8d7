//! A value against its band: the allowed range as a bar, the value as a tick.

use egui::{Painter, Rect, Stroke, pos2};

use crate::inspect::{Limit, Verdict};
use crate::ui::theme::{Palette, size};

/// Share of the gauge left free on either side of what it must show.
const MARGIN: f64 = 0.18;

/// The stretch of values a gauge shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// A stretch that holds the value and every end of the limit.
    pub fn holding(value: f64, limit: &Limit) -> Self {
        let ends = [limit.pass.0, limit.pass.1, limit.warn.0, limit.warn.1];
        let all = || ends.into_iter().flatten().chain([value]).filter(|end| end.is_finite());
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let width = if high > low { high - low } else { high.abs().max(1.0) };
        Self { from: low - width * MARGIN, to: high + width * MARGIN }
    }

    /// Where a value lies, 0 at the left end and 1 at the right.
    pub fn share(self, value: f64) -> f32 {
        (((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)) as f32
    }
}

/// Paints the gauge; open ends run to the gauge's own.
pub fn paint(painter: &Painter, rect: Rect, value: f64, limit: &Limit, verdict: Verdict, p: &Palette) {
    let scale = Scale::holding(value, limit);
    let x = |v: f64| rect.left() + rect.width() * scale.share(v);
    let bar = |band: (Option<f64>, Option<f64>)| {
        let (from, to) = (band.0.map_or(rect.left(), x), band.1.map_or(rect.right(), x));
        Rect::from_min_max(pos2(from, rect.top() + 2.0), pos2(to, rect.bottom() - 2.0))
    };
    let round = size::GAUGE_HEIGHT / 2.0;
    painter.rect_filled(rect.shrink2(egui::vec2(0.0, 2.0)), round, p.hairline);
    if limit.warn != (None, None) {
        painter.rect_filled(bar(limit.warn), 0.0, p.warn.gamma_multiply(0.45));
    }
    painter.rect_filled(bar(limit.pass), 0.0, p.pass.gamma_multiply(0.6));
    let tick = Stroke::new(2.0, p.verdict(verdict));
    painter.vline(x(value), rect.y_range().expand(2.0), tick);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_the_value_and_the_band() {
        let limit = Limit { pass: (Some(10.0), Some(20.0)), warn: (None, None) };
        let scale = Scale::holding(40.0, &limit);
        assert!(scale.from < 10.0 && scale.to > 40.0);
        assert!(scale.share(10.0) < scale.share(20.0) && scale.share(20.0) < scale.share(40.0));
    }

    #[test]
    fn a_value_without_a_band_still_has_a_place() {
        let scale = Scale::holding(0.0, &Limit::default());
        assert!((scale.share(0.0) - 0.5).abs() < 1e-6);
    }
}
