//! The places of the desk: each draws from a read-only scene and its own state, and asks by actions.

pub mod on_site;
pub mod print_room;
pub mod queue;
pub mod review;
pub mod settings;
pub mod statistics;

use super::action::Action;
use super::crew::Overview;
use super::hub_tie::HubView;
use super::route::Route;
use super::widgets::progress::Running;
use crate::print::hot_folder::HotFolders;
use crate::print::{Layouts, Papers};
use crate::settings::{Language, Settings};
use crate::submission::reason::Text;
use crate::workflow::Desk;
use crate::workflow::printers::PrinterRoom;

/// What every screen may read, and where it leaves its wishes.
pub struct Scene<'a> {
    pub desk: &'a Desk,
    pub overview: &'a Overview,
    pub settings: &'a Settings,
    pub shop: &'a Shop,
    pub running: Option<&'a Running>,
    /// True when the program can make sample submissions.
    pub samples: bool,
    /// Where the person is.
    pub route: Route,
    pub hub: HubView,
    pub actions: &'a mut Vec<Action>,
}

impl Scene<'_> {
    pub fn ask(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// True while a long job keeps others from starting.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// A text in the chosen language.
    pub fn text<'t>(&self, text: &'t Text) -> &'t str {
        by_language(self.settings.language, &text.zh, &text.en)
    }
}

/// What the print shop knows: layouts, papers, kinds of watched folder, and the printers as they were measured.
pub struct Shop {
    pub layouts: Layouts,
    pub papers: Papers,
    pub hot_folders: HotFolders,
    pub printers: PrinterRoom,
}

/// The one of two spellings that the person reads.
pub fn by_language<'t>(language: Language, zh: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}
