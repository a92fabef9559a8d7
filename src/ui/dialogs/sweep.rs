//! Approving a group: what it would do first, then its sample photo by photo, then the whole.

use egui::{Context, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::i18n::words;
use crate::ui::action::Action;
use crate::ui::photos::{PhotoCache, Whose};
use crate::ui::screens::Scene;
use crate::ui::screens::queue::person;
use crate::ui::theme::{CARD_RADIUS, ON_GREY_TEXT, VIEWING_GREY, space};
use crate::ui::widgets::photo_view::{self, Placement};
use crate::ui::widgets::{button, dialog, label};
use crate::workflow::desk::QueueItem;
use crate::workflow::sweep::SweepPlan;

const STAGE_HEIGHT: f32 = 420.0;
/// Left of the window's height for what stands around the photo.
const AROUND: f32 = 260.0;

/// The group while it is counted and confirmed.
pub struct SweepForm {
    pub plan: SweepPlan,
    /// The photo of the sample looked at; `None` while the count is shown.
    at: Option<usize>,
    pub photos: PhotoCache,
    pub stage_px: u32,
    /// The photo of the sample whose pixels are on screen.
    painted: Option<usize>,
}

impl SweepForm {
    pub fn new(plan: SweepPlan) -> Self {
        Self { plan, at: None, photos: PhotoCache::of(Whose::Sweep), stage_px: 0, painted: None }
    }

    /// The sample's photos to be decoded, and the one looked at.
    pub fn sample(&self) -> (&[QueueItem], usize) {
        (&self.plan.sample, self.at.unwrap_or(0))
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        dialog::show(
            ctx,
            "sweep",
            &words!("sweep.title", n = self.plan.group.len()),
            &mut asked,
            |ui, actions| match self.at {
                None => self.count(ui, actions),
                Some(at) => self.confirm(ui, at, actions),
            },
        );
        scene.actions.append(&mut asked);
    }

    fn count(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        // Decoding begins while the count is read.
        self.stage_px = (STAGE_HEIGHT * ui.ctx().pixels_per_point()).ceil() as u32;
        dialog::body(ui, |ui| {
            label::weak(ui, &words!("sweep.hint"));
            ui.add_space(space::XS);
            label::line(ui, &words!("sweep.would_approve", n = self.plan.group.len()));
            label::line(ui, &words!("sweep.sample", n = self.plan.sample.len()));
            if !self.plan.left_out.is_empty() {
                label::line(ui, &words!("sweep.left_out", n = self.plan.left_out.len()));
            }
        });
        dialog::foot(ui, |ui| {
            let text = words!("sweep.begin", n = self.plan.sample.len());
            if button::primary_here(ui, &text, !self.plan.group.is_empty()) {
                self.at = Some(0);
            }
            button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
        });
    }

    fn confirm(&mut self, ui: &mut Ui, at: usize, actions: &mut Vec<Action>) {
        let total = self.plan.sample.len();
        let Some(item) = self.plan.sample.get(at).cloned() else { return };
        label::weak(ui, &words!("sweep.position", at = at + 1, total = total, person = person(&item)));
        let highest = STAGE_HEIGHT.min(ui.ctx().content_rect().height() - AROUND);
        let (stage, _) = ui.allocate_exact_size(vec2(ui.available_width(), highest), Sense::hover());
        ui.painter().rect_filled(stage, CARD_RADIUS, VIEWING_GREY);
        self.photo(ui, stage.shrink(space::S), &item, at);
        let is_here = self.painted == Some(at);
        dialog::foot(ui, |ui| {
            let is_last = at + 1 == total;
            let text = if is_last {
                words!("sweep.confirm_last", n = self.plan.group.len())
            } else {
                words!("sweep.confirm")
            };
            if button::primary_here(ui, &text, is_here) {
                if is_last {
                    actions.push(Action::ApproveSweep(Box::new(self.plan.clone())));
                } else {
                    self.at = Some(at + 1);
                }
            }
            let text = words!("sweep.doubt");
            button::plain_with(ui, Action::DoubtSweep(item.submission.clone()), &text, true, actions);
            button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
        });
    }

    fn photo(&mut self, ui: &Ui, stage: Rect, item: &QueueItem, at: usize) {
        let loaded = self.photos.get(item);
        match loaded.map(|loaded| &loaded.picture) {
            Some(Ok(photo)) => {
                let ppp = ui.ctx().pixels_per_point();
                let place = Placement::fit(stage, photo.width_px, photo.height_px, ppp);
                photo_view::paint(ui.painter(), photo.texture.id(), place.rect);
                let response = ui.interact(place.rect, ui.scope_id().with("sample"), Sense::hover());
                let name = words!("sweep.photo", person = person(item));
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.as_ref()));
                self.painted = Some(at);
            }
            Some(Err(fault)) => {
                let text = crate::ui::problem::text(&fault.code, &fault.message);
                centred(ui, stage, &text);
            }
            None => centred(ui, stage, &words!("review.loading")),
        }
    }
}

fn centred(ui: &Ui, stage: Rect, text: &str) {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let ink = ON_GREY_TEXT;
    ui.painter().text(stage.center(), egui::Align2::CENTER_CENTER, text, font, ink);
}
