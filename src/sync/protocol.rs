//! The messages of the hub's API, version 1. Both sides use these very types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::submission::subject::KnownPerson;
use crate::submission::{Batch, BatchRules, Decision, OrderEvent, OrderState, Recipient, State};

pub use crate::submission::order::{Order, Payment, PaymentState, PaymentWay};

/// The version in every path.
pub const API: &str = "v1";

/// Header that names a write, so that its repetition gets the stored answer.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The one shape of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// Stable machine-readable word.
    pub code: String,
    pub message: String,
    pub remedy: String,
}

/// `POST /v1/enrolments`. The desk draws its own token, so that a lost answer can be asked for again.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    pub code: String,
    pub token: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enrolled {
    pub device: String,
    pub name: String,
    pub role: String,
    /// Where to begin with `GET /v1/changes`.
    pub cursor: u64,
}

/// `GET /v1/batches`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Batches {
    pub batches: Vec<BatchRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchRow {
    #[serde(flatten)]
    pub batch: Batch,
    pub pending: usize,
    pub approved: usize,
    pub rejected: usize,
    pub in_production: usize,
    pub completed: usize,
}

/// `GET /v1/batches/{code}/approved`: what may be printed, in the order of the ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovedPage {
    pub submissions: Vec<ApprovedRow>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovedRow {
    #[serde(flatten)]
    pub submission: Submission,
    pub photo_bytes: u64,
}

/// `PUT /v1/photos/{sha256}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredPhoto {
    pub photo_sha256: String,
    pub bytes: u64,
}

/// `POST /v1/submissions`: the photo must have been stored before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubmission {
    pub batch: String,
    /// Masked already, as a collection code shows it: 吴*兰.
    pub masked_name: String,
    pub photo_sha256: String,
}

/// Longest part of a photo that is sent in parts.
pub const PART_BYTES: usize = 1 << 20;

/// `GET /v1/photos/{sha256}/parts` and `PUT /v1/photos/{sha256}/parts/{number}`: how many are here without a gap.
/// `POST /v1/photos/{sha256}/parts`: of so many parts the photo consists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    pub parts: u32,
}

/// `POST /v1/captures`: a photo of on-site collection with its person. The photo must have been stored before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// Id of the shot at its station; the same shot is taken in once.
    pub shot: String,
    pub batch: String,
    pub photo_sha256: String,
    pub taken_at_ms: i64,
    /// The one of its person that is to be reviewed. The others are kept.
    pub is_marked: bool,
    pub person: KnownPerson,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Captured {
    /// Made of a marked shot.
    pub submission: Option<String>,
}

/// `POST /v1/photos/proofs`: let the hub prove that it holds these photos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofsWanted {
    /// Drawn anew for every request, so that no proof can be prepared: at least 32 characters.
    pub nonce: String,
    pub photos: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proofs {
    pub proofs: Vec<Proof>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    pub photo_sha256: String,
    /// See [`proof_of`]; `None` when the hub does not hold the photo.
    pub proof: Option<String>,
}

/// SHA-256 over nonce and content: only who reads the very bytes after the question can give it.
pub fn proof_of(nonce: &str, content: &[u8]) -> String {
    hex::encode(Sha256::new().chain_update(nonce.as_bytes()).chain_update(content).finalize())
}

/// `POST /v1/submissions/{id}/photo`: again after a rejection, or anew after a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPhoto {
    pub photo_sha256: String,
}

/// `POST /v1/submissions/{id}/withdrawal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The revision the student means to take back.
    pub revision: u32,
}

/// Where a submission stands at the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Submission {
    pub submission: String,
    pub batch: String,
    pub masked_name: String,
    pub state: State,
    pub attempt: u32,
    pub revision: u32,
    pub photo_sha256: String,
    pub received_at_ms: i64,
    /// Another submission of the batch with the very same photo: a person must look at who is who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_photo_as: Option<String>,
}

/// `PUT /v1/batches/{code}/rules`: what the batch asks of its students from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRules {
    pub max_attempts: u32,
    pub rules: BatchRules,
}

