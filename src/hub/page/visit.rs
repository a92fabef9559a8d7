//! One request of a browser: its session, its language, whether it comes from our own page, and how it is answered.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

use super::fault;
use super::language::Language;
use super::session::{COOKIE, Session};
use super::sign_in;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::store::StoreError;
use crate::submission::{Batch, Subject};

const LANGUAGE_COOKIE: &str = "photodesk-language";
/// A year.
const LANGUAGE_SECONDS: u32 = 365 * 24 * 3600;

/// A browser's request as every page needs it.
pub(in crate::hub) struct Visit {
    /// `None` only where the system gives no random numbers.
    pub(super) session: Option<Session>,
    /// The browser does not know the session yet.
    is_new: bool,
    /// As it was sent; see [`super::sign_in`].
    pub(super) payer_cookie: Option<String>,
    pub(super) language: Language,
    /// The switch was used now.
    has_switched: bool,
    is_secure: bool,
    /// False when another site's page sent it.
    pub(super) is_same_site: bool,
    /// A browser that follows a link, no program.
    pub(in crate::hub) wants_page: bool,
}

/// Who the session is, looked up anew for every request.
pub(super) struct Student {
    pub(super) subject: Subject,
    pub(super) batch: Batch,
}

impl FromRequestParts<Arc<Hub>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let now_ms = hub.clock.now_ms();
        let known = cookie(headers, COOKIE).and_then(|cookie| Session::read(&hub.store, cookie, now_ms));
        let is_new = known.is_none();
        let session = known.or_else(|| Session::begin(None, end_ms(hub)).ok());
        let switched = parts.uri.query().and_then(|query| {
            let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
            Language::from_tag(chosen)
        });
        let remembered = || Language::from_tag(cookie(headers, LANGUAGE_COOKIE)?);
        let accepted = || Language::accepted(text(headers, header::ACCEPT_LANGUAGE.as_str()).unwrap_or(""));
        Ok(Self {
            session,
            is_new,
            payer_cookie: sign_in::sent(headers),
            language: switched.or_else(remembered).unwrap_or_else(accepted),
            has_switched: switched.is_some(),
            is_secure: is_secure(hub, headers),
            is_same_site: is_same_site(headers),
            wants_page: !parts.uri.path().starts_with("/v1/")
                && text(headers, header::ACCEPT.as_str()).is_some_and(|kinds| kinds.contains("text/html")),
        })
    }
}

impl Visit {
    /// The session's person, for pages that are about somebody.
    pub(super) async fn student(&self, hub: &Arc<Hub>) -> Result<Student, HubError> {
        let id = self.subject().ok_or_else(fault::not_signed_in)?;
        hub.read(move |hub| {
            let subject = match hub.store.subject(&id) {
                Err(StoreError::UnknownSubject { .. }) => return Err(fault::not_signed_in()),
                found => found?,
            };
            let batch = hub.store.batch(&subject.batch)?;
            Ok(Student { subject, batch })
        })
        .await
    }

    pub(super) fn subject(&self) -> Option<String> {
        self.session.as_ref().and_then(|session| session.subject.clone())
    }

    /// The sign for this session's forms.
    pub(super) fn token(&self, hub: &Hub) -> String {
        self.session.as_ref().map(|session| session.token(&hub.store)).unwrap_or_default()
    }

    /// A page.
    pub(super) fn page(&self, hub: &Hub, status: StatusCode, page: &Markup) -> Response {
        let mut answer = (status, Html(page.0.clone())).into_response();
        if let (true, Some(session)) = (self.is_new, &self.session) {
            self.set_cookie(
                &mut answer,
                COOKIE,
                &session.cookie(&hub.store),
                hub.limits.page.session_seconds,
            );
        }
        if self.has_switched {
            self.set_cookie(&mut answer, LANGUAGE_COOKIE, self.language.tag(), LANGUAGE_SECONDS);
        }
        answer
    }

    /// The next page, asked for with GET.
    pub(super) fn go(path: &str) -> Response {
        let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
    }

    /// Begins the session of another person, or of nobody, and goes on.
    pub(super) fn sign_in(
        &self,
        hub: &Hub,
        subject: Option<String>,
        path: &str,
    ) -> Result<Response, HubError> {
        let session = Session::begin(subject, end_ms(hub))?;
        let mut answer = Self::go(path);
        self.set_cookie(&mut answer, COOKIE, &session.cookie(&hub.store), hub.limits.page.session_seconds);
        Ok(answer)
    }

    /// The answer, or a page that says what went wrong and what to do.
    pub(super) fn answer(&self, hub: &Hub, done: Result<Response, HubError>) -> Response {
        done.unwrap_or_else(|refused| fault::page(hub, self, &refused))
    }

    pub(super) fn set_cookie(&self, answer: &mut Response, name: &str, value: &str, seconds: u32) {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

fn end_ms(hub: &Hub) -> i64 {
    hub.clock.now_ms() + i64::from(hub.limits.page.session_seconds) * 1000
}

/// Whether the browser came over TLS, to this hub or to the proxy before it.
pub(super) fn is_secure(hub: &Hub, headers: &HeaderMap) -> bool {
    text(headers, "x-forwarded-proto") == Some("https") || hub.pages.tls.load(Ordering::Relaxed)
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What browsers say of where a request comes from; the form's sign must fit all the same.
fn is_same_site(headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text(headers, "origin"), text(headers, "host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        _ => true,
    }
}
