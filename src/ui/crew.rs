//! The threads that work while the window stays free: one lane each for the desk, the photos and the sheets.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use egui::{Context, TextureHandle};

use super::hub_tie::{AtHub, FetchEnd, RoundEnd};
use super::photos::{DecodedDetail, DecodedPhoto, SmallPictures, Whose};
use super::screens::on_site::OnSiteDone;
use super::screens::print_room::{DrawnSheet, SheetQuestion};
use super::screens::review::{Framed, Task};
use crate::onsite::roster::Roster;
use crate::printing::KnownQueue;
use crate::submission::second::Effect;
use crate::submission::{Decision, Hold, HoldKind, OrderState, PrintOrder, State};
use crate::workflow::desk::{Batch, BatchSummary, QueueFilter, QueueItem};
use crate::workflow::export::printing::PrintingReport;
use crate::workflow::export::{ExportPlan, ExportReport, ExportRequest};
use crate::workflow::hub_state::Conflict;
use crate::workflow::intake::ImportReport;
use crate::workflow::quality::{AgainPlan, Quality, Shares, Watch};
use crate::workflow::roster::{RosterFile, RosterReport};
use crate::workflow::statistics::{Scope, Statistics};
use crate::workflow::sweep::{SweepPlan, SweepReport};
use crate::workflow::{Desk, DeskError};

type Work = Box<dyn FnOnce() -> Done + Send>;

/// A line of work done strictly in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Questions to the store, and decisions.
    Desk,
    /// Decoding of photos.
    Photos,
    /// Final photos and sheet previews.
    Sheets,
}

/// Counts shown in every place.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    pub batches: Vec<BatchSummary>,
    pub decided_today: usize,
    /// Orders for prints in each state that has some.
    pub orders: Vec<(OrderState, usize)>,
    /// Mean milliseconds of a look lately, for the forecast.
    pub look_ms: Option<f64>,
    /// How quality is watched, as the person at the desk sees it.
    pub watch: Watch,
    /// The desk's own shares.
    pub shares: Option<Shares>,
}

impl Overview {
    /// Moves one submission from where it stood to where it stands now.
    pub fn moved(&mut self, from: &QueueItem, to: &QueueItem) {
        let Some(summary) = self.batches.iter_mut().find(|summary| summary.batch.code == to.batch) else {
            return;
        };
        for (item, step) in [(from, -1), (to, 1)] {
            if let Some(count) = state_count(summary, item.state) {
                *count = count.saturating_add_signed(step);
            }
            let held = match item.hold {
                Some(HoldKind::Parked) => &mut summary.parked,
                Some(HoldKind::Escalated) => &mut summary.escalated,
                None => continue,
            };
            *held = held.saturating_add_signed(step);
        }
    }
}

fn state_count(summary: &mut BatchSummary, state: State) -> Option<&mut usize> {
    Some(match state {
        State::PendingReview => &mut summary.pending,
        State::Approved => &mut summary.approved,
        State::Rejected => &mut summary.rejected,
        State::InProduction => &mut summary.in_production,
        State::Completed => &mut summary.completed,
        _ => return None,
    })
}

/// What was asked for with a file dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    Photos,
    Roster,
    CodePictures,
    CodeFolder,
    Bundle,
    BundleFolder,
    TicketFolder,
    ShotFolder,
    ExportFolder,
}

