//! What can be asked for on the on-site screen, and what the workers answer.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use crate::camera::CameraInfo;
use crate::onsite::ticket::Ticket;
use crate::submission::Subject;
use crate::workflow::bundle::OnsiteConflict;
use crate::workflow::collect::live::{Live, LiveSaid};
use crate::workflow::collect::{Collecting, Happened};
use crate::workflow::roster::SubjectPhotos;
use crate::workflow::shots::{Count, Finalised, Shot};
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
    Finalise,
    /// Finalised photos to the hub.
    HandIn,
    /// Delete what the hub has proved to hold.
    Wipe,
    FullScreen,
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
    Tickets(Vec<Ticket>),
    /// The folder is watched from now on.
    Watching(Result<Arc<Collecting>, String>),
    Cameras(Result<Vec<CameraInfo>, String>),
    /// A session with an open camera.
    CameraOpened(Result<(Arc<Live>, String), String>),
    LiveSaid(LiveSaid),
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
