//! The live picture of a camera with the lines of the standard over it, and the choice of a camera.

use std::sync::Arc;

use egui::{Context, Event, Key, Rect, Role, Sense, TextureHandle, Ui, UiBuilder, WidgetInfo, pos2};

use super::{OnSite, Wish};
use crate::camera::CameraInfo;
use crate::camera::tether::{Tether, TetherSaid};
use crate::i18n::words;
use crate::inspect::CropSolution;
use crate::standard::Standard;
use crate::ui::action::Action;
use crate::ui::photos;
use crate::ui::problem;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::guides::{self, GuideSpace};
use crate::ui::widgets::photo_view::Placement;
use crate::ui::widgets::{button, label};
use crate::workflow::collect::live::{Live, LiveSaid};

/// Releases the shutter.
pub const SHUTTER: Key = Key::Space;

/// The open camera as the screen shows it.
pub struct LiveView {
    pub live: Arc<Live>,
    name: String,
    texture: Option<(u64, TextureHandle)>,
    /// Why there is no picture now.
    problem: Option<String>,
}

impl LiveView {
    pub fn new(live: Arc<Live>, name: String) -> Self {
        Self { live, name, texture: None, problem: None }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Hands the newest picture to the window.
    fn upload(&mut self, ctx: &Context) {
        let Some((number, picture)) = self.live.picture() else { return };
        match &mut self.texture {
            Some((shown, _)) if *shown == number => {}
            Some((shown, texture)) => {
                texture.set(photos::color_image(&picture), photos::SMOOTH);
                *shown = number;
            }
            None => self.texture = Some((number, photos::texture(ctx, "live", &picture))),
        }
    }
}

/// The camera on a cable.
pub struct TetherView {
    _tether: Tether,
    name: String,
    /// Why no photo comes now.
    problem: Option<String>,
}

impl TetherView {
    pub fn new(tether: Tether, name: String) -> Self {
        Self { _tether: tether, name, problem: None }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

impl OnSite {
    pub(super) fn tether_said(&mut self, said: TetherSaid) {
        if let Some(view) = &mut self.tether {
            view.problem = match said {
                TetherSaid::Listening => None,
                TetherSaid::Failed(error) => Some(problem::text(error.code(), &error.to_string())),
            };
        }
    }

    /// Takes what the open camera says; a code that was held into the picture is to be looked up.
    pub fn live_said(&mut self, said: LiveSaid) -> Option<Wish> {
        let view = self.live.as_mut()?;
        match said {
            LiveSaid::Opened => view.problem = None,
            LiveSaid::Picture => {}
            LiveSaid::Code(code) if self.person.is_none() => return Some(Wish::Find(code)),
            LiveSaid::Code(_) => {}
            LiveSaid::Failed { code, message } => {
                view.texture = None;
                view.problem = Some(problem::text(code, &message));
            }
            LiveSaid::NotTaken { code, message } => self.warning = Some(problem::text(code, &message)),
        }
        None
    }

    /// The live picture stands on the screen, and whoever stands there can be photographed.
    pub(super) fn can_release(&self) -> bool {
        let shows_picture = self.live.as_ref().is_some_and(|view| view.texture.is_some());
        shows_picture && self.person.is_some() && (self.seen.is_empty() || self.wants_retake)
    }

    /// Space releases the shutter while nothing is typed; the press does not reach the field.
    pub(super) fn is_released(&self, ui: &Ui) -> bool {
        self.can_release()
            && self.typed.is_empty()
            && !matches!(self.answer, Some(Ok(_)))
            && ui.input_mut(|input| {
                let is_press = |event: &Event| {
                    matches!(event, Event::Key { key: SHUTTER, pressed: true, repeat: false, modifiers, .. }
                        if modifiers.is_none())
                };
                let pressed = input.events.iter().any(is_press);
                input.events.retain(|event| match event {
                    Event::Key { key, .. } => *key != SHUTTER,
                    Event::Text(text) => text != " ",
                    _ => true,
                });
                pressed
            })
    }
}

/// The live picture as large as it may be, and the shutter below it.
pub(super) fn draw(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    let can_release = screen.can_release();
    let Some(view) = &mut screen.live else { return };
    view.live.look_for_code(screen.person.is_none());
    view.upload(ui.ctx());
    if let Some(problem) = &view.problem {
        ui.colored_label(palette(ui).fail, problem);
        return;
    }
    let whole = ui.available_rect_before_wrap();
    let foot = size::TALL_CONTROL + space::S;
    let area = Rect::from_min_max(whole.min, pos2(whole.right(), (whole.bottom() - foot).max(whole.top())));
    match &view.texture {
        Some((_, texture)) => {
            let batch = view.live.collecting().batch().clone();
            picture(ui, area, texture, scene.desk.standards.get(&batch.standard).ok());
        }
        None => {
            label::weak(ui, &words!("onsite.camera_opening", name = view.name));
        }
    }
    let below = Rect::from_min_max(pos2(whole.left(), area.bottom() + space::S), whole.max);
    let is_ready = can_release && !view.live.is_taking();
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
        ui.horizontal(|ui| {
            let text = format!("{}  {}", words!("onsite.release"), SHUTTER.name());
            button::primary(ui, Action::OnSite(Wish::Release), &text, is_ready, scene.actions);
            if screen.person.is_none() {
                label::weak(ui, &words!("onsite.hold_code"));
            }
        });
    });
    ui.advance_cursor_after_rect(whole);
}

fn picture(ui: &Ui, area: Rect, texture: &TextureHandle, standard: Option<&Standard>) {
    let [width, height] = texture.size();
    let placement = Placement::fit(area, width as u32, height as u32, ui.pixels_per_point());
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let painter = ui.painter().with_clip_rect(area);
    painter.image(texture.id(), placement.rect, whole, egui::Color32::WHITE);
    let name = words!("onsite.live");
    let response = ui.interact(area, ui.scope_id().with("live"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.as_ref()));
    let Some(standard) = standard else { return };
    let crop = middle(standard, width as f32, height as f32);
    let space = GuideSpace { standard, crop: Some(&crop), placement };
    guides::paint_outside(&painter, &space);
    let band = &standard.geometry.crown_y;
    let crown = band.min.zip(band.max).map(|(from, to)| ((from + to) / 2.0) as f32);
    guides::paint_standard(&painter, &space, crown);
    guides::paint_centre(&painter, &space);
}

/// The largest frame of the standard's shape in the middle of the picture.
fn middle(standard: &Standard, width: f32, height: f32) -> CropSolution {
    let (wide, high) = (standard.size.width_px as f32, standard.size.height_px as f32);
    let scale = (wide / width).max(high / height);
    let (crop_width, crop_height) = (wide / scale, high / scale);
    CropSolution {
        x: (width - crop_width) / 2.0,
        y: (height - crop_height) / 2.0,
        width: crop_width,
        height: crop_height,
        angle: 0.0,
        scale,
        crown_y: 0.0,
        eye_y: 0.0,
        face_width: 0.0,
    }
}

/// The cameras that were found, or why there are none.
pub(super) fn choice(ui: &mut Ui, screen: &OnSite, scene: &mut Scene<'_>) {
    match &screen.cameras {
        None => {}
        Some(Err(problem)) => {
            ui.colored_label(palette(ui).warn, problem);
        }
        Some(Ok(found)) if found.is_empty() => {
            ui.colored_label(palette(ui).warn, words!("onsite.no_camera"));
        }
        Some(Ok(found)) => {
            ui.horizontal_wrapped(|ui| {
                label::caption(ui, &words!("onsite.which_camera"));
                for camera in found {
                    open(ui, camera, scene);
                }
            });
        }
    }
}

fn open(ui: &mut Ui, camera: &CameraInfo, scene: &mut Scene<'_>) {
    let action = Action::OnSite(Wish::OpenCamera(camera.clone()));
    button::plain_with(ui, action, &camera.name, true, scene.actions);
}
