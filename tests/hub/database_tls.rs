//! The way to a database server on another computer: encrypted, and only to a server whose certificate is trusted.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use crate::cluster::Cluster;
use crate::mail_server::certificate_for;

/// What no loopback address is called, so that the hub takes it for another computer.
const NAME: &str = "db.photodesk.test";

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn hub(folder: &Path, database: &str, trusted: Option<&Path>) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_photodesk"));
    program.arg("--key-file").arg(folder.join("key")).arg("hub").arg("--data").arg(folder.join("hub"));
    program.args(["admin", "batch", "B7K2QX"]).env("PHOTODESK_DATABASE", database).env_remove("SSL_CERT_DIR");
    program.env_remove("SSL_CERT_FILE").envs(trusted.map(|path| ("SSL_CERT_FILE", path)));
    let Output { status, stdout, stderr } = program.output().unwrap();
    (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[test]
fn a_database_server_elsewhere_is_spoken_to_only_under_a_certificate_that_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    certificate_for(folder.path(), &format!("DNS:{NAME}"));
    let trusted = folder.path().join("cert.pem");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let port = free_port();
    let cluster = Cluster::encrypted(port, &read("cert.pem"), &read("key.pem"));
    let at = |name: &str| format!("host={name} hostaddr=127.0.0.1 port={port} user=hub dbname=postgres");

    let (is_done, said) = hub(folder.path(), &at(NAME), None);
    assert!(!is_done && said.contains("certificate"), "nobody has signed it: {said}");
    let (is_done, said) = hub(folder.path(), &at("other.photodesk.test"), Some(&trusted));
    assert!(!is_done && said.contains("certificate"), "it is another server's: {said}");
    let (is_done, said) = hub(folder.path(), &at(NAME), Some(&trusted));
    assert!(is_done && said.contains("batch B7K2QX is open"), "{said}");

    let mut server = postgres::Client::connect(&cluster.address("postgres"), postgres::NoTls).unwrap();
    assert_eq!(server.query("SELECT code FROM batch", &[]).unwrap().len(), 1);
    drop(server);
    let plain_port = free_port();
    let _plain = Cluster::plain(plain_port);
    let plain =
        format!("host={NAME} hostaddr=127.0.0.1 port={plain_port} user=hub dbname=postgres sslmode=disable");
    let (is_done, said) = hub(folder.path(), &plain, Some(&trusted));
    assert!(!is_done, "a server that encrypts nothing is refused: {said}");
}
