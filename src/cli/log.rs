//! Where the program's log goes.

use tracing_subscriber::EnvFilter;

/// Lines for people, or one JSON object a line for a log collector.
const FORMAT: &str = "PHOTODESK_LOG_FORMAT";

/// Logs to stderr, as much as `usual` says or PHOTODESK_LOG asks for, as in `photodesk=debug`. Lines name ids, codes and
/// counts, never a person.
pub(super) fn to_stderr(usual: &str) {
    let filter = EnvFilter::try_from_env("PHOTODESK_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let is_json = std::env::var_os(FORMAT).is_some_and(|format| format == "json");
    // Fails when a logger is there already, which is as good.
    drop(if is_json { log.json().try_init() } else { log.try_init() });
}
