//! What a batch asks of its students, as options of `hub admin`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::submission::{BatchRules, PaymentRule, PhotoSource};

/// The rules of a batch; what is left out does not limit.
#[derive(Debug, clap::Args)]
pub(in crate::cli::hub) struct RuleArgs {
    /// none, school_pays, before_photo or after_photo.
    #[arg(long, value_name = "RULE", default_value = "none", value_parser = payment)]
    payment: PaymentRule,
    /// What a student owes, in yuan, for example 25 or 25.50.
    #[arg(long, value_name = "YUAN", value_parser = fen)]
    fee: Option<u32>,
    /// The student is asked to confirm the processed photo; closing the batch confirms for whoever has not.
    #[arg(long)]
    confirmation: bool,
    /// Where photos may come from: camera, album or on_site; may be given more than once (default: all).
    #[arg(long, value_name = "SOURCE", value_parser = source)]
    source: Vec<PhotoSource>,
    /// How long after a rejection a new photo is taken.
    #[arg(long, value_name = "HOURS")]
    reupload_hours: Option<u32>,
    /// When the batch opens: 2026-12-01T08:00 by this computer's clock, or with an offset.
    #[arg(long, value_name = "TIME", value_parser = time)]
    opens: Option<i64>,
    /// From here on no photo is taken.
    #[arg(long, value_name = "TIME", value_parser = time)]
    upload_until: Option<i64>,
    /// When the hub closes the batch by itself.
    #[arg(long, value_name = "TIME", value_parser = time)]
    closes: Option<i64>,
    /// How long photos are kept, from capture (default: as the hub keeps them).
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u32>,
}

impl RuleArgs {
    pub(super) fn rules(&self) -> BatchRules {
        BatchRules {
            payment: self.payment,
            fee_fen: self.fee.unwrap_or(0),
            sources: self.source.clone(),
            asks_confirmation: self.confirmation,
            reupload_hours: self.reupload_hours,
            opens_at_ms: self.opens,
            upload_until_ms: self.upload_until,
            closes_at_ms: self.closes,
            retention_days: self.retention_days,
        }
    }
}

/// Yuan with at most two decimals, as fen.
pub(super) fn fen(text: &str) -> Result<u32, String> {
    let (yuan, part) = text.split_once('.').unwrap_or((text, ""));
    let is_plain = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if yuan.is_empty() || !is_plain(yuan) || !is_plain(part) || part.len() > 2 {
        return Err(format!("{text} is no amount; write yuan, for example 25 or 25.50"));
    }
    let fen = format!("{yuan}{part:0<2}").parse();
    fen.map_err(|_| format!("{text} is too large an amount"))
}

fn payment(word: &str) -> Result<PaymentRule, String> {
    let known = PaymentRule::ALL.map(PaymentRule::as_str).join(", ");
    PaymentRule::from_word(word).ok_or_else(|| format!("{word} is no payment rule; choose one of: {known}"))
}

fn source(word: &str) -> Result<PhotoSource, String> {
    let known = PhotoSource::ALL.map(PhotoSource::as_str).join(", ");
    PhotoSource::from_word(word).ok_or_else(|| format!("{word} is no source; choose one of: {known}"))
}

fn time(text: &str) -> Result<i64, String> {
    let with_offset = text.parse::<jiff::Timestamp>().ok();
    let at = with_offset.or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::system()).ok()?.timestamp())
    });
    at.map(jiff::Timestamp::as_millisecond).ok_or_else(|| {
        format!("{text} is no time; write for example 2026-12-01T18:00 or 2026-12-01T18:00+08:00")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen() {
        assert_eq!(["25", "25.5", "25.50", "0.07"].map(fen), [Ok(2500), Ok(2550), Ok(2550), Ok(7)]);
        for wrong in ["", ".5", "25.505", "-3", "¥25", "99999999999"] {
            assert!(fen(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_read_with_and_without_offset() {
        assert_eq!(time("2026-12-01T18:00+08:00"), Ok(1_796_119_200_000));
        assert!(time("2026-12-01T18:00").is_ok() && time("2026-12-01 18:00").is_ok());
        assert!(time("tomorrow").is_err());
    }
}
