//! What the journal records.

use serde::{Deserialize, Serialize};

use crate::inspect::Verdict;
use crate::onsite::countersign::{Outcome, Risk};
use crate::onsite::shot::ShotState;
use crate::submission::order::PaymentWay;
use crate::submission::second::{Effect, Stage};
use crate::submission::{
    Batch, BatchRules, BoundBy, Decision, Event, Hold, OrderEvent, OrderState, Role, State,
};

/// What the journal records. Ids and codes only: no name, no number, no file name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalEvent {
    BatchCreated {
        batch: Batch,
    },
    PhotoSubmitted {
        submission: String,
        batch: String,
        photo_sha256: String,
        attempt: u32,
        revision: u32,
        from: State,
        to: State,
    },
    Decision {
        #[serde(flatten)]
        decision: Decision,
        from: State,
        to: State,
    },
    /// People of a list were added to a batch; which list is known by its content.
    RosterImported {
        batch: String,
        file_sha256: String,
        added: usize,
        updated: usize,
        rejected: usize,
    },
    /// A person was given a collection code, which stands nowhere in the journal.
    CodeBound {
        batch: String,
        subject: String,
    },
    /// Serials `from` and those after it were given out.
    TicketsIssued {
        batch: String,
        station: String,
        from: u32,
        count: usize,
    },
    /// Somebody is photographed with this ticket.
    TicketTaken {
        ticket: String,
        subject: String,
    },
    /// A photo was taken on site; `subject` is who stood before the camera.
    ShotTaken {
        shot: String,
        batch: String,
        subject: Option<String>,
        photo_sha256: String,
    },
    /// A person said whose it is.
    ShotAssigned {
        shot: String,
        subject: String,
    },
    /// This one of its person's photos is to be sent.
    ShotMarked {
        shot: String,
    },
    ShotMoved {
        shot: String,
        from: ShotState,
        to: ShotState,
    },
    /// Another station's bundle was taken in; `sha256` is that of the file.
    StationMerged {
        batch: String,
        station: String,
        sha256: String,
        shots: usize,
        conflicts: usize,
    },
    /// A person has looked at what two stations say differently.
    OnsiteConflictResolved {
        seq: u64,
    },
    /// What was said of this person waits for a second one.
    CountersignAsked {
        risk: Risk,
        subject: String,
        shot: Option<String>,
    },
    /// A second person confirmed it or took it back, or the first said something else.
    CountersignSettled {
        seq: u64,
        outcome: Outcome,
    },
    /// A collection code was taken from a person again.
    CodeUnbound {
        batch: String,
        subject: String,
    },
    /// A colleague has a new code of their own, by which they prove who they are.
    SignInSet {
        name: String,
    },
    SignInForgotten {
        name: String,
    },
    /// The photo is this person's. `by` says how that is known.
    SubjectBound {
        submission: String,
        subject: String,
        by: BoundBy,
    },
    /// Set aside, or given back to the queue; the state stays.
    Held {
        #[serde(flatten)]
        hold: Hold,
    },
    /// A group was approved together after a sample of it was confirmed; each decision has its own entry.
    Swept {
        batch: String,
        photos: usize,
        sample: Vec<String>,
    },
    ExportBegun {
        job: String,
        batch: String,
        people: usize,
    },
    /// One per submission, in the transaction that ends the job.
    Exported {
        submission: String,
        job: String,
        photo_sha256: String,
        revision: u32,
        from: State,
        to: State,
    },
    ExportCommitted {
        job: String,
        people: usize,
        manifest_sha256: String,
    },
    ExportAbandoned {
        job: String,
    },
    /// Printed again; `number` counts the reprints of this submission from 1.
    Reprinted {
        submission: String,
        job: String,
        photo_sha256: String,
        revision: u32,
        number: usize,
    },
    /// A print of a photo whose approval does not stand any more.
    Recalled {
        submission: String,
        job: String,
    },
    /// That print was destroyed, or its approval stands again.
    RecallSettled {
        submission: String,
        job: String,
        stands_again: bool,
    },
    /// The export's sheets go to a printer.
    PrintingBegun {
        job: String,
        sheets: usize,
        copies: u32,
    },
    /// The queue had given this sheet back; `number` counts how often it was sent.
    SheetSentAgain {
        job: String,
        sheet: usize,
        number: u32,
    },
    /// A person has looked whether the sheet came out.
    SheetSettled {
        job: String,
        sheet: usize,
        came_out: bool,
    },
    /// Every sheet has come out.
    PrintingEnded {
        job: String,
        sheets: usize,
    },
    OrderPlaced {
        order: String,
        submission: String,
        layout: String,
        paper: String,
        copies: u32,
        state: OrderState,
    },
    OrderMoved {
        order: String,
        submission: String,
        event: OrderEvent,
        from: OrderState,
        to: OrderState,
        /// The export that printed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job: Option<String>,
    },
    OrderShipped {
        order: String,
        submission: String,
        carrier: String,
        tracking_number: String,
    },
    /// The student took the photo back.
    Withdrawn {
        submission: String,
        photo_sha256: String,
        revision: u32,
        from: State,
        to: State,
    },
    /// What a batch asks of its students is another from here on.
    RulesSet {
        batch: String,
        max_attempts: u32,
        rules: BatchRules,
    },
    /// A student's order was opened; its photo may come with it or later.
    OrderOpened {
        order: String,
        batch: String,
        fee_fen: u32,
        state: State,
    },
    /// The first photo of an order became this submission, whose state counts from now on.
    OrderBound {
        order: String,
        submission: String,
    },
    /// An order without a photo moved.
    OrderStepped {
        order: String,
        event: Event,
        from: State,
        to: State,
    },
    /// Money for an order came in.
    PaymentTaken {
        order: String,
        payment: String,
        way: PaymentWay,
        amount_fen: u32,
        by: String,
    },
    /// Money for an order went back, or is on its way back.
    PaymentReturned {
        order: String,
        payment: String,
        way: PaymentWay,
        amount_fen: u32,
        by: String,
    },
    /// A submission moved without a photo or a decision: paid, refunded, confirmed, closed.
    Moved {
        submission: String,
        event: Event,
        revision: u32,
        from: State,
        to: State,
    },
    /// The processed photo is there for the student.
    Published {
        submission: String,
        photo_sha256: String,
        final_sha256: String,
        revision: u32,
        from: State,
        to: State,
    },
    /// The closing of a batch was begun; what it moves has entries of its own.
    ClosingBegun {
        batch: String,
    },
    ClosingDone {
        batch: String,
    },
    /// A decision that came too late for the hub: kept as an attempt, nothing changed.
    LateDecision {
        #[serde(flatten)]
        decision: Decision,
        device: String,
        code: String,
    },
    DeviceAnnounced {
        device: String,
        role: String,
    },
    DeviceEnrolled {
        device: String,
    },
    DeviceRevoked {
        device: String,
    },
    DeviceRoleSet {
        device: String,
        role: String,
    },
    /// The desk took over what the hub says of a submission.
    HubFollowed {
        submission: String,
        /// Why: the kind of the hub's change, or the code of its refusal.
        code: String,
        revision: u32,
        from: State,
        to: State,
    },
    /// Somebody looked again, blind, at the decision of entry `of`.
    SecondOpinion {
        #[serde(flatten)]
        decision: Decision,
        of: u64,
        stage: Stage,
    },
    /// A second opinion or an answer to a test was taken back by whoever gave it.
    OpinionTakenBack {
        submission: String,
        reviewer: String,
    },
    /// A senior decided between two opinions on the decision of entry `of`.
    Ruled {
        #[serde(flatten)]
        decision: Decision,
        of: u64,
        effect: Effect,
    },
    /// A senior gave a decided submission back to review.
    Reopened {
        submission: String,
        photo_sha256: String,
        revision: u32,
        by: String,
        from: State,
        to: State,
    },
    /// Everything one reviewer decided between two times was put up for a second review.
    ReviewedAgain {
        reviewer: String,
        from_ms: i64,
        to_ms: i64,
        by: String,
        submissions: Vec<String>,
    },
    /// The decision of this submission is a known answer from now on, or no longer.
    KnownAnswer {
        submission: String,
        by: String,
        known: bool,
    },
    /// Decided without knowing that the answer is known; it changes nothing.
    TestAnswer {
        #[serde(flatten)]
        decision: Decision,
        right: bool,
    },
    RoleSet {
        reviewer: String,
        role: Role,
        by: String,
    },
    /// How much is looked at again and how many known answers come up; of one batch, or of the desk.
    SharesSet {
        batch: Option<String>,
        second_percent: f64,
        known_percent: f64,
        by: String,
    },
}

/// What kind of look a judgement was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It decided the submission.
    Decision,
    /// A second opinion, a ruling, or an answer to a test.
    Beside,
}

/// A judgement with its time and its batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub batch: String,
    pub decision: Decision,
    pub look: Look,
    /// Worst verdict of the checks on the photo that was decided on; `None` where it is not known any more.
    pub risk: Option<Verdict>,
}

impl JournalEvent {
    /// The judgement that an entry records, if it does.
    pub(super) fn judgement(self) -> Option<(Look, Decision)> {
        Some(match self {
            Self::Decision { decision, .. } => (Look::Decision, decision),
            Self::SecondOpinion { decision, .. }
            | Self::Ruled { decision, .. }
            | Self::TestAnswer { decision, .. } => (Look::Beside, decision),
            _ => return None,
        })
    }
}