/// `POST /v1/orders`: an order before its photo, for a batch in which the student pays first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    pub batch: String,
    /// Masked already, as a collection code shows it: 吴*兰.
    pub masked_name: String,
}

/// `POST /v1/orders/{order}/payment`: a member of the staff has taken the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRecord {
    /// Must be what is owed, in fen (1/100 yuan).
    pub amount_fen: u32,
    /// Who took it.
    pub recorded_by: String,
}

/// `POST /v1/orders/{order}/payment-request`: the student wants to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayAsked {
    /// Who pays, as the app knows them (the openid inside WeChat); absent: a code to scan.
    #[serde(default)]
    pub payer: Option<String>,
}

/// What the student's app needs to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayRequest {
    /// The hub's number of the payment.
    pub payment: String,
    /// To be drawn as a code and scanned.
    pub code_url: Option<String>,
    /// To be handed to the app's own script as it is.
    pub for_app: Option<serde_json::Value>,
}

/// What a payment service is answered when its message counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// `SUCCESS`.
    pub code: String,
}

/// `POST /v1/orders/{order}/cancellation`: nothing is asked beyond the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {}

/// `POST /v1/orders/{order}/refund`: what was paid goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// Who gives it back.
    pub recorded_by: String,
}

/// `POST /v1/submissions/{id}/confirmation`: the student is content with the processed photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The revision the student saw.
    pub revision: u32,
}

/// `POST /v1/submissions/{id}/reopening`: a senior gives an approved submission back to review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    /// The revision the senior saw.
    pub revision: u32,
}

/// `POST /v1/submissions/{id}/final`: the processed photo, stored before, is there for the student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Of the approved photo it was made of.
    pub photo_sha256: String,
    pub revision: u32,
    pub final_sha256: String,
}

/// `POST /v1/exports`: sheets of these submissions are written, verified and on record at a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exports {
    /// The desk's export job.
    pub job: String,
    pub rows: Vec<ExportRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRow {
    pub submission: String,
    pub photo_sha256: String,
    pub revision: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportVerdicts {
    pub verdicts: Vec<ExportVerdict>,
}

/// The hub's answer to one exported submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportVerdict {
    pub submission: String,
    /// State and revision at the hub after this row; `None` when the hub does not know the submission.
    pub now: Option<Standing>,
    /// Why it does not count: the print must not be given out.
    pub refused: Option<Fault>,
}

/// `POST /v1/print-orders/holding`: orders for prints that this desk will print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldOrders {
    /// So many more that nobody holds, at most.
    pub count: usize,
}

/// All that the desk holds and that are to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldOrders {
    pub orders: Vec<HeldOrder>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldOrder {
    pub number: String,
    pub photo: ApprovedRow,
    pub layout: String,
    pub paper: String,
    pub copies: u32,
    pub state: OrderState,
    pub recipient: Recipient,
    pub created_at_ms: i64,
}

/// `POST /v1/print-orders/{number}/steps`: what the desk did with an order that it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderStep {
    pub event: OrderEvent,
    /// Of a parcel that was sent off.
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
}

/// How an order for prints stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderNow {
    pub number: String,
    pub state: OrderState,
}

/// `GET /v1/submissions/{id}/progress`: how far it is and what the student may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    pub submission: String,
    pub state: State,
    pub attempt: u32,
    pub max_attempts: u32,
    pub revision: u32,
    pub order: Option<String>,
    /// What is owed for it, in fen (1/100 yuan).
    pub fee_fen: u32,
    /// Place among all that wait for review, from 1; `None` while it does not wait.
    pub place: Option<u64>,
    /// `None` while it does not wait, or too little was decided of late to tell.
    pub estimate: Option<Estimate>,
    /// Codes of the reasons it was rejected for, most severe first.
    pub reasons: Vec<String>,
    /// Until when a rejected photo may be sent again; `None` where it may not, or no time is set.
    pub reupload_until_ms: Option<i64>,
    /// A rejected photo may be sent again now.
    pub may_send_again: bool,
    /// When the batch closes, which also confirms.
    pub closes_at_ms: Option<i64>,
    /// SHA-256 of the processed photo, once it is published.
    pub final_sha256: Option<String>,
    /// When the photo's time is over, counted from its capture.
    pub erase_at_ms: i64,
}

