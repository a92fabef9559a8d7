//! Tickets for codeless collection 无码采集: batch, station, serial and a check character that finds every single wrong
//! sign and every swap of neighbours (ISO 7064 MOD 37-2).

use std::fmt;

use crate::submission::SignatureCode;

/// Signs that tell two stations of one batch apart, so that their serials never meet.
pub const STATION_LENGTH: usize = 2;
/// Serials are written with at least this many digits.
const SERIAL_DIGITS: usize = 4;
/// More digits than any batch needs.
const MOST_SERIAL_DIGITS: usize = 6;
const SIGNS: u32 = 36;
/// MOD 37-2 knows 37 check values; the last has no letter or digit, and serials that would have it are left out.
const MODULUS: u32 = 37;

/// One ticket. Shown and printed as `B7K2QX-K7-0042-F`; its QR code holds the same text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub batch: SignatureCode,
    station: String,
    /// From 1.
    pub serial: u32,
}

/// The text is no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTicket {
    #[error("this is no ticket number; it looks like B7K2QX-K7-0042-F")]
    Form,
    #[error("a sign of the ticket number is wrong; read it again from the ticket")]
    Check,
}

impl Ticket {
    /// `None` when the station is not two letters or digits, or the serial is 0, too long, or one of the few that have
    /// no check sign.
    pub fn new(batch: SignatureCode, station: &str, serial: u32) -> Option<Self> {
        let station = station.to_ascii_uppercase();
        let is_station =
            station.len() == STATION_LENGTH && station.bytes().all(|sign| sign.is_ascii_alphanumeric());
        let fits = serial > 0 && serial < 10_u32.pow(MOST_SERIAL_DIGITS as u32);
        let ticket = (is_station && fits).then_some(Self { batch, station, serial })?;
        check_sign(&ticket.body()).map(|_| ticket)
    }

    pub fn station(&self) -> &str {
        &self.station
    }

    fn body(&self) -> String {
        format!("{}{}{:0width$}", self.batch, self.station, self.serial, width = SERIAL_DIGITS)
    }

    /// Reads a typed or scanned ticket number; blanks, hyphens, small letters and full-width signs are forgiven.
    pub fn parse(text: &str) -> Result<Self, BadTicket> {
        let signs: String = super::document_number::normalised(text)
            .chars()
            .filter(|sign| !matches!(sign, '-' | '–' | '—' | '_'))
            .collect();
        let head = SignatureCode::LENGTH + STATION_LENGTH;
        let serial_digits = SERIAL_DIGITS..=MOST_SERIAL_DIGITS;
        let is_ascii = signs.bytes().all(|sign| sign.is_ascii_alphanumeric());
        if !is_ascii || signs.len() < head + 1 || !serial_digits.contains(&(signs.len() - head - 1)) {
            return Err(BadTicket::Form);
        }
        let (body, _) = signs.split_at(signs.len() - 1);
        let serial = body[head..].parse().map_err(|_| BadTicket::Form)?;
        let batch = SignatureCode::parse(&body[..SignatureCode::LENGTH]).map_err(|_| BadTicket::Form)?;
        if !is_checked(&signs) {
            return Err(BadTicket::Check);
        }
        Self::new(batch, &body[SignatureCode::LENGTH..head], serial).ok_or(BadTicket::Form)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let check = check_sign(&self.body()).unwrap_or('*');
        write!(f, "{}-{}-{:0width$}-{check}", self.batch, self.station, self.serial, width = SERIAL_DIGITS)
    }
}

/// The check sign of these signs; `None` for the one value in 37 that has none.
fn check_sign(body: &str) -> Option<char> {
    let sum = body.chars().fold(0, |sum, sign| (sum + sign.to_digit(SIGNS).unwrap_or(0)) * 2 % MODULUS);
    let value = (MODULUS + 1 - sum) % MODULUS;
    char::from_digit(value, SIGNS).map(|sign| sign.to_ascii_uppercase())
}

fn is_checked(signs: &str) -> bool {
    let (body, check) = signs.split_at(signs.len() - 1);
    check.chars().next() == check_sign(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ticket(serial: u32) -> Ticket {
        try_ticket(serial).unwrap()
    }

    fn try_ticket(serial: u32) -> Option<Ticket> {
        Ticket::new(SignatureCode::parse("B7K2QX").unwrap(), "k7", serial)
    }

    #[test]
    fn a_ticket_is_read_back_however_it_is_typed() {
        let text = ticket(42).to_string();
        assert!(text.starts_with("B7K2QX-K7-0042-"), "{text}");
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', ""), text.replace('-', " ")] {
            assert_eq!(Ticket::parse(&typed), Ok(ticket(42)), "{typed}");
        }
        assert_eq!(Ticket::parse("0042"), Err(BadTicket::Form));
        assert_eq!(Ticket::parse("吴小兰"), Err(BadTicket::Form));
        assert_eq!(Ticket::new(SignatureCode::parse("B7K2QX").unwrap(), "K", 1), None);
        assert_eq!(Ticket::new(SignatureCode::parse("B7K2QX").unwrap(), "K7", 0), None);
    }

    /// Donation numbers of blood banks (ISBT 128) carry this check sign; the example is theirs.
    #[test]
    fn the_check_sign_is_that_of_the_norm() {
        assert_eq!(check_sign("G123498654321"), Some('H'));
    }

    proptest! {
        #[test]
        fn every_wrong_sign_and_every_swap_is_found(serial in 1..1_000_000_u32, at in any::<prop::sample::Index>(), value in 0..36_u32) {
            prop_assume!(try_ticket(serial).is_some());
            let signs: Vec<char> = ticket(serial).to_string().replace('-', "").chars().collect();
            prop_assert_eq!(Ticket::parse(&signs.iter().collect::<String>()), Ok(ticket(serial)));
            let at = at.index(signs.len());
            let mut slip = signs.clone();
            slip[at] = char::from_digit(value, 36).unwrap().to_ascii_uppercase();
            prop_assert_eq!(Ticket::parse(&slip.iter().collect::<String>()).is_ok(), slip == signs);
            if at + 1 < signs.len() {
                let mut swapped = signs.clone();
                swapped.swap(at, at + 1);
                prop_assert_eq!(Ticket::parse(&swapped.iter().collect::<String>()).is_ok(), swapped == signs);
            }
        }
    }
}
