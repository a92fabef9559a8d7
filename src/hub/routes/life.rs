//! Orders, their payment, and the steps of a submission's life.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer_with;
use super::asked::{Asked, Key};
use super::writes::keyed;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::{Call, Hub, closing, intake, life, orders};
use crate::store::Tx;
use crate::submission::SignatureCode;
use crate::sync::protocol::{
    Cancellation, Close, ClosingReport, Confirmation, Exports, NewOrder, NewPhoto, NewRules, PaymentRecord,
    Publication, Refund, Reopening,
};

type Answer = Result<Response, HubError>;

pub(in crate::hub) async fn set_rules(
    State(hub): State<Arc<Hub>>,
    Path(code): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<NewRules>,
) -> Answer {
    let code = signature_code(&code)?;
    keyed(hub, bearer, key, asked, move |tx, call, new| intake::set_rules(tx, call, &code, new)).await
}

/// Harmless to repeat, so it needs no key.
pub(in crate::hub) async fn close(
    State(hub): State<Arc<Hub>>,
    Path(code): Path<String>,
    bearer: Bearer,
    asked: Asked<Close>,
) -> Answer {
    let code = signature_code(&code)?;
    if asked.message.dry_run {
        let plan = hub.read_as(bearer, move |hub| closing::plan(&hub.store, &code));
        return answer_with(&plan.await?);
    }
    let batch = code.clone();
    let begin = move |tx: &Tx<'_>, call: &Call<'_>| closing::begin(tx, call.hand(), &batch);
    hub.write(bearer.clone(), begin).await?;
    let mut report = ClosingReport { batch: code.clone(), ..ClosingReport::default() };
    let mut goes_on = true;
    while goes_on {
        let part = move |tx: &Tx<'_>, call: &Call<'_>| {
            let count = call.hub.limits.closing.at_once;
            let goes_on = closing::carry_on(tx, call.hand(), count, &mut report)?;
            Ok((report, goes_on))
        };
        (report, goes_on) = hub.write(bearer.clone(), part).await?;
    }
    let standing = hub.read(move |hub| closing::standing(&hub.store, &code)).await?;
    answer_with(&ClosingReport { confirmed: report.confirmed, closed: report.closed, ..standing })
}

pub(in crate::hub) async fn open_order(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<NewOrder>,
) -> Answer {
    keyed(hub, bearer, key, asked, orders::open).await
}

pub(in crate::hub) async fn order(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
) -> Answer {
    answer_with(&hub.read_as(bearer, move |hub| Ok(hub.store.order(&number)?)).await?)
}

pub(in crate::hub) async fn order_photo(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<NewPhoto>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, new| orders::send_photo(tx, call, &number, new)).await
}

pub(in crate::hub) async fn record_payment(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<PaymentRecord>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, asked| {
        orders::record_payment(tx, call.hand(), &number, asked)
    })
    .await
}

pub(in crate::hub) async fn cancel(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Cancellation>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, _| orders::cancel(tx, call.hand(), &number)).await
}

pub(in crate::hub) async fn refund(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Refund>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, asked| orders::refund(tx, call.hand(), &number, asked))
        .await
}

pub(in crate::hub) async fn progress(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Answer {
    answer_with(&hub.read_as(bearer, move |hub| hub.progress(&id)).await?)
}

pub(in crate::hub) async fn reopen(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Reopening>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, asked| life::reopen(tx, call, &id, asked)).await
}

pub(in crate::hub) async fn confirm(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Confirmation>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, asked| life::confirm(tx, call, &id, asked)).await
}

pub(in crate::hub) async fn export(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Exports>,
) -> Answer {
    keyed(hub, bearer, key, asked, life::export).await
}

pub(in crate::hub) async fn publish(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Publication>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, new| life::publish(tx, call, &id, new)).await
}

/// The processed photo's very bytes.
pub(in crate::hub) async fn final_photo(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Answer {
    let _one_of_few = hub.photo_reads.acquire().await.map_err(|_| HubError::stopping())?;
    let read = hub.read_as(bearer, move |hub| {
        hub.store.item(&id)?;
        let published = hub.store.published(&id)?.ok_or_else(not_published)?;
        Ok(hub.store.photo(&published.final_sha256)?)
    });
    let head = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, read.await?).into_response())
}

fn signature_code(code: &str) -> Result<String, HubError> {
    let code = SignatureCode::parse(code).map_err(|error| HubError::bad_request(error.to_string()))?;
    Ok(code.to_string())
}

fn not_published() -> HubError {
    HubError::new(
        404,
        "not_published",
        "the processed photo is not there yet",
        "ask again when the progress says awaiting_confirmation or completed",
    )
}
