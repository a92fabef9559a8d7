//! What one batch asks of its students: payment, times, attempts at sending, confirmation, how long photos are kept.

use serde::{Deserialize, Serialize};

use super::state::State;

const MS_A_MINUTE: i64 = 60_000;
const MS_AN_HOUR: i64 = 60 * MS_A_MINUTE;
const MS_A_DAY: i64 = 24 * MS_AN_HOUR;

/// Who pays for a photo and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentRule {
    /// Nobody owes anything.
    #[default]
    None,
    /// The school settles with the centre; the student owes nothing.
    SchoolPays,
    /// The student pays, then sends the photo.
    BeforePhoto,
    /// The student sends the photo, sees the initial check, then pays; only then it is reviewed.
    AfterPhoto,
}

/// Where a photo of this batch may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhotoSource {
    /// Taken now with the phone's rear camera.
    Camera,
    /// A file the student has already.
    Album,
    /// Taken by an operator.
    OnSite,
}

/// The rules of one batch. What is absent does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "hub", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BatchRules {
    pub payment: PaymentRule,
    /// What a student owes, in fen (1/100 yuan); 0 where nothing is owed.
    pub fee_fen: u32,
    /// Empty: every source.
    pub sources: Vec<PhotoSource>,
    /// The student is asked to confirm the processed photo.
    pub asks_confirmation: bool,
    /// How long after a rejection a new photo is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reupload_hours: Option<u32>,
    /// Milliseconds since the Unix epoch, like the two that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_at_ms: Option<i64>,
    /// From here on no photo is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_until_ms: Option<i64>,
    /// The batch is closed at this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at_ms: Option<i64>,
    /// How long a photo is kept, from capture; absent: as long as the hub keeps photos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// Rules that contradict themselves. The text says which and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRules {
    #[error("students are to pay, but no fee is set; set the fee, or let the school or nobody pay")]
    NoFee,
    #[error(
        "a fee is set, but students owe nothing by this payment rule; leave the fee out, or let students pay"
    )]
    FeeForNobody,
    #[error("the batch would close or stop taking photos before it opens; set the times in their order")]
    TimesOutOfOrder,
    #[error("a time of nothing would let nobody send a photo again; leave it out, or set it to 1 or more")]
    NoTime,
}

/// Why no photo is taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpen {
    #[error("this batch has not opened yet; come back when it has")]
    NotYet,
    #[error("this batch takes no photos any more; ask the school whether it extends the time")]
    Over,
}

impl NotOpen {
    /// Stable machine-readable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotYet => "batch_not_open",
            Self::Over => "batch_over",
        }
    }
}

impl PaymentRule {
    pub const ALL: [Self; 4] = [Self::None, Self::SchoolPays, Self::BeforePhoto, Self::AfterPhoto];

    /// The snake_case word of JSON and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SchoolPays => "school_pays",
            Self::BeforePhoto => "before_photo",
            Self::AfterPhoto => "after_photo",
        }
    }

    /// The rule with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == word)
    }

    /// The student owes something.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::BeforePhoto | Self::AfterPhoto)
    }
}

impl PhotoSource {
    pub const ALL: [Self; 3] = [Self::Camera, Self::Album, Self::OnSite];

    /// The snake_case word of JSON and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Album => "album",
            Self::OnSite => "on_site",
        }
    }

    /// The source with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

impl BatchRules {
    /// The rules themselves when they do not contradict each other.
    pub fn checked(self) -> Result<Self, BadRules> {
        let late = |until: Option<i64>| match (self.opens_at_ms, until) {
            (Some(opens), Some(until)) => until <= opens,
            _ => false,
        };
        let upload_after_close = match (self.upload_until_ms, self.closes_at_ms) {
            (Some(upload), Some(close)) => upload > close,
            _ => false,
        };
        match (self.payment.is_owed(), self.fee_fen) {
            (true, 0) => Err(BadRules::NoFee),
            (false, 1..) => Err(BadRules::FeeForNobody),
            _ if late(self.upload_until_ms) || late(self.closes_at_ms) || upload_after_close => {
                Err(BadRules::TimesOutOfOrder)
            }
            _ if self.reupload_hours == Some(0) || self.retention_days == Some(0) => Err(BadRules::NoTime),
            _ => Ok(self),
        }
    }

    /// Where an order of this batch begins.
    pub fn first_state(&self) -> State {
        State::first(self.payment.is_owed())
    }

    /// Whether photos from here are taken.
    pub fn takes_from(&self, source: PhotoSource) -> bool {
        self.sources.is_empty() || self.sources.contains(&source)
    }

    /// Whether a photo is taken now; `is_closed` once the closing has begun.
    pub fn takes_photos(&self, now_ms: i64, is_closed: bool) -> Result<(), NotOpen> {
        let is_past = |until: Option<i64>| until.is_some_and(|until| now_ms >= until);
        if self.opens_at_ms.is_some_and(|opens| now_ms < opens) {
            Err(NotOpen::NotYet)
        } else if is_closed || is_past(self.upload_until_ms) || is_past(self.closes_at_ms) {
            Err(NotOpen::Over)
        } else {
            Ok(())
        }
    }

