//! Speaks the hub's API over HTTP. Decides nothing; every answer is typed.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client as Http, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::protocol::{
    API, ApprovedPage, Batches, Cancellation, Capture, Captured, Changes, Claim, Claimed, Close,
    ClosingReport, Confirmation, Decisions, Enrolled, Enrolment, ExportVerdicts, Exports, Fault, Health,
    HeldOrders, HoldOrders, IDEMPOTENCY_KEY, Leases, NewOrder, NewPhoto, NewRules, NewSubmission, Order,
    OrderNow, OrderStep, Parts, PayAsked, PayRequest, PaymentRecord, Progress, Proofs, ProofsWanted,
    Publication, Refund, Released, Renewed, Reopening, StoredPhoto, Submission, Verdicts, Withdrawal,
};
use crate::submission::Batch;

/// How long the hub may take to answer beyond a wait that was asked for.
const PATIENCE: Duration = Duration::from_secs(20);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// A connection unused for longer is not used again: the hub may be closing it at that very moment.
const KEPT_OPEN: Duration = Duration::from_secs(15);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The network or the hub is gone; everything stays as it is and is tried again.
    #[error("the hub cannot be reached ({cause}); everything stays on this desk and is sent when it is back")]
    Unreachable { cause: String },
    #[error("{}: {}; {}", .0.code, .0.message, .0.remedy)]
    Refused(Fault),
    #[error(
        "the hub's answer is not understood ({cause}); see whether the address is right and both have the same version"
    )]
    NotUnderstood { cause: String },
    #[error("{url} is no address of a hub; write https://HOST, or http:// for a hub on this computer")]
    BadUrl { url: String },
}

/// Refusals a person at the desk can do something about, by the hub's own code.
const TOLD_APART: [&str; 3] = ["bad_code", "unknown_device", "not_allowed"];

impl ClientError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "hub_unreachable",
            Self::Refused(fault) => {
                let known = TOLD_APART.iter().find(|code| **code == fault.code);
                known.copied().unwrap_or("hub_refused")
            }
            Self::NotUnderstood { .. } => "hub_not_understood",
            Self::BadUrl { .. } => "bad_hub_url",
        }
    }
}

type Answer<T> = Result<T, ClientError>;

/// A way to one hub.
pub struct Client {
    http: Http,
    /// Without a closing slash.
    url: String,
    /// Device id and token, once enrolled.
    bearer: Option<String>,
}

