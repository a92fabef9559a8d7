//! The messages of the hub's API, version 1. Both sides use these very types.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::submission::subject::KnownPerson;
use crate::submission::{Batch, Decision, State};

/// The version in every path.
pub const API: &str = "v1";

/// Header that names a write, so that its repetition gets the stored answer.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The one shape of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable machine-readable word.
    pub code: String,
    pub message: String,
    pub remedy: String,
}

/// `POST /v1/enrolments`. The desk draws its own token, so that a lost answer can be asked for again.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    pub code: String,
    pub token: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub device: String,
    pub name: String,
    pub role: String,
    /// Where to begin with `GET /v1/changes`.
    pub cursor: u64,
}

/// `GET /v1/batches`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batches {
    pub batches: Vec<BatchRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchRow {
    #[serde(flatten)]
    pub batch: Batch,
    pub pending: usize,
    pub approved: usize,
    pub rejected: usize,
    pub in_production: usize,
    pub completed: usize,
}

/// `PUT /v1/photos/{sha256}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPhoto {
    pub photo_sha256: String,
    pub bytes: u64,
}

/// `POST /v1/submissions`: the photo must have been stored before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    pub parts: u32,
}

/// `POST /v1/captures`: a photo of on-site collection with its person. The photo must have been stored before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// Made of a marked shot.
    pub submission: Option<String>,
}

/// `POST /v1/photos/proofs`: let the hub prove that it holds these photos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofsWanted {
    /// Drawn anew for every request, so that no proof can be prepared: at least 32 characters.
    pub nonce: String,
    pub photos: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    pub proofs: Vec<Proof>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPhoto {
    pub photo_sha256: String,
}

/// `POST /v1/submissions/{id}/withdrawal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The revision the student means to take back.
    pub revision: u32,
}

/// Where a submission stands at the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// `POST /v1/leases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Any batch when absent.
    #[serde(default)]
    pub batch: Option<String>,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    pub leases: Vec<Leased>,
    /// Without a heartbeat for so long, the leases go back into the queue.
    pub lease_seconds: u32,
}

/// A submission this desk holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leased {
    #[serde(flatten)]
    pub submission: Submission,
    pub photo_bytes: u64,
    /// Must stand on every decision taken under this lease.
    pub token: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRef {
    pub submission: String,
    pub token: u64,
}

/// `POST /v1/leases/renewal` and `POST /v1/leases/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leases {
    pub leases: Vec<LeaseRef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    pub held: Vec<String>,
    /// Submissions this desk holds no longer.
    pub lost: Vec<String>,
    pub lease_seconds: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    pub released: usize,
}

/// `POST /v1/decisions`. Each row stands alone: a refused one stops no other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    pub decisions: Vec<DecisionRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRow {
    /// Idempotency key of this row, whatever other rows travel with it.
    pub key: String,
    /// Fencing token of the lease under which it was taken.
    pub token: u64,
    /// On the desk's clock, in milliseconds since the Unix epoch; the hub orders by arrival.
    pub at_ms: i64,
    pub decision: Decision,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    pub verdicts: Vec<RowVerdict>,
}

/// The hub's answer to one decision, the same for every repetition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowVerdict {
    pub key: String,
    pub submission: String,
    /// State and revision at the hub after this row; `None` when the hub does not know the submission.
    pub now: Option<Standing>,
    /// Why it does not count; `None` when it was committed.
    pub refused: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub state: State,
    pub revision: u32,
}

/// `GET /v1/changes?after=N&wait=SECONDS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// To be given as `after` next time.
    pub cursor: u64,
}

/// One committed change of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub seq: u64,
    pub at_ms: i64,
    /// What happened: `photo_submitted`, `withdrawn`, `approve`, `reject`, `undo`, `exported`.
    pub kind: String,
    pub submission: String,
    pub state: State,
    pub revision: u32,
}

/// `GET /v1/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