    /// Until when a photo rejected at `rejected_at_ms` may be sent again, as far as a time is set.
    pub fn reupload_until_ms(&self, rejected_at_ms: i64) -> Option<i64> {
        let window = self.reupload_hours.map(|hours| rejected_at_ms + i64::from(hours) * MS_AN_HOUR);
        [window, self.upload_until_ms, self.closes_at_ms].into_iter().flatten().min()
    }
}

/// When a photo's time is over: `days` after it was taken.
pub fn erase_at_ms(captured_at_ms: i64, days: u32) -> i64 {
    captured_at_ms + i64::from(days) * MS_A_DAY
}

/// When a photo was taken, as far as it can be believed: what a station tells counts when it is neither after the
/// photo's arrival nor more than `believed_days` before it; otherwise its arrival does.
pub fn captured_at_ms(told_ms: Option<i64>, received_at_ms: i64, believed_days: u32) -> i64 {
    let earliest = received_at_ms - i64::from(believed_days) * MS_A_DAY;
    told_ms.filter(|told| (earliest..=received_at_ms).contains(told)).unwrap_or(received_at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(payment: PaymentRule, fee_fen: u32) -> BatchRules {
        BatchRules { payment, fee_fen, ..BatchRules::default() }
    }

    #[test]
    fn rules_that_contradict_themselves_are_refused() {
        assert_eq!(paid(PaymentRule::BeforePhoto, 0).checked(), Err(BadRules::NoFee));
        assert_eq!(paid(PaymentRule::SchoolPays, 5).checked(), Err(BadRules::FeeForNobody));
        assert!(paid(PaymentRule::AfterPhoto, 3000).checked().is_ok());
        let times = |opens, upload, closes| BatchRules {
            opens_at_ms: opens,
            upload_until_ms: upload,
            closes_at_ms: closes,
            ..BatchRules::default()
        };
        assert!(times(Some(1), Some(2), Some(2)).checked().is_ok());
        assert_eq!(times(Some(2), None, Some(2)).checked(), Err(BadRules::TimesOutOfOrder));
        assert_eq!(times(None, Some(3), Some(2)).checked(), Err(BadRules::TimesOutOfOrder));
        let no_window = BatchRules { reupload_hours: Some(0), ..BatchRules::default() };
        assert_eq!(no_window.checked(), Err(BadRules::NoTime));
    }

    #[test]
    fn only_students_who_owe_begin_unpaid() {
        let first = PaymentRule::ALL.map(|rule| paid(rule, 0).first_state());
        assert_eq!(first, [State::Paid, State::Paid, State::AwaitingPayment, State::AwaitingPayment]);
    }

    #[test]
    fn photos_are_taken_between_opening_and_the_earlier_end() {
        let rules = BatchRules {
            opens_at_ms: Some(10),
            upload_until_ms: Some(20),
            closes_at_ms: Some(30),
            ..BatchRules::default()
        };
        assert_eq!(rules.takes_photos(9, false), Err(NotOpen::NotYet));
        assert_eq!(rules.takes_photos(10, false), Ok(()));
        assert_eq!(rules.takes_photos(10, true), Err(NotOpen::Over));
        assert_eq!(rules.takes_photos(20, false), Err(NotOpen::Over));
    }

    #[test]
    fn the_window_to_send_again_ends_with_the_earliest_end() {
        let rules = BatchRules { reupload_hours: Some(48), ..BatchRules::default() };
        assert_eq!(rules.reupload_until_ms(5), Some(5 + 48 * MS_AN_HOUR));
        let closing = BatchRules { closes_at_ms: Some(100), ..rules };
        assert_eq!(closing.reupload_until_ms(5), Some(100));
        assert_eq!(BatchRules::default().reupload_until_ms(5), None);
    }

    #[test]
    fn the_capture_counts_only_where_it_can_be_believed() {
        let received = 100 * MS_A_DAY;
        assert_eq!(captured_at_ms(Some(98 * MS_A_DAY), received, 30), 98 * MS_A_DAY);
        assert_eq!(captured_at_ms(Some(received + 1), received, 30), received, "a clock that runs ahead");
        assert_eq!(captured_at_ms(Some(0), received, 30), received, "a camera that lost its clock");
        assert_eq!(captured_at_ms(None, received, 30), received);
        assert_eq!(erase_at_ms(0, 365), 365 * MS_A_DAY);
    }

    #[test]
    fn rules_of_before_are_read_and_words_are_those_of_json() {
        assert_eq!(serde_json::from_str::<BatchRules>("{}").ok(), Some(BatchRules::default()));
        for rule in PaymentRule::ALL {
            assert_eq!(serde_json::to_value(rule).ok(), Some(rule.as_str().into()));
        }
        for source in PhotoSource::ALL {
            assert_eq!(serde_json::to_value(source).ok(), Some(source.as_str().into()));
        }
    }
}
