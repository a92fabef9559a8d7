//! `photodesk hub admin notices`: what students were told, and what did not reach them.

use std::io::Write;

use crate::cli::Outcome;
use crate::store::Store;
use crate::submission::notice::NoticeState;

#[derive(Debug, clap::Args)]
pub(in crate::cli::hub) struct NoticeArgs {
    /// Only those in this state: waiting, sent, given_up, moot (not so any more), no_address.
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<NoticeState>,
    /// How many, the latest first.
    #[arg(long, value_name = "N", default_value_t = 50)]
    count: usize,
    /// Tell every try of each.
    #[arg(long)]
    tries: bool,
    /// Send everything that was given up once more; letters with photos must be asked for anew.
    #[arg(long)]
    again: bool,
}

pub(super) fn run(
    store: &Store,
    args: &NoticeArgs,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    if args.again {
        let count = store.write(|tx| tx.try_notices_again(now_ms))?;
        writeln!(out, "{count} messages wait again")?;
        return Ok(Outcome::Done);
    }
    for notice in store.notices(args.state, args.count)? {
        let why = notice.last_error.as_deref().unwrap_or_default();
        writeln!(
            out,
            "{} {} {} {} {} tries {} {why}",
            time(notice.made_at_ms),
            notice.state.as_str(),
            notice.way.as_str(),
            notice.kind.as_str(),
            notice.tries,
            notice.submission
        )?;
        if args.tries {
            for (at_ms, outcome) in store.notice_tries(&notice.id)? {
                writeln!(out, "  {} {outcome}", time(at_ms))?;
            }
        }
    }
    let (counts, _) = store.notice_counts()?;
    let counts = counts.iter().map(|(state, count)| format!("{count} {}", state.as_str()));
    writeln!(out, "{}", counts.collect::<Vec<_>>().join(", "))?;
    Ok(Outcome::Done)
}

fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn state(word: &str) -> Result<NoticeState, String> {
    let known = NoticeState::ALL.map(NoticeState::as_str).join(", ");
    NoticeState::from_word(word).ok_or_else(|| format!("{word} is no state; choose one of: {known}"))
}
