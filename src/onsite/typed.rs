//! What an operator typed, pasted or scanned into the one field of the first step, told apart by its form.

use super::document_number::normalised;
use super::ticket::{BadTicket, Ticket};

/// Characters of a document number that a student says aloud.
const LAST_FOUR: usize = 4;
/// The shortest text that can be a collection code; numbers and tickets are shorter.
const SHORTEST_CODE: usize = 32;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Nothing,
    Ticket(Ticket),
    /// A ticket number with a slip.
    BadTicket,
    /// The last four of a document number, a bracketed suffix counting bracket and letter.
    LastFour(String),
    /// A whole document or student number.
    Number(String),
    /// A collection code, exactly as it came.
    Code(String),
}

/// Tells apart what came into the field. A collection code is opaque, so it is known by its length alone.
pub fn understand(text: &str) -> Typed {
    let bare = text.trim();
    if bare.is_empty() {
        return Typed::Nothing;
    }
    match Ticket::parse(bare) {
        Ok(ticket) => return Typed::Ticket(ticket),
        Err(BadTicket::Check) if bare.contains('-') => return Typed::BadTicket,
        Err(_) => {}
    }
    if bare.len() >= SHORTEST_CODE {
        return Typed::Code(bare.to_owned());
    }
    let number = normalised(bare);
    if number.chars().count() <= LAST_FOUR { Typed::LastFour(number) } else { Typed::Number(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::SignatureCode;

    #[test]
    fn one_field_takes_codes_tickets_numbers_and_the_last_four() {
        let ticket = Ticket::new(SignatureCode::parse("B7K2QX").unwrap(), "K7", 42).unwrap();
        let text = ticket.to_string();
        assert_eq!(understand(&format!(" {} ", text.to_lowercase())), Typed::Ticket(ticket));
        let wrong = if text.ends_with('A') { "B" } else { "A" };
        assert_eq!(understand(&format!("{}{wrong}", &text[..text.len() - 1])), Typed::BadTicket);
        assert_eq!(understand("002x"), Typed::LastFour("002X".into()));
        assert_eq!(understand("6（a）"), Typed::LastFour("6(A)".into()));
        assert_eq!(understand("11010519491231002x"), Typed::Number("11010519491231002X".into()));
        assert_eq!(understand("20210012345"), Typed::Number("20210012345".into()));
        let code = "aB+/".repeat(40);
        assert_eq!(understand(&code), Typed::Code(code.clone()), "a code keeps its letters");
        assert_eq!(understand(" "), Typed::Nothing);
    }
}
