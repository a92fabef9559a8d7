//! Who is at the page: a signed cookie that names a person by id alone, and the sign every form must bring back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::forms::Small;
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::store::{Store, seal};

/// Name of the cookie.
pub(super) const COOKIE: &str = "photodesk";
const NONCE_BYTES: usize = 16;
/// Stands for nobody.
const NOBODY: &str = "-";

/// A visit's session; without a subject until the student has said who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// Drawn anew with every change of person.
    nonce: String,
    pub(super) subject: Option<String>,
    until_ms: i64,
}

impl Session {
    /// A new session of this person, or of nobody yet.
    pub(super) fn begin(subject: Option<String>, until_ms: i64) -> Result<Self, HubError> {
        let mut nonce = [0; NONCE_BYTES];
        seal::fill_random(&mut nonce).map_err(|_| HubError::bug("the system gives no random numbers"))?;
        Ok(Self { nonce: hex::encode(nonce), subject, until_ms })
    }

    /// The session of a cookie, when the hub itself signed it and its time is not over.
    pub(super) fn read(store: &Store, cookie: &str, now_ms: i64) -> Option<Self> {
        let (words, sign) = cookie.rsplit_once('.')?;
        let sign = hex::decode(sign).ok()?;
        if !store.is_session_code(&[b"session", words.as_bytes()], &sign) {
            return None;
        }
        let mut parts = words.split('.');
        let (nonce, subject, until_ms) = (parts.next()?, parts.next()?, parts.next()?.parse::<i64>().ok()?);
        let subject = (subject != NOBODY).then(|| subject.to_owned());
        (until_ms > now_ms).then(|| Self { nonce: nonce.to_owned(), subject, until_ms })
    }

    /// What the cookie holds.
    pub(super) fn cookie(&self, store: &Store) -> String {
        let words = format!("{}.{}.{}", self.nonce, self.subject.as_deref().unwrap_or(NOBODY), self.until_ms);
        let sign = store.session_code(&[b"session", words.as_bytes()]);
        format!("{words}.{}", hex::encode(sign))
    }

    /// The sign that every form of this session carries.
    pub(super) fn token(&self, store: &Store) -> String {
        hex::encode(store.session_code(&[b"form", self.nonce.as_bytes()]))
    }

    /// A sign over `text` that only counts in this session and for this purpose.
    pub(super) fn sign(&self, store: &Store, purpose: &str, text: &str) -> String {
        hex::encode(store.session_code(&[purpose.as_bytes(), self.nonce.as_bytes(), text.as_bytes()]))
    }

    /// Whether `sign` is that of this session over `text`.
    pub(super) fn is_sign(&self, store: &Store, purpose: &str, text: &str, sign: &str) -> bool {
        let parts = [purpose.as_bytes(), self.nonce.as_bytes(), text.as_bytes()];
        hex::decode(sign).is_ok_and(|code| store.is_session_code(&parts, &code))
    }

    /// Whether a form brought this session's sign.
    pub(super) fn is_token(&self, store: &Store, token: &str) -> bool {
        hex::decode(token).is_ok_and(|code| store.is_session_code(&[b"form", self.nonce.as_bytes()], &code))
    }
}

/// Ends the session: on a borrowed phone nobody else sees the photo.
pub(super) async fn leave(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = form.fields(&hub, &visit).and_then(|_| visit.sign_in(&hub, None, "/"));
    visit.answer(&hub, done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::keys::KeyFileStore;

    #[test]
    fn only_a_cookie_of_this_hub_is_a_session_and_only_for_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let store =
            Store::open(&folder.path().join("hub"), &KeyFileStore::new(folder.path().join("key"))).unwrap();
        let session = Session::begin(Some("person".into()), 100).unwrap();
        let cookie = session.cookie(&store);
        assert_eq!(Session::read(&store, &cookie, 99), Some(session.clone()));
        assert_eq!(Session::read(&store, &cookie, 100), None, "its time is over");
        let other = cookie.replace("person", "nobody");
        assert_eq!(Session::read(&store, &other, 1), None, "another person");
        assert_eq!(Session::read(&store, "", 1), None);
        let (mine, another) = (session.token(&store), Session::begin(None, 100).unwrap().token(&store));
        assert!(session.is_token(&store, &mine) && !session.is_token(&store, &another));
        assert!(!session.is_token(&store, "no hexadecimal"));
        let sign = session.sign(&store, "payer", "o1");
        let another = Session::begin(Some("person".into()), 100).unwrap();
        assert!(session.is_sign(&store, "payer", "o1", &sign));
        assert!(
            !session.is_sign(&store, "payer", "o2", &sign) && !session.is_sign(&store, "state", "o1", &sign)
        );
        assert!(!another.is_sign(&store, "payer", "o1", &sign), "another session");
    }
}
