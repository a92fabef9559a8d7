//! A mail server for tests: takes letters by SMTP, plain, encrypted from the first byte or after STARTTLS, and keeps them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const SOON: Duration = Duration::from_secs(20);

/// When the way is encrypted.
#[derive(Clone)]
pub enum Way {
    Plain,
    Tls(Arc<ServerConfig>),
    Starttls(Arc<ServerConfig>),
}

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Kept {
    pub to: String,
    /// What the sender said of itself to be let in, in base64.
    pub login: Option<String>,
    pub is_encrypted: bool,
    /// Headers and body.
    pub data: String,
}

pub struct MailServer {
    pub port: u16,
    kept: Arc<Mutex<Vec<Kept>>>,
    /// Answers to the recipient, first to be used first; then all are taken.
    refusals: Arc<Mutex<Vec<&'static str>>>,
}

impl MailServer {
    pub fn start(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (kept, refusals) = (Arc::<Mutex<Vec<Kept>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let shared = (Arc::clone(&kept), Arc::clone(&refusals));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever hangs up in the middle is no concern of the server's.
                drop(serve(stream, &way, &shared.0, &shared.1));
            }
        });
        Self { port, kept, refusals }
    }

    /// A configuration in `folder` by which a hub sends letters here.
    pub fn setup(&self, folder: &Path) -> PathBuf {
        let text = format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\nencryption = \"none\"\nfrom = \"photos@school.example\"\n",
            self.port
        );
        let path = folder.join("notices.toml");
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn refuses(&self, answers: &[&'static str]) {
        self.refusals.lock().unwrap().extend_from_slice(answers);
    }

    pub fn kept(&self) -> Vec<Kept> {
        self.kept.lock().unwrap().clone()
    }

    /// Waits until so many letters have come.
    pub fn letters(&self, count: usize) -> Vec<Kept> {
        let begun = Instant::now();
        while self.kept().len() < count {
            assert!(begun.elapsed() < SOON, "{count} letters did not come: {:?}", self.kept());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kept()
    }
}

/// Makes a certificate for this computer in `folder` by OpenSSL: `cert.pem`, with `key.pem`.
pub fn make_certificate(folder: &Path) {
    certificate_for(folder, "DNS:localhost,IP:127.0.0.1");
}

/// The same for a server of other names.
pub fn certificate_for(folder: &Path, names: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", &format!("subjectAltName={names}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl is needed for this test");
}

/// The same, and what a server needs of it.
pub fn certificate(folder: &Path) -> Arc<ServerConfig> {
    drop(rustls::crypto::ring::default_provider().install_default());
    make_certificate(folder);
    let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// Base64 of one value, then whether letters come encrypted.
struct Talk<'a> {
    login: Option<String>,
    is_encrypted: bool,
    offers_encryption: bool,
    kept: &'a Mutex<Vec<Kept>>,
    refusals: &'a Mutex<Vec<&'static str>>,
}

fn serve(
    mut stream: TcpStream,
    way: &Way,
    kept: &Mutex<Vec<Kept>>,
    refusals: &Mutex<Vec<&'static str>>,
) -> std::io::Result<()> {
    let mut talk = Talk { login: None, is_encrypted: false, offers_encryption: false, kept, refusals };
    let encrypted = |stream, config: &Arc<ServerConfig>| {
        StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream)
    };
    match way {
        Way::Tls(config) => {
            talk.is_encrypted = true;
            let mut stream = encrypted(stream, config);
            stream.write_all(b"220 test ESMTP\r\n")?;
            talk.go(&mut stream).map(drop)
        }
        Way::Plain => {
            stream.write_all(b"220 test ESMTP\r\n")?;
            talk.go(&mut stream).map(drop)
        }
        Way::Starttls(config) => {
            talk.offers_encryption = true;
            stream.write_all(b"220 test ESMTP\r\n")?;
            if talk.go(&mut stream)? {
                talk.is_encrypted = true;
                talk.offers_encryption = false;
                talk.go(&mut encrypted(stream, config))?;
            }
            Ok(())
        }
    }
}

impl Talk<'_> {
    /// Answers until the other side leaves; `true` when it asked for encryption.
    fn go(&mut self, stream: &mut dyn Wire) -> std::io::Result<bool> {
        let mut reader = BufReader::with_capacity(1, stream);
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(false);
            }
            let line = line.trim_end();
            let word = line.split(' ').next().unwrap_or_default().to_uppercase();
            let answer = match word.as_str() {
                "EHLO" if self.offers_encryption => "250-test\r\n250 STARTTLS".to_owned(),
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN".to_owned(),
                "STARTTLS" if self.offers_encryption => {
                    reader.get_mut().write_all(b"220 go on\r\n")?;
                    return Ok(true);
                }
                "AUTH" => {
                    self.login = line.strip_prefix("AUTH PLAIN ").map(str::to_owned);
                    "235 welcome".to_owned()
                }
                "RCPT" => {
                    to = line.split_once('<').map_or("", |(_, rest)| rest.trim_end_matches('>')).to_owned();
                    let mut refusals = self.refusals.lock().unwrap();
                    if refusals.is_empty() { "250 fine".to_owned() } else { refusals.remove(0).to_owned() }
                }
                "DATA" => {
                    reader.get_mut().write_all(b"354 go on\r\n")?;
                    let data = read_data(&mut reader)?;
                    let (login, is_encrypted) = (self.login.clone(), self.is_encrypted);
                    self.kept.lock().unwrap().push(Kept { to: to.clone(), login, is_encrypted, data });
                    "250 kept".to_owned()
                }
                "QUIT" => {
                    reader.get_mut().write_all(b"221 bye\r\n")?;
                    return Ok(false);
                }
                _ => "250 fine".to_owned(),
            };
            reader.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
            reader.get_mut().flush()?;
        }
    }
}

fn read_data(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(&line);
    }
}
