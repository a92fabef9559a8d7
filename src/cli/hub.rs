//! `photodesk hub`.

mod admin;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};

use anyhow::Context;

use super::{DeskPlace, Outcome, log, wrong_use};
use crate::hub::{Clock, Hub, serve, stop_signal};
use crate::store::Store;
use crate::sync::limits::HubLimits;

/// The server that desks pull from: SQLite and a folder of sealed photos in the folder named by --data.
///
/// It speaks plain HTTP: put a proxy that speaks TLS before it for any machine but this one. Ctrl+C or SIGTERM ends
/// it after the requests under way.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// How long a desk that is not heard of keeps what it claimed.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    lease_seconds: Option<u32>,
    #[command(subcommand)]
    verb: Option<admin::Verb>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if place.data.is_none() {
        return wrong_use(&"the hub needs its own folder; name it with --data DIR");
    }
    if let Some(verb) = &args.verb {
        return admin::run(verb, place, out);
    }
    let mut limits = HubLimits::built_in()?;
    limits.lease.seconds = args.lease_seconds.unwrap_or(limits.lease.seconds);
    log::to_stderr("photodesk=info");
    let store = Store::open(&place.folder()?, &*place.keys())?;
    let clock = Clock::running(jiff::Timestamp::now().as_millisecond(), Hub::on_record_ms(&store)?);
    let hub = Hub::open(store, limits, clock)?;
    let listener = TcpListener::bind(args.listen).with_context(|| {
        format!("{} cannot be listened on; name another address with --listen", args.listen)
    })?;
    writeln!(out, "hub listens on http://{}", listener.local_addr()?)?;
    out.flush()?;
    serve(&hub, listener, stop_signal())?;
    writeln!(out, "hub stopped")?;
    Ok(Outcome::Done)
}
