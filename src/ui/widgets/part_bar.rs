//! A bar in four parts: pending, approved, rejected, made.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::i18n::words;
use crate::ui::theme::{palette, size};
use crate::workflow::desk::BatchSummary;

/// Counts of one bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub pending: usize,
    pub approved: usize,
    pub rejected: usize,
    pub made: usize,
}

impl From<&BatchSummary> for Parts {
    fn from(summary: &BatchSummary) -> Self {
        Self {
            pending: summary.pending,
            approved: summary.approved,
            rejected: summary.rejected,
            made: summary.in_production + summary.completed,
        }
    }
}

impl Parts {
    pub fn total(self) -> usize {
        self.pending + self.approved + self.rejected + self.made
    }

    /// The counts in words.
    pub fn sentence(self) -> String {
        words!(
            "parts.sentence",
            pending = self.pending,
            approved = self.approved,
            rejected = self.rejected,
            made = self.made
        )
        .into_owned()
    }
}

impl std::ops::Add for Parts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            pending: self.pending + other.pending,
            approved: self.approved + other.approved,
            rejected: self.rejected + other.rejected,
            made: self.made + other.made,
        }
    }
}

/// Draws the bar over the available width.
pub fn show(ui: &mut Ui, parts: Parts) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::PART_BAR), Sense::hover());
    let p = palette(ui);
    ui.painter().rect_filled(rect, size::PART_BAR / 2.0, p.hairline);
    let total = parts.total();
    let mut left = rect.left();
    let shares = [
        (parts.made, p.accent),
        (parts.approved, p.pass),
        (parts.rejected, p.fail),
        (parts.pending, p.unknown),
    ];
    for (count, colour) in shares.into_iter().filter(|(count, _)| *count > 0) {
        let right = left + rect.width() * count as f32 / total as f32;
        let part =
            Rect::from_min_max(pos2(left, rect.top()), pos2((right - 1.0).max(left + 1.0), rect.bottom()));
        ui.painter().rect_filled(part, 1.0, colour);
        left = right;
    }
    let sentence = parts.sentence();
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &sentence));
    response.on_hover_text(sentence);
}
