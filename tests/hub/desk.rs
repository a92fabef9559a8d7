//! The desk's side: decide first, send when the hub is there, follow what happened, keep what was refused.

use std::path::Path;
use std::sync::Arc;

use photodesk::store::devices::Role;
use photodesk::store::keys::KeyFileStore;
use photodesk::submission::{Decision, State, Verb};
use photodesk::sync::protocol::{NewPhoto, Withdrawal};
use photodesk::workflow::desk::{QueueFilter, QueueItem};
use photodesk::workflow::hub_state::HubState;
use photodesk::workflow::job::Job;
use photodesk::workflow::review::{decide, undo};
use photodesk::workflow::sync::{Plan, RoundReport, conflicts, enrol, hub_state, sync_now};
use photodesk::workflow::{Desk, DeskError};

use crate::fixture::{TestHub, claim, key, outcome, row};

pub struct TestDesk {
    pub desk: Arc<Desk>,
    _folder: tempfile::TempDir,
}

impl TestDesk {
    pub fn new(hub: &TestHub, name: &str) -> Self {
        Self::with_role(hub, name, Role::Reviewer)
    }

    pub fn with_role(hub: &TestHub, name: &str, role: Role) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = open(folder.path());
        enrol(&desk, &hub.url, &hub.code(name, role)).unwrap();
        Self { desk: Arc::new(desk), _folder: folder }
    }

    pub fn round(&self, hold: u32) -> RoundReport {
        sync_now(&self.desk, &Plan { hold, ..Plan::default() }, &Job::default()).unwrap()
    }

    pub fn tries_a_round(&self) -> Result<RoundReport, DeskError> {
        sync_now(&self.desk, &Plan::default(), &Job::default())
    }

    pub fn pending(&self) -> Vec<QueueItem> {
        let filter = QueueFilter { state: Some(State::PendingReview), ..QueueFilter::default() };
        self.desk.queue(&filter).unwrap()
    }

    pub fn decides(&self, item: &QueueItem, verb: Verb) -> QueueItem {
        decide(&self.desk, &signed(item, verb)).unwrap()
    }
}

fn open(folder: &Path) -> Desk {
    Desk::open(&folder.join("desk"), &KeyFileStore::new(folder.join("key"))).unwrap()
}

fn signed(item: &QueueItem, verb: Verb) -> Decision {
    Decision {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        verb,
        reasons: if verb == Verb::Reject { vec!["G01".to_owned()] } else { Vec::new() },
        reviewer: "li".to_owned(),
    }
}

#[test]
pub fn a_desk_pulls_decides_and_sends() {
    let hub = TestHub::new();
    let student = hub.student();
    let submitted: Vec<String> = (0..5).map(|number| student.submits(number).submission).collect();
    let desk = TestDesk::new(&hub, "desk 1");
    let report = desk.round(3);
    assert_eq!((report.pulled.len(), report.not_pulled.len()), (3, 0));
    let waiting = desk.pending();
    assert_eq!(waiting.iter().map(|item| item.submission.clone()).collect::<Vec<_>>(), submitted[..3]);
    assert_eq!(desk.desk.photo_bytes(&waiting[0].submission).unwrap(), crate::fixture::photo(0));
    desk.decides(&waiting[0], Verb::Approve);
    desk.decides(&waiting[1], Verb::Reject);
    assert_eq!(hub_state(&desk.desk, false).unwrap(), HubState::Waiting { waiting: 2, conflicts: 0 });
    let report = desk.round(3);
    assert_eq!((report.committed, report.refused.len(), report.followed), (2, 0, 0));
    assert_eq!(report.pulled, submitted[3..], "topped up to three");
    assert_eq!(hub_state(&desk.desk, false).unwrap(), HubState::InStep { conflicts: 0 });
    let state = |id: &str| student.client.submission(id).unwrap().state;
    assert_eq!((state(&submitted[0]), state(&submitted[1])), (State::Approved, State::Rejected));
    desk.desk.verify_journal().unwrap();
}

#[test]
pub fn work_goes_on_while_the_hub_is_gone_and_nothing_is_lost() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let one = student.submits(1).submission;
    student.submits(2);
    let desk = TestDesk::new(&hub, "desk 1");
    desk.round(8);
    hub.stop();
    let waiting = desk.pending();
    desk.decides(&waiting[0], Verb::Reject);
    undo(&desk.desk, "li").unwrap().unwrap();
    desk.decides(&waiting[0], Verb::Approve);
    let gone = sync_now(&desk.desk, &Plan::default(), &Job::default()).err().unwrap();
    assert_eq!(gone.code(), "hub_unreachable");
    desk.decides(&waiting[1], Verb::Approve);
    let away = hub_state(&desk.desk, true).unwrap();
    assert!(matches!(away, HubState::Away { waiting: 4, .. }), "{away:?}");
    hub.later(hub.limits.lease_ms() * 20);
    hub.start_again();
    let report = desk.round(8);
    assert_eq!((report.committed, report.refused.len()), (4, 0));
    assert_eq!(student.client.submission(&one).unwrap().state, State::Approved);
}

