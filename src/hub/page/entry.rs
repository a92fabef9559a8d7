//! The way in: the signature code, typed or scanned, then the page of its batch.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::fault::said;
use super::identify::form;
use super::shell::{Head, shell};
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::i18n::words;
use crate::store::StoreError;
use crate::submission::{Batch, SignatureCode};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    code: String,
}

/// The first page: which batch?
pub(super) async fn start(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let page = visit.language.speaking(|| ask(&hub, &visit, "", None));
    visit.page(&hub, StatusCode::OK, &page)
}

/// Leads from a typed code to its batch.
pub(super) async fn find(
    State(hub): State<Arc<Hub>>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Response {
    let done = known(&hub, &wanted.code).await;
    match done {
        Ok(batch) => Visit::go(&format!("/s/{}", batch.code)),
        Err(refused) => unknown(&hub, &visit, &wanted.code, &refused),
    }
}

/// The page of a batch: who are you?
pub(super) async fn batch(State(hub): State<Arc<Hub>>, visit: Visit, Path(code): Path<String>) -> Response {
    let batch = match known(&hub, &code).await {
        Ok(batch) => batch,
        Err(refused) => return unknown(&hub, &visit, &code, &refused),
    };
    // Whoever comes by the same link again is known still.
    if let Ok(student) = visit.student(&hub).await
        && student.batch.code == batch.code
    {
        return Visit::go("/my");
    }
    let page = visit.language.speaking(|| form(&hub, &visit, &batch, None));
    visit.page(&hub, StatusCode::OK, &page)
}

/// The batch with this code.
pub(super) async fn known(hub: &Arc<Hub>, code: &str) -> Result<Batch, HubError> {
    let unknown = |code: &str| {
        let unknown = StoreError::UnknownBatch { code: code.to_owned() };
        HubError { status: 404, ..HubError::from(unknown) }
    };
    let code = SignatureCode::parse(code).map_err(|_| unknown(code))?;
    hub.read(move |hub| Ok(hub.store.batch(code.as_str())?)).await
}

fn unknown(hub: &Hub, visit: &Visit, code: &str, refused: &HubError) -> Response {
    if refused.status != 404 {
        return super::fault::page(hub, visit, refused);
    }
    let page = visit.language.speaking(|| ask(hub, visit, code, Some(said("unknown_batch"))));
    visit.page(hub, StatusCode::NOT_FOUND, &page)
}

fn ask(hub: &Hub, visit: &Visit, typed: &str, wrong: Option<(String, String)>) -> Markup {
    let title =
        wrong.as_ref().map_or_else(|| words!("page.start.title").into_owned(), |(what, _)| what.clone());
    let is_wrong = wrong.is_some();
    let body = html! {
        @if let Some((what, remedy)) = &wrong {
            section.answer.fail { h1 tabindex="-1" data-focus { (what) } p { (remedy) } }
        } @else {
            h1 { (words!("page.start.title")) }
            p.lead { (words!("page.start.lead")) }
        }
        form.card action="/s" method="get" {
            label for="code" { (words!("page.start.code")) }
            p.hint #code-hint { (words!("page.start.hint")) }
            input.code #code name="code" value=(typed) required maxlength="12" autocomplete="off" autocapitalize="characters"
                spellcheck="false" aria-describedby="code-hint" aria-invalid=[is_wrong.then_some("true")];
            button { (words!("page.start.go")) }
        }
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/" }, &body)
}
