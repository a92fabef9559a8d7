//! The photos of the person who stands there: the last one large with its answer, the others beside it.

use egui::{
    CornerRadius, Rect, RichText, Role, Sense, TextureHandle, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use super::{OnSite, Wish, live};
use crate::i18n::{find, words};
use crate::inspect::Verdict;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, CARD_RADIUS, RADIUS, VIEWING_GREY, palette, size, space};
use crate::ui::widgets::photo_view::Placement;
use crate::ui::widgets::{button, label, status};
use crate::workflow::collect::Change;

/// Height from which photos are shown below the answer even when there is one alone, points.
const ROOMY: f32 = 360.0;
/// Sentences a student reads from two metres.
const MOST_SENTENCES: usize = 3;

/// A photo of the person on the screen.
pub struct SeenShot {
    pub id: String,
    pub picture: Option<TextureHandle>,
    /// `None` until the check is through.
    pub verdict: Option<Verdict>,
    pub changes: Vec<Change>,
    pub is_marked: bool,
}

impl SeenShot {
    pub fn new(id: String) -> Self {
        Self { id, picture: None, verdict: None, changes: Vec::new(), is_marked: false }
    }
}

/// Result and photos; while there are none, what is waited for.
pub(super) fn draw(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    if screen.seen.is_empty() || screen.wants_retake {
        waiting(ui, screen);
        live::draw(ui, screen, scene);
        return;
    }
    if let Some(view) = &screen.live {
        view.live.look_for_code(false);
    }
    let screen = &*screen;
    let Some(last) = screen.seen.last() else { return };
    let before = screen.seen.len().checked_sub(2).map(|at| &screen.seen[at]);
    let whole = ui.available_rect_before_wrap();
    // On a small screen the answer needs the room; a single photo is beside it anyway.
    let shows_strip = screen.seen.len() > 1 || whole.height() >= ROOMY;
    let strip_height = if shows_strip { size::THUMB + space::S } else { 0.0 };
    let foot = strip_height + space::S + size::TALL_CONTROL;
    let top = Rect::from_min_max(whole.min, pos2(whole.right(), (whole.bottom() - foot).max(whole.top())));
    let split = top.left() + (top.width() - space::M) / 2.0;
    let photo = Rect::from_min_max(top.min, pos2(split, top.bottom()));
    let answer = Rect::from_min_max(pos2(split + space::M, top.top()), top.max);
    pictures(ui, photo, last, before);
    ui.scope_builder(UiBuilder::new().max_rect(answer), |ui| self::answer(ui, last, scene));
    let rest = Rect::from_min_max(pos2(whole.left(), top.bottom() + space::S), whole.max);
    ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
        buttons(ui, last, scene);
        if shows_strip {
            ui.add_space(space::S);
            strip(ui, screen, scene);
        }
    });
    ui.advance_cursor_after_rect(whole);
}

fn waiting(ui: &mut Ui, screen: &OnSite) {
    if screen.person().is_none() {
        return;
    }
    let text =
        if screen.collecting.is_some() { words!("onsite.shoot_now") } else { words!("onsite.no_folder") };
    label::emphasis(ui, &text);
}

/// The last photo, and the one before it as long as there is room for both.
fn pictures(ui: &Ui, area: Rect, last: &SeenShot, before: Option<&SeenShot>) {
    let half = vec2((area.width() - space::S) / 2.0, area.height());
    match before.and_then(|before| before.picture.as_ref()) {
        Some(before) => {
            picture(ui, Rect::from_min_size(area.min, half), Some(before), &words!("onsite.photo_before"));
            let right = Rect::from_min_size(pos2(area.right() - half.x, area.top()), half);
            picture(ui, right, last.picture.as_ref(), &words!("onsite.photo_last"));
        }
        None => picture(ui, area, last.picture.as_ref(), &words!("onsite.photo_last")),
    }
}

