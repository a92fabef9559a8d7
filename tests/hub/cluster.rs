//! A PostgreSQL cluster of the tests' own: made when first needed, gone with the process, however that ends.

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use postgres::{Client, NoTls};

const USER: &str = "hub";
/// Part of the socket's name.
const PORT: u16 = 5432;
/// Whom a cluster runs as where the tests run as root, which it refuses to.
const SERVICE: &str = "postgres";

pub struct Cluster {
    folder: PathBuf,
    port: u16,
    /// Ends it once the pipe to this process is closed.
    _keeper: Child,
}

thread_local! {
    /// The databases made for the test that runs on this thread; `None` where it runs on SQLite.
    static MADE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Carries out a test with a database of the cluster wherever it makes a hub.
pub fn on_postgres(test: impl FnOnce()) {
    let _databases = Databases::begin();
    test();
}

/// The address of a new database, where this test runs on PostgreSQL.
pub fn new_database() -> Option<String> {
    MADE.with_borrow_mut(|made| {
        let made = made.as_mut()?;
        let name = format!("t{}", uuid::Uuid::now_v7().simple());
        administer(&format!("CREATE DATABASE {name}"));
        made.push(name.clone());
        Some(address(&name))
    })
}

/// Where a database of the cluster is.
fn address(database: &str) -> String {
    cluster().address(database)
}

struct Databases;

impl Databases {
    fn begin() -> Self {
        MADE.set(Some(Vec::new()));
        Self
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        for name in MADE.take().into_iter().flatten() {
            administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn administer(sql: &str) {
    Client::connect(&address("postgres"), NoTls).unwrap().batch_execute(sql).unwrap();
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::make)
}

impl Cluster {
    /// Where a database of this cluster is.
    pub fn address(&self, database: &str) -> String {
        format!("host={} port={} user={USER} dbname={database}", self.folder.display(), self.port)
    }

    /// Lets every process of the server die at once, and starts it again.
    pub fn crash(&self) {
        let data = self.folder.join("data").display().to_string();
        run(&["pg_ctl", "-D", &data, "-w", "-m", "immediate", "restart"]);
    }

    /// A cluster of one test's own. Kills of the hub and of the server are survived without flushing to disk; a power cut
    /// is not tested here.
    pub fn make() -> Self {
        Self::with("-c fsync=off")
    }

    /// One that flushes as a server in service does.
    #[allow(dead_code, reason = "made for the bench")]
    pub fn durable() -> Self {
        Self::with("-c max_wal_size=2GB")
    }

    /// One that also listens on a port of loopback, encrypted by the certificate and key (PEM).
    #[allow(dead_code, reason = "made for the hub's tests")]
    pub fn encrypted(port: u16, certificate: &[u8], key: &[u8]) -> Self {
        let more = "-c fsync=off -c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file=../cert.pem \
             -c ssl_key_file=../key.pem";
        Self::with_files(port, more, &[("cert.pem", certificate), ("key.pem", key)])
    }

    /// One that listens on a port of loopback and encrypts nothing.
    #[allow(dead_code, reason = "made for the hub's tests")]
    pub fn plain(port: u16) -> Self {
        Self::with_files(port, "-c fsync=off -c listen_addresses=127.0.0.1", &[])
    }

    fn with(more: &str) -> Self {
        Self::with_files(PORT, more, &[])
    }

    fn with_files(port: u16, more: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::Builder::new().prefix("photodesk-pg").tempdir().unwrap().keep();
        for (name, content) in files {
            let path = folder.join(name);
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        if is_root() {
            let given = Command::new("chown").arg("-R").arg(SERVICE).arg(&folder).status().unwrap();
            assert!(given.success(), "there is no user {SERVICE}");
        }
        let keeper = keeper(&folder);
        let data = folder.join("data").display().to_string();
        run(&["initdb", "-D", &data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]);
        let log = folder.join("log").display().to_string();
        let settings = format!(
            "-k {} -p {port} -c listen_addresses= {more} -c max_connections=300 -c shared_buffers=32MB",
            folder.display()
        );
        run(&["pg_ctl", "-D", &data, "-l", &log, "-w", "-o", &settings, "start"]);
        Self { folder, port, _keeper: keeper }
    }
}

/// Waits for the end of this process, then stops the cluster and clears it away.
fn keeper(folder: &Path) -> Child {
    let script = "read -r _; \"$0\" -D \"$1/data\" -m immediate -w stop; rm -rf \"$1\"";
    let mut command = as_service();
    command.args(["sh", "-c", script]).arg(program("pg_ctl")).arg(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn run(words: &[&str]) {
    let mut command = as_service();
    command.arg(program(words[0])).args(&words[1..]);
    // The server keeps the outputs it was started with.
    let out = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(out.success(), "{words:?} ended with {out}");
}

/// Runs what follows as somebody who may run a cluster.
fn as_service() -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        let user = format!("--reuid={SERVICE}");
        command.args([user.as_str(), &format!("--regid={SERVICE}"), "--clear-groups"]);
        command.current_dir("/");
        return command;
    }
    Command::new("env")
}

fn is_root() -> bool {
    let Output { stdout, .. } = Command::new("id").arg("-u").output().unwrap();
    stdout.trim_ascii() == b"0"
}

/// A program of the newest PostgreSQL on this computer.
pub fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let known =
        versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let newest = known.map(|(version, path)| (version, path.join("bin"))).max();
    let (_, path) =
        newest.unwrap_or_else(|| panic!("PostgreSQL is not installed; cargo xtask test installs it"));
    path.join(name)
}