impl Client {
    /// `url` is `https://HOST`; plain `http://` is taken for this computer only, for the token travels with every
    /// request.
    pub fn new(url: &str) -> Answer<Self> {
        let url = url.trim_end_matches('/');
        if !is_safe(url) {
            return Err(ClientError::BadUrl { url: url.to_owned() });
        }
        // Fails when it was set before, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Http::builder()
            .connect_timeout(CONNECT_PATIENCE)
            .pool_idle_timeout(KEPT_OPEN)
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|cause| unreachable(&cause))?;
        Ok(Self { http, url: url.to_owned(), bearer: None })
    }

    /// The same way as an enrolled device.
    pub fn as_device(self, device: &str, token: &str) -> Self {
        Self { bearer: Some(format!("{device}.{token}")), ..self }
    }

    pub fn enrol(&self, enrolment: &Enrolment) -> Answer<Enrolled> {
        parsed(self.post("enrolments", None, enrolment)?)
    }

    pub fn health(&self) -> Answer<Health> {
        parsed(self.send(self.http.get(self.path("health")))?)
    }

    pub fn batch(&self, code: &str) -> Answer<Batch> {
        parsed(self.send(self.http.get(self.path(&format!("batches/{code}"))))?)
    }

    pub fn batches(&self) -> Answer<Batches> {
        parsed(self.send(self.http.get(self.path("batches")))?)
    }

    /// A page of what may be printed of a batch, from the id that the page before named.
    pub fn approved(&self, code: &str, after: Option<&str>) -> Answer<ApprovedPage> {
        let from = after.map(|after| format!("?after={after}")).unwrap_or_default();
        parsed(self.send(self.http.get(self.path(&format!("batches/{code}/approved{from}"))))?)
    }

    pub fn add_batch(&self, key: &str, batch: &Batch) -> Answer<Batch> {
        parsed(self.post("batches", Some(key), batch)?)
    }

    pub fn put_photo(&self, sha256: &str, content: Vec<u8>) -> Answer<StoredPhoto> {
        parsed(self.send(self.http.put(self.path(&format!("photos/{sha256}"))).body(content))?)
    }

    /// How many parts of a photo the hub has.
    pub fn parts(&self, sha256: &str) -> Answer<Parts> {
        parsed(self.send(self.http.get(self.path(&format!("photos/{sha256}/parts"))))?)
    }

    pub fn put_part(&self, sha256: &str, number: u32, content: Vec<u8>) -> Answer<Parts> {
        let path = self.path(&format!("photos/{sha256}/parts/{number}"));
        parsed(self.send(self.http.put(path).body(content))?)
    }

    pub fn join_parts(&self, sha256: &str, parts: u32) -> Answer<StoredPhoto> {
        parsed(self.post(&format!("photos/{sha256}/parts"), None, &Parts { parts })?)
    }

    /// The photo's bytes; not yet compared with its hash.
    pub fn photo(&self, sha256: &str) -> Answer<Vec<u8>> {
        let response = self.send(self.http.get(self.path(&format!("photos/{sha256}"))))?;
        let bytes = response.bytes().map_err(|cause| unreachable(&cause))?;
        Ok(bytes.to_vec())
    }

    pub fn submit(&self, key: &str, new: &NewSubmission) -> Answer<Submission> {
        parsed(self.post("submissions", Some(key), new)?)
    }

    pub fn capture(&self, key: &str, capture: &Capture) -> Answer<Captured> {
        parsed(self.post("captures", Some(key), capture)?)
    }

    pub fn proofs(&self, wanted: &ProofsWanted) -> Answer<Proofs> {
        parsed(self.post("photos/proofs", None, wanted)?)
    }

    pub fn submission(&self, id: &str) -> Answer<Submission> {
        parsed(self.send(self.http.get(self.path(&format!("submissions/{id}"))))?)
    }

    pub fn resubmit(&self, key: &str, id: &str, new: &NewPhoto) -> Answer<Submission> {
        parsed(self.post(&format!("submissions/{id}/photo"), Some(key), new)?)
    }

    pub fn withdraw(&self, key: &str, id: &str, asked: &Withdrawal) -> Answer<Submission> {
        parsed(self.post(&format!("submissions/{id}/withdrawal"), Some(key), asked)?)
    }

    /// Sets what a batch asks of its students.
    pub fn set_rules(&self, key: &str, code: &str, new: &NewRules) -> Answer<Batch> {
        let request = self.http.put(self.path(&format!("batches/{code}/rules"))).json(new);
        parsed(self.send(request.header(IDEMPOTENCY_KEY, key))?)
    }

    pub fn close(&self, code: &str, asked: &Close) -> Answer<ClosingReport> {
        parsed(self.post(&format!("batches/{code}/closing"), None, asked)?)
    }

    pub fn open_order(&self, key: &str, new: &NewOrder) -> Answer<Order> {
        parsed(self.post("orders", Some(key), new)?)
    }

    pub fn order(&self, order: &str) -> Answer<Order> {
        parsed(self.send(self.http.get(self.path(&format!("orders/{order}"))))?)
    }

    pub fn order_photo(&self, key: &str, order: &str, new: &NewPhoto) -> Answer<Submission> {
        parsed(self.post(&format!("orders/{order}/photo"), Some(key), new)?)
    }

    pub fn record_payment(&self, key: &str, order: &str, asked: &PaymentRecord) -> Answer<Order> {
        parsed(self.post(&format!("orders/{order}/payment"), Some(key), asked)?)
    }

    /// Asks the hub's payment service for the payment of an order.
    pub fn ask_payment(&self, order: &str, asked: &PayAsked) -> Answer<PayRequest> {
        parsed(self.post(&format!("orders/{order}/payment-request"), None, asked)?)
    }

    pub fn cancel_order(&self, key: &str, order: &str) -> Answer<Order> {
        parsed(self.post(&format!("orders/{order}/cancellation"), Some(key), &Cancellation {})?)
    }

    pub fn refund(&self, key: &str, order: &str, asked: &Refund) -> Answer<Order> {
        parsed(self.post(&format!("orders/{order}/refund"), Some(key), asked)?)
    }

    pub fn progress(&self, id: &str) -> Answer<Progress> {
        parsed(self.send(self.http.get(self.path(&format!("submissions/{id}/progress"))))?)
    }

    pub fn confirm(&self, key: &str, id: &str, asked: &Confirmation) -> Answer<Submission> {
        parsed(self.post(&format!("submissions/{id}/confirmation"), Some(key), asked)?)
    }

    pub fn reopen(&self, key: &str, id: &str, asked: &Reopening) -> Answer<Submission> {
        parsed(self.post(&format!("submissions/{id}/reopening"), Some(key), asked)?)
    }

    pub fn export(&self, key: &str, exports: &Exports) -> Answer<ExportVerdicts> {
        parsed(self.post("exports", Some(key), exports)?)
    }

    pub fn publish(&self, key: &str, id: &str, new: &Publication) -> Answer<Submission> {
        parsed(self.post(&format!("submissions/{id}/final"), Some(key), new)?)
    }

    pub fn hold_print_orders(&self, asked: &HoldOrders) -> Answer<HeldOrders> {
        parsed(self.post("print-orders/holding", None, asked)?)
    }

    pub fn print_order(&self, number: &str) -> Answer<OrderNow> {
        parsed(self.send(self.http.get(self.path(&format!("print-orders/{number}"))))?)
    }

    pub fn step_print_order(&self, key: &str, number: &str, step: &OrderStep) -> Answer<OrderNow> {
        parsed(self.post(&format!("print-orders/{number}/steps"), Some(key), step)?)
    }

    /// The processed photo of a submission.
    pub fn final_photo(&self, id: &str) -> Answer<Vec<u8>> {
        let response = self.send(self.http.get(self.path(&format!("submissions/{id}/final"))))?;
        Ok(response.bytes().map_err(|cause| unreachable(&cause))?.to_vec())
    }

    pub fn claim(&self, key: &str, claim: &Claim) -> Answer<Claimed> {
        parsed(self.post("leases", Some(key), claim)?)
    }

    pub fn renew(&self, leases: &Leases) -> Answer<Renewed> {
        parsed(self.post("leases/renewal", None, leases)?)
    }

    pub fn release(&self, key: &str, leases: &Leases) -> Answer<Released> {
        parsed(self.post("leases/release", Some(key), leases)?)
    }

    /// Rows carry their own keys.
    pub fn decide(&self, decisions: &Decisions) -> Answer<Verdicts> {
        parsed(self.post("decisions", None, decisions)?)
    }

    /// Changes after a cursor; waits up to `wait` for the first.
    pub fn changes(&self, after: u64, wait: Duration) -> Answer<Changes> {
        let path = self.path(&format!("changes?after={after}&wait={}", wait.as_secs()));
        parsed(self.send(self.http.get(path).timeout(PATIENCE + wait))?)
    }

    fn path(&self, rest: &str) -> String {
        format!("{}/{API}/{rest}", self.url)
    }

    fn post(&self, path: &str, key: Option<&str>, message: &impl Serialize) -> Answer<Response> {
        let request = self.http.post(self.path(path)).json(message);
        self.send(match key {
            Some(key) => request.header(IDEMPOTENCY_KEY, key),
            None => request,
        })
    }

    fn send(&self, request: RequestBuilder) -> Answer<Response> {
        let request = match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        };
        let response = request.send().map_err(|cause| unreachable(&cause))?;
        match response.status() {
            status if status.is_success() => Ok(response),
            // The hub is stopping, or a proxy before it has lost it.
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Err(ClientError::Unreachable { cause: response.status().to_string() })
            }
            status => {
                let text = response.text().unwrap_or_default();
                Err(serde_json::from_str(&text).map_or_else(
                    |_| ClientError::NotUnderstood { cause: status.to_string() },
                    ClientError::Refused,
                ))
            }
        }
    }
}

