//! Every order in which two desks, a student, the clock and a lossy network can act on one submission, walked
//! through to the end over the very functions the hub decides with. `conform` holds the running hub against the same worlds.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use photodesk::submission::decision::Standing;
use photodesk::submission::lease::{Fenced, decide, new_photo, withdraw};
use photodesk::submission::{Decision, Lease, QueueItem, ReasonCatalogue, State, Verb};

/// A rule left out, to see that the walk would find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Nothing,
    /// A decision counts whoever holds the submission now.
    Token,
    /// A decision counts whatever photo is the present one.
    Photo,
    /// A decision counts although another is in force.
    State,
    /// A decision that is sent again is judged again.
    StoredAnswer,
}

pub const DESKS: [&str; 2] = ["a", "b"];
const LEASE_TICKS: i64 = 1;
const TICKS: i64 = 2;
pub const REVISIONS: u32 = 2;
const MAX_ATTEMPTS: u32 = 3;
/// Decisions taken in one history.
const KEYS: u8 = 3;
/// Changes of hands in one history.
const TOKENS: u64 = 4;
const MOST_WORLDS: usize = 4_000_000;

/// What the hub has committed, folded into what must be remembered of it. It refuses what must never happen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Record {
    /// Keys of committed decisions, one bit each.
    keys: u8,
    revision: u32,
    withdrawn: bool,
    in_force: Option<usize>,
    highest_token: u64,
}

impl Record {
    fn decision(&mut self, desk: usize, sent: &Sent) {
        assert_eq!(self.keys >> sent.key & 1, 0, "committed twice: {sent:?} {self:?}");
        assert_eq!(sent.revision, self.revision, "a decision on another photo: {sent:?} {self:?}");
        assert!(!self.withdrawn, "a decision after the withdrawal: {sent:?} {self:?}");
        assert!(sent.token >= self.highest_token, "an overtaken token: {sent:?} {self:?}");
        self.keys |= 1 << sent.key;
        self.highest_token = sent.token;
        self.in_force = match (sent.verb, self.in_force) {
            (Word::Undo, Some(owner)) if owner == desk => None,
            (Word::Approve | Word::Reject, None) => Some(desk),
            _ => panic!("two decisions in force, or one taken back that was not: {sent:?} {self:?}"),
        };
    }

    fn withdrawal(&mut self) {
        assert_eq!((self.in_force, self.withdrawn), (None, false), "withdrawn too late: {self:?}");
        self.withdrawn = true;
    }

    fn photo(&mut self) {
        (self.revision, self.in_force, self.withdrawn) = (self.revision + 1, None, false);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    Approve,
    Reject,
    Undo,
}

/// A decision on its way, kept until it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sent {
    pub key: u8,
    pub verb: Word,
    pub revision: u32,
    pub token: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Desk {
    /// Token and revision under which it holds the submission.
    pub held: Option<(u64, u32)>,
    decided: bool,
    pub outbox: Option<Sent>,
    /// Keys whose refusal, and whose acceptance, it was told; one bit each.
    refused: u8,
    accepted: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    now: i64,
    pub state: State,
    attempt: u32,
    pub revision: u32,
    pub lease: Lease,
    decided_by: Option<usize>,
    /// Stored answers: keys that were answered, and those accepted; one bit each.
    answered: u8,
    pub accepted: u8,
    record: Record,
    pub desks: [Desk; 2],
    keys: u8,
}

#[derive(Clone, Copy, Debug)]
pub enum Action {
    Tick,
    Withdraw,
    NewPhoto,
    Claim(usize),
    Renew(usize),
    Release(usize),
    Decide(usize, Word),
    /// The decision reaches the hub; its answer comes back, or is lost (or the desk is killed before it reads it).
    Deliver(usize, bool),
}

pub fn actions() -> Vec<Action> {
    let mut actions = vec![Action::Tick, Action::Withdraw, Action::NewPhoto];
    for desk in [0, 1] {
        actions.extend([Action::Claim(desk), Action::Renew(desk), Action::Release(desk)]);
        actions.extend([Word::Approve, Word::Reject, Word::Undo].map(|word| Action::Decide(desk, word)));
        actions.extend([true, false].map(|answered| Action::Deliver(desk, answered)));
    }
    actions
}

impl World {
    pub fn new() -> Self {
        Self {
            now: 0,
            state: State::PendingReview,
            attempt: 1,
            revision: 1,
            lease: Lease::default(),
            decided_by: None,
            answered: 0,
            accepted: 0,
            record: Record { keys: 0, revision: 1, withdrawn: false, in_force: None, highest_token: 0 },
            desks: Default::default(),
            keys: 0,
        }
    }

