//! The finished photo: looked at, confirmed or disputed by the student, downloaded.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::forms::{Small, folded_form, photo_fields};
use super::mail;
use super::mine::{Mine, mine};
use super::student::{as_student, nothing_there};
use super::visit::Visit;
use crate::hub::error::HubError;
use crate::hub::{Hub, life};
use crate::i18n::words;
use crate::submission::state::Event;
use crate::submission::{QueueItem, State as Standing};
use crate::sync::protocol::Confirmation;

/// The student is content with what is shown.
pub(super) async fn confirm(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let (id, revision) = meant(&hub, &visit, form).await?;
        as_student(&hub, move |tx, call| life::confirm(tx, call, &id, &Confirmation { revision })).await?;
        Ok(Visit::go("/my"))
    };
    visit.answer(&hub, done.await)
}

/// The student is not: the photo goes back to review.
pub(super) async fn dispute(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let (id, revision) = meant(&hub, &visit, form).await?;
        as_student(&hub, move |tx, call| {
            let item = tx.standing(&id)?.item;
            life::is_present(&item, revision)?;
            life::step(tx, call.hand(), item, Event::Disputed)
        })
        .await?;
        Ok(Visit::go("/my"))
    };
    visit.answer(&hub, done.await)
}

async fn meant(hub: &Arc<Hub>, visit: &Visit, form: Small) -> Result<(String, u32), HubError> {
    let fields = form.fields(hub, visit)?;
    let revision = fields.get("revision").and_then(|text| text.parse().ok()).unwrap_or_default();
    let item = mine(hub, visit).await?.item.ok_or_else(nothing_there)?;
    Ok((item.submission, revision))
}

/// The finished photo, to be looked at.
pub(super) async fn picture(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let shown = [Standing::AwaitingConfirmation, Standing::Completed];
    file(&hub, &visit, &shown, "inline").await.unwrap_or_else(IntoResponse::into_response)
}

/// The finished photo, to be kept. Its name tells nothing.
pub(super) async fn download(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = file(&hub, &visit, &[Standing::Completed], "attachment; filename=\"photo.jpg\"").await;
    visit.answer(&hub, done)
}

/// The published photo while the submission is in one of these states.
async fn file(
    hub: &Arc<Hub>,
    visit: &Visit,
    states: &[Standing],
    disposition: &'static str,
) -> Result<Response, HubError> {
    let mine = mine(hub, visit).await?;
    let is_there = mine.state().is_some_and(|state| states.contains(&state));
    let sha256 = mine.progress.and_then(|progress| progress.final_sha256).filter(|_| is_there);
    let sha256 = sha256.ok_or_else(nothing_there)?;
    let _one_of_few = hub.photo_reads.acquire().await.map_err(|_| HubError::stopping())?;
    let bytes = hub.read(move |hub| Ok(hub.store.photo(&sha256)?)).await?;
    let head = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((head, bytes).into_response())
}

/// The photo with what can be done about it; nothing while there is none.
pub(super) fn shown(hub: &Hub, visit: &Visit, mine: &Mine, item: &QueueItem) -> Markup {
    let has_final = mine.progress.as_ref().is_some_and(|progress| progress.final_sha256.is_some());
    if !has_final || !matches!(item.state, Standing::AwaitingConfirmation | Standing::Completed) {
        return html! {};
    }
    let fields = photo_fields(hub, visit, item);
    html! {
        figure.picture.made {
            img src="/my/final.jpg" alt=(words!("page.finished.picture"));
            figcaption { (words!("page.finished.caption")) }
        }
        div.actions {
            @if item.state == Standing::AwaitingConfirmation {
                form action="/my/confirm" method="post" data-busy=(words!("page.finished.busy")) {
                    (fields)
                    button.primary { (words!("page.finished.confirm")) }
                }
                (folded_form(
                    words!("page.finished.dispute"),
                    words!("page.finished.dispute_hint"),
                    "/my/dispute",
                    &fields,
                    words!("page.finished.dispute_go"),
                ))
            } @else {
                a.button.primary href="/my/download" download="photo.jpg" { (words!("page.finished.download")) }
                (mail::shown(hub, visit, mine, item))
            }
        }
    }
}
