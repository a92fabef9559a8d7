//! A page that says what went wrong, why, and what to do; never a code alone.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::shell::{Head, shell};
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::{HubError, say_when_to_retry};
use crate::i18n::{find, words};

/// Nobody is signed in, or the session's time is over.
pub(super) fn not_signed_in() -> HubError {
    HubError::new(403, "not_signed_in", "nobody is signed in", "open the link of the batch again")
}

/// A form without the sign of this session.
pub(super) fn foreign_form() -> HubError {
    HubError::new(
        403,
        "foreign_form",
        "the form was not sent from this page, or it was open for too long",
        "go back, load the page anew and send it again",
    )
}

/// The refusal as a page.
pub(super) fn page(hub: &Hub, visit: &Visit, refused: &HubError) -> Response {
    if refused.status >= 500 {
        tracing::error!(code = refused.fault.code, "a page could not be shown");
    }
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = visit.language.speaking(|| said(&refused.fault.code));
    shown(hub, visit, status, &text)
}

/// No such page.
pub(in crate::hub) fn missing(hub: &Hub, visit: &Visit) -> Response {
    let text = visit.language.speaking(|| said("no_such_page"));
    super::guard(shown(hub, visit, StatusCode::NOT_FOUND, &text))
}

/// What the student reads for a code: what happened, and what to do.
pub(super) fn said(code: &str) -> (String, String) {
    let part = |part: &str| find(&format!("page.fault.{code}.{part}"));
    let title = part("what").unwrap_or_else(|| words!("page.fault.other.what").into_owned());
    let remedy = part("do").unwrap_or_else(|| words!("page.fault.other.do", code = code).into_owned());
    (title, remedy)
}

fn shown(hub: &Hub, visit: &Visit, status: StatusCode, (what, remedy): &(String, String)) -> Response {
    let page = visit.language.speaking(|| {
        let back = if visit.subject().is_some() { "/my" } else { "/" };
        let body = html! {
            section.answer.fail {
                h1 tabindex="-1" data-focus { (what) }
                p { (remedy) }
            }
            a.button href=(back) { (words!("page.fault.back")) }
        };
        // The path may be one that only takes forms.
        shell(hub, visit, &Head { title: what, scripts: &[], switch_to: back }, &body)
    });
    let mut answer = visit.page(hub, status, &page);
    say_when_to_retry(&mut answer);
    answer
}