#[test]
pub fn a_withdrawn_photo_leaves_the_desk_and_its_late_decision_is_kept() {
    let hub = TestHub::new();
    let student = hub.student();
    let (seen, unseen) = (student.submits(1).submission, student.submits(2).submission);
    let good = student.submits(3).submission;
    let desk = TestDesk::new(&hub, "desk 1");
    desk.round(8);
    let waiting = desk.pending();
    desk.decides(&waiting[0], Verb::Approve);
    desk.decides(&waiting[2], Verb::Approve);
    for id in [&seen, &unseen] {
        student.client.withdraw(&key(), id, &Withdrawal { revision: 1 }).unwrap();
    }
    let report = desk.round(8);
    assert_eq!((report.committed, report.refused.len()), (1, 1), "one bad row blocks no other");
    assert_eq!(report.refused[0].code, "stale_withdrawn");
    assert_eq!(conflicts(&desk.desk).unwrap(), report.refused);
    assert!(desk.pending().is_empty());
    let state = |id: &str| desk.desk.item(id).unwrap().state;
    assert_eq!((state(&seen), state(&unseen), state(&good)), (State::Paid, State::Paid, State::Approved));

    let photo_sha256 = student.sends(4);
    student.client.resubmit(&key(), &unseen, &NewPhoto { photo_sha256: photo_sha256.clone() }).unwrap();
    assert_eq!(desk.round(8).pulled, std::slice::from_ref(&unseen));
    let again = desk.desk.item(&unseen).unwrap();
    assert_eq!((again.revision, again.state), (2, State::PendingReview));
    assert_eq!(desk.desk.photo_bytes(&unseen).unwrap(), crate::fixture::photo(4));
    desk.decides(&again, Verb::Approve);
    assert_eq!(desk.round(0).committed, 1);
    desk.desk.verify_journal().unwrap();
}

#[test]
pub fn what_another_desk_took_is_no_longer_offered_and_cannot_be_decided() {
    let hub = TestHub::new();
    let submission = hub.student().submits(1).submission;
    let desk = TestDesk::new(&hub, "desk 1");
    desk.round(8);
    let item = desk.pending().remove(0);
    hub.later(hub.limits.lease_ms());
    let other = hub.device("desk 2", Role::Reviewer);
    let leased = claim(&other, 8).leases.remove(0);
    assert_eq!(desk.round(8).lost, 1);
    assert!(desk.pending().is_empty());
    let refused = decide(&desk.desk, &signed(&item, Verb::Approve)).err().unwrap();
    assert_eq!(refused.code(), "lease_lost");
    assert_eq!(outcome(&other, &row(&leased, Verb::Reject)), "committed");
    assert_eq!(desk.round(8).followed, 1);
    assert_eq!(desk.desk.item(&submission).unwrap().state, State::Rejected);
}

#[test]
pub fn what_is_given_back_is_free_for_others_at_once() {
    let hub = TestHub::new();
    hub.student().submits(1);
    let desk = TestDesk::new(&hub, "desk 1");
    desk.round(8);
    let report = sync_now(&desk.desk, &Plan { release: true, ..Plan::default() }, &Job::default()).unwrap();
    assert_eq!(report.released, 1);
    assert!(desk.pending().is_empty());
    assert_eq!(claim(&hub.device("desk 2", Role::Reviewer), 8).leases.len(), 1);
}

#[test]
pub fn a_cancelled_pull_gives_back_what_it_did_not_fetch() {
    let hub = TestHub::new();
    let student = hub.student();
    (0..4).for_each(|number| drop(student.submits(number)));
    let desk = TestDesk::new(&hub, "desk 1");
    let job = Job::default();
    job.cancel();
    let report = sync_now(&desk.desk, &Plan { hold: 4, ..Plan::default() }, &job).unwrap();
    assert!(report.pulled.is_empty());
    assert_eq!(claim(&hub.device("desk 2", Role::Reviewer), 8).leases.len(), 4);
}

#[test]
pub fn a_desk_without_a_hub_is_told_how_to_enrol() {
    let folder = tempfile::tempdir().unwrap();
    let desk = open(folder.path());
    assert_eq!(hub_state(&desk, false).unwrap(), HubState::Alone);
    let error = sync_now(&desk, &Plan::default(), &Job::default()).err().unwrap();
    assert_eq!(error.code(), "not_enrolled");
    assert_eq!(enrol(&desk, "http://10.0.0.1", "CODE").err().unwrap().code(), "bad_hub_url");
}
