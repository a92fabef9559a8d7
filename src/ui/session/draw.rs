//! The frame around the screens: rail, bottom bar, what floats over them.

use egui::{Align2, Area, CentralPanel, Context, Id, Order, Panel, Ui, vec2};

use super::Session;
use crate::i18n::words;
use crate::ui::app::Equipment;
use crate::ui::icons;
use crate::ui::route::Route;
use crate::ui::screens::Scene;
use crate::ui::theme::{self, of_window, palette, size, space, surface};
use crate::ui::widgets::bottom_bar::{self, Counts};
use crate::ui::widgets::progress::Running;
use crate::ui::widgets::{empty, notice, rail};

impl Session {
    pub fn draw(&mut self, ui: &mut Ui, equipment: &Equipment) {
        let ctx = ui.ctx().clone();
        let p = palette(ui);
        let mut actions = std::mem::take(&mut self.actions);
        let hub = self.hub_view(equipment);
        Panel::left("rail")
            .exact_size(size::RAIL)
            .resizable(false)
            .frame(surface(p.panel, vec2(0.0, 0.0)))
            .show(ui, |ui| rail::show(ui, self.route, &mut actions));
        Panel::bottom("bottom_bar")
            .exact_size(size::BOTTOM_BAR)
            .resizable(false)
            .frame(surface(p.panel, vec2(space::M, 0.0)))
            .show(ui, |ui| {
                bottom_bar::show(ui, self.counts().as_ref(), self.running_in_foot(), &hub, &mut actions)
            });
        let mut scene = Scene {
            desk: &self.desk,
            overview: &self.overview,
            settings: &equipment.settings,
            shop: &equipment.shop,
            running: self.running.as_ref(),
            samples: equipment.samples.is_some(),
            route: self.route,
            hub,
            actions: &mut actions,
        };
        let frame = surface(p.window, vec2(0.0, 0.0));
        CentralPanel::default().frame(frame).show(ui, |ui| match self.route {
            _ if !self.overview_here => empty::show(ui, icons::QUEUE, &words!("open.opening"), "", |_| {}),
            Route::Queue => self.queue.draw(ui, &mut scene),
            Route::Review => self.review.draw(ui, &mut scene),
            Route::PrintRoom => self.print_room.draw(ui, &mut scene),
            Route::Statistics => self.statistics.draw(ui, &mut scene),
            Route::OnSite => self.on_site.draw(ui, &mut scene),
            Route::Settings => self.settings_screen.draw(ui, &equipment.profile, &mut scene),
        });
        self.dialog.draw(&ctx, &mut scene);
        if let Some(said) = &self.notice {
            notice::show(&ctx, said, self.now_s, &mut actions);
        }
        drop_target(&ctx, self.route);
        if !actions.is_empty() {
            ctx.request_repaint();
        }
        self.actions = actions;
    }

    /// The work under way, unless the place itself shows it.
    fn running_in_foot(&self) -> Option<&Running> {
        let is_first_fill = self.route == Route::Queue && self.overview.batches.is_empty();
        self.running.as_ref().filter(|_| self.route != Route::PrintRoom && !is_first_fill)
    }

    fn counts(&self) -> Option<Counts> {
        self.overview_here.then(|| Counts {
            decided_today: self.overview.decided_today,
            pending: self.overview.batches.iter().map(|summary| summary.waiting()).sum(),
        })
    }
}

/// While files hang over the window, it says what happens when they are let go.
fn drop_target(ctx: &Context, route: Route) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let p = of_window(ctx);
    let said = if route == Route::OnSite { words!("onsite.drop") } else { words!("import.drop") };
    let area = Area::new(Id::unique("drop_target"))
        .order(Order::Tooltip)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
    area.show(ctx, |ui| {
        let frame = egui::Frame::popup(ui.style()).fill(p.raised).inner_margin(egui::Margin::same(24));
        frame.show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.label(egui::RichText::new(icons::IMPORT).font(theme::empty_icon_font()).color(p.accent));
                ui.label(egui::RichText::new(said).text_style(theme::emphasis()));
            });
        });
    });
}
