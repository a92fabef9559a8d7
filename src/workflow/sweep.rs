//! Many photos that passed every check approved together: counted first, confirmed by a sample, each bound to its hash.

use super::desk::{QueueItem, now_ms};
use super::review::take;
use super::{Desk, DeskError};
use crate::inspect::Verdict;
use crate::store::journal::JournalEvent;
use crate::store::{StoreError, Tx, seal};
use crate::submission::review_rules::SweepRules;
use crate::submission::{Decision, State, Verb};

/// What approving a group would do; nothing is changed by it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepPlan {
    /// What would be approved.
    pub group: Vec<QueueItem>,
    /// Of the group, what must be looked at one by one first; drawn by chance.
    pub sample: Vec<QueueItem>,
    /// What was asked for but is left out, with the code of the reason.
    pub left_out: Vec<(String, &'static str)>,
}

/// What approving a group did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepReport {
    pub approved: Vec<QueueItem>,
    /// Submissions whose decision was refused, with the code: they changed meanwhile.
    pub refused: Vec<(String, &'static str)>,
}

/// Counts what approving these photos would do. Only photos of one batch that wait, are not set aside and passed every
/// check belong to a group; each must still be the one that was seen.
pub fn plan(desk: &Desk, seen: &[QueueItem]) -> Result<SweepPlan, DeskError> {
    let mut plan = SweepPlan::default();
    let batch = seen.first().map(|item| item.batch.clone());
    for item in seen {
        let present = desk.item(&item.submission)?;
        match unfit(item, &present, batch.as_deref()) {
            Some(why) => plan.left_out.push((present.submission, why)),
            None => plan.group.push(present),
        }
    }
    plan.sample = sample(&plan.group, &desk.review_rules.sweep)?;
    Ok(plan)
}

/// Approves the group of a plan whose sample was confirmed. All decisions are durable together; one that no longer
/// holds is refused by itself.
pub fn approve(desk: &Desk, plan: &SweepPlan, reviewer: &str) -> Result<SweepReport, DeskError> {
    let Some(batch) = plan.group.first().map(|item| item.batch.clone()) else {
        return Ok(SweepReport::default());
    };
    desk.store.write(|tx| {
        let mut report = SweepReport::default();
        let event = JournalEvent::Swept {
            batch,
            photos: plan.group.len(),
            sample: plan.sample.iter().map(|item| item.submission.clone()).collect(),
        };
        tx.append(now_ms(), reviewer, &event)?;
        for item in &plan.group {
            let id = item.submission.clone();
            match unless_refused(decide_one(desk, tx, item, Verb::Approve, reviewer))? {
                Ok(approved) => report.approved.push(approved),
                Err(code) => report.refused.push((id, code)),
            }
        }
        Ok(report)
    })
}

/// Takes back the approvals of a group that can still be taken back.
pub fn undo(desk: &Desk, submissions: &[String], reviewer: &str) -> Result<SweepReport, DeskError> {
    desk.store.write(|tx| {
        let mut report = SweepReport::default();
        for id in submissions {
            let item = tx.standing(id)?.item;
            match unless_refused(decide_one(desk, tx, &item, Verb::Undo, reviewer))? {
                Ok(back) => report.approved.push(back),
                Err(code) => report.refused.push((id.clone(), code)),
            }
        }
        Ok(report)
    })
}

/// Why the photo does not belong to the group.
fn unfit(seen: &QueueItem, present: &QueueItem, batch: Option<&str>) -> Option<&'static str> {
    if present.photo_sha256 != seen.photo_sha256 || present.revision != seen.revision {
        Some("stale_photo")
    } else if present.state != State::PendingReview {
        Some("illegal_transition")
    } else if present.hold.is_some() {
        Some("set_aside")
    } else if present.verdict != Some(Verdict::Pass) || present.failed_checks + present.warned_checks > 0 {
        Some("not_all_passed")
    } else if Some(present.batch.as_str()) != batch {
        Some("other_batch")
    } else {
        None
    }
}

fn decide_one(
    desk: &Desk,
    tx: &Tx<'_>,
    item: &QueueItem,
    verb: Verb,
    reviewer: &str,
) -> Result<QueueItem, DeskError> {
    let decision = Decision {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        verb,
        reasons: Vec::new(),
        reviewer: reviewer.to_owned(),
    };
    take(desk, tx, &decision, tx.standing(&item.submission)?)
}

/// A decision that does not hold is told apart from work that could not be done; only the latter ends the whole.
fn unless_refused(
    result: Result<QueueItem, DeskError>,
) -> Result<Result<QueueItem, &'static str>, DeskError> {
    match result {
        Ok(item) => Ok(Ok(item)),
        Err(error @ (DeskError::Decision(_) | DeskError::Second(_) | DeskError::Refused { .. })) => {
            Ok(Err(error.code()))
        }
        Err(error @ DeskError::Store(StoreError::BeingExported { .. })) => Ok(Err(error.code())),
        Err(error) => Err(error),
    }
}

