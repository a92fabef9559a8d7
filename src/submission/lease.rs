//! The lease 领取: one desk's short claim on a submission, fenced by a token that only grows.
//!
//! | rule | what holds |
//! |---|---|
//! | free | nobody holds it, or the holder's time is over |
//! | claim | only while free and pending review; the token grows unless the same desk takes up its own lapsed lease |
//! | decide | counts when desk and token are those of the row, whatever the clock says: a lapsed lease nobody else took is still good |
//! | withdraw, new photo | the token grows and nobody holds it, so no decision on the way can count |

use super::decision::{Decision, DecisionRefused, Standing, Verb, judge};
use super::reason::ReasonCatalogue;
use super::state::{Event, IllegalTransition, State, next};

/// The lease row of one submission, kept for as long as the submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lease {
    /// Grows with every change of hands; a decision must name the present one.
    pub token: u64,
    /// Id of the device that took it last.
    pub holder: Option<String>,
    /// Hub time in milliseconds until which no other desk gets it.
    pub until_ms: i64,
}

/// Why a decision came too late or does not count at all. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Late {
    #[error("the student withdrew this photo before the decision arrived; nothing is left to decide")]
    Withdrawn,
    #[error("a newer photo (revision {current}) has come since; look at the new photo and decide again")]
    OtherPhoto { current: u32 },
    #[error("it was decided already ({state}, by {by}); see the decision in force")]
    Decided { state: State, by: String },
    #[error("the lease has gone to another desk; claim the submission anew if it is still waiting")]
    Fenced,
    #[error(transparent)]
    Refused(#[from] DecisionRefused),
}

impl Late {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Withdrawn => "stale_withdrawn",
            Self::OtherPhoto { .. } => "stale_photo",
            Self::Decided { .. } => "already_decided",
            Self::Fenced => "stale_token",
            Self::Refused(refused) => refused.code(),
        }
    }
}

impl Lease {
    pub fn is_free(&self, now_ms: i64) -> bool {
        self.holder.is_none() || self.until_ms <= now_ms
    }

    pub fn is_held_by(&self, device: &str, token: u64) -> bool {
        self.holder.as_deref() == Some(device) && self.token == token
    }

    /// The lease after `device` claims it; `None` while it is not free or nothing waits for review.
    pub fn claim(&self, state: State, device: &str, now_ms: i64, lease_ms: i64) -> Option<Self> {
        if state != State::PendingReview || !self.is_free(now_ms) {
            return None;
        }
        let is_own = self.holder.as_deref() == Some(device);
        Some(Self {
            token: if is_own { self.token } else { self.token + 1 },
            holder: Some(device.to_owned()),
            until_ms: now_ms + lease_ms,
        })
    }

    /// The lease after a heartbeat; `None` when the desk no longer holds it. A lapsed lease nobody took goes on.
    pub fn renew(&self, state: State, device: &str, token: u64, now_ms: i64, lease_ms: i64) -> Option<Self> {
        let goes_on = state == State::PendingReview && self.is_held_by(device, token);
        goes_on.then(|| Self { until_ms: now_ms + lease_ms, ..self.clone() })
    }

    /// The lease after the desk gives it back; `None` when it does not hold it.
    pub fn release(&self, device: &str, token: u64) -> Option<Self> {
        self.is_held_by(device, token).then(|| Self { holder: None, until_ms: 0, ..self.clone() })
    }

    /// The lease after something that no decision on the way may survive.
    pub fn fenced(&self) -> Self {
        Self { token: self.token + 1, holder: None, until_ms: 0 }
    }
}

/// A decision as it arrives at the hub: who sends it, under which token.
#[derive(Clone, Copy, Debug)]
pub struct Fenced<'a> {
    pub decision: &'a Decision,
    pub device: &'a str,
    pub token: u64,
}

