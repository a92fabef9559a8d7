//! Who stands before the camera: found by code, ticket, number or last four; codes and tickets bound to people.

use std::path::{Path, PathBuf};

use image::RgbImage;

use super::desk::now_ms;
use super::{Desk, DeskError, countersign};
use crate::onsite::code::{Codes, Luma, read};
use crate::onsite::ticket::Ticket;
use crate::onsite::typed::{Typed, understand};
use crate::photo::decode::decode;
use crate::photo::file::read_limited;
use crate::store::Tx;
use crate::store::codes::CodeBinding;
use crate::submission::{SignatureCode, Subject};

/// The answer to what was typed or scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Exactly this person.
    One(Subject),
    /// People whose last four are these; the student says which.
    Several(Vec<Subject>),
    /// A code nobody of the batch has yet.
    NewCode(String),
    Nobody(Nobody),
}

/// Why nobody was found; the words are locale keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nobody {
    NothingTyped,
    NoSuchNumber,
    NoSuchLastFour,
    /// A sign of the ticket number is wrong.
    TicketSlip,
    /// The ticket belongs to another batch.
    OtherBatch,
}

impl Nobody {
    /// The snake_case word used as locale key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingTyped => "nothing_typed",
            Self::NoSuchNumber => "no_such_number",
            Self::NoSuchLastFour => "no_such_last_four",
            Self::TicketSlip => "ticket_slip",
            Self::OtherBatch => "other_batch",
        }
    }
}

/// What reading a picture for its code gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureCode {
    pub path: PathBuf,
    pub result: Result<String, NoCode>,
}

/// A picture that gave no code to go on with. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCode {
    #[error(
        "no QR code can be read in it; photograph the screen straight on, without a reflection, and closer"
    )]
    NotFound,
    #[error("{count} different codes are in it; photograph one at a time")]
    Several { count: usize },
    #[error("the code holds no text; photograph the collection code, not another one")]
    NotText,
    #[error("{message}")]
    Picture { code: &'static str, message: String },
}

impl NoCode {
    /// Stable machine-readable code, also the locale key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "code_not_found",
            Self::Several { .. } => "code_several",
            Self::NotText => "code_not_text",
            Self::Picture { code, .. } => code,
        }
    }
}

/// Finds the person a text names: a code or ticket as a scanner types it, a number, or the last four. A ticket of
/// the batch makes its person at the first call.
pub fn find(desk: &Desk, batch: &str, text: &str) -> Result<Who, DeskError> {
    let batch = desk.batch(batch)?.code;
    let one = |id: Option<String>, otherwise: Who| -> Result<Who, DeskError> {
        Ok(match id {
            Some(id) => Who::One(desk.store.subject(&id)?),
            None => otherwise,
        })
    };
    match understand(text) {
        Typed::Nothing => Ok(Who::Nobody(Nobody::NothingTyped)),
        Typed::BadTicket => Ok(Who::Nobody(Nobody::TicketSlip)),
        Typed::Ticket(ticket) if ticket.batch.as_str() != batch => Ok(Who::Nobody(Nobody::OtherBatch)),
        Typed::Ticket(ticket) => {
            let id = desk.store.write(|tx| tx.subject_of_ticket(&ticket, now_ms()))?;
            Ok(Who::One(desk.store.subject(&id)?))
        }
        Typed::Code(code) => {
            let known = desk.store.write(|tx| tx.subject_by_code(&batch, &code))?;
            one(known, Who::NewCode(code))
        }
        Typed::Number(number) => {
            let named = desk.store.write(|tx| tx.subjects_by_number(&batch, &[number]))?;
            one(named.into_iter().next(), Who::Nobody(Nobody::NoSuchNumber))
        }
        Typed::LastFour(last_four) => Ok(by_last_four(desk.store.subjects_by_last_four(&batch, &last_four)?)),
    }
}

fn by_last_four(mut found: Vec<Subject>) -> Who {
    match found.len() {
        0 => Who::Nobody(Nobody::NoSuchLastFour),
        1 => Who::One(found.remove(0)),
        _ => Who::Several(found),
    }
}

/// Makes a person of a new code, with the last four as they stand beside it.
pub fn add_by_code(desk: &Desk, batch: &str, code: &str, last_four: &str) -> Result<Subject, DeskError> {
    let batch = desk.batch(batch)?.code;
    let Typed::LastFour(last_four) = understand(last_four) else {
        return Err(refused("last_four", "the last four of the document number are four signs as they stand beside the code, for example 002X or 6(A)".to_owned()));
    };
    let id = desk.store.write(|tx| {
        let id = tx.add_unnamed(&batch, &last_four, now_ms())?;
        bind(tx, &batch, &id, code)?;
        Ok::<_, DeskError>(id)
    })?;
    Ok(desk.store.subject(&id)?)
}

