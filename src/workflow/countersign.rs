//! What waits for a second person on site: asked for when somebody says what only a look stands behind, settled by a
//! colleague who is signed in. Until then the student's photos are neither finalised nor sent.

use super::desk::now_ms;
use super::sign_in::Signed;
use super::{Desk, DeskError, shots};
use crate::onsite::countersign::{Countersign, Outcome, Risk};
use crate::onsite::shot::{Doubt, ShotState};
use crate::store::Tx;
use crate::store::shots::Shot;
use crate::submission::Subject;

pub use crate::store::countersigns::NumberedCountersign;

/// What waits in a batch, oldest first.
pub fn waiting(desk: &Desk, batch: &str) -> Result<Vec<NumberedCountersign>, DeskError> {
    let batch = desk.batch(batch)?.code;
    Ok(desk.store.waiting_countersigns(&batch)?)
}

/// What waits, with what a second person needs to look at.
#[derive(Clone, Debug)]
pub struct OpenCountersign {
    pub numbered: NumberedCountersign,
    pub subject: Subject,
    /// The other student whose face it looked like.
    pub against: Option<Subject>,
    /// The photo that was given to the student, then one to compare it with.
    pub photos: Vec<Shot>,
}

/// What waits in every batch, oldest first.
pub fn open(desk: &Desk) -> Result<Vec<OpenCountersign>, DeskError> {
    let mut all = Vec::new();
    for summary in desk.batches()? {
        let waiting = desk.store.waiting_countersigns(&summary.batch.code)?;
        if waiting.is_empty() {
            continue;
        }
        let shots = desk.store.shots(&summary.batch.code)?;
        for numbered in waiting {
            let it = &numbered.countersign;
            all.push(OpenCountersign {
                subject: desk.store.subject(&it.subject)?,
                against: it.against.as_deref().and_then(|other| desk.store.subject(other).ok()),
                photos: to_look_at(it, &shots),
                numbered,
            });
        }
    }
    all.sort_by_key(|open| (open.numbered.countersign.said_at_ms, open.numbered.seq));
    Ok(all)
}

/// The photo in question and one to compare it with: of the student whose face it looked like, or another of the same one.
fn to_look_at(it: &Countersign, batch: &[Shot]) -> Vec<Shot> {
    let best_of = |subject: &str| {
        let theirs = batch.iter().filter(|shot| shot.subject.as_deref() == Some(subject));
        let others = theirs.filter(|shot| Some(&shot.id) != it.shot.as_ref());
        others.max_by_key(|shot| shot.mark.is_some())
    };
    let asked = it.shot.as_ref().and_then(|id| batch.iter().find(|shot| shot.id == *id));
    let other = best_of(it.against.as_deref().unwrap_or(&it.subject));
    asked.into_iter().chain(other).cloned().collect()
}

/// A second person has looked: it is so, or what was said is taken back.
pub fn settle(desk: &Desk, seq: u64, is_so: bool, by: &Signed) -> Result<Outcome, DeskError> {
    desk.store.write(|tx| {
        let NumberedCountersign { seq, countersign } = tx.countersign(seq)?;
        let settled = NumberedCountersign { seq, countersign: countersign.settle(is_so, by.name())? };
        carry_out(tx, &settled, now_ms())?;
        Ok(if is_so { Outcome::Confirmed } else { Outcome::Refused })
    })
}

/// A collection code was given to this person just now. It waits where they were photographed before and nothing was known
/// of them to compare its last four with.
pub(super) fn code_given(
    tx: &Tx<'_>,
    subject: &str,
    batch: &str,
    had_last_four: bool,
    by: &str,
) -> Result<(), DeskError> {
    if had_last_four || !asks(Risk::LateCode)? || tx.shots_of(subject)?.is_empty() {
        return Ok(());
    }
    Ok(tx.keep_countersign(&Countersign {
        batch: batch.to_owned(),
        risk: Risk::LateCode,
        subject: subject.to_owned(),
        shot: None,
        against: None,
        said_by: by.to_owned(),
        said_at_ms: now_ms(),
        outcome: None,
        settled_by: None,
    })?)
}

