//! Everything a person can ask for: screens push actions, one place carries them out.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::hub_tie::HubTie;
use super::keymap;
use super::route::{Route, key};
use super::screens::on_site::{BundleWay, Wish};
use crate::inspect::Verdict;
use crate::onsite::roster::Field;
use crate::print::calibration::Measured;
use crate::settings::{Language, ThemeChoice};
use crate::submission::{Hold, HoldKind, OrderEvent, OrderState, Role, State};
use crate::workflow::desk::{NewBatch, Pile};
use crate::workflow::quality::{AgainScope, Shares};
use crate::workflow::roster::RosterFile;
use crate::workflow::sweep::SweepPlan;

/// The photo as it came, or as it will be delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhotoTab {
    #[default]
    Original,
    Result,
    /// Both beside each other, zoom locked together.
    Compare,
}

impl PhotoTab {
    pub const ALL: [Self; 3] = [Self::Original, Self::Result, Self::Compare];
}

/// What is laid over the photo, or how close it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The standard's lines.
    Guides,
    /// Pixels burnt out or drowned.
    Clipping,
    /// The eyes at 100 %.
    Loupe,
}

/// How closely the photo is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    In,
    Out,
    /// The whole photo.
    Whole,
    /// One photo pixel a device pixel; pressed again the whole photo.
    Full,
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
    /// What is set aside in this way.
    Hold(HoldKind),
    /// What lies beside the queue.
    Pile(Pile),
    School(Option<String>),
    Verdict(Option<Verdict>),
    /// Rejected for this reason.
    Reason(Option<String>),
    Attempt(Option<u32>),
    /// Everything of the batch again.
    Clear,
    /// The worst checks first, or else the oldest.
    ByRisk(bool),
    Text(String),
}

/// One wish of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Go(Route),
    Choose(Choice),
    /// Gives the action with this id another key, written as on buttons; `None` gives its usual one back.
    ChooseKey {
        id: &'static str,
        key: Option<String>,
    },
    /// Gives every action its usual key back.
    UsualKeys,
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
    /// What the operator asks for on the on-site screen.
    OnSite(Wish),
    /// The import of a list of people, into this batch.
    OpenRoster(Option<String>),
    PickRoster,
    ReadRoster(PathBuf),
    /// What a column of the list holds.
    MapColumn {
        column: usize,
        field: Option<Field>,
    },
    ImportRoster {
        batch: String,
        file: Option<Arc<RosterFile>>,
    },
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
    /// Shows the rows of the queue as pictures, or as a table.
    ShowSheet(bool),
    /// Counts what approving the group of the contact sheet would do.
    PlanSweep,
    /// Approves a group whose sample was confirmed.
    ApproveSweep(Box<SweepPlan>),
    /// A photo of the sample is not right: it is opened, and the group is left.
    DoubtSweep(String),
    /// Leaves the photo for the end of the list.
    Skip,
    /// Asks for the note of a photo to set aside; gives back what already is.
    OpenNote(HoldKind),
    SetAside {
        hold: Hold,
        note: String,
    },
    OpenOwnKeys,
    OpenPalette,
    OpenConnect,
    /// Enrols this desk at a hub.
    Connect {
        url: String,
        code: String,
    },
    OpenConflicts,
    OpenKeys,
    FocusSearch,
    Look(isize),
    LookAt(usize),
    Toggle(Layer),
    Show(PhotoTab),
    Zoom(Zoom),
    /// Compares with the result, or with the earlier photo at this place.
    CompareWith(Option<usize>),
    OpenPrintRoom(Option<String>),
    TurnSheet(isize),
    PickExportFolder,
    Export,
    /// Shows the orders in a state.
    OpenOrders(OrderState),
    AdvanceOrders {
        numbers: Vec<String>,
        event: OrderEvent,
    },
    ShipOrder {
        number: String,
        carrier: String,
        tracking: String,
    },
    PrintOrders(Vec<String>),
    WriteOrderPapers(Vec<String>),
    /// Shows the prints that must not be given out.
    OpenRecalls,
    /// Such a print was destroyed.
    SettleRecall {
        job: String,
        submission: String,
    },
    /// Shows the exports whose sheets have not all come out.
    OpenPrintings,
    /// Asks the hub what may be printed.
    OpenFetch,
    /// Brings everything of a batch here that may be printed.
    FetchApproved(String),
    /// Brings orders for prints here that nobody else prints.
    FetchOrders,
    /// Gives the sheets of an export that are left to its printer.
    PrintSheets(String),
    /// Somebody has looked whether a sheet came out.
    SettleSheet {
        job: String,
        sheet: usize,
        came_out: bool,
    },
    GiveUpPrinting(String),
    /// Asks the print system for its queues.
    FindQueues,
    /// Keeps a printer's queue; none forgets it.
    SetQueue {
        printer: String,
        uri: Option<String>,
    },
    /// Counts anew, and asks the printer how it is.
    LookAgain,
    /// Prints people again who were printed before; nobody goes back to whoever is approved.
    PrintAgain {
        people: Vec<String>,
        layout: String,
        paper: String,
    },
    /// Measures a printer with a paper.
    OpenCalibration {
        printer: String,
        paper: String,
    },
    WriteCalibrationPage {
        printer: String,
        paper: String,
        folder: PathBuf,
    },
    /// Keeps what the crosses give; none forgets what was measured.
    KeepCalibration {
        printer: String,
        paper: String,
        measured: Vec<Measured>,
    },
    OpenFolder(PathBuf),
    DismissNotice,
    OpenPeople,
    /// Gives somebody at this desk a role.
    SetRole {
        name: String,
        role: Role,
    },
    /// Sets how much is looked at again and how many known answers come up, of a batch or the desk.
    SetShares {
        batch: Option<String>,
        shares: Shares,
    },
    /// Makes the decision of the photo looked at a known answer, or no longer.
    MarkKnown(bool),
    /// Gives the decided photo looked at back to review.
    Reopen,
    /// Asks whose decisions are to be looked at again.
    OpenAgain,
    PlanAgain(AgainScope),
    ReviewAgain(AgainScope),
}