/// How long it will take at the pace of late, and what that is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    pub seconds: u64,
    /// So many were decided in the last `window_seconds`.
    pub decisions: u64,
    pub window_seconds: u64,
}

/// `POST /v1/batches/{code}/closing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Only tell what would be done.
    pub dry_run: bool,
}

/// Whom the closing of a batch concerns: what it would do (a dry run), or what this run of it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClosingReport {
    pub batch: String,
    /// Confirmed in the student's place.
    pub confirmed: Vec<Listed>,
    /// Closed: rejected, or never paid for.
    pub closed: Vec<Listed>,
    /// These wait for review and are still reviewed.
    pub still_reviewed: u64,
    /// Paid for by a student, without a photo to review: to be refunded by hand.
    pub to_refund: Vec<Listed>,
    /// When the closing was begun and when it was done; absent before.
    pub begun_at_ms: Option<i64>,
    pub done_at_ms: Option<i64>,
}

/// One whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    pub order: Option<String>,
    pub submission: Option<String>,
    pub masked_name: String,
    pub state: State,
}

/// `POST /v1/leases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Any batch when absent.
    #[serde(default)]
    pub batch: Option<String>,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claimed {
    pub leases: Vec<Leased>,
    /// Without a heartbeat for so long, the leases go back into the queue.
    pub lease_seconds: u32,
}

/// A submission this desk holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leased {
    #[serde(flatten)]
    pub submission: Submission,
    pub photo_bytes: u64,
    /// Must stand on every decision taken under this lease.
    pub token: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseRef {
    pub submission: String,
    pub token: u64,
}

/// `POST /v1/leases/renewal` and `POST /v1/leases/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leases {
    pub leases: Vec<LeaseRef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Renewed {
    pub held: Vec<String>,
    /// Submissions this desk holds no longer.
    pub lost: Vec<String>,
    pub lease_seconds: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Released {
    pub released: usize,
}

/// `POST /v1/decisions`. Each row stands alone: a refused one stops no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    pub decisions: Vec<DecisionRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionRow {
    /// Idempotency key of this row, whatever other rows travel with it.
    pub key: String,
    /// Fencing token of the lease under which it was taken.
    pub token: u64,
    /// On the desk's clock, in milliseconds since the Unix epoch; the hub orders by arrival.
    pub at_ms: i64,
    pub decision: Decision,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdicts {
    pub verdicts: Vec<RowVerdict>,
}

/// The hub's answer to one decision, the same for every repetition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowVerdict {
    pub key: String,
    pub submission: String,
    /// State and revision at the hub after this row; `None` when the hub does not know the submission.
    pub now: Option<Standing>,
    /// Why it does not count; `None` when it was committed.
    pub refused: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    pub state: State,
    pub revision: u32,
}

/// `GET /v1/changes?after=N&wait=SECONDS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// To be given as `after` next time.
    pub cursor: u64,
}

/// One committed change of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    pub seq: u64,
    pub at_ms: i64,
    /// What happened: `photo_submitted`, `withdrawn`, `approve`, `reject`, `undo`, `exported`, `published`, `paid`,
    /// `refunded`, `confirmed`, `batch_closed`, `expired`, `cancelled`.
    pub kind: String,
    pub submission: String,
    pub state: State,
    pub revision: u32,
}

/// `GET /v1/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    pub status: String,
    pub version: String,
    pub api: String,
    pub pending: u64,
    pub leased: u64,
    /// Seconds since the submission that waits longest was received.
    pub oldest_pending_seconds: Option<u64>,
    pub journal_entries: u64,
    pub free_disk_mib: u64,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment { .. }")
    }
}