/// Somebody said whose the shot is; `before` is the shot as it stood. What waited about it is replaced and waits anew.
pub(super) fn shot_given(
    tx: &Tx<'_>,
    before: &Shot,
    subject: &str,
    by: &str,
    at_ms: i64,
) -> Result<(), DeskError> {
    let rules = shots::rules()?.second_person;
    let earlier = tx.countersign_of_shot(&before.id)?;
    let doubted = before.doubt.and_then(|doubt| rules.risk_of(doubt));
    let of_earlier = |it: &NumberedCountersign| (it.countersign.risk, it.countersign.against.clone());
    let asked = doubted.map(|risk| (risk, before.doubt_other.clone()));
    let Some((risk, against)) = asked.or_else(|| earlier.as_ref().map(of_earlier)) else { return Ok(()) };
    if let Some(NumberedCountersign { seq, countersign }) = earlier {
        let replaced = NumberedCountersign { seq, countersign: countersign.replace(by)? };
        tx.set_countersign(&replaced, at_ms)?;
    }
    Ok(tx.keep_countersign(&Countersign {
        batch: before.batch.clone(),
        risk,
        subject: subject.to_owned(),
        shot: Some(before.id.clone()),
        against,
        said_by: by.to_owned(),
        said_at_ms: at_ms,
        outcome: None,
        settled_by: None,
    })?)
}

/// Takes in what waits, or was settled, at another station. `theirs` names people and shots as they are here.
pub(super) fn take_in(tx: &Tx<'_>, theirs: Countersign, at_ms: i64) -> Result<(), DeskError> {
    if theirs.shot.as_deref().is_some_and(|shot| tx.shot(shot).is_err()) {
        // The same file was here already as another shot, of which this was not said.
        return Ok(());
    }
    match tx.same_countersign(&theirs)? {
        None if theirs.outcome.is_some() => {}
        None => {
            let waits = match &theirs.shot {
                Some(shot) => tx.countersign_of_shot(shot)?,
                None => tx.countersign_of_code(&theirs.subject)?,
            };
            if waits.is_none() {
                tx.keep_countersign(&theirs)?;
            }
        }
        Some(ours) if ours.countersign.outcome.is_none() && theirs.outcome.is_some() => {
            carry_out(tx, &NumberedCountersign { seq: ours.seq, countersign: theirs }, at_ms)?;
        }
        Some(_) => {}
    }
    Ok(())
}

/// Writes how it ended, and takes back what was refused.
fn carry_out(tx: &Tx<'_>, settled: &NumberedCountersign, at_ms: i64) -> Result<(), DeskError> {
    tx.set_countersign(settled, at_ms)?;
    let Countersign { outcome, subject, shot, settled_by, .. } = &settled.countersign;
    if *outcome != Some(Outcome::Refused) {
        return Ok(());
    }
    match shot {
        None => drop(tx.unbind_code(subject, at_ms, settled_by.as_deref().unwrap_or_default())?),
        Some(shot) if tx.shot(shot)?.state == ShotState::Draft => {
            // Somebody must say anew whose it is.
            tx.doubt_shot(shot, Doubt::OtherFace, None)?;
        }
        Some(_) => {
            return Err(DeskError::Refused {
                code: "shot_finalised",
                message: "this photo is finalised; reopen it, then look again".to_owned(),
            });
        }
    }
    Ok(())
}

