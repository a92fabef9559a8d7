//! Plain requests of the hub to services it was told of: one address, no redirect, never for long.

use std::time::Duration;

use reqwest::blocking::{Client as Http, RequestBuilder};

use super::client::is_safe;

const PATIENCE: Duration = Duration::from_secs(10);

/// A way to one service.
pub struct Outward {
    http: Http,
    /// Without a closing slash.
    address: String,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Outward {
    /// `address` is encrypted, or on this very computer. The text says what is wrong with it.
    pub fn new(address: &str) -> Result<Self, String> {
        let address = address.trim_end_matches('/');
        if !is_safe(address) {
            return Err(format!("{address} is neither https:// nor on this computer"));
        }
        // Fails when it was set before, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Http::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("photodesk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|cause| cause.to_string())?;
        Ok(Self { http, address: address.to_owned() })
    }

    /// Sends a JSON text. `Err` says why there is no answer.
    pub fn post_json(&self, path: &str, headers: &[(&str, &str)], body: String) -> Result<Reply, String> {
        let request =
            self.http.post(format!("{}{path}", self.address)).header("content-type", "application/json");
        sent(request.body(body), headers)
    }

    /// Asks for what lies at `path`, its query included. `Err` says why there is no answer, and never names the path.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Reply, String> {
        sent(self.http.get(format!("{}{path}", self.address)), headers)
    }
}

fn sent(request: RequestBuilder, headers: &[(&str, &str)]) -> Result<Reply, String> {
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().map_err(|cause| cause.without_url().to_string())?;
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers =
        headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let headers = headers.collect();
    let body = answer.bytes().map_err(|cause| cause.without_url().to_string())?.to_vec();
    Ok(Reply { status, headers, body })
}

impl Reply {
    /// The value of a header; `name` in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
