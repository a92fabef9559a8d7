//! The times and sizes the hub and its desks go by, as data.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

const FILE: &str = "assets/hub.toml";
const BUILT_IN: &str = include_str!("../../assets/hub.toml");

/// Times and sizes; see `assets/hub.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubLimits {
    pub lease: LeaseLimits,
    pub enrolment: EnrolmentLimits,
    pub requests: RequestLimits,
    pub pace: PaceLimits,
    pub page: PageLimits,
    pub orders: OrderLimits,
    pub pay: PayLimits,
    pub progress: ProgressLimits,
    pub retention: RetentionLimits,
    pub closing: ClosingLimits,
    pub notices: NoticeLimits,
    pub stop: StopLimits,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseLimits {
    pub seconds: u32,
    pub claim_at_most: u32,
    pub claim_usually: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentLimits {
    pub code_seconds: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestLimits {
    pub max_json_bytes: usize,
    pub max_photo_bytes: u64,
    pub stalled_upload_seconds: u32,
    pub unread_seconds: u32,
    pub max_unread_bytes: u64,
    pub max_decisions: usize,
    pub max_changes: usize,
    pub max_wait_seconds: u32,
    pub answers_kept_days: u32,
    pub parts_kept_hours: u32,
    pub unnamed_kept_hours: u32,
}

/// Requests of one address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceLimits {
    pub burst: NonZeroU32,
    pub a_minute: NonZeroU32,
}

/// Of the student's page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageLimits {
    pub session_seconds: u32,
    pub guesses_at_most: u32,
    pub guess_window_seconds: u32,
    pub max_form_bytes: usize,
    pub max_code_picture_bytes: usize,
    pub drafts_kept_hours: u32,
    pub dropped_kept_seconds: u32,
    pub sweep_every_seconds: u32,
    pub preview_px: u32,
    pub preview_quality: u8,
    pub copies_at_most: u32,
    pub mails_a_day: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLimits {
    /// Six digits.
    pub centre: String,
}

/// Of payments through a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayLimits {
    /// How long a code, or what the app's script was handed, can be used.
    pub code_seconds: u32,
    /// How long the page that a phone's browser opens can be used.
    pub browser_seconds: u32,
    /// Between two looks at one payment while its student waits.
    pub look_every_seconds: u32,
    /// Before the first look at a payment that nobody waits for.
    pub first_look_seconds: u32,
    /// So long after it was asked for last a payment is looked for.
    pub looked_for_hours: u32,
    /// Looks in one round.
    pub looks_at_once: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressLimits {
    /// Shortest first.
    pub pace_windows_seconds: Vec<u32>,
    pub pace_at_least_decisions: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionLimits {
    pub days: u32,
    pub believed_capture_days: u32,
    pub erase_every_seconds: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingLimits {
    pub look_every_seconds: u32,
    pub at_once: usize,
}

/// Of messages to students.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeLimits {
    pub settle_seconds: u32,
    pub look_every_seconds: u32,
    pub taken_seconds: u32,
    pub at_once: usize,
    pub first_pause_seconds: u32,
    pub longest_pause_seconds: u32,
    pub tries_at_most: u32,
    pub kept_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopLimits {
    pub grace_seconds: u32,
}

/// The built-in file cannot be read: the program was built wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{FILE}: {cause}; reinstall the program")]
pub struct HubLimitsError {
    cause: String,
}

impl HubLimits {
    pub fn built_in() -> Result<Self, HubLimitsError> {
        toml::from_str(BUILT_IN).map_err(|cause| HubLimitsError { cause: cause.to_string() })
    }

    /// Length of a lease in milliseconds.
    pub fn lease_ms(&self) -> i64 {
        i64::from(self.lease.seconds) * 1000
    }

    pub fn max_wait(&self) -> Duration {
        Duration::from_secs(self.requests.max_wait_seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_limits_are_sound() {
        let limits = HubLimits::built_in().unwrap();
        assert_eq!(limits.lease_ms(), 180_000);
        assert!(limits.lease.claim_usually <= limits.lease.claim_at_most);
        assert!(limits.requests.max_wait_seconds < limits.lease.seconds / 2);
        assert!(limits.progress.pace_windows_seconds.is_sorted() && limits.closing.at_once > 0);
        assert!(limits.orders.centre.len() == 6);
    }

    #[test]
    fn a_photo_the_hub_takes_is_one_the_desk_can_read() {
        let decode = crate::photo::decode::DecodeLimits::built_in().unwrap();
        assert_eq!(HubLimits::built_in().unwrap().requests.max_photo_bytes, decode.max_file_bytes);
    }
}
