//! The student's page: plain HTML for a phone, from the signature code to the finished photo.
//!
//! Every page is whole without script; the scripts in `assets/page` read codes, hold the camera and keep the status
//! fresh. What a student does goes through the same verbs as what a desk sends ([`super::intake`]).

mod assets;
mod browser;
mod check;
mod engine;
mod entry;
mod fault;
mod finished;
mod forms;
mod guides;
mod identify;
mod language;
mod mail;
mod mine;
mod pay;
mod paying;
mod photo;
mod pictures;
mod prints;
mod qr;
mod rules;
mod session;
mod shell;
mod sign_in;
mod status;
mod student;
mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};

use super::Hub;
use crate::print::Layouts;
use engine::Engine;
use rules::RuleGroups;

pub(super) use fault::missing;
pub(super) use visit::Visit;

/// Data of the page that cannot be read: the program was built wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {cause}; reinstall the program")]
pub struct PageDataError {
    file: &'static str,
    cause: String,
}

/// What the pages share.
pub(super) struct Pages {
    engine: Engine,
    groups: RuleGroups,
    layouts: Layouts,
    /// The hub itself speaks TLS.
    tls: AtomicBool,
}

impl Pages {
    pub(super) fn open() -> Result<Self, PageDataError> {
        let layouts = Layouts::built_in()
            .map_err(|error| PageDataError { file: "assets/print/layouts.toml", cause: error.to_string() })?;
        Ok(Self {
            engine: Engine::default(),
            groups: RuleGroups::built_in()?,
            layouts,
            tls: AtomicBool::new(false),
        })
    }

    /// From now on cookies travel encrypted only.
    pub(super) fn speaks_tls(&self) {
        self.tls.store(true, Ordering::Relaxed);
    }
}

/// Every path of the page on one screen.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/", get(entry::start))
        .route("/s", get(entry::find))
        .route("/s/{code}", get(entry::batch).post(identify::identify))
        .route("/my", get(status::status))
        .route("/my/state", get(status::state))
        .route("/my/rules", get(rules::rules))
        .route("/my/photo", get(photo::photo).post(photo::take))
        .route("/my/check", get(check::check))
        .route("/my/submit", post(student::submit))
        .route("/my/withdraw", post(student::withdraw))
        .route("/my/order", post(pay::open))
        .route(paying::PAGE, get(paying::page))
        .route(paying::OPEN, get(paying::open))
        .route(paying::RETURN, get(paying::returned))
        .route(sign_in::BACK, get(sign_in::back))
        .route("/my/confirm", post(finished::confirm))
        .route("/my/dispute", post(finished::dispute))
        .route("/my/final.jpg", get(finished::picture))
        .route("/my/download", get(finished::download))
        .route("/my/mail", post(mail::send))
        .route("/my/draft.jpg", get(pictures::draft))
        .route("/my/submitted.jpg", get(pictures::submitted))
        .route("/my/prints", get(prints::prints).post(prints::order))
        .route("/leave", post(session::leave))
        .route("/page/{name}", get(assets::asset))
        .layer(from_fn(guarded))
}

/// What may be loaded: files of this hub alone, no script or style inside a page, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async fn guarded(request: Request, next: Next) -> Response {
    guard(next.run(request).await)
}

/// The answer with the policy and everything else that keeps a page to itself.
fn guard(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(self), microphone=(), geolocation=()"),
    );
    // Paths hold a signature code; other sites need not see it.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}