/// State and lease after the decision, or why it does not count. Compare-and-set on photo, revision and token.
pub fn decide(
    fenced: Fenced<'_>,
    standing: Standing<'_>,
    lease: &Lease,
    reasons: &ReasonCatalogue,
    until_ms: i64,
) -> Result<(State, Lease), Late> {
    let Fenced { decision, device, token } = fenced;
    let item = standing.item;
    if decision.revision != item.revision || decision.photo_sha256 != item.photo_sha256 {
        return Err(Late::OtherPhoto { current: item.revision });
    }
    match (item.state, decision.verb) {
        (State::Paid, _) => return Err(Late::Withdrawn),
        (State::PendingReview, _) | (_, Verb::Undo) => {}
        (state, _) => {
            let by = standing.decided_by.unwrap_or_default().to_owned();
            return Err(Late::Decided { state, by });
        }
    }
    if !lease.is_held_by(device, token) {
        return Err(Late::Fenced);
    }
    let to = judge(decision, standing, reasons)?;
    // Whoever takes a decision back holds the submission again.
    let until_ms = if to == State::PendingReview { until_ms } else { 0 };
    Ok((to, Lease { until_ms, ..lease.clone() }))
}

/// State and lease after the student takes the photo back; refused once a decision has been committed.
pub fn withdraw(state: State, lease: &Lease) -> Result<(State, Lease), IllegalTransition> {
    Ok((next(state, Event::Withdrawn)?, lease.fenced()))
}

