//! How far the photo is, why it was rejected, and what the student can do now.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Serialize;

use super::check::reason_told;
use super::forms::token_field;
use super::mine::{Mine, mine};
use super::shell::{Head, shell};
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::hub::once::json;
use crate::i18n::{find, words};
use crate::submission::{QueueItem, State as Standing};

/// What the script asks for while the page is open.
#[derive(Serialize)]
struct Fresh {
    state: &'static str,
    revision: u32,
}

pub(super) async fn status(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        let Some(item) = &mine.item else {
            return Ok(Visit::go(if mine.draft.is_some() { "/my/check" } else { "/my/rules" }));
        };
        let page = visit.language.speaking(|| draw(&hub, &visit, &mine, item));
        Ok(visit.page(&hub, StatusCode::OK, &page))
    };
    visit.answer(&hub, done.await)
}

/// State and revision, for the page to see that something happened.
pub(super) async fn state(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let item = mine(&hub, &visit).await?.item.ok_or_else(super::student::nothing_there)?;
        let body = json(&Fresh { state: item.state.as_str(), revision: item.revision })?;
        Ok::<_, HubError>(([(header::CONTENT_TYPE, "application/json")], body).into_response())
    };
    done.await.unwrap_or_else(IntoResponse::into_response)
}

fn draw(hub: &Hub, visit: &Visit, mine: &Mine, item: &QueueItem) -> Markup {
    let word = item.state.as_str();
    let part = |part: &str| find(&format!("page.state.{word}.{part}")).unwrap_or_default();
    let title = part("title");
    let body = html! {
        p.kicker { (mine.student.batch.full_name()) }
        section.answer.(tone(item.state)) {
            h1 tabindex="-1" data-focus { (title) }
            p { (part("text")) }
        }
        div #state data-state=(word) data-revision=(item.revision) data-changed=(words!("page.status.changed")) hidden {}
        @if item.state == Standing::Rejected { (rejected(hub, visit, mine)) }
        (choices(hub, visit, mine, item))
        (facts(mine, item))
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/my" }, &body)
}

/// The colour of the answer; the words say the same.
fn tone(state: Standing) -> &'static str {
    match state {
        Standing::Rejected | Standing::Closed => "fail",
        Standing::Approved | Standing::InProduction | Standing::Completed => "pass",
        Standing::AwaitingPayment | Standing::AwaitingConfirmation | Standing::Paid => "warn",
        Standing::PendingReview | Standing::Refunded | Standing::Erased => "calm",
    }
}

fn rejected(hub: &Hub, visit: &Visit, mine: &Mine) -> Markup {
    html! {
        @if !mine.reasons.is_empty() {
            h2 { (words!("page.status.reasons")) }
            ol.notes {
                @for reason in mine.reasons.iter().filter_map(|code| hub.reasons.get(code)) {
                    li.fail { (reason_told(visit, reason)) }
                }
            }
        }
        p {
            @match mine.attempts_left() {
                0 => (words!("page.status.no_attempt")),
                1 => (words!("page.status.one_attempt")),
                left => (words!("page.status.attempts", n = left)),
            }
        }
    }
}

fn choices(hub: &Hub, visit: &Visit, mine: &Mine, item: &QueueItem) -> Markup {
    html! {
        div.actions {
            @if mine.may_send() {
                @if mine.draft.is_some() {
                    a.button.primary href="/my/check" { (words!("page.status.draft")) }
                }
                a.button.(if mine.draft.is_some() { "secondary" } else { "primary" }) href="/my/photo" {
                    (words!("page.status.new_photo"))
                }
                a.button.secondary href="/my/rules" { (words!("page.status.rules")) }
            }
            @if item.state == Standing::PendingReview {
                details.quiet {
                    summary { (words!("page.status.withdraw")) }
                    p.hint { (words!("page.status.withdraw_hint")) }
                    form action="/my/withdraw" method="post" {
                        (token_field(hub, visit))
                        input type="hidden" name="revision" value=(item.revision);
                        button.secondary { (words!("page.status.withdraw_go")) }
                    }
                }
            }
            @if item.state == Standing::Completed {
                a.button.primary href="/my/prints" { (words!("page.status.prints")) }
            }
        }
    }
}

fn facts(mine: &Mine, item: &QueueItem) -> Markup {
    let subject = &mine.student.subject;
    html! {
        section.card.facts {
            img src="/my/submitted.jpg" alt=(words!("page.status.picture")) loading="lazy";
            dl {
                @if !subject.masked_name.is_empty() {
                    dt { (words!("page.status.name")) } dd { (subject.masked_name) }
                }
                dt { (words!("page.status.last_four")) } dd { (subject.last_four) }
                dt { (words!("page.status.attempt")) }
                dd { (words!("page.status.attempt_of", n = item.attempt, most = mine.student.batch.max_attempts)) }
                dt { (words!("page.status.sent")) } dd { (local_time(item.received_at_ms)) }
            }
        }
    }
}

/// A time as the centre's clock shows it.
pub(super) fn local_time(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}
