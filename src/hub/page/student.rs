//! What a student does, each in one durable transaction: say who they are, submit, withdraw.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::forms::Small;
use super::visit::{Student, Visit};
use crate::hub::error::HubError;
use crate::hub::{Call, Hub, intake, orders};
use crate::onsite::ticket::Ticket;
use crate::store::codes::CodeBinding;
use crate::store::devices::{Device, Role};
use crate::store::page::{GuessRule, Guesses};
use crate::store::{StoreError, Tx};
use crate::submission::{Batch, BoundBy, Subject};
use crate::sync::protocol::{NewPhoto, NewSubmission, Withdrawal};

/// Signs what students do themselves.
const ACTOR: &str = "student page";
const MS_A_MINUTE: i64 = 60_000;

/// What a student holds.
pub(super) enum Proof {
    Code(String),
    Ticket(Ticket),
}

/// What became of it.
pub(super) enum Told {
    /// The person's id.
    Person(String),
    /// These are not the last four of whoever has the code.
    Wrong {
        left: u32,
    },
    Locked {
        minutes: u32,
    },
    /// Neither given out by this hub nor brought by a station.
    UnknownTicket,
    /// The person has photos, and their last four are not on record: only the staff can tell who they are.
    AskStaff,
}

/// Finds the person of a code or ticket, or makes one at its first use. The last four must be theirs.
pub(super) async fn identified(
    hub: &Arc<Hub>,
    batch: &Batch,
    last_four: &str,
    proof: Proof,
) -> Result<Told, HubError> {
    let limits = &hub.limits.page;
    let rule = GuessRule {
        at_most: limits.guesses_at_most,
        window_ms: i64::from(limits.guess_window_seconds) * 1000,
    };
    let (now_ms, batch, last_four) = (hub.clock.now_ms(), batch.code.clone(), last_four.to_owned());
    hub.writer
        .write(move |tx| {
            let asked = Asked { batch: &batch, last_four: &last_four, rule, now_ms };
            Ok(asked.identify(tx, &proof)?)
        })
        .await
}

struct Asked<'a> {
    batch: &'a str,
    last_four: &'a str,
    rule: GuessRule,
    now_ms: i64,
}

impl Asked<'_> {
    fn identify(&self, tx: &Tx<'_>, proof: &Proof) -> Result<Told, StoreError> {
        let secret = match proof {
            Proof::Code(code) => code.clone(),
            Proof::Ticket(ticket) => ticket.to_string(),
        };
        if let Guesses::LockedUntil(until_ms) = tx.guesses(self.batch, &secret, self.rule, self.now_ms)? {
            return Ok(self.locked(until_ms));
        }
        let known = match proof {
            Proof::Code(code) => tx.subject_by_code(self.batch, code)?,
            Proof::Ticket(ticket) if !tx.has_ticket(ticket)? => return Ok(Told::UnknownTicket),
            Proof::Ticket(ticket) => tx.subject_with_ticket(ticket)?,
        };
        let Some(subject) = known else { return self.first_use(tx, proof) };
        let theirs = tx.subject(&subject)?.last_four;
        // Of whom everything was erased: told so, and nothing is kept anew.
        if tx.is_erased(&subject)? {
            return Ok(Told::Person(subject));
        }
        if theirs.is_empty() {
            // A code is long and drawn by chance, a ticket's number is neither.
            let is_enough = matches!(proof, Proof::Code(_)) || !tx.has_photos(&subject)?;
            if !is_enough {
                return Ok(Told::AskStaff);
            }
            tx.set_last_four(&subject, self.last_four)?;
        } else if !theirs.eq_ignore_ascii_case(self.last_four) {
            let counted = tx.count_wrong_guess(self.batch, &secret, self.rule, self.now_ms)?;
            return Ok(match counted {
                Guesses::Left(left) => Told::Wrong { left },
                Guesses::LockedUntil(until_ms) => self.locked(until_ms),
            });
        }
        tx.forget_guesses(self.batch, &secret)?;
        Ok(Told::Person(subject))
    }

    fn first_use(&self, tx: &Tx<'_>, proof: &Proof) -> Result<Told, StoreError> {
        let subject = match proof {
            Proof::Code(code) => {
                let subject = tx.add_unnamed(self.batch, self.last_four, self.now_ms)?;
                match tx.bind_code(self.batch, &subject, code, self.now_ms)? {
                    CodeBinding::Bound | CodeBinding::Known => subject,
                    // Looked up in this very transaction, so that nobody can have taken it since.
                    CodeBinding::OfAnother { .. } | CodeBinding::HasAnother => return Ok(Told::AskStaff),
                }
            }
            Proof::Ticket(ticket) => {
                let subject = tx.subject_of_ticket(ticket, self.now_ms)?;
                tx.set_last_four(&subject, self.last_four)?;
                subject
            }
        };
        Ok(Told::Person(subject))
    }

    fn locked(&self, until_ms: i64) -> Told {
        let minutes = (until_ms - self.now_ms + MS_A_MINUTE - 1) / MS_A_MINUTE;
        Told::Locked { minutes: u32::try_from(minutes).unwrap_or(1).max(1) }
    }
}