/// Gives a code to a person who is known already, by roster or ticket. `last_four` must be theirs where it is known; where
/// it is not, and they were photographed before, it waits for a second person. `by` is who gives it.
pub fn bind_code(
    desk: &Desk,
    subject: &Subject,
    code: &str,
    last_four: &str,
    by: &str,
) -> Result<Subject, DeskError> {
    let Typed::LastFour(typed) = understand(last_four) else {
        return Err(refused(
            "last_four",
            "type the last four of the document number as they stand beside the code".to_owned(),
        ));
    };
    desk.store.write(|tx| {
        if bind(tx, &subject.batch, &subject.id, code)? == CodeBinding::Bound {
            countersign::code_given(tx, &subject.id, &subject.batch, !subject.last_four.is_empty(), by)?;
        }
        if subject.last_four.is_empty() {
            return Ok(tx.set_last_four(&subject.id, &typed)?);
        }
        if subject.last_four.eq_ignore_ascii_case(&typed) {
            return Ok(());
        }
        Err(refused(
            "other_last_four",
            "the last four beside the code are not this person's; ask whose code it is before anything is bound".to_owned(),
        ))
    })?;
    Ok(desk.store.subject(&subject.id)?)
}

fn bind(tx: &Tx<'_>, batch: &str, subject: &str, code: &str) -> Result<CodeBinding, DeskError> {
    match tx.bind_code(batch, subject, code, now_ms())? {
        done @ (CodeBinding::Bound | CodeBinding::Known) => Ok(done),
        CodeBinding::OfAnother { .. } => Err(refused(
            "code_of_another",
            "this code is another person's of the batch already; look at both before you go on".to_owned(),
        )),
        CodeBinding::HasAnother => Err(refused(
            "has_another_code",
            "this person has another code already; a person has one code in a batch".to_owned(),
        )),
    }
}

/// Gives out the next tickets of this desk; each is durable before it is shown.
pub fn issue_tickets(desk: &Desk, batch: &str, count: u32) -> Result<Vec<Ticket>, DeskError> {
    let batch = SignatureCode::parse(batch)?;
    Ok(desk.store.write(|tx| tx.issue_tickets(&batch, count, now_ms()))?)
}

/// Writes a page of tickets, whole or not at all.
pub fn write_tickets(path: &Path, pdf: &[u8]) -> Result<(), DeskError> {
    crate::durable::write_shared(path, pdf).map_err(|cause| {
        let path = path.display();
        refused(
            "io",
            format!("{path} cannot be written ({cause}); choose another folder, or free some space"),
        )
    })
}

/// Reads the code in a picture file.
pub fn read_picture(desk: &Desk, path: &Path) -> PictureCode {
    let picture = |code, message| NoCode::Picture { code, message };
    let result = read_limited(path, &desk.limits)
        .map_err(|error| picture(error.code(), error.to_string()))
        .and_then(|bytes| read_code(desk, &bytes));
    PictureCode { path: path.to_owned(), result }
}

fn read_code(desk: &Desk, bytes: &[u8]) -> Result<String, NoCode> {
    let photo = decode(bytes, &desk.limits)
        .map_err(|error| NoCode::Picture { code: error.code(), message: error.to_string() })?;
    read_pixels(&photo.pixels)
}

/// Reads the code in a picture that is no file, as the clipboard holds one.
pub fn read_pixels(pixels: &RgbImage) -> Result<String, NoCode> {
    match read::codes(&Luma::of(pixels)) {
        Codes::None => Err(NoCode::NotFound),
        Codes::One(content) => String::from_utf8(content).map_err(|_| NoCode::NotText),
        Codes::Several(count) => Err(NoCode::Several { count }),
    }
}

/// Whether the person has a collection code, and the ticket they came with.
pub fn standing(desk: &Desk, subject: &str) -> Result<(bool, Option<Ticket>), DeskError> {
    Ok((desk.store.has_code(subject)?, desk.store.ticket_of(subject)?))
}

/// The person with this id, masked.
pub fn subject(desk: &Desk, id: &str) -> Result<Subject, DeskError> {
    Ok(desk.store.subject(id)?)
}

/// People of the batch who have no photo yet, in the order of their list.
pub fn missing(desk: &Desk, batch: &str) -> Result<Vec<Subject>, DeskError> {
    let batch = desk.batch(batch)?.code;
    let people = desk.store.subjects(&batch)?.into_iter();
    Ok(people.filter(|row| row.photos == 0).map(|row| row.subject).collect())
}

fn refused(code: &'static str, message: String) -> DeskError {
    DeskError::Refused { code, message }
}