impl Action {
    /// Locale key of the verb; actions without words of their own are named by what they act on.
    pub const fn label_key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Go(route) => route.label_key(),
            Self::OpenNewBatch => key("action.new_batch"),
            Self::OpenImport(_) => key("action.import"),
            Self::OpenRoster(_) => key("action.roster"),
            Self::PickRoster => key("action.pick_roster"),
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
            Self::ShowSheet(true) => key("action.sheet"),
            Self::ShowSheet(false) => key("action.table"),
            Self::Look(step) if *step < 0 => key("action.previous"),
            Self::Look(_) => key("action.next"),
            Self::Skip => key("action.skip"),
            Self::OpenNote(HoldKind::Parked) => key("action.park"),
            Self::OpenNote(HoldKind::Escalated) => key("action.escalate"),
            Self::OpenOwnKeys => key("action.own_keys"),
            Self::OpenPalette => key("action.palette"),
            Self::OpenKeys => key("action.keys"),
            Self::OpenConnect => key("action.connect"),
            Self::OpenConflicts => key("action.conflicts"),
            Self::FocusSearch => key("action.search"),
            Self::Toggle(Layer::Guides) => key("action.guides"),
            Self::Toggle(Layer::Clipping) => key("action.clipping"),
            Self::Toggle(Layer::Loupe) => key("action.loupe"),
            Self::ReviewPending(_) => key("action.review_pending"),
            Self::Export => key("action.export"),
            Self::Zoom(Zoom::In) => key("action.zoom_in"),
            Self::Zoom(Zoom::Out) => key("action.zoom_out"),
            Self::Zoom(Zoom::Whole) => key("action.zoom_whole"),
            Self::Zoom(Zoom::Full) => key("action.zoom_full"),
            Self::Show(PhotoTab::Original) => key("action.original"),
            Self::Show(PhotoTab::Result) => key("action.result"),
            Self::Show(PhotoTab::Compare) => key("action.compare"),
            Self::Choose(Choice::Language(Language::Chinese)) => key("action.chinese"),
            Self::Choose(Choice::Language(Language::English)) => key("action.english"),
            Self::Choose(Choice::Theme(ThemeChoice::Dark)) => key("action.dark"),
            Self::Choose(Choice::Theme(ThemeChoice::Light)) => key("action.light"),
            Self::Choose(Choice::Theme(ThemeChoice::Grey)) => key("action.grey"),
            Self::OpenRecalls => key("action.recalls"),
            Self::OpenPrintings => key("action.printings"),
            Self::OpenFetch => key("action.fetch"),
            Self::FindQueues => key("action.find_queues"),
            Self::LookAgain => key("action.look_again"),
            Self::OpenCalibration { .. } => key("action.calibrate"),
            Self::OpenPrintRoom(_) => key("action.open_print_room"),
            Self::TurnSheet(step) if *step < 0 => key("action.previous_sheet"),
            Self::TurnSheet(_) => key("action.next_sheet"),
            Self::PickExportFolder => key("action.pick_export_folder"),
            Self::OpenFolder(_) => key("action.open_folder"),
            Self::MarkKnown(true) => key("action.mark_known"),
            Self::MarkKnown(false) => key("action.unmark_known"),
            Self::Reopen => key("action.reopen"),
            Self::OpenAgain => key("action.again"),
            Self::OpenPeople => key("action.people"),
            Self::OnSite(wish) => return wish.label_key(),
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
            Self::Skip => key("tip.skip"),
            Self::OpenNote(HoldKind::Parked) => key("tip.park"),
            Self::OpenNote(HoldKind::Escalated) => key("tip.escalate"),
            Self::Toggle(Layer::Guides) => key("tip.guides"),
            Self::Toggle(Layer::Clipping) => key("tip.clipping"),
            Self::Toggle(Layer::Loupe) => key("tip.loupe"),
            Self::Show(PhotoTab::Original) => key("tip.original"),
            Self::Show(PhotoTab::Result) => key("tip.result"),
            Self::Show(PhotoTab::Compare) => key("tip.compare"),
            Self::OpenImport(_) => key("tip.import"),
            Self::OpenRoster(_) => key("tip.roster"),
            Self::MakeSamples => key("tip.make_samples"),
            Self::ReviewFrom(_) => key("tip.review_from"),
            Self::MarkKnown(true) => key("tip.mark_known"),
            Self::MarkKnown(false) => key("tip.unmark_known"),
            Self::Reopen => key("tip.reopen"),
            Self::OpenAgain => key("tip.again"),
            _ => return None,
        })
    }

    /// The key that asks for it now; review keys act only in the review.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        keymap::shortcut(self)
    }

    /// The key it comes with, until the person chooses another.
    pub const fn usual_shortcut(&self) -> Option<KeyboardShortcut> {
        let plain = Modifiers::NONE;
        Some(match self {
            Self::Approve => KeyboardShortcut::new(plain, Key::A),
            Self::RejectChosen => KeyboardShortcut::new(plain, Key::Enter),
            Self::TurnReasonPage => KeyboardShortcut::new(plain, Key::Num0),
            Self::Undo => KeyboardShortcut::new(plain, Key::U),
            Self::Skip => KeyboardShortcut::new(plain, Key::S),
            Self::OpenNote(HoldKind::Parked) => KeyboardShortcut::new(plain, Key::P),
            Self::OpenNote(HoldKind::Escalated) => KeyboardShortcut::new(plain, Key::E),
            Self::OpenPalette => KeyboardShortcut::new(Modifiers::COMMAND, Key::K),
            Self::OpenKeys => KeyboardShortcut::new(plain, Key::Questionmark),
            Self::FocusSearch => KeyboardShortcut::new(plain, Key::Slash),
            Self::Toggle(Layer::Guides) => KeyboardShortcut::new(plain, Key::G),
            Self::Toggle(Layer::Clipping) => KeyboardShortcut::new(plain, Key::H),
            Self::Toggle(Layer::Loupe) => KeyboardShortcut::new(plain, Key::Z),
            Self::Zoom(Zoom::In) => KeyboardShortcut::new(plain, Key::Plus),
            Self::Zoom(Zoom::Out) => KeyboardShortcut::new(plain, Key::Minus),
            Self::Zoom(Zoom::Whole) => KeyboardShortcut::new(plain, Key::F),
            Self::Zoom(Zoom::Full) => KeyboardShortcut::new(plain, Key::X),
            Self::Show(PhotoTab::Compare) => KeyboardShortcut::new(plain, Key::C),
            Self::Show(_) => KeyboardShortcut::new(plain, Key::R),
            Self::Look(step) if *step < 0 => KeyboardShortcut::new(plain, Key::ArrowLeft),
            Self::Look(_) => KeyboardShortcut::new(plain, Key::ArrowRight),
            Self::TurnSheet(step) if *step < 0 => KeyboardShortcut::new(plain, Key::ArrowLeft),
            Self::TurnSheet(_) => KeyboardShortcut::new(plain, Key::ArrowRight),
            Self::Go(Route::Queue) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num1),
            Self::Go(Route::Review) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num2),
            Self::Go(Route::PrintRoom) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num3),
            Self::Go(Route::Statistics) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num4),
            Self::Go(Route::OnSite) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Num5),
            Self::Go(Route::Settings) => KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma),
            Self::OpenImport(_) => KeyboardShortcut::new(Modifiers::COMMAND, Key::O),
            // Function keys: the field for codes keeps the focus, for scanners type into it.
            Self::OnSite(Wish::Retake) => KeyboardShortcut::new(plain, Key::F2),
            Self::OnSite(Wish::MarkLast) => KeyboardShortcut::new(plain, Key::F3),
            Self::OnSite(Wish::Next) => KeyboardShortcut::new(plain, Key::F4),
            Self::OnSite(Wish::FullScreen) => KeyboardShortcut::new(plain, Key::F11),
            _ => return None,
        })
    }

    /// The key as it is written on buttons.
    pub fn key_text(&self) -> Option<String> {
        self.shortcut().map(keymap::text)
    }
}