fn parsed<T: DeserializeOwned>(response: Response) -> Answer<T> {
    let text = response.text().map_err(|cause| unreachable(&cause))?;
    serde_json::from_str(&text).map_err(|cause| ClientError::NotUnderstood { cause: cause.to_string() })
}

fn unreachable(cause: &reqwest::Error) -> ClientError {
    // The innermost cause says it in the system's words; the outer ones repeat the address.
    let mut innermost: &dyn std::error::Error = cause;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    ClientError::Unreachable { cause: innermost.to_string() }
}

/// Encrypted, or not leaving this computer.
pub(super) fn is_safe(url: &str) -> bool {
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return String::new();
        }
        match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address.to_owned(),
            None => authority.split(':').next().unwrap_or_default().to_owned(),
        }
    };
    match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => !host(rest).is_empty(),
        (None, Some(rest)) => {
            let host = host(rest);
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_never_travels_in_the_clear() {
        for safe in [
            "https://hub.example",
            "https://hub.example:8443/x",
            "http://127.0.0.1:80",
            "http://[::1]:80",
            "http://localhost",
        ] {
            assert!(is_safe(safe), "{safe}");
        }
        for unsafe_url in [
            "http://hub.example",
            "http://10.0.0.1",
            "hub.example",
            "ftp://hub",
            "https://",
            "http://127.0.0.1@evil.example",
            "http://localhost.evil.example",
        ] {
            assert!(!is_safe(unsafe_url), "{unsafe_url}");
        }
    }

    #[test]
    fn a_hub_that_is_not_there_is_unreachable() {
        let client = Client::new("http://127.0.0.1:9").map(|client| client.health());
        assert!(matches!(client, Ok(Err(ClientError::Unreachable { .. }))));
    }
}