/// Submits the draft: as a first photo, or as a further one after a withdrawal or a rejection.
pub(super) async fn submit(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let fields = form.fields(&hub, &visit)?;
        let student = visit.student(&hub).await?;
        let seen = fields.get("photo").cloned().unwrap_or_default();
        as_student(&hub, move |tx, call| submit_draft(tx, call, &student, &seen)).await?;
        Ok(Visit::go("/my"))
    };
    visit.answer(&hub, done.await)
}

/// `seen` is the photo the student looked at; another one that came meanwhile is not submitted unseen.
fn submit_draft(tx: &Tx<'_>, call: &Call<'_>, student: &Student, seen: &str) -> Result<(), HubError> {
    let subject = &student.subject;
    let Some(draft) = tx.draft(&subject.id)? else {
        // Pressed twice: the first press did it.
        return Ok(());
    };
    if draft.photo_sha256 != seen {
        return Err(HubError::new(
            409,
            "other_draft",
            "another photo came meanwhile",
            "look at the present one",
        ));
    }
    let id = match tx.submission_of_subject(&subject.id)? {
        Some(id) => {
            intake::resubmit(tx, call, &id, &NewPhoto { photo_sha256: draft.photo_sha256.clone() })?;
            id
        }
        None => {
            let id = first_photo(tx, call, subject, &draft.photo_sha256)?;
            tx.bind(&id, &subject.id, BoundBy::Page, call.now_ms)?;
            id
        }
    };
    tx.set_report(&id, &draft.photo_sha256, &draft.checked)?;
    tx.submitted_draft(&subject.id)?;
    Ok(())
}

/// Submits a first photo, to the order that was opened and paid for it where there is one.
fn first_photo(tx: &Tx<'_>, call: &Call<'_>, subject: &Subject, photo: &str) -> Result<String, HubError> {
    let photo_sha256 = photo.to_owned();
    if let Some(number) = tx.page_order(&subject.id)?
        && tx.order(&number)?.submission.is_none()
    {
        return Ok(orders::send_photo(tx, call, &number, &NewPhoto { photo_sha256 })?.submission);
    }
    let (batch, masked_name) = (subject.batch.clone(), subject.masked_name.clone());
    Ok(intake::submit(tx, call, &NewSubmission { batch, masked_name, photo_sha256 })?.submission)
}

/// Takes the photo back; wins until a decision has been committed.
pub(super) async fn withdraw(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let fields = form.fields(&hub, &visit)?;
        let student = visit.student(&hub).await?;
        let revision = fields.get("revision").and_then(|text| text.parse().ok()).unwrap_or_default();
        as_student(&hub, move |tx, call| {
            let id = tx.submission_of_subject(&student.subject.id)?.ok_or_else(nothing_there)?;
            intake::withdraw(tx, call, &id, &Withdrawal { revision })
        })
        .await?;
        Ok(Visit::go("/my"))
    };
    visit.answer(&hub, done.await)
}

/// Carries out a verb that the student may do, signed by the page.
pub(super) async fn as_student<T: Send + 'static>(
    hub: &Arc<Hub>,
    verb: impl FnOnce(&Tx<'_>, &Call<'_>) -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    let shared = Arc::clone(hub);
    let device = Device {
        id: ACTOR.to_owned(),
        name: ACTOR.to_owned(),
        role: Role::OnSite,
        enrolled_at_ms: None,
        revoked_at_ms: None,
    };
    let work =
        move |tx: &Tx<'_>| verb(tx, &Call { hub: &shared, device: &device, now_ms: shared.clock.now_ms() });
    hub.writer.write(work).await
}

pub(super) fn nothing_there() -> HubError {
    HubError::new(409, "nothing_there", "there is no photo yet", "send one first")
}
