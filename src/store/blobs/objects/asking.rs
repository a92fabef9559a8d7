//! One request to an object store: sent again when that may help, given up soon while nobody answers.

use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::blocking::{Client as Http, RequestBuilder, Response};

use crate::store::StoreError;

const CONNECTING: Duration = Duration::from_secs(5);
/// A connection unused for longer is not used again: the store may be closing it at that very moment.
const KEPT_OPEN: Duration = Duration::from_secs(15);
/// Between one try and the next; so many more tries than pauses as there is a first.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// After all tries were in vain, others are told so at once for as long: whoever waits keeps a thread from those who need
/// no photo.
const GIVEN_UP: Duration = Duration::from_secs(2);
/// Of an answer that refuses, where its code stands.
const EXPLANATION_BYTES: u64 = 4096;
/// What is refused only at this moment, whatever its status; the rest of 4xx stays refused.
const PASSING: [&str; 5] =
    ["RequestTimeout", "SlowDown", "BadDigest", "XAmzContentChecksumMismatch", "IncompleteBody"];

/// Why a try gave nothing.
pub(super) enum Trouble {
    /// The next one may go better.
    Passing(String),
    /// The store has understood, and says no.
    Refused(String),
}

/// The way to one store.
pub(super) struct Way {
    http: Http,
    given_up: Mutex<Option<Instant>>,
}

impl Way {
    pub(super) fn new() -> Result<Self, StoreError> {
        // Fails when it was set before, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Http::builder()
            .connect_timeout(CONNECTING)
            .pool_idle_timeout(KEPT_OPEN)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("photodesk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|cause| StoreError::PhotosAway { cause: cause.to_string() })?;
        Ok(Self { http, given_up: Mutex::default() })
    }

    /// Whether the store did not answer just now.
    pub(super) fn is_given_up(&self) -> bool {
        let given_up = *self.given_up.lock().unwrap_or_else(PoisonError::into_inner);
        given_up.is_some_and(|since| since.elapsed() < GIVEN_UP)
    }

    /// What `take` makes of the answer to what `make` makes anew for each try; `None` when there is no such object.
    pub(super) fn ask<T>(
        &self,
        make: impl Fn(&Http) -> Result<RequestBuilder, StoreError>,
        take: impl Fn(Response) -> Result<T, Trouble>,
    ) -> Result<Option<T>, StoreError> {
        if self.is_given_up() {
            return Err(away("it did not answer a moment ago"));
        }
        let mut pauses = PAUSES.iter();
        loop {
            let sent = make(&self.http)?.send().map_err(|cause| broken(&cause));
            let done = sent.and_then(judged).and_then(|answer| answer.map(&take).transpose());
            match done {
                Ok(taken) => {
                    self.set_given_up(None);
                    return Ok(taken);
                }
                Err(Trouble::Refused(cause)) => return Err(StoreError::PhotosRefused { cause }),
                Err(Trouble::Passing(cause)) => match pauses.next() {
                    Some(pause) => sleep(*pause),
                    None => {
                        tracing::warn!(cause, "the object store does not answer");
                        self.set_given_up(Some(Instant::now()));
                        return Err(away(&cause));
                    }
                },
            }
        }
    }

    fn set_given_up(&self, since: Option<Instant>) {
        *self.given_up.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

fn away(cause: &str) -> StoreError {
    StoreError::PhotosAway { cause: cause.to_owned() }
}

/// The innermost cause says it in the system's words; the outer ones repeat the address, which holds a signature.
pub(super) fn broken(cause: &(dyn std::error::Error + 'static)) -> Trouble {
    let mut innermost = cause;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    match innermost.downcast_ref::<reqwest::Error>() {
        Some(error) if error.is_timeout() => Trouble::Passing("it took too long".to_owned()),
        None if !innermost.to_string().contains("://") => Trouble::Passing(innermost.to_string()),
        _ => Trouble::Passing("the connection broke off".to_owned()),
    }
}

/// The answer where it is one; `None` when there is no such object.
fn judged(answer: Response) -> Result<Option<Response>, Trouble> {
    let status = answer.status();
    if status.is_success() {
        return Ok(Some(answer));
    }
    let code = code_of(answer);
    let cause = match &code {
        Some(code) => format!("{} {code}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    let is_passing = status.is_server_error()
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status)
        || code.as_deref().is_some_and(|code| PASSING.contains(&code));
    match code.as_deref() {
        _ if is_passing => Err(Trouble::Passing(cause)),
        None | Some("NoSuchKey" | "NotFound") if status == StatusCode::NOT_FOUND => Ok(None),
        _ => Err(Trouble::Refused(cause)),
    }
}

/// The store's word for what is wrong: `<Error><Code>NoSuchKey</Code>…`.
fn code_of(answer: Response) -> Option<String> {
    let mut text = Vec::new();
    answer.take(EXPLANATION_BYTES).read_to_end(&mut text).ok()?;
    code_in(&String::from_utf8_lossy(&text))
}

fn code_in(text: &str) -> Option<String> {
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    let is_word =
        !code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_s_word_is_found_and_nothing_else_is_repeated() {
        let text = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>x</Message></Error>";
        assert_eq!(code_in(text).as_deref(), Some("NoSuchBucket"));
        assert_eq!(code_in("<Code>a b\n</Code>"), None);
        assert_eq!(code_in("<html>502</html>"), None);
    }
}
