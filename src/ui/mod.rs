//! The desk's window: one egui app whose screens ask by actions and whose work is done off its thread.

mod action;
mod app;
mod crew;
mod dialogs;
mod fonts;
mod hub_tie;
mod icons;
mod keymap;
mod memory;
mod photos;
mod picker;
mod problem;
mod route;
mod screens;
mod session;
mod summon;
mod theme;
mod widgets;

use std::path::PathBuf;
use std::sync::Arc;

use crate::camera::Cameras;
use crate::workflow::job::Job;
use crate::workflow::{Desk, DeskError};

/// Shown by the window and the task bar.
const ICON: &[u8] = include_bytes!("../../assets/icons/photodesk-256.png");

pub use app::App;
pub use picker::FilePicker;

use app::Equipment;

/// Opens the desk; called off the window's thread, and again when the person asks to try again.
pub type OpenDesk = Arc<dyn Fn() -> Result<Desk, DeskError> + Send + Sync>;

/// Fills an open desk with sample submissions.
pub type MakeSamples = Arc<dyn Fn(&Desk, &Job) -> Result<(), DeskError> + Send + Sync>;

/// What the window needs to start.
pub struct UiStart {
    /// Folder of this desk's data; the settings lie in it.
    pub profile: PathBuf,
    pub open: OpenDesk,
    /// Offered to a person whose desk is empty.
    pub samples: Option<MakeSamples>,
    /// True when the samples are made at once, without asking, on an empty desk.
    pub samples_at_start: bool,
    /// The cameras that on-site collection can open.
    pub cameras: Arc<dyn Cameras>,
    /// Reviewer's name until one is chosen in the settings.
    pub reviewer: String,
}

/// The window could not be opened or broke off. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    #[error(
        "the window could not be opened ({cause}). Photodesk needs OpenGL 2.1 or newer and a display. Install Mesa (Debian, UOS: libgl1-mesa-dri, libegl1), or start it with LIBGL_ALWAYS_SOFTWARE=1; on a machine without a display use the sub-commands, see `photodesk --help`"
    )]
    Window { cause: String },
    #[error("the print data that come with the program could not be read ({cause}); reinstall the program")]
    PrintData { cause: String },
}

impl UiError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Window { .. } => "no_window",
            Self::PrintData { .. } => "print_data",
        }
    }
}

/// The desk as an app in a given egui context, for a window or for a test without one.
pub fn app(ctx: &egui::Context, start: UiStart, picker: Arc<dyn FilePicker>) -> Result<App, UiError> {
    Ok(App::new(ctx, Equipment::new(start, picker)?))
}

/// Opens the window and returns when it is closed; a window that has this desk open already comes to the front
/// instead.
pub fn run(start: UiStart) -> Result<(), UiError> {
    if Desk::is_open_elsewhere(&start.profile) && summon::ask(&start.profile) {
        return Ok(());
    }
    let equipment = Equipment::new(start, Arc::new(picker::SystemPicker))?;
    crate::i18n::set_locale(equipment.settings.language.tag());
    let window = equipment.resume.window;
    let [width, height] = window.map_or(theme::size::FIRST_WINDOW, |size| [size.width, size.height]);
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("photodesk")
        .with_title("Photodesk 验像台")
        .with_inner_size([width, height])
        .with_maximized(window.is_some_and(|size| size.maximized))
        .with_min_inner_size(theme::size::MIN_WINDOW)
        .with_drag_and_drop(true);
    let viewport = match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    };
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..Default::default() };
    eframe::run_native(
        "photodesk",
        options,
        Box::new(|creation| Ok(Box::new(App::new(&creation.egui_ctx, equipment)))),
    )
    .map_err(|error| {
        let error = UiError::Window { cause: without_source_place(&error.to_string()) };
        // Whoever started it by a click sees no terminal.
        picker::tell(&problem::text(error.code(), &error.to_string()));
        error
    })
}

/// The system's words without the place in the library's source that reports them.
fn without_source_place(text: &str) -> String {
    const BEGINS: &str = "os error at ";
    let shortened = text.split_once(BEGINS).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(".rs:")?.1.split_once(": ")?;
        Some(format!("{before}{after}"))
    });
    shortened.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_not_told_where_in_a_library_an_error_was_made() {
        let told = "winit EventLoopError: os error at /home/x/winit-0.30/src/linux/mod.rs:765: neither DISPLAY is set.";
        assert_eq!(without_source_place(told), "winit EventLoopError: neither DISPLAY is set.");
        assert_eq!(without_source_place("glutin error: GLXBadFBConfig"), "glutin error: GLXBadFBConfig");
    }
}
