//! Counts as bars: upright ones along a line of time, lying ones with a name each.

use egui::{Align2, Role, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{palette, space};

const LYING_HEIGHT: f32 = 22.0;
const NAME_SHARE: f32 = 0.42;
const COUNT_WIDTH: f32 = 44.0;
const WIDEST_BAR: f32 = 40.0;
const ROUND: f32 = 2.0;

/// One bar: its name and its count.
pub struct Bar {
    pub name: String,
    pub count: usize,
}

/// Upright bars over the available width, the most at full height; each tells its name and count.
pub fn upright(ui: &mut Ui, bars: &[Bar], height: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let p = palette(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let line = small.size * 1.5;
    let (top, bottom) = (rect.top() + line, rect.bottom() - line);
    ui.painter().hline(rect.x_range(), bottom, egui::Stroke::new(1.0, p.hairline));
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1) as f32;
    let step = rect.width() / bars.len().max(1) as f32;
    // Names are written only as often as there is room for them.
    let widest = bars.iter().map(|bar| bar.name.chars().count()).max().unwrap_or(1) as f32 * small.size;
    let every = (widest / step).ceil().max(1.0) as usize;
    for (index, bar) in bars.iter().enumerate() {
        let middle = rect.left() + (index as f32 + 0.5) * step;
        let half = (step * 0.7).min(WIDEST_BAR) / 2.0;
        let high = (bottom - top) * bar.count as f32 / most;
        let body = egui::Rect::from_min_max(pos2(middle - half, bottom - high), pos2(middle + half, bottom));
        ui.painter().rect_filled(body, ROUND, p.accent);
        if bar.count > 0 && step >= COUNT_WIDTH / 2.0 {
            let at = pos2(middle, bottom - high - 1.0);
            ui.painter().text(at, Align2::CENTER_BOTTOM, bar.count, small.clone(), p.weak);
        }
        if index % every == 0 {
            let at = pos2(middle, bottom + 2.0);
            ui.painter().text(at, Align2::CENTER_TOP, &bar.name, small.clone(), p.weak);
        }
        let column = egui::Rect::from_min_max(
            pos2(middle - step / 2.0, rect.top()),
            pos2(middle + step / 2.0, rect.bottom()),
        );
        tell(ui, column, index, bar);
    }
}

/// Lying bars, one a line, the longest at full width.
pub fn lying(ui: &mut Ui, bars: &[Bar]) {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1) as f32;
    for (index, bar) in bars.iter().enumerate() {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LYING_HEIGHT), Sense::hover());
        let p = palette(ui);
        let small = TextStyle::Small.resolve(ui.style());
        let name_width = rect.width() * NAME_SHARE;
        let mut job = egui::text::LayoutJob::simple_singleline(bar.name.clone(), small.clone(), p.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(name_width - space::S);
        let galley = ui.painter().layout_job(job);
        let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, p.text);
        let room = rect.width() - name_width - COUNT_WIDTH;
        let left = rect.left() + name_width;
        let body = egui::Rect::from_min_max(
            pos2(left, rect.top() + space::XS),
            pos2(left + (room * bar.count as f32 / most).max(ROUND), rect.bottom() - space::XS),
        );
        if bar.count > 0 {
            ui.painter().rect_filled(body, ROUND, p.accent);
        }
        let at = pos2(body.right() + space::XS, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, bar.count, small, p.weak);
        tell(ui, rect, index, bar);
    }
}

/// The bar's name and count, for those who cannot see it and on hover.
fn tell(ui: &Ui, place: egui::Rect, index: usize, bar: &Bar) {
    let text = format!("{} {}", bar.name, bar.count);
    let response = ui.interact(place, ui.scope_id().with((index, &bar.name)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(text);
}
