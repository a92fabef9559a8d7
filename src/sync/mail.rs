//! Letters by SMTP: one server that was named, encrypted unless it runs on this very computer, never for long.

use std::net::IpAddr;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use serde::Deserialize;

const PATIENCE: Duration = Duration::from_secs(20);

/// How the way to the server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// From the first byte, usually on port 465.
    Tls,
    /// After the server's greeting, usually on port 587; a server that does not offer it gets nothing.
    Starttls,
    /// Only for a server on this computer.
    None,
}

/// The server and who sends.
pub struct MailServer<'a> {
    pub host: &'a str,
    pub port: u16,
    pub encryption: Encryption,
    /// PEM of an authority to trust beside those of the system.
    pub authority: Option<&'a [u8]>,
    /// User and password.
    pub login: Option<(&'a str, &'a str)>,
    /// `photos@school.example`, with or without a name before it in the form `Name <address>`.
    pub from: &'a str,
}

/// A letter.
pub struct Letter<'a> {
    /// The same for every repetition; becomes its Message-ID.
    pub id: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// A JPEG under this name.
    pub photo: Option<(&'a str, Vec<u8>)>,
}

/// Why a letter was not taken. No text holds an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("no address")]
    NoAddress,
    /// The server says that it will never take it.
    #[error("refused: SMTP {0}")]
    Refused(String),
    #[error("put off: SMTP {0}")]
    PutOff(String),
    #[error("the mail server does not answer ({0})")]
    Away(&'static str),
}

/// A way to one server.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// The text of an error says what is wrong.
    pub fn new(server: &MailServer<'_>) -> Result<Self, String> {
        // Fails when it was set before, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let from = server.from.parse().map_err(|_| format!("{} is no mail address", server.from))?;
        let tls = match server.encryption {
            Encryption::None if is_here(server.host) => Tls::None,
            Encryption::None => {
                return Err(format!(
                    "{} is not this computer, so the way there must be encrypted",
                    server.host
                ));
            }
            Encryption::Tls => Tls::Wrapper(parameters(server)?),
            Encryption::Starttls => Tls::Required(parameters(server)?),
        };
        let builder = SmtpTransport::builder_dangerous(server.host).port(server.port).tls(tls);
        let builder = builder.timeout(Some(PATIENCE));
        let builder = match server.login {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.to_owned(), password.to_owned()))
            }
            None => builder,
        };
        Ok(Self { transport: builder.build(), from })
    }

    /// Hands a letter over to the server.
    pub fn send(&self, letter: Letter<'_>) -> Result<(), MailError> {
        let to: Mailbox = letter.to.parse().map_err(|_| MailError::NoAddress)?;
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{domain}>", letter.id)));
        let text = letter.text.to_owned();
        let message = match letter.photo {
            None => message.singlepart(SinglePart::plain(text)),
            Some((name, bytes)) => {
                let jpeg = ContentType::parse("image/jpeg").map_err(|_| MailError::Away("content type"))?;
                let photo = Attachment::new(name.to_owned()).body(bytes, jpeg);
                message.multipart(MultiPart::mixed().singlepart(SinglePart::plain(text)).singlepart(photo))
            }
        };
        let message = message.map_err(|_| MailError::NoAddress)?;
        self.transport.send(&message).map(drop).map_err(|error| told(&error))
    }
}

/// Whether this is an address a letter can be sent to.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok_and(|address| address.domain().contains('.'))
}

fn parameters(server: &MailServer<'_>) -> Result<TlsParameters, String> {
    let builder = TlsParameters::builder(server.host.to_owned());
    let builder = match server.authority {
        Some(pem) => builder.add_root_certificate(
            Certificate::from_pem(pem).map_err(|_| "the authority is no certificate in PEM".to_owned())?,
        ),
        None => builder,
    };
    builder.build().map_err(|cause| cause.to_string())
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The server's own words may repeat the address, so only its number is kept.
fn told(error: &lettre::transport::smtp::Error) -> MailError {
    let status = error.status().map(|code| code.to_string()).unwrap_or_default();
    if error.is_permanent() {
        MailError::Refused(status)
    } else if error.is_transient() {
        MailError::PutOff(status)
    } else if error.is_timeout() {
        MailError::Away("it takes too long")
    } else if error.is_tls() {
        MailError::Away("its certificate is not trusted, or it does not encrypt")
    } else if error.is_client() {
        MailError::Away("it does not offer what is asked of it")
    } else {
        MailError::Away("no connection")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, encryption: Encryption) -> MailServer<'_> {
        MailServer { host, port: 1, encryption, authority: None, login: None, from: "photos@school.example" }
    }

    #[test]
    fn letters_leave_this_computer_encrypted_only() {
        assert!(Mailer::new(&server("127.0.0.1", Encryption::None)).is_ok());
        assert!(Mailer::new(&server("smtp.example", Encryption::None)).is_err());
        assert!(Mailer::new(&server("smtp.example", Encryption::Starttls)).is_ok());
        assert!(
            Mailer::new(&MailServer { from: "nobody", ..server("localhost", Encryption::None) }).is_err()
        );
    }

    #[test]
    fn an_address_is_told_from_other_words() {
        for address in ["lan@example.com", " wu.lan+photo@mail.school.edu.cn "] {
            assert!(is_address(address), "{address}");
        }
        for other in [
            "",
            "lan",
            "lan@",
            "@example.com",
            "lan@host",
            "a b@example.com",
            "x@example.com, y@example.com",
            "lan@example.com\r\nBcc: y@example.com",
        ] {
            assert!(!is_address(other), "{other}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_is_away() {
        let sent = Mailer::new(&server("127.0.0.1", Encryption::None)).map(|mailer| {
            mailer.send(Letter { id: "1", to: "lan@example.com", subject: "s", text: "t", photo: None })
        });
        assert!(matches!(sent, Ok(Err(MailError::Away(_)))));
    }
}