    /// The world after the action; `None` when it cannot happen or changes nothing.
    pub fn after(&self, action: Action, reasons: &ReasonCatalogue, missing: Missing) -> Option<Self> {
        let mut next = self.clone();
        match action {
            Action::Tick => next.now = (self.now < TICKS).then_some(self.now + 1)?,
            Action::Withdraw => {
                (next.state, next.lease) = withdraw(self.state, &self.lease).ok()?;
                next.decided_by = None;
                next.record.withdrawal();
            }
            Action::NewPhoto => next.take_photo()?,
            Action::Claim(desk) => {
                let lease = self.lease.claim(self.state, DESKS[desk], self.now, LEASE_TICKS)?;
                // Claiming and giving back could go on for ever.
                (lease.token <= TOKENS).then_some(())?;
                next.desks[desk].held = Some((lease.token, self.revision));
                next.desks[desk].decided = false;
                next.lease = lease;
            }
            Action::Renew(desk) => {
                let (token, _) = self.desks[desk].held?;
                match self.lease.renew(self.state, DESKS[desk], token, self.now, LEASE_TICKS) {
                    Some(lease) => next.lease = lease,
                    // What it decided stays in its outbox and is answered.
                    None if !self.desks[desk].decided => next.desks[desk].held = None,
                    None => return None,
                }
            }
            Action::Release(desk) => {
                let (token, _) = self.desks[desk].held.filter(|_| !self.desks[desk].decided)?;
                next.lease = self.lease.release(DESKS[desk], token)?;
                next.desks[desk].held = None;
            }
            Action::Decide(desk, verb) => next.decide_at(desk, verb)?,
            Action::Deliver(desk, answered) => next.deliver(desk, answered, reasons, missing)?,
        }
        (next != *self).then_some(next)
    }

    fn take_photo(&mut self) -> Option<()> {
        if self.revision == REVISIONS {
            return None;
        }
        let (state, attempt, lease) =
            new_photo(self.state, self.attempt, MAX_ATTEMPTS, true, &self.lease).ok()?;
        (self.state, self.attempt, self.lease) = (state, attempt, lease);
        self.revision += 1;
        self.decided_by = None;
        self.record.photo();
        Some(())
    }

    fn decide_at(&mut self, at: usize, verb: Word) -> Option<()> {
        let desk = &mut self.desks[at];
        let (token, revision) = desk.held?;
        let may = desk.outbox.is_none() && self.keys < KEYS && desk.decided == (verb == Word::Undo);
        may.then_some(())?;
        desk.outbox = Some(Sent { key: self.keys, verb, revision, token });
        desk.decided = verb != Word::Undo;
        self.keys += 1;
        Some(())
    }

    fn deliver(
        &mut self,
        at: usize,
        answered: bool,
        reasons: &ReasonCatalogue,
        missing: Missing,
    ) -> Option<()> {
        let sent = self.desks[at].outbox.clone()?;
        let bit = 1 << sent.key;
        if self.answered & bit == 0 || missing == Missing::StoredAnswer {
            let accepted = self.judge(at, &sent, reasons, missing);
            self.answered |= bit;
            self.accepted = self.accepted & !bit | if accepted { bit } else { 0 };
        }
        if answered {
            let desk = &mut self.desks[at];
            desk.outbox = None;
            if self.accepted & bit != 0 {
                desk.accepted |= bit;
            } else {
                desk.refused |= bit;
                desk.held = None;
                desk.decided = false;
            }
        }
        Some(())
    }

    fn judge(&mut self, at: usize, sent: &Sent, reasons: &ReasonCatalogue, missing: Missing) -> bool {
        let mut item = self.item();
        let (mut device, mut token) = (DESKS[at], sent.token);
        match missing {
            Missing::Nothing | Missing::StoredAnswer => {}
            Missing::Token => {
                device = self
                    .lease
                    .holder
                    .as_deref()
                    .map_or(device, |holder| if holder == "a" { "a" } else { "b" });
                token = self.lease.token;
            }
            Missing::Photo => {
                (item.revision, item.photo_sha256) = (sent.revision, photo(sent.revision));
            }
            Missing::State => item.state = State::PendingReview,
        }
        let decision = decision(at, sent);
        let decided_by = self.decided_by.map(|desk| DESKS[desk]);
        let standing = Standing { item: &item, is_damaged: false, decided_by };
        let fenced = Fenced { decision: &decision, device, token };
        let until = self.now + LEASE_TICKS;
        let Ok((state, lease)) = decide(fenced, standing, &self.lease, reasons, until) else { return false };
        (self.state, self.lease) = (state, lease);
        self.decided_by = (sent.verb != Word::Undo).then_some(at);
        self.record.decision(at, sent);
        true
    }

