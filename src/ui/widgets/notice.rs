//! The quiet line at the foot that says what happened, for a few seconds, with the way back.

use egui::{Align2, Area, Context, Id, Order, RichText, vec2};

use super::button;
use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::theme::{self, of_window, size, space};

/// Seconds a quiet line stays.
const STAYS_S: f64 = 10.0;
const WIDEST: f32 = 560.0;

/// What the line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Done,
    /// Stays until it is dismissed.
    Problem,
}

/// One quiet line.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
    /// True when the line offers to take it back.
    pub undo: bool,
    /// Window time at which it goes.
    until_s: f64,
}

impl Notice {
    pub fn done(text: String, undo: bool, now_s: f64) -> Self {
        Self { text, tone: Tone::Done, undo, until_s: now_s + STAYS_S }
    }

    pub fn problem(text: String) -> Self {
        Self { text, tone: Tone::Problem, undo: false, until_s: f64::INFINITY }
    }

    pub fn is_over(&self, now_s: f64) -> bool {
        now_s >= self.until_s
    }
}

/// Draws the line above the bottom bar and sees that it goes in time.
pub fn show(ctx: &Context, notice: &Notice, now_s: f64, actions: &mut Vec<Action>) {
    if notice.until_s.is_finite() {
        ctx.request_repaint_after(std::time::Duration::from_secs_f64((notice.until_s - now_s).max(0.0)));
    }
    let p = of_window(ctx);
    let above_bar = vec2(0.0, -(size::BOTTOM_BAR + space::M));
    Area::new(Id::unique("notice")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, above_bar).show(
        ctx,
        |ui| {
            let frame =
                egui::Frame::popup(ui.style()).fill(p.raised).inner_margin(egui::Margin::symmetric(12, 6));
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.set_max_width(WIDEST);
                    let (icon, ink) = match notice.tone {
                        Tone::Done => (icons::DONE, p.pass),
                        Tone::Problem => (icons::PROBLEM, p.fail),
                    };
                    ui.label(RichText::new(icon).font(theme::icon_font()).color(ink));
                    ui.add(egui::Label::new(&notice.text).wrap());
                    if notice.undo {
                        button::keyed(ui, Action::Undo, &words!("action.undo"), true, actions);
                    }
                    if notice.tone == Tone::Problem {
                        button::icon(ui, icons::CLOSE, Action::DismissNotice, false, actions);
                    }
                });
            });
        },
    );
}
