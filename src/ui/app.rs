//! The window's life: the desk is opened behind it, then a session runs until it is closed.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{CentralPanel, Context, Ui, vec2};

use super::crew::{Crew, Done, Lane};
use super::picker::FilePicker;
use super::screens::Shop;
use super::session::Session;
use super::summon::Listener;
use super::theme::{self, palette, space, surface};
use super::widgets::empty;
use super::{MakeSamples, OpenDesk, UiError, UiStart, fonts, icons, keymap, memory, problem};
use crate::camera::Cameras;
use crate::i18n::{self, words};
use crate::print::hot_folder::HotFolders;
use crate::print::{Layouts, Papers};
use crate::settings::Settings;
use crate::settings::resume::Resume;
use crate::workflow::printers::PrinterRoom;
use crate::workflow::{Desk, DeskError};

/// What the window is given before it opens.
pub struct Equipment {
    pub profile: PathBuf,
    pub settings: Settings,
    /// Where the person was last, as it lies in the profile.
    pub resume: Resume,
    pub shop: Shop,
    pub picker: Arc<dyn FilePicker>,
    pub cameras: Arc<dyn Cameras>,
    pub samples: Option<MakeSamples>,
    samples_at_start: bool,
    open: OpenDesk,
}

impl Equipment {
    pub fn new(start: UiStart, picker: Arc<dyn FilePicker>) -> Result<Self, UiError> {
        let print_data = |error: &dyn std::fmt::Display| UiError::PrintData { cause: error.to_string() };
        let shop = Shop {
            layouts: Layouts::built_in().map_err(|error| print_data(&error))?,
            papers: Papers::built_in().map_err(|error| print_data(&error))?,
            hot_folders: HotFolders::built_in().map_err(|error| print_data(&error))?,
            printers: PrinterRoom::of(&start.profile).map_err(|error| print_data(&error))?,
        };
        let mut settings = Settings::load(&start.profile);
        if settings.reviewer.is_empty() {
            settings.reviewer = start.reviewer;
        }
        Ok(Self {
            resume: Resume::load(&start.profile),
            profile: start.profile,
            settings,
            shop,
            picker,
            cameras: start.cameras,
            samples: start.samples,
            samples_at_start: start.samples_at_start,
            open: start.open,
        })
    }
}

enum Phase {
    Opening,
    Failed(String),
    Open(Box<Session>),
}

/// The desk as an eframe application.
pub struct App {
    crew: Crew,
    equipment: Equipment,
    phase: Phase,
    has_drawn: bool,
}

impl App {
    pub fn new(ctx: &Context, equipment: Equipment) -> Self {
        memory::hand_back_large_blocks();
        fonts::install(ctx);
        i18n::set_locale(equipment.settings.language.tag());
        keymap::install(&equipment.settings.keys);
        theme::apply(ctx, equipment.settings.theme, equipment.settings.scale_percent);
        let mut app = Self { crew: Crew::new(ctx), equipment, phase: Phase::Opening, has_drawn: false };
        app.open_desk();
        app
    }

    fn open_desk(&mut self) {
        self.phase = Phase::Opening;
        let open = self.equipment.open.clone();
        self.crew.send(Lane::Desk, move || Done::Opened(open().map(Arc::new)));
    }

    fn opened(&mut self, result: Result<Arc<Desk>, DeskError>) {
        self.phase = match result {
            Ok(desk) => {
                let is_empty = desk.batches().is_ok_and(|batches| batches.is_empty());
                let listener = Listener::start(&self.equipment.profile, self.crew.context());
                let mut session = Session::new(desk, listener);
                session.resume(&self.equipment, &self.crew);
                session.refresh(&self.crew);
                session.tie_to_hub(&self.crew);
                if self.equipment.samples_at_start && is_empty {
                    session.make_samples(&self.crew, &self.equipment);
                } else {
                    session.check_waiting(&self.crew);
                }
                Phase::Open(Box::new(session))
            }
            Err(error) => Phase::Failed(problem::of(&error)),
        };
    }

    fn draw_failure(&mut self, ui: &mut Ui) {
        let Phase::Failed(why) = &self.phase else { return };
        let mut again = false;
        let frame = surface(palette(ui).window, vec2(space::XL, space::XL));
        CentralPanel::default().frame(frame).show(ui, |ui| {
            empty::show(ui, icons::PROBLEM, &words!("open.failed"), why, |ui| {
                again = ui.button(words!("open.again")).clicked();
            });
        });
        if again {
            self.open_desk();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        for done in self.crew.results() {
            match (done, &mut self.phase) {
                (Done::Opened(result), _) => self.opened(result),
                (done, Phase::Open(session)) => session.apply(done, ctx, &self.crew, &mut self.equipment),
                _ => {}
            }
        }
        if let Phase::Open(session) = &mut self.phase {
            session.logic(ctx, &self.crew, &mut self.equipment);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Phase::Open(session) = &mut self.phase {
            session.remember_now(&mut self.equipment);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        match &mut self.phase {
            Phase::Opening => {
                let frame = surface(palette(ui).window, vec2(space::XL, space::XL));
                CentralPanel::default().frame(frame).show(ui, |ui| {
                    empty::show(ui, icons::QUEUE, &words!("open.opening"), "", |_| {});
                });
            }
            Phase::Failed(_) => self.draw_failure(ui),
            Phase::Open(session) => session.draw(ui, &self.equipment),
        }
        tracing::trace!("frame drawn");
        if !std::mem::replace(&mut self.has_drawn, true) {
            tracing::debug!("first frame drawn");
        }
    }
}