fn picture(ui: &Ui, area: Rect, texture: Option<&TextureHandle>, name: &str) {
    ui.painter().rect_filled(area, CornerRadius::same(CARD_RADIUS), VIEWING_GREY);
    let Some(texture) = texture else { return };
    let [width, height] = texture.size();
    let place = Placement::fit(area, width as u32, height as u32, ui.pixels_per_point());
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture.id(), place.rect, whole, egui::Color32::WHITE);
    let response = ui.interact(area, ui.scope_id().with(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
}

/// A field in the colour of the answer, with sentences large enough to be read by the student.
fn answer(ui: &mut Ui, shot: &SeenShot, scene: &Scene<'_>) {
    let p = palette(ui);
    let colour = match shot.verdict {
        None => p.raised,
        Some(Verdict::Pass) => p.pass,
        Some(_) => p.warn,
    };
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, CornerRadius::same(CARD_RADIUS), colour);
    let inner = area.shrink(if area.height() < ROOMY / 2.0 { space::M } else { space::XL });
    let text_colour = if shot.verdict.is_none() { p.text } else { p.window };
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        let (title, sentences) = said(shot, scene);
        let title = RichText::new(title).size(LARGE_PT).strong().color(text_colour);
        ui.add(egui::Label::new(title).wrap());
        ui.add_space(if inner.height() < ROOMY / 2.0 { space::XS } else { space::L });
        for (number, sentence) in sentences.into_iter().enumerate() {
            let font = theme::number().resolve(ui.style());
            let text = ui.painter().layout(sentence, font, text_colour, inner.width());
            // A sentence cut in half is worse than one less; the first always stands.
            if number > 0 && ui.cursor().top() + text.size().y > inner.bottom() {
                break;
            }
            ui.label(text);
            ui.add_space(space::S);
        }
    });
}

/// Read from two metres.
const LARGE_PT: f32 = 44.0;

fn said(shot: &SeenShot, scene: &Scene<'_>) -> (String, Vec<String>) {
    match shot.verdict {
        None => (words!("onsite.checking").into_owned(), Vec::new()),
        Some(Verdict::Pass) => (words!("onsite.passes").into_owned(), Vec::new()),
        Some(verdict) => {
            let title = if verdict == Verdict::Fail { words!("onsite.fails") } else { words!("onsite.look") };
            let mut sentences: Vec<String> = Vec::new();
            for change in &shot.changes {
                let sentence = sentence(change, scene);
                if !sentences.contains(&sentence) {
                    sentences.push(sentence);
                }
            }
            sentences.truncate(MOST_SENTENCES);
            (title.into_owned(), sentences)
        }
    }
}

/// What the student can do about it; where no reason is named, what is not right.
fn sentence(change: &Change, scene: &Scene<'_>) -> String {
    let reason = change.reason.as_deref().and_then(|code| scene.desk.reasons.get(code));
    match reason {
        Some(reason) => scene.text(&reason.remedy).to_owned(),
        None => find(&format!("check.{}.name", change.check)).unwrap_or_else(|| change.check.to_owned()),
    }
}

fn buttons(ui: &mut Ui, last: &SeenShot, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        let keyed = |wish: Wish| {
            let action = Action::OnSite(wish);
            let text = [button::verb(&action), action.key_text().unwrap_or_default()].join("  ");
            (action, text)
        };
        let (next, text) = keyed(Wish::Next);
        button::primary(ui, next, &text, true, scene.actions);
        let (retake, text) = keyed(Wish::Retake);
        button::plain_with(ui, retake, &text, true, scene.actions);
        let (mark, text) = keyed(Wish::MarkLast);
        button::plain_with(ui, mark, &text, !last.is_marked, scene.actions);
    });
}

/// All photos of the person, the one to be sent framed.
fn strip(ui: &mut Ui, screen: &OnSite, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        for (number, shot) in screen.seen.iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::THUMB), Sense::click());
            let name = if shot.is_marked {
                words!("onsite.photo_marked", n = number + 1)
            } else {
                words!("onsite.photo_n", n = number + 1)
            };
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, shot.is_marked, name.as_ref()));
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), VIEWING_GREY);
            if let Some(texture) = &shot.picture {
                let [width, height] = texture.size();
                let place = Placement::fit(rect, width as u32, height as u32, ui.pixels_per_point());
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), place.rect, whole, egui::Color32::WHITE);
            }
            if shot.is_marked {
                let stroke = egui::Stroke::new(3.0, palette(ui).accent);
                ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), stroke, egui::StrokeKind::Inside);
            }
            if let Some(verdict) = shot.verdict {
                let corner = Rect::from_min_size(
                    rect.left_top() + Vec2::splat(space::XS),
                    Vec2::splat(size::STATUS_ICON),
                );
                let mut corner = ui.new_child(UiBuilder::new().max_rect(corner));
                status::verdict_mark(&mut corner, verdict);
            }
            if response.clicked() {
                scene.ask(Action::OnSite(Wish::Mark(shot.id.clone())));
            }
        }
    });
}
