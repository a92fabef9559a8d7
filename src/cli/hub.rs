//! `photodesk hub`.

mod admin;
mod database;
mod elsewhere;
mod link;
mod photos;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use super::{DeskPlace, Outcome, log, wrong_use};
use crate::hub::notices::Notices;
use crate::hub::pay::wechat::Wechat;
use crate::hub::{Clock, Hub, Services, TlsFiles, serve, stop_signal};
use crate::sync::limits::HubLimits;

/// The server that desks pull from: SQLite and sealed photos in the folder named by --data, or PostgreSQL in place of SQLite
/// and an S3-compatible object store in place of the folder.
///
/// For any machine but this one it must speak TLS: give it a certificate, or put a proxy before it. Ctrl+C or SIGTERM ends
/// it after the requests under way.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// How long a desk that is not heard of keeps what it claimed.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    lease_seconds: Option<u32>,
    /// The centre's six digits, with which the numbers of orders begin.
    #[arg(long, value_name = "CODE", value_parser = centre)]
    centre: Option<String>,
    /// The file that says how students pay by WeChat Pay; see docs/hub.md.
    #[arg(long, value_name = "FILE", env = "PHOTODESK_WECHAT_PAY")]
    wechat_pay: Option<PathBuf>,
    /// The file that says how students are told: a webhook, a mail server; see docs/hub.md.
    #[arg(long, value_name = "FILE", env = "PHOTODESK_NOTICES")]
    notices: Option<PathBuf>,
    /// The hub's certificate and those that signed it, PEM; with it the hub speaks TLS itself.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    elsewhere: elsewhere::ElsewhereArgs,
    #[command(subcommand)]
    verb: Option<admin::Verb>,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if place.data.is_none() {
        return wrong_use(&"the hub needs its own folder; name it with --data DIR");
    }
    if let Some(verb) = &args.verb {
        return admin::run(verb, &args.elsewhere, place, out);
    }
    let mut limits = HubLimits::built_in()?;
    limits.lease.seconds = args.lease_seconds.unwrap_or(limits.lease.seconds);
    if let Some(centre) = &args.centre {
        limits.orders.centre.clone_from(centre);
    }
    log::to_stderr("photodesk=info");
    let store = args.elsewhere.open(place)?;
    let clock = Clock::running(Hub::wall_ms(&store)?, Hub::on_record_ms(&store)?);
    let hub = Hub::open_with(store, limits, clock, services(args)?)?;
    let listener = TcpListener::bind(args.listen).with_context(|| {
        format!("{} cannot be listened on; name another address with --listen", args.listen)
    })?;
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    let tls = tls.map(|(certificate, key)| TlsFiles { certificate, key });
    let scheme = if tls.is_some() { "https" } else { "http" };
    writeln!(out, "hub listens on {scheme}://{}", listener.local_addr()?)?;
    out.flush()?;
    serve(&hub, listener, tls.as_ref(), stop_signal())?;
    writeln!(out, "hub stopped")?;
    Ok(Outcome::Done)
}

fn services(args: &Args) -> anyhow::Result<Services> {
    let mut services = Services::default();
    if let Some(file) = &args.wechat_pay {
        services.pay = Some(Arc::new(Wechat::from_file(file)?));
    }
    if let Some(file) = &args.notices {
        services.notices = Notices::from_file(file)?;
    }
    Ok(services)
}

fn centre(code: &str) -> Result<String, String> {
    let is_code = code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit());
    if is_code { Ok(code.to_owned()) } else { Err(format!("{code} is no centre code; write six digits")) }
}