    fn item(&self) -> QueueItem {
        QueueItem {
            submission: "s".into(),
            batch: "AAAAAA".into(),
            masked_name: String::new(),
            state: self.state,
            attempt: self.attempt,
            revision: self.revision,
            photo_sha256: photo(self.revision),
            received_at_ms: 0,
            verdict: None,
            failed_checks: 0,
            warned_checks: 0,
            hold: None,
        }
    }

    /// What must hold in every world that can be reached.
    fn check(&self) {
        let expected_state = match (self.record.withdrawn, self.record.in_force) {
            (true, _) => self.state == State::Paid,
            (false, Some(_)) => matches!(self.state, State::Approved | State::Rejected),
            (false, None) => self.state == State::PendingReview,
        };
        assert!(expected_state, "the state is not what was committed: {self:#?}");
        assert_eq!(self.record.keys, self.accepted, "an answer that is not so: {self:#?}");
        let waiting = |desk: &Desk| desk.outbox.as_ref().map_or(0, |sent| 1 << sent.key);
        let known = self.desks.iter().map(|desk| [desk.accepted, desk.refused, waiting(desk)]);
        let count: u32 = known.clone().flatten().map(u8::count_ones).sum();
        assert_eq!(count, u32::from(self.keys), "a decision vanished or is twice: {self:#?}");
        let told = self.desks.iter().fold(0, |all, desk| all | desk.accepted);
        assert_eq!(told & !self.record.keys, 0, "acknowledged but not committed: {self:#?}");
    }
}

fn photo(revision: u32) -> String {
    format!("{revision:064}")
}

fn decision(desk: usize, sent: &Sent) -> Decision {
    let (verb, reasons) = match sent.verb {
        Word::Approve => (Verb::Approve, Vec::new()),
        Word::Reject => (Verb::Reject, vec!["G01".to_owned()]),
        Word::Undo => (Verb::Undo, Vec::new()),
    };
    Decision {
        submission: "s".into(),
        photo_sha256: photo(sent.revision),
        revision: sent.revision,
        verb,
        reasons,
        reviewer: DESKS[desk].into(),
    }
}

/// Walks every world that can be reached, panics at the first in which something must not be, and gives how many there
/// were and whether the ends that matter were reached.
fn walk(missing: Missing) -> (usize, [bool; 3]) {
    let reasons = ReasonCatalogue::built_in().unwrap();
    let actions = actions();
    let mut seen = HashSet::from([fingerprint(&World::new())]);
    let mut waiting = vec![World::new()];
    let mut reached = [false; 3];
    while let Some(world) = waiting.pop() {
        world.check();
        reached[0] |= world.desks[0].refused != 0 && world.desks[1].accepted != 0;
        reached[1] |= world.revision == REVISIONS && world.state == State::Approved;
        reached[2] |= world.record.keys == 0b111 && world.state == State::PendingReview;
        for next in actions.iter().filter_map(|action| world.after(*action, &reasons, missing)) {
            if seen.insert(fingerprint(&next)) {
                waiting.push(next);
            }
        }
        assert!(seen.len() < MOST_WORLDS, "the model has grown beyond what can be walked");
    }
    (seen.len(), reached)
}

#[test]
fn no_order_of_events_loses_or_doubles_a_decision() {
    let (worlds, reached) = walk(Missing::Nothing);
    assert_eq!(reached, [true; 3], "the walk did not get where it should");
    assert!(worlds > 10_000, "only {worlds} worlds were reached");
}

#[test]
fn the_walk_finds_rules_that_are_left_out() {
    // A new photo moves the token, too: without its own rule nothing is lost.
    assert!(walk(Missing::Photo).0 > 10_000);
    for missing in [Missing::Token, Missing::State, Missing::StoredAnswer] {
        let found = std::panic::catch_unwind(|| walk(missing)).err();
        let told = found.as_ref().and_then(|panic| panic.downcast_ref::<String>());
        let told = told.unwrap_or_else(|| panic!("nothing was found without {missing:?}"));
        assert!(!told.contains("grown beyond"), "{missing:?}: {told}");
    }
}

/// Remembering the worlds themselves would take gigabytes.
fn fingerprint(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}
