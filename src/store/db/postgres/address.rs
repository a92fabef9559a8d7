//! Where the database server is: a `postgres://` address without its password, which comes from a file or from memory.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};

use super::super::{DbError, Result};
use super::tls::Tls;

/// How long a server that does not answer is waited for.
const CONNECTING: Duration = Duration::from_secs(5);
/// After so long without a sign of life a connection counts as broken.
const SILENCE: Duration = Duration::from_secs(30);
const PORT: u16 = 5432;

/// A database server and the database on it. Shows no password.
#[derive(Clone)]
pub struct Address(Config);

/// An address that cannot be used. The text carries the remedy and never the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("the address of the database is not understood ({0}); write it as postgres://USER@HOST/DATABASE")]
    Faulty(String),
    #[error("the address of the database names no {0}; write it as postgres://USER@HOST/DATABASE")]
    Missing(&'static str),
    #[error("{path} cannot be read ({cause}); name a password file that the hub may read")]
    PasswordFile { path: std::path::PathBuf, cause: std::io::Error },
    #[error(
        "the connection to the database server cannot be encrypted ({0}); see to the certificates of this system"
    )]
    Tls(String),
}

impl Address {
    /// Understands `postgres://user@host:port/database`, and `key=value` pairs.
    pub fn parse(text: &str) -> std::result::Result<Self, AddressError> {
        let mut config: Config =
            text.parse().map_err(|cause: postgres::Error| AddressError::Faulty(super::said(&cause)))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(AddressError::Missing("host"));
        }
        if config.get_dbname().is_none() {
            return Err(AddressError::Missing("database"));
        }
        // What leaves this computer is encrypted, whatever the address asks for.
        let mode = if is_here(&config) { SslMode::Disable } else { SslMode::Require };
        config
            .application_name("photodesk hub")
            .ssl_mode(mode)
            .connect_timeout(CONNECTING)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        Ok(Self(config))
    }

    pub fn has_password(&self) -> bool {
        self.0.get_password().is_some()
    }

    pub fn set_password(&mut self, password: &str) {
        self.0.password(password);
    }

    /// Takes the password from a file in the form of PostgreSQL's own `.pgpass`: `host:port:database:user:password` a
    /// line. Without a line for this server nothing changes.
    pub fn read_password(&mut self, path: &Path) -> std::result::Result<(), AddressError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| AddressError::PasswordFile { path: path.to_owned(), cause })?;
        let host = match self.0.get_hosts().first() {
            Some(Host::Tcp(host)) => host.as_str(),
            _ => "localhost",
        };
        let port = self.0.get_ports().first().unwrap_or(&PORT).to_string();
        let wanted =
            [host, &port, self.0.get_dbname().unwrap_or_default(), self.0.get_user().unwrap_or_default()];
        if let Some(password) = text.lines().find_map(|line| password_in(line, wanted)) {
            self.0.password(password);
        }
        Ok(())
    }

    pub(super) fn connect(&self) -> Result<Client> {
        if self.0.get_ssl_mode() == SslMode::Disable {
            return Ok(self.0.connect(NoTls)?);
        }
        let tls = Tls::new().map_err(DbError::Address)?;
        Ok(self.0.connect(tls)?)
    }
}

/// Whether the server is reached without leaving this computer.
fn is_here(config: &Config) -> bool {
    let is_loopback = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_loopback) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// The password of a line whose fields name this server; `*` names any, a backslash takes the next sign as it is.
fn password_in(line: &str, wanted: [&str; 4]) -> Option<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // The password is the rest of the line.
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(letters.next()),
            _ => fields.last_mut()?.push(letter),
        }
    }
    let password = fields.get(4)?.clone();
    let names = fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
    (names && !line.starts_with('#')).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_this_computer_is_encrypted() {
        let mode = |text: &str| Address::parse(text).unwrap().0.get_ssl_mode();
        assert_eq!(mode("postgres://hub@127.0.0.1/photodesk"), SslMode::Disable);
        assert_eq!(mode("postgres://hub@localhost:5433/photodesk?sslmode=require"), SslMode::Disable);
        assert_eq!(mode("postgres://hub@db.example/photodesk?sslmode=disable"), SslMode::Require);
        assert_eq!(mode("host=localhost,db.example user=hub dbname=photodesk"), SslMode::Require);
    }

    #[test]
    fn an_address_without_a_host_or_database_is_refused_and_not_shown() {
        for text in ["postgres:///photodesk", "postgres://hub:secret@localhost", "postgres://hub:secret@:x/y"]
        {
            let refused = Address::parse(text).err().unwrap().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn the_password_of_the_named_server_is_found_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lines = "# ours\nother:5432:*:hub:no\nlocalhost:*:photodesk:hub:a\\:b:c\n*:*:*:*:last\n";
        std::fs::write(file.path(), lines).unwrap();
        let password = |text: &str| {
            let mut address = Address::parse(text).unwrap();
            address.read_password(file.path()).unwrap();
            String::from_utf8(address.0.get_password().unwrap().to_vec()).unwrap()
        };
        assert_eq!(password("postgres://hub@localhost/photodesk"), "a:b:c");
        assert_eq!(password("postgres://hub@localhost/other"), "last");
    }
}
