//! What the hub must know to send messages: a TOML file, with its secrets in files of their own.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::facts::Facts;
use super::webhook::Webhook;
use super::{Answer, ConfigError, letter};
use crate::hub::config::{folder_of, parsed, read};
use crate::submission::notice::{Notice, NoticeWay};
use crate::sync::mail::{Encryption, MailServer, Mailer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    /// Where students reach the hub's page: `https://HOST`. Messages name it.
    page: Option<String>,
    webhook: Option<WebhookSetup>,
    mail: Option<MailSetup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookSetup {
    address: String,
    /// A file with `whsec_` and 24 to 64 bytes in base64.
    secret: PathBuf,
    /// Also tells number, telephone and mail address where a roster says them.
    #[serde(default)]
    contact: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailSetup {
    host: String,
    port: u16,
    encryption: Encryption,
    /// A file with the certificate of an authority to trust beside the system's.
    authority: Option<PathBuf>,
    user: Option<String>,
    /// A file with the password.
    password: Option<PathBuf>,
    from: String,
}

/// The ways a hub was set up for; none by default.
#[derive(Default)]
pub struct Notices {
    pub(super) page: Option<String>,
    webhook: Option<Webhook>,
    mailer: Option<Mailer>,
}

impl Notices {
    /// Reads the configuration in `path`; relative paths in it count from its folder.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let setup: Setup = parsed(path)?;
        let folder = folder_of(path);
        if setup.webhook.is_none() && setup.mail.is_none() {
            return Err(ConfigError::faulty(path, "it names neither a webhook nor a mail server"));
        }
        let webhook = setup.webhook.map(|setup| webhook(path, folder, &setup)).transpose()?;
        let mailer = setup.mail.map(|setup| mailer(path, folder, &setup)).transpose()?;
        let page = setup.page.map(|page| page.trim_end_matches('/').to_owned());
        Ok(Self { page, webhook, mailer })
    }

    /// The ways, each with how long a message waits before its first try.
    pub(super) fn ways(&self, settle_ms: i64) -> Vec<(NoticeWay, i64)> {
        let webhook = self.webhook.is_some().then_some((NoticeWay::Webhook, settle_ms));
        let mail = self.mailer.is_some().then_some((NoticeWay::Mail, settle_ms));
        webhook.into_iter().chain(mail).collect()
    }

    /// Tries once to send a message. Takes as long as the other side takes.
    pub(super) fn send(&self, notice: &Notice, facts: &Facts, now_ms: i64) -> Answer {
        match (notice.way, &self.webhook, &self.mailer) {
            (NoticeWay::Webhook, Some(webhook), _) => {
                webhook.send(notice, facts, self.page.as_deref(), now_ms)
            }
            (NoticeWay::Mail, _, Some(mailer)) => letter::send(mailer, notice, facts, self.page.as_deref()),
            _ => Answer::NotNow("the hub is not set up for this way".to_owned()),
        }
    }
}

fn webhook(path: &Path, folder: &Path, setup: &WebhookSetup) -> Result<Webhook, ConfigError> {
    let file = folder.join(&setup.secret);
    let secret = read(&file)?;
    Webhook::new(&setup.address, secret.trim(), setup.contact)
        .map_err(|fault| ConfigError::faulty(if fault.of_secret { &file } else { path }, fault.text))
}

fn mailer(path: &Path, folder: &Path, setup: &MailSetup) -> Result<Mailer, ConfigError> {
    let authority = setup.authority.as_ref().map(|file| read(&folder.join(file))).transpose()?;
    let password = setup.password.as_ref().map(|file| read(&folder.join(file))).transpose()?;
    let login = match (&setup.user, &password) {
        (Some(user), Some(password)) => Some((user.as_str(), password.trim())),
        (None, None) => None,
        _ => return Err(ConfigError::faulty(path, "a user needs a password file, and the other way round")),
    };
    Mailer::new(&MailServer {
        host: &setup.host,
        port: setup.port,
        encryption: setup.encryption,
        authority: authority.as_deref().map(str::as_bytes),
        login,
        from: &setup.from,
    })
    .map_err(|cause| ConfigError::faulty(path, cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_setup(text: &str) -> Result<Notices, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notices.toml");
        std::fs::write(folder.path().join("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        std::fs::write(folder.path().join("password"), "not to be told\n").unwrap();
        std::fs::write(&path, text).unwrap();
        Notices::from_file(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn ways_are_set_up_by_a_file_and_faults_never_tell_a_secret() {
        let webhook = "[webhook]\naddress = \"https://school.example/hook\"\nsecret = \"secret\"\n";
        let mail = "[mail]\nhost = \"smtp.example\"\nport = 465\nencryption = \"tls\"\nuser = \"u\"\npassword = \"password\"\nfrom = \"photos@school.example\"\n";
        let both = read_setup(&format!("page = \"https://photos.example/\"\n{webhook}{mail}")).ok().unwrap();
        assert_eq!(both.ways(5), [(NoticeWay::Webhook, 5), (NoticeWay::Mail, 5)]);
        assert_eq!(both.page.as_deref(), Some("https://photos.example"));
        for (text, expected) in [
            (String::new(), "neither"),
            (webhook.replace("https", "http"), "https://"),
            (webhook.replace("\"secret\"", "\"password\""), "whsec_"),
            (mail.replace("user = \"u\"\n", ""), "password"),
            (mail.replace("\"tls\"", "\"none\""), "encrypted"),
            (webhook.replace("secret =", "key ="), "notices.toml"),
        ] {
            let said = read_setup(&text).err().unwrap();
            assert!(said.contains(expected) && !said.contains("not to be told"), "{said}");
        }
    }
}
