//! What can be asked for on the on-site screen, and what the workers answer.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;
use zeroize::Zeroizing;

use crate::camera::CameraInfo;
use crate::camera::tether::TetherSaid;
use crate::onsite::ticket::Ticket;
use crate::submission::Subject;
use crate::ui::route::key;
use crate::workflow::bundle::{Bundled, Merged, OnsiteConflict};
use crate::workflow::codes::Registered;
use crate::workflow::collect::live::{Live, LiveSaid};
use crate::workflow::collect::{Collecting, Happened};
use crate::workflow::conflicts::OpenConflict;
use crate::workflow::countersign::OpenCountersign;
use crate::workflow::roster::SubjectPhotos;
use crate::workflow::shots::{Count, Finalised, Shot};
use crate::workflow::sign_in::Signed;
use crate::workflow::who::{PictureCode, Who};

/// One wish of the operator.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Find(String),
    /// A new person of a new code, with the last four beside it.
    AddByCode {
        code: String,
        last_four: String,
    },
    /// The code belongs to the person on the screen.
    BindCode {
        code: String,
        last_four: String,
    },
    Choose(Subject),
    PickPictures,
    /// A folder of pictures, whose codes are registered before anybody stands there.
    PickCodeFolder,
    /// A picture from the clipboard.
    ReadPicture(Arc<RgbImage>),
    /// Pictures and folders that were pasted or dropped.
    ReadPaths(Vec<PathBuf>),
    /// The next ticket, shown on the screen.
    ShowTicket,
    /// A page of tickets, written into a folder.
    PrintTickets,
    OnlyMissing(bool),
    /// The folder into which the photos come.
    PickFolder,
    Watch(PathBuf),
    StopWatching,
    /// Which cameras are plugged in.
    FindCameras,
    OpenCamera(CameraInfo),
    CloseCamera,
    /// The shutter of the open camera.
    Release,
    /// The present photo is not good enough: another is taken.
    Retake,
    /// This photo of the person on the screen is to be sent.
    Mark(String),
    /// The person goes; the next one is called up.
    Next,
    /// The shot is this person's.
    Assign {
        shot: String,
        subject: String,
    },
    /// A person has looked at this conflict.
    Resolve(u64),
    /// Of the two photos of a conflict this one is sent.
    ChoosePhoto {
        seq: u64,
        shot: String,
    },
    /// What waits for a second person.
    OpenCountersigns,
    /// A colleague signs in with their own code, or sets their first.
    SignIn {
        name: String,
        code: Passphrase,
        is_first: bool,
    },
    /// A second person has looked at what another one said.
    Countersign {
        seq: u64,
        is_so: bool,
        by: Signed,
    },
    /// The last photo of the person on the screen is to be sent.
    MarkLast,
    /// Asks where the batch is to be written to, or which bundle is to be merged.
    OpenBundle(BundleWay),
    PickBundle(BundleWay),
    /// Writes the batch into one encrypted file in this folder.
    SaveBundle {
        folder: PathBuf,
        passphrase: Passphrase,
    },
    MergeBundle {
        file: PathBuf,
        passphrase: Passphrase,
    },
    Finalise,
    /// Finalised photos to the hub.
    HandIn,
    /// Delete what the hub has proved to hold.
    Wipe,
    FullScreen,
}

impl Wish {
    /// Locale key of the verb; wishes that name somebody have no words of their own.
    pub const fn label_key(&self) -> Option<&'static str> {
        Some(match self {
            Self::PickPictures => key("onsite.read_pictures"),
            Self::PickCodeFolder => key("onsite.register_codes"),
            Self::ShowTicket => key("onsite.show_ticket"),
            Self::PrintTickets => key("onsite.print_tickets"),
            Self::OnlyMissing(true) => key("onsite.only_missing"),
            Self::OnlyMissing(false) => key("onsite.everybody"),
            Self::PickFolder => key("onsite.pick_folder"),
            Self::StopWatching => key("onsite.stop_watching"),
            Self::FindCameras => key("onsite.find_cameras"),
            Self::CloseCamera => key("onsite.close_camera"),
            Self::Release => key("onsite.release"),
            Self::Retake => key("onsite.retake"),
            Self::MarkLast => key("onsite.mark"),
            Self::Next => key("onsite.next"),
            Self::Finalise => key("onsite.finalise"),
            Self::HandIn => key("onsite.hand_in_all"),
            Self::Wipe => key("onsite.wipe_all"),
            Self::FullScreen => key("onsite.full_screen"),
            Self::OpenCountersigns => key("countersign.open"),
            Self::OpenBundle(BundleWay::Save) => key("onsite.save_bundle"),
            Self::OpenBundle(BundleWay::Merge) => key("onsite.merge_bundle"),
            _ => return None,
        })
    }
}

/// From this station into a file, or from a file into this station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleWay {
    Save,
    Merge,
}

/// What a bundle is locked with, or a colleague's own code; never written anywhere.
#[derive(Clone, Default, PartialEq)]
pub struct Passphrase(pub Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// An open conflict with small pictures of its photos, by shot.
pub struct ShownConflict {
    pub open: OpenConflict,
    pub pictures: Vec<(String, RgbImage)>,
}

/// What waits for a second person, with small pictures of its photos, by shot.
pub struct ShownCountersign {
    pub open: OpenCountersign,
    pub pictures: Vec<(String, RgbImage)>,
}

/// Why a colleague is not signed in.
pub struct NotSignedIn {
    /// They have no code of their own yet.
    pub is_unknown: bool,
    pub text: String,
}

/// Whether a person has a code, and the ticket they came with.
pub type Standing = (bool, Option<Ticket>);

/// What the workers answer; a text is a problem as the person reads it.
pub enum OnSiteDone {
    People {
        batch: String,
        result: Result<Vec<SubjectPhotos>, String>,
    },
    Found(Result<(Who, Option<Standing>), String>),
    /// Pictures whose code could not be read, or that hold a code of nobody yet.
    Pictures(Vec<PictureCode>),
    /// What a folder of codes gave.
    Registered(Result<Registered, String>),
    /// Conflicts for the one list of them.
    Conflicts(Result<Vec<ShownConflict>, String>),
    /// What waits for a second person.
    Countersigns(Result<Vec<ShownCountersign>, String>),
    SignedIn(Result<Signed, NotSignedIn>),
    Bundled(Result<(PathBuf, Bundled), String>),
    Merged(Result<Merged, String>),
    Tickets(Vec<Ticket>),
    /// The folder is watched from now on.
    Watching(Result<Arc<Collecting>, String>),
    Cameras(Result<Vec<CameraInfo>, String>),
    /// A session with an open camera.
    CameraOpened(Result<(Arc<Live>, String), String>),
    LiveSaid(LiveSaid),
    TetherSaid(TetherSaid),
    Happened(Happened),
    /// The shots of the person on the screen, and what else the batch counts.
    Shots {
        batch: String,
        shots: Vec<Shot>,
        count: Count,
        conflicts: Vec<OnsiteConflict>,
        /// Small pictures of the present person's earlier shots, by shot.
        pictures: Vec<(String, RgbImage)>,
    },
    Finalised(Result<Finalised, String>),
    /// What the handing-in said, in one sentence.
    #[cfg_attr(not(feature = "hub"), expect(dead_code, reason = "there is no hub to hand in to"))]
    HandedIn(Result<String, String>),
    Wiped(Result<usize, String>),
    /// Something was carried out that the counts must follow.
    Changed(Result<(), String>),
}
