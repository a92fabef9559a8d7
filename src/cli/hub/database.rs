//! Where a hub's rows lie: SQLite in its folder, or a PostgreSQL server.

use std::path::PathBuf;

use directories::BaseDirs;

use crate::store::server::Address;

/// PostgreSQL's own variables for what must not stand on a command line.
const PASSWORD: &str = "PGPASSWORD";
const PASSWORD_FILE: &str = "PGPASSFILE";

#[derive(Debug, clap::Args)]
pub(super) struct DatabaseArgs {
    /// PostgreSQL database in place of SQLite, postgres://USER@HOST/DATABASE; several hubs may share it. The password comes
    /// from PGPASSWORD, from a .pgpass file, or from this address in PHOTODESK_DATABASE.
    #[arg(long, value_name = "URL", env = "PHOTODESK_DATABASE", hide_env_values = true, global = true)]
    database: Option<String>,
}

impl DatabaseArgs {
    /// The server that is named, if one is.
    pub(super) fn address(&self) -> anyhow::Result<Option<Address>> {
        let Some(text) = &self.database else { return Ok(None) };
        let mut address = Address::parse(text)?;
        if address.has_password() && std::env::args().any(|word| word.contains(text)) {
            anyhow::bail!(
                "everybody on this computer can read a password on a command line; put the address into \
                 PHOTODESK_DATABASE, or the password into PGPASSWORD or a .pgpass file"
            );
        }
        if address.has_password() {
            return Ok(Some(address));
        }
        if let Ok(password) = std::env::var(PASSWORD) {
            address.set_password(&password);
        } else if let Some(path) = password_file() {
            address.read_password(&path)?;
        }
        Ok(Some(address))
    }
}

/// The file that is named, or the usual one where there is one.
fn password_file() -> Option<PathBuf> {
    let named = std::env::var_os(PASSWORD_FILE).map(PathBuf::from);
    let usual = || BaseDirs::new().map(|dirs| dirs.home_dir().join(".pgpass"));
    named.or_else(|| usual().filter(|path| path.exists()))
}