/// Draws the sample by chance, so that nobody can tell which photos will be looked at.
fn sample(group: &[QueueItem], rules: &SweepRules) -> Result<Vec<QueueItem>, DeskError> {
    let mut random = vec![0_u8; group.len() * size_of::<u64>()];
    seal::fill_random(&mut random).map_err(StoreError::from)?;
    let lots = random.chunks_exact(size_of::<u64>()).zip(group);
    let mut drawn: Vec<(&[u8], &QueueItem)> = lots.collect();
    drawn.sort_by_key(|(lot, _)| *lot);
    Ok(drawn.into_iter().take(rules.sample(group.len())).map(|(_, item)| item.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::keys::KeyFileStore;
    use crate::store::submissions::NewSubmission;
    use crate::submission::{Hold, HoldKind, PhotoFault, QueueFilter};
    use crate::workflow::fixture::new_batch;
    use crate::workflow::review::{decide, hold};

    /// A desk with photos that passed, as far as their rows say; the last is damaged.
    fn desk(folder: &std::path::Path, count: usize) -> Desk {
        let desk = Desk::open(folder, &KeyFileStore::new(folder.join("key"))).unwrap();
        let batch = desk.create_batch(new_batch(&desk)).unwrap();
        let report = crate::store::fixture::report(&[Verdict::Pass]);
        for number in 0..count {
            let photo_sha256 = desk.store.put_photo(format!("photo {number}").as_bytes()).unwrap();
            let id = format!("s{number:03}");
            let new = NewSubmission {
                id: &id,
                batch: &batch.code,
                masked_name: "吴*兰",
                state: State::PendingReview,
                photo_sha256: &photo_sha256,
                photo_bytes: 9,
                received_at_ms: number as i64,
            };
            let checked = if number + 1 == count {
                Err(PhotoFault { code: "truncated".into(), message: String::new() })
            } else {
                Ok(report.clone())
            };
            desk.store
                .write(|tx| {
                    tx.add_submission(&new)?;
                    tx.set_report(&id, &photo_sha256, &checked)
                })
                .unwrap();
        }
        desk
    }

    fn rows(desk: &Desk) -> Vec<QueueItem> {
        desk.queue(&QueueFilter::default()).unwrap()
    }

    #[test]
    fn a_group_is_counted_approved_and_taken_back_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path(), 31);
        let plan = plan(&desk, &rows(&desk)).unwrap();
        assert_eq!((plan.group.len(), plan.sample.len()), (30, 3));
        assert_eq!(plan.left_out, [("s030".to_owned(), "not_all_passed")]);
        assert!(rows(&desk).iter().all(|row| row.state == State::PendingReview), "counting changes nothing");
        let report = approve(&desk, &plan, "li").unwrap();
        assert_eq!((report.approved.len(), report.refused.len()), (30, 0));
        let approved = rows(&desk).iter().filter(|row| row.state == State::Approved).count();
        assert_eq!(approved, 30);
        let ids: Vec<String> = report.approved.into_iter().map(|row| row.submission).collect();
        assert_eq!(undo(&desk, &ids, "wang").unwrap().approved.len(), 0, "only its owner takes it back");
        assert_eq!(undo(&desk, &ids, "li").unwrap().approved.len(), 30);
        assert!(rows(&desk).iter().all(|row| row.state == State::PendingReview));
        desk.verify_journal().unwrap();
    }

    #[test]
    fn what_changed_since_the_count_is_refused_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path(), 6);
        let seen = rows(&desk);
        let plan = plan(&desk, &seen).unwrap();
        let reject = Decision {
            submission: seen[1].submission.clone(),
            photo_sha256: seen[1].photo_sha256.clone(),
            revision: 1,
            verb: Verb::Reject,
            reasons: vec!["G01".into()],
            reviewer: "wang".into(),
        };
        decide(&desk, &reject).unwrap();
        let report = approve(&desk, &plan, "li").unwrap();
        assert_eq!(report.refused, [("s001".to_owned(), "illegal_transition")]);
        assert_eq!((report.approved.len(), desk.item("s001").unwrap().state), (4, State::Rejected));
    }

    #[test]
    fn another_photo_than_the_one_seen_and_one_set_aside_stay_out() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path(), 4);
        let mut seen = rows(&desk);
        seen[0].photo_sha256 = "0".repeat(64);
        let aside = Hold {
            submission: seen[1].submission.clone(),
            photo_sha256: seen[1].photo_sha256.clone(),
            revision: 1,
            hold: Some(HoldKind::Parked),
            reviewer: "li".into(),
        };
        hold(&desk, &aside, "").unwrap();
        let plan = plan(&desk, &seen).unwrap();
        let codes: Vec<&str> = plan.left_out.iter().map(|(_, code)| *code).collect();
        assert_eq!((plan.group.len(), codes), (1, vec!["stale_photo", "set_aside", "not_all_passed"]));
    }
}
