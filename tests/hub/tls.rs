//! The hub with a certificate of its own, asked from outside.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::mail_server::make_certificate;

fn hub(folder: &Path, certificate: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_photodesk"));
    command.arg("--key-file").arg(folder.join("hub.key")).arg("hub").arg("--data").arg(folder.join("hub"));
    command.args(["--listen", "127.0.0.1:0"]).arg("--tls-cert").arg(certificate);
    command.arg("--tls-key").arg(folder.join("key.pem")).env_remove("PHOTODESK_DATA");
    command
}

#[test]
fn a_hub_with_a_certificate_speaks_tls_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    make_certificate(folder.path());
    let certificate = folder.path().join("cert.pem");
    let mut running =
        hub(folder.path(), &certificate).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(running.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let url = said.trim().rsplit(' ').next().unwrap().to_owned();

    drop(rustls::crypto::ring::default_provider().install_default());
    let trusted = reqwest::Certificate::from_pem(&std::fs::read(&certificate).unwrap()).unwrap();
    let client = reqwest::blocking::Client::builder().tls_certs_only([trusted]).build().unwrap();
    let ask = |path: &str| client.get(format!("{url}{path}")).send().and_then(|answer| answer.text());
    let health = ask("/v1/health");
    let metrics = ask("/v1/metrics");
    let stranger = reqwest::blocking::Client::builder().build().unwrap();
    let distrusted = stranger.get(format!("{url}/v1/health")).send();
    let plain = stranger.get(format!("{}/v1/health", url.replace("https", "http"))).send();
    running.kill().unwrap();
    running.wait().unwrap();

    assert!(url.starts_with("https://127.0.0.1:"), "{said}");
    assert!(health.as_ref().is_ok_and(|text| text.contains("\"status\":\"ok\"")), "{health:?}");
    let metrics = metrics.unwrap();
    assert!(metrics.contains("photodesk_requests_total{class=\"2xx\"} 1"), "{metrics}");
    assert!(distrusted.is_err(), "an unknown certificate is not trusted");
    assert!(plain.is_err(), "plain HTTP gets no answer");
}

#[test]
fn a_certificate_that_is_none_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    make_certificate(folder.path());
    let bad = folder.path().join("bad.pem");
    std::fs::write(&bad, "no certificate").unwrap();
    let output = hub(folder.path(), &bad).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("bad.pem") && said.contains("certificate"), "{said}");
}
