//! Everything a person can ask for: screens push actions, one place carries them out.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::route::{Route, key};
use crate::settings::{Language, ThemeChoice};
use crate::submission::State;
use crate::workflow::desk::NewBatch;

/// The photo as it came, or as it will be delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhotoTab {
    #[default]
    Original,
    Result,
}

/// One choice in the settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    Language(Language),
    Theme(ThemeChoice),
    ScalePercent(u16),
    Reviewer(String),
}

/// Narrows the queue.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    Batch(Option<String>),
    State(Option<State>),
    Text(String),
}

/// One wish of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Go(Route),
    Choose(Choice),
    Narrow(Filter),
    OpenNewBatch,
    CreateBatch(NewBatch),
    OpenImport(Vec<PathBuf>),
    PickPhotos,
    PickPhotoFolder,
    Import {
        batch: String,
        paths: Vec<PathBuf>,
    },
    MakeSamples,
    CloseDialog,
    CancelJob,
    /// Reviews the rows now shown, from this one on.
    ReviewFrom(usize),
    /// Reviews what is pending in this batch, or in all.
    ReviewPending(Option<String>),
    Approve,
    /// Rejects with the chosen reasons and this one.
    RejectFor(String),
    RejectChosen,
    ToggleReason(String),
    TurnReasonPage,
    Undo,
    Look(isize),
    LookAt(usize),
    ToggleGuides,
    Show(PhotoTab),
    OpenPrintRoom(Option<String>),
    TurnSheet(isize),
    PickExportFolder,
    Export,
    OpenFolder(PathBuf),
    DismissNotice,
}

impl Action {
    /// Locale key of the verb; actions without words of their own are named by what they act on.
    pub const fn label_key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Go(route) => route.label_key(),
            Self::OpenNewBatch => key("action.new_batch"),
            Self::OpenImport(_) => key("action.import"),
            Self::PickPhotos => key("action.pick_photos"),
            Self::PickPhotoFolder => key("action.pick_folder"),
            Self::MakeSamples => key("action.make_samples"),
            Self::ReviewFrom(_) => key("action.review_from"),
            Self::CloseDialog => key("action.close"),
            Self::CancelJob => key("action.cancel"),
            Self::Approve => key("action.approve"),
            Self::RejectChosen => key("action.reject"),
            Self::TurnReasonPage => key("action.more_reasons"),
            Self::Undo => key("action.undo"),
            Self::Look(step) if *step < 0 => key("action.previous"),
            Self::Look(_) => key("action.next"),
            Self::ToggleGuides => key("action.guides"),
            Self::Show(PhotoTab::Original) => key("action.original"),
            Self::Show(PhotoTab::Result) => key("action.result"),
            Self::OpenPrintRoom(_) => key("action.open_print_room"),
            Self::TurnSheet(step) if *step < 0 => key("action.previous_sheet"),
            Self::TurnSheet(_) => key("action.next_sheet"),
            Self::PickExportFolder => key("action.pick_export_folder"),
            Self::OpenFolder(_) => key("action.open_folder"),
            Self::DismissNotice => key("action.dismiss"),
            _ => return None,
        })
    }

    /// Locale key of the sentence shown on hover, for actions that need more than their verb.
    pub const fn tooltip_key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Approve => key("tip.approve"),
            Self::RejectChosen => key("tip.reject"),
            Self::TurnReasonPage => key("tip.more_reasons"),
            Self::Undo => key("tip.undo"),
            Self::ToggleGuides => key("tip.guides"),
            Self::Show(PhotoTab::Original) => key("tip.original"),
            Self::Show(PhotoTab::Result) => key("tip.result"),
            Self::OpenImport(_) => key("tip.import"),
            Self::MakeSamples => key("tip.make_samples"),
            Self::ReviewFrom(_) => key("tip.review_from"),
            _ => return None,
        })
    }

    /// The key that asks for it; review keys act only in the review.
    pub const fn shortcut(&self) -> Option<KeyboardShortcut> {
        let plain = Modifiers::NONE;
        Some(match self {
            Self::Approve => KeyboardShortcut::new(plain, Key::A),
            Self::RejectChosen => KeyboardShortcut::new(plain, Key::Enter),
            Self::TurnReasonPage => KeyboardShortcut::new(plain, Key::Num0),
            Self::Undo => KeyboardShortcut::new(plain, Key::U),
            Self::ToggleGuides => KeyboardShortcut::new(plain, Key::G),
            Self::Show(_) => KeyboardShortcut::new(plain, Key::R),
            Self::Look(step) if *step < 0 => KeyboardShortcut::new(plain, Key::ArrowLeft),
            Self::Look(_) => KeyboardShortcut::new(plain, Key::ArrowRight),
            Self::TurnSheet(step) if *step < 0 => KeyboardShortcut::new(plain, Key::ArrowLeft),
            Self::TurnSheet(_) => KeyboardShortcut::new(plain, Key::ArrowRight),
            Self::Go(Route::Queue) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num1),
            Self::Go(Route::Review) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num2),
            Self::Go(Route::PrintRoom) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num3),
            Self::Go(Route::Settings) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma),
            Self::OpenImport(_) => KeyboardShortcut::new(Modifiers::COMMAND, Key::O),
            _ => return None,
        })
    }

    /// The key as it is written on buttons.
    pub fn key_text(&self) -> Option<String> {
        let shortcut = self.shortcut()?;
        let name = match shortcut.logical_key {
            Key::ArrowLeft => "←".to_owned(),
            Key::ArrowRight => "→".to_owned(),
            Key::Enter => "Enter".to_owned(),
            Key::Comma => ",".to_owned(),
            other => other.name().to_owned(),
        };
        Some(if shortcut.modifiers.command { format!("Ctrl+{name}") } else { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_people_call_them() {
        let check = |action: Action, expect: &str| assert_eq!(action.key_text().as_deref(), Some(expect));
        check(Action::Approve, "A");
        check(Action::Look(-1), "←");
        check(Action::Go(Route::Settings), "Ctrl+,");
        check(Action::TurnReasonPage, "0");
    }
}