/// What the crew hands back.
pub enum Done {
    Opened(Result<Arc<Desk>, DeskError>),
    Overview(Result<Overview, DeskError>),
    Queue {
        filter: QueueFilter,
        result: Result<Vec<QueueItem>, DeskError>,
    },
    /// Rows to review, and which of them have a known answer.
    ReviewRows {
        result: Result<(Vec<QueueItem>, HashSet<String>), DeskError>,
    },
    /// A second opinion, a ruling or an answer to a test was written.
    Opined {
        task: Task,
        decision: Decision,
        result: Result<(QueueItem, Option<Effect>), DeskError>,
    },
    OpinionTakenBack(Result<QueueItem, DeskError>),
    KnownMarked {
        submission: String,
        known: bool,
        result: Result<(), DeskError>,
    },
    /// Roles or shares were set.
    WatchSet(Result<(), DeskError>),
    AgainPlanned(Result<AgainPlan, DeskError>),
    /// How many decisions were put up for a second review.
    PutUpAgain(Result<usize, DeskError>),
    BatchMade(Result<Batch, DeskError>),
    Picked {
        what: Picked,
        paths: Vec<PathBuf>,
    },
    Photo(Box<DecodedPhoto>),
    SmallPictures {
        whose: Whose,
        pictures: SmallPictures,
    },
    /// The photo looked at closely, in its own pixels.
    Detail(Box<DecodedDetail>),
    /// No photo was wanted any more when the lane came to it.
    PhotoSkipped,
    /// The final photo was no longer wanted when its turn came.
    FinalSkipped {
        submission: String,
    },
    FinalPhoto {
        submission: String,
        result: Result<TextureHandle, DeskError>,
    },
    /// An earlier photo of the submission looked at, by its hash.
    Earlier {
        sha256: String,
        result: Result<Framed, DeskError>,
    },
    Decided {
        decision: Decision,
        result: Result<QueueItem, DeskError>,
    },
    Held {
        hold: Hold,
        note: String,
        result: Result<QueueItem, DeskError>,
    },
    Undone(Result<Option<QueueItem>, DeskError>),
    /// The hub's batches, with what may be printed.
    AtHub(Result<Vec<AtHub>, DeskError>),
    Fetched(Result<FetchEnd, DeskError>),
    /// How many orders for prints came from the hub.
    OrdersFetched(Result<usize, DeskError>),
    SweepPlanned(Result<SweepPlan, DeskError>),
    Swept(Result<SweepReport, DeskError>),
    SweepUndone(Result<SweepReport, DeskError>),
    Imported {
        batch: String,
        result: Result<ImportReport, DeskError>,
    },
    OnSite(OnSiteDone),
    /// Where the tickets were written, or what could not be done.
    TicketsWritten(Result<PathBuf, String>),
    RosterRead {
        path: PathBuf,
        result: Result<(Arc<RosterFile>, Roster), DeskError>,
    },
    RosterImported(Result<RosterReport, DeskError>),
    /// How many photos got the check they lacked.
    WaitingChecked(Result<usize, DeskError>),
    SamplesMade(Result<(), String>),
    #[cfg_attr(not(feature = "hub"), allow(dead_code, reason = "rounds are made with a hub"))]
    RoundEnded(RoundEnd),
    /// The name this desk has at the hub.
    Connected(Result<String, DeskError>),
    Conflicts(Result<Vec<Conflict>, DeskError>),
    /// What waits for review now, for a list that is open.
    MoreRows(Result<Vec<QueueItem>, DeskError>),
    Planned {
        request: ExportRequest,
        result: Result<ExportPlan, DeskError>,
    },
    Sheet {
        question: Box<SheetQuestion>,
        result: Result<DrawnSheet, DeskError>,
    },
    SheetSkipped,
    Exported {
        request: ExportRequest,
        result: Result<ExportReport, DeskError>,
    },
    Printed(Result<PrintingReport, DeskError>),
    /// The queues of this computer's print system.
    QueuesFound(Vec<KnownQueue>),
    OrdersRead {
        state: OrderState,
        result: Result<Vec<PrintOrder>, DeskError>,
    },
    OrdersMoved(Result<(), DeskError>),
    OrdersPrinted(Result<Vec<ExportReport>, DeskError>),
    Statistics {
        scope: Scope,
        /// The figures of quality only for those who may see them.
        result: Result<(Statistics, Option<Quality>), DeskError>,
    },
    /// The last place was written down.
    Remembered,
    /// A worker broke off; always a defect of the program.
    Broke(String),
}

/// The workers and the post between them and the window.
pub struct Crew {
    ctx: Context,
    post: Sender<Done>,
    results: Receiver<Done>,
    lanes: [Sender<Work>; 3],
}

impl Crew {
    pub fn new(ctx: &Context) -> Self {
        let (post, results) = channel();
        let lanes = std::array::from_fn(|_| start_lane(ctx, &post));
        Self { ctx: ctx.clone(), post, results, lanes }
    }

    /// The window the crew works for.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// Puts work at the end of a lane.
    pub fn send(&self, lane: Lane, work: impl FnOnce() -> Done + Send + 'static) {
        let lane = match lane {
            Lane::Desk => &self.lanes[0],
            Lane::Photos => &self.lanes[1],
            Lane::Sheets => &self.lanes[2],
        };
        if lane.send(Box::new(work)).is_err() {
            tracing::error!("a worker lane has ended");
        }
    }

    /// Gives a long piece of work its own thread.
    pub fn start(&self, work: impl FnOnce() -> Done + Send + 'static) {
        let (ctx, post) = (self.ctx.clone(), self.post.clone());
        thread::spawn(move || deliver(&ctx, &post, Box::new(work)));
    }

    /// Lets work that goes on by itself hand something back now and then.
    pub fn reporter(&self) -> impl Fn(Done) + Send + Sync + use<> {
        let (ctx, post) = (self.ctx.clone(), self.post.clone());
        move |done| {
            if post.send(done).is_ok() {
                ctx.request_repaint();
            }
        }
    }

    /// What has come back since the last call.
    pub fn results(&self) -> Vec<Done> {
        self.results.try_iter().collect()
    }
}

fn start_lane(ctx: &Context, post: &Sender<Done>) -> Sender<Work> {
    let (sender, work) = channel::<Work>();
    let (ctx, post) = (ctx.clone(), post.clone());
    thread::spawn(move || {
        for piece in work {
            deliver(&ctx, &post, piece);
        }
    });
    sender
}

/// Does one piece; a broken one is reported and the lane lives on.
fn deliver(ctx: &Context, post: &Sender<Done>, work: Work) {
    let done =
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|cause| Done::Broke(cause_text(cause.as_ref())));
    // The window may be gone already; then nobody waits for the result.
    if post.send(done).is_ok() {
        ctx.request_repaint();
    }
}

/// The text a panic was raised with.
pub fn cause_text(cause: &(dyn std::any::Any + Send)) -> String {
    cause
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lane_survives_work_that_breaks() {
        let crew = Crew::new(&Context::default());
        crew.send(Lane::Desk, || std::panic::resume_unwind(Box::new("lost a leg")));
        crew.send(Lane::Desk, || Done::SheetSkipped);
        let first = crew.results.recv_timeout(Duration::from_secs(5));
        let second = crew.results.recv_timeout(Duration::from_secs(5));
        assert!(matches!(first, Ok(Done::Broke(text)) if text == "lost a leg"));
        assert!(matches!(second, Ok(Done::SheetSkipped)));
    }
}