fn asks(risk: Risk) -> Result<bool, DeskError> {
    Ok(shots::rules()?.second_person.risks.contains(&risk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::SignatureCode;
    use crate::workflow::fixture::{Place, new_batch};
    use crate::workflow::{bundle, job::Job, shots::Held, sign_in, who};

    /// A batch with people who came with tickets, one photo each.
    fn station(people: usize) -> (Place, String, Vec<Subject>) {
        let place = Place::new();
        let batch = place.desk.create_batch(new_batch(&place.desk)).unwrap().code;
        let people = (0..people).map(|_| with_ticket(&place.desk, &batch)).collect();
        (place, batch, people)
    }

    fn with_ticket(desk: &Desk, batch: &str) -> Subject {
        let ticket = who::issue_tickets(desk, batch, 1).unwrap().remove(0);
        let who::Who::One(subject) = who::find(desk, batch, &ticket.to_string()).unwrap() else {
            panic!("a ticket is one person");
        };
        add_shot(desk, &subject, &subject.id);
        subject
    }

    fn add_shot(desk: &Desk, subject: &Subject, id: &str) {
        let content = format!("photo {id}");
        let shot = Shot {
            id: id.to_owned(),
            batch: subject.batch.clone(),
            subject: Some(subject.id.clone()),
            photo_sha256: desk.store.put_photo(content.as_bytes()).unwrap(),
            taken_at_ms: 1,
            state: ShotState::Draft,
            mark: None,
            doubt: None,
            doubt_other: None,
            verdict: Some(crate::inspect::Verdict::Pass),
            score: 0.0,
            submission: None,
        };
        desk.store.write(|tx| tx.add_shot(&shot, content.len() as u64, "test")).unwrap();
    }

    fn held(desk: &Desk, batch: &str) -> Vec<(String, Held)> {
        shots::finalise(desk, batch, "li").unwrap().held
    }

    fn code_of<T: std::fmt::Debug>(result: Result<T, DeskError>) -> &'static str {
        result.unwrap_err().code()
    }

    #[test]
    fn a_code_given_after_the_photo_waits_for_somebody_else_who_has_signed_in() {
        let (place, batch, people) = station(1);
        let desk = &place.desk;
        who::bind_code(desk, &people[0], "opaque one", "002X", "li").unwrap();
        assert_eq!(held(desk, &batch), [(people[0].id.clone(), Held::Countersign)]);
        assert_eq!(shots::count(desk, &batch).unwrap().countersigns, 1);
        let open = open(desk).unwrap().remove(0);
        assert_eq!((open.numbered.countersign.risk, open.photos.len()), (Risk::LateCode, 1));
        let seq = open.numbered.seq;
        let li = sign_in::set(desk, "Li", "li's own code", None).unwrap();
        assert_eq!(code_of(settle(desk, seq, true, &li)), "same_person");
        let wang = sign_in::set(desk, "wang", "wang's code", None).unwrap();
        assert_eq!(settle(desk, seq, true, &wang).unwrap(), Outcome::Confirmed);
        assert_eq!(code_of(settle(desk, seq, true, &wang)), "already_settled");
        assert_eq!(held(desk, &batch), []);
        assert!(desk.store.has_code(&people[0].id).unwrap());
        desk.verify_journal().unwrap();
    }

    #[test]
    fn what_is_refused_is_taken_back_and_asked_for_again() {
        let (place, batch, people) = station(2);
        let desk = &place.desk;
        let wang = sign_in::set(desk, "wang", "wang's code", None).unwrap();
        who::bind_code(desk, &people[0], "opaque one", "002X", "li").unwrap();
        let seq = waiting(desk, &batch).unwrap()[0].seq;
        assert_eq!(settle(desk, seq, false, &wang).unwrap(), Outcome::Refused);
        assert!(!desk.store.has_code(&people[0].id).unwrap());
        let other = desk.store.subject(&people[1].id).unwrap();
        who::bind_code(desk, &other, "opaque one", "002X", "li").unwrap();
        assert_eq!(
            held(desk, &batch),
            [(other.id, Held::Countersign)],
            "free for whose it is, and asked for again"
        );
    }

    #[test]
    fn a_face_under_two_students_takes_two_people_to_settle() {
        let (place, batch, people) = station(2);
        let desk = &place.desk;
        let wang = sign_in::set(desk, "wang", "wang's code", None).unwrap();
        let (shot, other) = (&people[0].id, &people[1].id);
        desk.store.write(|tx| tx.doubt_shot(shot, Doubt::SameFace, Some(other))).unwrap();
        shots::assign(desk, shot, other, "li").unwrap();
        shots::assign(desk, shot, &people[0].id, "li").unwrap();
        let waits = waiting(desk, &batch).unwrap();
        assert_eq!(waits.len(), 1, "what was said anew replaces what was said before");
        assert_eq!(waits[0].countersign.subject, people[0].id);
        assert_eq!(open(desk).unwrap()[0].photos.len(), 2, "the other student's photo is shown beside it");
        settle(desk, waits[0].seq, false, &wang).unwrap();
        assert_eq!(desk.store.shot(shot).unwrap().doubt, Some(Doubt::OtherFace));
        shots::assign(desk, shot, &people[0].id, "li").unwrap();
        let again = waiting(desk, &batch).unwrap();
        settle(desk, again[0].seq, true, &wang).unwrap();
        assert_eq!(held(desk, &batch), []);
    }

    #[test]
    fn a_late_photo_takes_one_person() {
        let (place, batch, people) = station(1);
        let desk = &place.desk;
        desk.store.write(|tx| tx.doubt_shot(&people[0].id, Doubt::Late, None)).unwrap();
        shots::assign(desk, &people[0].id, &people[0].id, "li").unwrap();
        assert_eq!(waiting(desk, &batch).unwrap(), []);
    }

    #[test]
    fn what_waits_travels_with_the_bundle_and_its_answer_too() {
        let (one, batch, people) = station(1);
        who::bind_code(&one.desk, &people[0], "opaque one", "002X", "li").unwrap();
        let two = Place::new();
        let folder = tempfile::tempdir().unwrap();
        let carry = |name: &str| {
            let path = folder.path().join(name);
            bundle::write(&one.desk, &batch, &path, "campus day seven", &Job::default()).unwrap();
            bundle::merge(&two.desk, &path, "campus day seven", &Job::default()).unwrap();
        };
        carry("first");
        assert_eq!(held(&two.desk, &batch), [(people[0].id.clone(), Held::Countersign)]);
        let wang = sign_in::set(&one.desk, "wang", "wang's code", None).unwrap();
        let seq = waiting(&one.desk, &batch).unwrap()[0].seq;
        settle(&one.desk, seq, true, &wang).unwrap();
        carry("second");
        assert_eq!(waiting(&two.desk, &batch).unwrap(), []);
        assert_eq!(held(&two.desk, &batch), []);
    }

    #[test]
    fn a_code_from_a_station_that_never_saw_the_photos_waits_too() {
        let (one, batch, _) = station(0);
        let ticket = who::issue_tickets(&one.desk, &batch, 1).unwrap().remove(0).to_string();
        let two = Place::new();
        let code = Some(SignatureCode::parse(&batch).unwrap().to_string());
        two.desk.create_batch(crate::workflow::desk::NewBatch { code, ..new_batch(&two.desk) }).unwrap();
        let subject_of = |desk: &Desk| match who::find(desk, &batch, &ticket).unwrap() {
            who::Who::One(subject) => subject,
            other => panic!("{other:?}"),
        };
        add_shot(&one.desk, &subject_of(&one.desk), "photo at one");
        who::bind_code(&two.desk, &subject_of(&two.desk), "opaque one", "002X", "zhao").unwrap();
        assert_eq!(waiting(&two.desk, &batch).unwrap(), [], "there is no photo there yet");
        let path = tempfile::tempdir().unwrap();
        let path = path.path().join("two.bundle");
        bundle::write(&two.desk, &batch, &path, "campus day seven", &Job::default()).unwrap();
        bundle::merge(&one.desk, &path, "campus day seven", &Job::default()).unwrap();
        assert_eq!(waiting(&one.desk, &batch).unwrap().len(), 1);
    }
}
