//! A desk that is kept in step in the background, as the window keeps it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use photodesk::store::devices::Role;
use photodesk::submission::{State, Verb};
use photodesk::sync::protocol::Withdrawal;
use photodesk::workflow::hub_state::HubState;
use photodesk::workflow::in_step::InStep;
use photodesk::workflow::sync::Plan;

use crate::desk::TestDesk;
use crate::fixture::{TestHub, claim, key};

const SOON: Duration = Duration::from_secs(20);

/// Waits for it and gives how long it took.
fn comes(what: &str, is_there: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_there() {
        assert!(begun.elapsed() < SOON, "{what} did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
    begun.elapsed()
}

fn in_step(desk: &TestDesk) -> InStep {
    InStep::begin(Arc::clone(&desk.desk), Plan { hold: 8, ..Plan::default() }, |_| ()).unwrap()
}

#[test]
pub fn photos_come_decisions_go_and_withdrawals_arrive_by_themselves() {
    let hub = TestHub::new();
    let student = hub.student();
    let (one, two) = (student.submits(1).submission, student.submits(2).submission);
    let desk = TestDesk::new(&hub, "desk 1");
    let link = in_step(&desk);
    comes("the photos", || desk.pending().len() == 2);
    let item = desk.desk.item(&one).unwrap();
    desk.decides(&item, Verb::Approve);
    link.nudge();
    comes("the decision", || student.client.submission(&one).unwrap().state == State::Approved);
    student.client.withdraw(&key(), &two, &Withdrawal { revision: 1 }).unwrap();
    let took = comes("the withdrawal", || desk.pending().is_empty());
    assert!(took < Duration::from_secs(1), "{took:?}");
    let three = student.submits(3).submission;
    comes("a new submission", || desk.pending().iter().any(|item| item.submission == three));
    drop(link);
    assert!(desk.pending().is_empty(), "given back at the end");
    assert_eq!(claim(&hub.device("desk 2", Role::Reviewer), 8).leases.len(), 1);
}

#[test]
pub fn a_hub_that_goes_and_comes_back_is_told_calmly() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let one = student.submits(1).submission;
    let desk = TestDesk::new(&hub, "desk 1");
    let link = in_step(&desk);
    comes("the photo", || desk.pending().len() == 1);
    hub.stop();
    let item = desk.pending().remove(0);
    desk.decides(&item, Verb::Approve);
    link.nudge();
    comes("the news", || matches!(link.state(), HubState::Away { waiting: 1, .. }));
    hub.start_again();
    comes("the decision", || student.client.submission(&one).is_ok_and(|now| now.state == State::Approved));
    comes("the good news", || link.state() == HubState::InStep { conflicts: 0 });
}
