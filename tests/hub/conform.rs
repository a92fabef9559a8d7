//! The running hub, held against the worlds of the model: what the model says of an action is what the hub does, killed
//! connections, repetitions and restarts included. The model's own walk proves that those worlds are sound.

use std::collections::HashMap;

use photodesk::store::devices::Role;
use photodesk::submission::{Decision, ReasonCatalogue, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{DecisionRow, LeaseRef, Leases, NewPhoto, Withdrawal};

use crate::fixture::{START_MS, Student, TestHub, claim, key, send};
use crate::model::{Action, DESKS, Missing, REVISIONS, Sent, Word, World, actions};

const WALKS: u64 = 64;
/// Actions tried in one walk; about one in ten can happen, and a withdrawal ends it.
const STEPS: usize = 120;
/// Of so many actions one is followed by a restart of the hub.
const RESTARTS: u64 = 15;

/// Draws numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

struct Walk {
    hub: TestHub,
    student: Student,
    desks: [Client; 2],
    id: String,
    /// By revision, from 1.
    photos: Vec<String>,
    /// What was decided, by the model's key.
    rows: HashMap<u8, DecisionRow>,
    done: Vec<String>,
}

impl Walk {
    fn new() -> Self {
        let hub = TestHub::new();
        let student = hub.student();
        let desks = DESKS.map(|name| hub.device(name, Role::Reviewer));
        let photos: Vec<String> = (1..=REVISIONS).map(|number| student.sends(number)).collect();
        let id = student.submits(1).submission;
        Self { hub, student, desks, id, photos, rows: HashMap::new(), done: Vec::new() }
    }

    /// Does what the model did between two worlds; `after` is `None` when the model says that it cannot be.
    fn does(&mut self, action: Action, before: &World, after: Option<&World>) {
        let revision = before.revision;
        match (action, after) {
            (Action::Withdraw, _) => {
                let withdrawn = self.student.client.withdraw(&key(), &self.id, &Withdrawal { revision });
                assert_eq!(withdrawn.is_ok(), after.is_some(), "{:?}", self.done);
            }
            (Action::NewPhoto, _) if revision < REVISIONS => {
                let new = NewPhoto { photo_sha256: self.photos[revision as usize].clone() };
                let taken = self.student.client.resubmit(&key(), &self.id, &new);
                assert_eq!(taken.is_ok(), after.is_some(), "{:?}", self.done);
            }
            (_, None) | (Action::NewPhoto, _) => {}
            (Action::Tick, _) => self.hub.later(self.hub.limits.lease_ms()),
            (Action::Claim(desk), Some(after)) => {
                let leases = claim(&self.desks[desk], 1).leases;
                let tokens: Vec<u64> = leases.iter().map(|leased| leased.token).collect();
                assert_eq!(tokens, [after.lease.token], "{:?}", self.done);
            }
            (Action::Renew(desk), Some(after)) => {
                let renewed = self.desks[desk].renew(&self.held(before, desk)).unwrap();
                assert_eq!(!renewed.held.is_empty(), after.desks[desk].held.is_some(), "{:?}", self.done);
            }
            (Action::Release(desk), Some(_)) => {
                let released = self.desks[desk].release(&key(), &self.held(before, desk)).unwrap();
                assert_eq!(released.released, 1, "{:?}", self.done);
            }
            (Action::Decide(desk, _), Some(after)) => {
                let sent = after.desks[desk].outbox.as_ref().unwrap();
                self.rows.insert(sent.key, self.row(desk, sent));
            }
            (Action::Deliver(desk, _), Some(after)) => {
                let sent = before.desks[desk].outbox.as_ref().unwrap();
                let verdict = send(&self.desks[desk], &[self.rows[&sent.key].clone()]).remove(0);
                let is_accepted = after.accepted >> sent.key & 1 == 1;
                assert_eq!(verdict.refused.is_none(), is_accepted, "{verdict:?} {:?}", self.done);
            }
        }
    }

    fn held(&self, world: &World, desk: usize) -> Leases {
        let (token, _) = world.desks[desk].held.unwrap();
        Leases { leases: vec![LeaseRef { submission: self.id.clone(), token }] }
    }

    fn row(&self, desk: usize, sent: &Sent) -> DecisionRow {
        let (verb, reasons) = match sent.verb {
            Word::Approve => (Verb::Approve, Vec::new()),
            Word::Reject => (Verb::Reject, vec!["G01".to_owned()]),
            Word::Undo => (Verb::Undo, Vec::new()),
        };
        let decision = Decision {
            submission: self.id.clone(),
            photo_sha256: self.photos[sent.revision as usize - 1].clone(),
            revision: sent.revision,
            verb,
            reasons,
            reviewer: DESKS[desk].to_owned(),
        };
        DecisionRow { key: key(), token: sent.token, at_ms: START_MS, decision }
    }

    fn is_as(&self, world: &World) {
        let now = self.student.client.submission(&self.id).unwrap();
        assert_eq!((now.state, now.revision), (world.state, world.revision), "{:?}", self.done);
    }
}

#[test]
pub fn the_running_hub_does_what_the_model_says() {
    let reasons = ReasonCatalogue::built_in().unwrap();
    let actions = actions();
    let (mut happened, mut restarts, mut delivered) = (0, 0, 0);
    for seed in 1..=WALKS {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut walk, mut world) = (Walk::new(), World::new());
        for _ in 0..STEPS {
            let action = actions[chance.below(actions.len() as u64) as usize];
            let after = world.after(action, &reasons, Missing::Nothing);
            if after.is_some() {
                walk.done.push(format!("{action:?}"));
            }
            walk.does(action, &world, after.as_ref());
            let Some(after) = after else { continue };
            world = after;
            happened += 1;
            delivered += u32::from(matches!(action, Action::Deliver(..)));
            if chance.below(RESTARTS) == 0 {
                walk.hub.stop();
                walk.hub.start_again();
                walk.done.push("restart".to_owned());
                restarts += 1;
            }
            walk.is_as(&world);
        }
        walk.hub.stop();
        walk.hub.store().verify_journal().unwrap();
    }
    assert!(
        happened > 400 && restarts > 10 && delivered > 60,
        "{happened} happened, {restarts} restarts, {delivered} delivered"
    );
}