/// Where a key or a palette entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Everywhere,
    Queue,
    Review,
    PrintRoom,
    Statistics,
    OnSite,
}

impl Place {
    pub const ALL: [Self; 6] =
        [Self::Everywhere, Self::Queue, Self::Review, Self::PrintRoom, Self::Statistics, Self::OnSite];

    /// Locale key of the place's name in the list of keys.
    pub const fn label_key(self) -> &'static str {
        match self {
            Self::Everywhere => key("keys.everywhere"),
            Self::Queue => Route::Queue.label_key(),
            Self::Review => Route::Review.label_key(),
            Self::PrintRoom => Route::PrintRoom.label_key(),
            Self::Statistics => Route::Statistics.label_key(),
            Self::OnSite => Route::OnSite.label_key(),
        }
    }

    /// Whether what holds in this place holds where the person is.
    pub fn holds_in(self, route: Route) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Queue => route == Route::Queue,
            Self::Review => route == Route::Review,
            Self::PrintRoom => route == Route::PrintRoom,
            Self::Statistics => route == Route::Statistics,
            Self::OnSite => route == Route::OnSite,
        }
    }
}

/// Every action with words of its own, by the place it holds in: one list for keys, palette and the sheet of keys.
pub fn catalogue() -> Vec<(Place, Action)> {
    let in_place =
        |place: Place, actions: Vec<Action>| actions.into_iter().map(move |action| (place, action));
    let mut everywhere = vec![
        Action::OpenPalette,
        Action::OpenKeys,
        Action::OpenOwnKeys,
        Action::Go(Route::Queue),
        Action::Go(Route::Review),
        Action::Go(Route::PrintRoom),
        Action::Go(Route::Statistics),
        Action::Go(Route::OnSite),
        Action::Go(Route::Settings),
        Action::OpenImport(Vec::new()),
        Action::OpenRoster(None),
        Action::OpenNewBatch,
        Action::OpenPeople,
        Action::OpenConflicts,
        Action::ReviewPending(None),
        Action::Choose(Choice::Language(Language::Chinese)),
        Action::Choose(Choice::Language(Language::English)),
        Action::Choose(Choice::Theme(ThemeChoice::Dark)),
        Action::Choose(Choice::Theme(ThemeChoice::Light)),
        Action::Choose(Choice::Theme(ThemeChoice::Grey)),
    ];
    if HubTie::IS_BUILT_IN {
        everywhere.push(Action::OpenConnect);
    }
    let review = vec![
        Action::Approve,
        Action::RejectChosen,
        Action::TurnReasonPage,
        Action::Skip,
        Action::OpenNote(HoldKind::Parked),
        Action::OpenNote(HoldKind::Escalated),
        Action::Undo,
        Action::Look(-1),
        Action::Look(1),
        Action::Show(PhotoTab::Original),
        Action::Show(PhotoTab::Result),
        Action::Show(PhotoTab::Compare),
        Action::Toggle(Layer::Guides),
        Action::Toggle(Layer::Clipping),
        Action::Toggle(Layer::Loupe),
        Action::Zoom(Zoom::In),
        Action::Zoom(Zoom::Out),
        Action::Zoom(Zoom::Whole),
        Action::Zoom(Zoom::Full),
        Action::MarkKnown(true),
        Action::MarkKnown(false),
        Action::Reopen,
    ];
    let mut print_room = vec![
        Action::TurnSheet(-1),
        Action::TurnSheet(1),
        Action::PickExportFolder,
        Action::Export,
        Action::LookAgain,
        Action::OpenRecalls,
        Action::OpenPrintings,
    ];
    if HubTie::IS_BUILT_IN {
        print_room.push(Action::OpenFetch);
    }
    let mut on_site = vec![
        Wish::Retake,
        Wish::MarkLast,
        Wish::Next,
        Wish::FullScreen,
        Wish::Release,
        Wish::PickFolder,
        Wish::FindCameras,
        Wish::CloseCamera,
        Wish::StopWatching,
        Wish::PickPictures,
        Wish::PickCodeFolder,
        Wish::ShowTicket,
        Wish::PrintTickets,
        Wish::OnlyMissing(true),
        Wish::OnlyMissing(false),
        Wish::Finalise,
        Wish::Wipe,
        Wish::OpenBundle(BundleWay::Save),
        Wish::OpenBundle(BundleWay::Merge),
        Wish::OpenCountersigns,
    ];
    if HubTie::IS_BUILT_IN {
        on_site.push(Wish::HandIn);
    }
    in_place(Place::Everywhere, everywhere)
        .chain(in_place(
            Place::Queue,
            vec![Action::FocusSearch, Action::ShowSheet(true), Action::ShowSheet(false), Action::Undo],
        ))
        .chain(in_place(Place::Review, review))
        .chain(in_place(Place::PrintRoom, print_room))
        .chain(in_place(Place::Statistics, vec![Action::OpenAgain]))
        .chain(in_place(Place::OnSite, on_site.into_iter().map(Action::OnSite).collect()))
        .collect()
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
        check(Action::OpenKeys, "?");
    }

    #[test]
    fn a_key_means_one_thing_in_a_place() {
        let mut seen = Vec::new();
        for (place, action) in catalogue() {
            assert!(action.label_key().is_some(), "{action:?} has no words");
            // Original and result are the two ends of one key.
            let other_end = matches!(action, Action::Show(PhotoTab::Original));
            if let Some(shortcut) = action.shortcut().filter(|_| !other_end) {
                assert!(!seen.contains(&(place, shortcut)), "{action:?} shares its key");
                seen.push((place, shortcut));
            }
        }
    }
}
