//! How far the photo is, why it was rejected, and what the student can do now.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Serialize;

use super::check::reason_told;
use super::fault::said;
use super::forms::{folded_form, photo_fields};
use super::mine::Mine;
use super::paying::with_news;
use super::shell::{Head, shell};
use super::visit::Visit;
use super::{finished, pay};
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::hub::once::json;
use crate::i18n::{find, words};
use crate::submission::{QueueItem, State as Standing};
use crate::sync::protocol::Progress;

/// What the script asks for while the page is open.
#[derive(Serialize)]
struct Fresh {
    state: &'static str,
    revision: u32,
}

pub(super) async fn status(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = with_news(&hub, &visit).await?;
        let page = match &mine.item {
            Some(item) => visit.language.speaking(|| draw(&hub, &visit, &mine, item)),
            None if mine.may_send() => {
                return Ok(Visit::go(if mine.draft.is_some() { "/my/check" } else { "/my/rules" }));
            }
            None => visit.language.speaking(|| before(&hub, &visit, &mine)),
        };
        Ok(visit.page(&hub, StatusCode::OK, &page))
    };
    visit.answer(&hub, done.await)
}

/// State and revision, for the page to see that something happened.
pub(super) async fn state(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = with_news(&hub, &visit).await?;
        let now = pay::shown(&mine).ok_or_else(super::student::nothing_there)?;
        let body = json(&Fresh { state: now.state.as_str(), revision: now.revision })?;
        Ok::<_, HubError>(([(header::CONTENT_TYPE, "application/json")], body).into_response())
    };
    done.await.unwrap_or_else(IntoResponse::into_response)
}

/// Nothing was sent yet, and nothing may be: the batch is not open, or payment comes first.
fn before(hub: &Hub, visit: &Visit, mine: &Mine) -> Markup {
    let (title, answer) = match mine.open {
        Ok(()) => (words!("page.pay.first").into_owned(), pay::first(hub, visit, mine)),
        Err(closed) => {
            let (what, remedy) = said(closed.code());
            let answer = html! {
                section.answer.calm { h1 tabindex="-1" data-focus { (what) } p { (remedy) } }
                (opening(mine))
            };
            (what, answer)
        }
    };
    let body = html! { p.kicker { (mine.student.batch.full_name()) } (answer) };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/my" }, &body)
}

fn opening(mine: &Mine) -> Markup {
    let rules = &mine.student.batch.rules;
    let until = rules.upload_until_ms.or(rules.closes_at_ms);
    html! {
        dl.wide {
            @if let Some(at_ms) = rules.opens_at_ms { dt { (words!("page.status.opens")) } dd { (local_time(at_ms)) } }
            @if let Some(at_ms) = until { dt { (words!("page.status.ends")) } dd { (local_time(at_ms)) } }
        }
    }
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
        (pay::state_of(mine, pay::STATUS_LOOK_SECONDS, None))
        @if let Some(progress) = &mine.progress {
            (waiting(progress))
            @if item.state == Standing::Rejected { (rejected(hub, visit, mine, progress)) }
        }
        @if let Some(due) = mine.due() { (pay::owed(hub, &due)) }
        (finished::shown(hub, visit, mine, item))
        (choices(hub, visit, mine, item))
        @if item.state != Standing::Erased { (facts(mine, item)) }
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

/// The place in the queue, and how long it will take as far as that can be told.
fn waiting(progress: &Progress) -> Markup {
    let Some(place) = progress.place else { return html! {} };
    html! {
        section.card {
            h2 { (words!("page.status.queue")) }
            p.place {
                @match place {
                    1 => span { (words!("page.status.next")) },
                    2 => span { (words!("page.status.one_before")) },
                    place => span { (words!("page.status.before", n = place - 1)) },
                }
            }
            @if let Some(estimate) = &progress.estimate { p.hint { (about(estimate.seconds)) } }
        }
    }
}

/// An estimate in the unit a person would use.
fn about(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        0..=300 => words!("page.status.soon").into_owned(),
        301..HOUR => words!("page.status.minutes", n = seconds.div_ceil(MINUTE)).into_owned(),
        HOUR..DAY => words!("page.status.hours", n = seconds.div_ceil(HOUR)).into_owned(),
        _ => words!("page.status.days", n = seconds.div_ceil(DAY)).into_owned(),
    }
}

fn rejected(hub: &Hub, visit: &Visit, mine: &Mine, progress: &Progress) -> Markup {
    html! {
        @if !progress.reasons.is_empty() {
            h2 { (words!("page.status.reasons")) }
            ol.notes {
                @for reason in progress.reasons.iter().filter_map(|code| hub.reasons.get(code)) {
                    li.fail { (reason_told(visit, reason)) }
                }
            }
        }
        p {
            @match mine.attempts_left() {
                0 => (words!("page.status.no_attempt")),
                _ if !progress.may_send_again => (words!("page.status.too_late")),
                1 => (words!("page.status.one_attempt")),
                left => (words!("page.status.attempts", n = left)),
            }
            @if let Some(until_ms) = progress.reupload_until_ms {
                " " (words!("page.status.until", at = local_time(until_ms)))
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
                (folded_form(
                    words!("page.status.withdraw"),
                    words!("page.status.withdraw_hint"),
                    "/my/withdraw",
                    &photo_fields(hub, visit, item),
                    words!("page.status.withdraw_go"),
                ))
            }
            @if item.state == Standing::Completed {
                a.button.secondary href="/my/prints" { (words!("page.status.prints")) }
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
