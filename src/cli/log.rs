//! Where the program's log goes.

/// Logs to stderr, as much as `usual` says or PHOTODESK_LOG asks for, as in `photodesk=debug`. Lines name ids, codes and
/// counts, never a person.
pub(super) fn to_stderr(usual: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PHOTODESK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    // Fails when a logger is there already, which is as good.
    drop(tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init());
}
