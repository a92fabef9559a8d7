//! Work that could not be done: one error for all verbs, each with a stable code and its remedy.

use crate::inspect::FaceError;
use crate::onsite::countersign::CountersignRefused;
use crate::photo::decode::LimitsError;
use crate::retouch::RetouchError;
use crate::standard::StandardError;
use crate::store::StoreError;
use crate::submission::batch::BadSignatureCode;
use crate::submission::decision::DecisionRefused;
use crate::submission::reason::ReasonError;
use crate::submission::review_rules::ReviewRulesError;
use crate::submission::second::SecondRefused;

/// Work that could not be done. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Standard(#[from] StandardError),
    #[error(transparent)]
    Reasons(#[from] ReasonError),
    #[error(transparent)]
    Rules(#[from] ReviewRulesError),
    #[error(transparent)]
    Code(#[from] BadSignatureCode),
    #[error(transparent)]
    Decision(#[from] DecisionRefused),
    #[error(transparent)]
    Second(#[from] SecondRefused),
    #[error(transparent)]
    Countersign(#[from] CountersignRefused),
    #[error(transparent)]
    Retouch(#[from] RetouchError),
    #[error(transparent)]
    Model(#[from] FaceError),
    #[error(transparent)]
    Limits(#[from] LimitsError),
    #[error("the models could not be loaded ({cause}); reinstall the program")]
    Models { cause: String },
    #[error("no free signature code was found; name one yourself, six characters A–Z and 0–9")]
    NoFreeCode,
    #[error("a batch must allow at least one attempt; set it to 1 or more")]
    NoAttempts,
    #[error("the standard {standard} has no background {background}; choose one of: {known}")]
    UnknownBackground { background: String, standard: String, known: String },
    #[error("the photo of {submission} is damaged ({message}); reject it so that a new one is sent")]
    Damaged { submission: String, message: String },
    #[error("the local check of {submission} has not run yet; wait until it has, or restart the desk")]
    NotChecked { submission: String },
    #[error("the photo of {submission} has no legal crop; reject it with the reasons its checks name")]
    NoCrop { submission: String },
    #[error(
        "the stored final photo of {submission} cannot be read ({cause}); restore the data folder from a backup"
    )]
    BadFinal { submission: String, cause: String },
    /// For verbs with many ways to fail: a stable code and a text with its remedy.
    #[error("{message}")]
    Refused { code: &'static str, message: String },
}

impl DeskError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Standard(error) => error.code(),
            Self::Reasons(error) => error.code(),
            Self::Rules(_) => "review_rules",
            Self::Code(_) => "bad_signature_code",
            Self::Decision(refused) => refused.code(),
            Self::Second(refused) => refused.code(),
            Self::Countersign(refused) => refused.code(),
            Self::Retouch(_) => "retouch",
            Self::Model(_) | Self::Models { .. } => "model",
            Self::Limits(_) => "limits",
            Self::NoFreeCode => "no_free_code",
            Self::NoAttempts => "no_attempts",
            Self::UnknownBackground { .. } => "unknown_background",
            Self::Damaged { .. } => "damaged_photo",
            Self::NotChecked { .. } => "not_checked",
            Self::NoCrop { .. } => "no_crop",
            Self::BadFinal { .. } => "bad_final",
            Self::Refused { code, .. } => code,
        }
    }
}
