//! The review's course without a window: what is decided, skipped, set aside and shown next.

use super::*;

fn item(submission: &str, state: State) -> QueueItem {
    QueueItem {
        submission: submission.into(),
        batch: "B7K2QX".into(),
        masked_name: "吴*兰".into(),
        state,
        attempt: 1,
        revision: 0,
        photo_sha256: format!("{submission}-hash"),
        received_at_ms: 0,
        verdict: None,
        failed_checks: 0,
        warned_checks: 0,
        hold: None,
    }
}

fn screen() -> ReviewScreen {
    let mut screen = ReviewScreen::default();
    let items = ["a", "b", "c"].map(|name| item(name, State::PendingReview));
    screen.open(items.to_vec(), 1);
    screen
}

#[test]
fn nothing_is_decided_before_its_pixels_were_painted() {
    let mut screen = screen();
    assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
    screen.painted = Some(Painted { submission: "b".into(), sha256: "another file".into() });
    assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
    screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
    let decision = screen.decision(Verb::Approve, vec![], "r");
    assert_eq!(decision.map(|decision| decision.photo_sha256), Some("b-hash".into()));
}

#[test]
fn a_rejection_needs_a_reason_and_a_written_decision_blocks_the_next() {
    let mut screen = screen();
    screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
    assert_eq!(screen.decision(Verb::Reject, vec![], "r"), None);
    assert!(screen.decision(Verb::Reject, vec!["G01".into()], "r").is_some());
    screen.set_writing(true);
    assert_eq!(screen.decision(Verb::Approve, vec![], "r"), None);
}

#[test]
fn after_a_decision_the_next_pending_one_comes_and_the_first_after_the_last() {
    let mut screen = screen();
    let mut visited = Vec::new();
    while let Some(current) = screen.current().filter(|item| item.state == State::PendingReview).cloned() {
        visited.push(current.submission.clone());
        screen.decided(item(&current.submission, State::Approved));
    }
    assert_eq!(visited, ["b", "c", "a"]);
    assert_eq!(screen.pending(), 0);
}

fn place(screen: &ReviewScreen) -> Option<&str> {
    screen.current().map(|item| item.submission.as_str())
}

#[test]
fn skipped_photos_come_back_after_the_others() {
    let mut screen = screen();
    assert!(screen.skip());
    assert_eq!(place(&screen), Some("c"));
    screen.decided(item("c", State::Approved));
    assert_eq!(place(&screen), Some("a"));
    screen.decided(item("a", State::Approved));
    assert_eq!(place(&screen), Some("b"), "the skipped one is left");
    assert!(!screen.skip(), "nothing else is left");
}

#[test]
fn what_was_set_aside_does_not_come_back_in_the_same_run() {
    let mut screen = screen();
    screen.painted = Some(Painted { submission: "b".into(), sha256: "b-hash".into() });
    let hold = screen.hold(HoldKind::Parked, "r");
    assert_eq!(hold.and_then(|hold| hold.hold), Some(HoldKind::Parked));
    let note = || HoldNote { by: "r".into(), at_ms: 1, text: "why".into() };
    let parked = |name: &str| QueueItem { hold: Some(HoldKind::Parked), ..item(name, State::PendingReview) };
    screen.held(parked("b"), note());
    screen.decided(item("c", State::Approved));
    screen.decided(item("a", State::Approved));
    assert_eq!(place(&screen), Some("a"), "it stays where the last decision was taken");
    // A list of what is set aside is about just that.
    screen.open(vec![parked("x"), parked("y")], 0);
    screen.decided(item("x", State::Rejected));
    assert_eq!(place(&screen), Some("y"));
    screen.painted = Some(Painted { submission: "y".into(), sha256: "y-hash".into() });
    assert_eq!(screen.hold(HoldKind::Parked, "r").map(|hold| hold.hold), Some(None), "given back");
}

#[test]
fn an_undone_item_is_shown_again() {
    let mut screen = screen();
    screen.decided(item("b", State::Rejected));
    screen.undone(item("b", State::PendingReview));
    assert_eq!(screen.current().map(|item| item.submission.as_str()), Some("b"));
}