/// State, attempt and lease after a further photo: anew after a withdrawal, or again after a rejection, while the
/// re-upload window is open.
///
/// A withdrawn photo does not use up an attempt.
pub fn new_photo(
    state: State,
    attempt: u32,
    max_attempts: u32,
    window_open: bool,
    lease: &Lease,
) -> Result<(State, u32, Lease), IllegalTransition> {
    let (event, attempt) = match state {
        State::Rejected => {
            let attempts_left = max_attempts.saturating_sub(attempt);
            (Event::Resubmitted { attempts_left, window_open }, attempt + 1)
        }
        _ => (Event::PhotoSubmitted, attempt),
    };
    Ok((next(state, event)?, attempt, lease.fenced()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::QueueItem;

    const LEASE_MS: i64 = 1000;

    fn held_by(device: &str) -> Lease {
        Lease::default().claim(State::PendingReview, device, 0, LEASE_MS).unwrap()
    }

    fn item(state: State) -> QueueItem {
        QueueItem {
            submission: "s".into(),
            batch: "AAAAAA".into(),
            masked_name: "吴*兰".into(),
            state,
            attempt: 1,
            revision: 2,
            photo_sha256: "aa".into(),
            received_at_ms: 0,
            verdict: None,
            failed_checks: 0,
            warned_checks: 0,
            hold: None,
        }
    }

    fn decision(verb: Verb, revision: u32) -> Decision {
        Decision {
            submission: "s".into(),
            photo_sha256: "aa".into(),
            revision,
            verb,
            reasons: if verb == Verb::Reject { vec!["G01".into()] } else { Vec::new() },
            reviewer: "li".into(),
        }
    }

    fn arrives(
        decision: &Decision,
        state: State,
        lease: &Lease,
        token: u64,
    ) -> Result<(State, Lease), &'static str> {
        let reasons = ReasonCatalogue::built_in().unwrap();
        let item = item(state);
        let standing = Standing { item: &item, is_damaged: false, decided_by: Some("li") };
        let fenced = Fenced { decision, device: "a", token };
        decide(fenced, standing, lease, &reasons, 9).map_err(|late| late.code())
    }

    #[test]
    fn only_one_desk_holds_it_until_its_time_is_over() {
        let lease = held_by("a");
        assert_eq!(lease.claim(State::PendingReview, "b", 999, LEASE_MS), None);
        assert_eq!(lease.claim(State::PendingReview, "a", 999, LEASE_MS), None, "it has it already");
        let taken = lease.claim(State::PendingReview, "b", 1000, LEASE_MS).unwrap();
        assert_eq!((taken.token, taken.holder.as_deref()), (2, Some("b")));
        assert_eq!(Lease::default().claim(State::Approved, "a", 0, LEASE_MS), None);
    }

    #[test]
    fn a_desk_takes_up_its_own_lapsed_lease_under_the_same_token() {
        let lease = held_by("a");
        assert_eq!(lease.claim(State::PendingReview, "a", 5000, LEASE_MS).unwrap().token, lease.token);
        assert!(lease.renew(State::PendingReview, "a", 1, 5000, LEASE_MS).is_some());
        assert!(lease.renew(State::PendingReview, "b", 1, 0, LEASE_MS).is_none());
        assert!(lease.renew(State::Paid, "a", 1, 0, LEASE_MS).is_none());
    }

    #[test]
    fn what_is_given_back_is_free_at_once_and_gets_a_new_token() {
        let lease = held_by("a").release("a", 1).unwrap();
        assert!(lease.is_free(0));
        assert_eq!(arrives(&decision(Verb::Approve, 2), State::PendingReview, &lease, 1), Err("stale_token"));
        assert_eq!(lease.claim(State::PendingReview, "a", 0, LEASE_MS).unwrap().token, 2);
        assert_eq!(held_by("a").release("b", 1), None);
    }

    #[test]
    fn a_decision_counts_under_the_present_token_even_when_the_time_is_over() {
        let lease = held_by("a");
        let (to, after) = arrives(&decision(Verb::Approve, 2), State::PendingReview, &lease, 1).unwrap();
        assert_eq!((to, after.token, after.until_ms), (State::Approved, 1, 0));
    }

    #[test]
    fn too_late_is_told_in_the_reviewer_s_terms() {
        let lease = held_by("a");
        let approve = decision(Verb::Approve, 2);
        assert_eq!(arrives(&approve, State::Paid, &lease.fenced(), 1), Err("stale_withdrawn"));
        assert_eq!(
            arrives(&decision(Verb::Approve, 1), State::PendingReview, &lease, 1),
            Err("stale_photo"),
            "the old revision is never touched"
        );
        assert_eq!(arrives(&approve, State::Rejected, &lease, 1), Err("already_decided"));
        let of_b = lease.claim(State::PendingReview, "b", 1000, LEASE_MS).unwrap();
        assert_eq!(arrives(&approve, State::PendingReview, &of_b, 1), Err("stale_token"));
        assert_eq!(arrives(&approve, State::PendingReview, &of_b, 2), Err("stale_token"), "not its own");
    }

    #[test]
    fn taking_a_decision_back_holds_the_submission_again() {
        let lease = held_by("a");
        let (_, after) = arrives(&decision(Verb::Reject, 2), State::PendingReview, &lease, 1).unwrap();
        let (to, again) = arrives(&decision(Verb::Undo, 2), State::Rejected, &after, 1).unwrap();
        assert_eq!((to, again.until_ms, again.token), (State::PendingReview, 9, 1));
    }

    #[test]
    fn withdrawal_and_a_new_photo_fence_the_holder() {
        let lease = held_by("a");
        let (state, fenced) = withdraw(State::PendingReview, &lease).unwrap();
        assert_eq!((state, fenced.token, fenced.holder.is_none()), (State::Paid, 2, true));
        assert!(withdraw(State::Approved, &lease).is_err(), "after approval the photo stays");
        assert_eq!(
            new_photo(State::Paid, 1, 3, true, &fenced).unwrap().1,
            1,
            "a withdrawn photo is not counted"
        );
        let (state, attempt, _) = new_photo(State::Rejected, 1, 3, true, &lease).unwrap();
        assert_eq!((state, attempt), (State::PendingReview, 2));
        assert_eq!(new_photo(State::Rejected, 3, 3, true, &lease), Err(IllegalTransition::NoAttemptLeft));
        assert_eq!(new_photo(State::Rejected, 1, 3, false, &lease), Err(IllegalTransition::WindowOver));
        assert!(new_photo(State::PendingReview, 1, 3, true, &lease).is_err());
    }
}
