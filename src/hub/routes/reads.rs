//! The reads: batches, one submission, the health of the queue.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::answer_with;
use super::asked::query;
use crate::hub::Hub;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::meters::Told;
use crate::hub::queue::shown;
use crate::submission::{BatchSummary, SignatureCode};
use crate::sync::protocol::{API, ApprovedPage, ApprovedRow, BatchRow, Batches, Health};

type Answer = Result<Response, HubError>;

pub(in crate::hub) async fn batches(State(hub): State<Arc<Hub>>, bearer: Bearer) -> Answer {
    let rows = hub.read_as(bearer, |hub| Ok(hub.store.batches()?)).await?;
    answer_with(&Batches { batches: rows.into_iter().map(row).collect() })
}

pub(in crate::hub) async fn batch(
    State(hub): State<Arc<Hub>>,
    Path(code): Path<String>,
    bearer: Bearer,
) -> Answer {
    let code = SignatureCode::parse(&code).map_err(|error| HubError::bad_request(error.to_string()))?;
    let batch = hub.read_as(bearer, move |hub| Ok(hub.store.batch(code.as_str())?)).await?;
    answer_with(&batch)
}

#[derive(Deserialize)]
pub(in crate::hub) struct From {
    after: Option<String>,
}

pub(in crate::hub) async fn approved(
    State(hub): State<Arc<Hub>>,
    Path(code): Path<String>,
    bearer: Bearer,
    from: Result<Query<From>, QueryRejection>,
) -> Answer {
    let From { after } = query(from)?;
    let page = hub.read_as(bearer, move |hub| {
        let code = SignatureCode::parse(&code).map_err(|error| HubError::bad_request(error.to_string()))?;
        let code = hub.store.batch(code.as_str())?.code;
        let most = hub.limits.requests.max_decisions;
        let rows = hub.store.approved(&code, after.as_deref().unwrap_or_default(), most)?;
        let last = rows.last().filter(|_| rows.len() == most);
        let next = last.map(|(item, _)| item.submission.clone());
        let row = |(item, photo_bytes)| ApprovedRow { submission: shown(item), photo_bytes };
        Ok(ApprovedPage { submissions: rows.into_iter().map(row).collect(), next })
    });
    answer_with(&page.await?)
}

pub(in crate::hub) async fn submission(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Answer {
    let item = hub.read_as(bearer, move |hub| Ok(hub.store.item(&id)?)).await?;
    answer_with(&shown(item))
}

/// Counts only: no code, no name.
pub(in crate::hub) async fn health(State(hub): State<Arc<Hub>>) -> Answer {
    answer_with(&hub.read(|hub| present(hub, hub.clock.now_ms())).await?)
}

/// The same and the counters, as Prometheus reads them.
pub(in crate::hub) async fn metrics(State(hub): State<Arc<Hub>>) -> Answer {
    let text = hub.read(|hub| {
        let now_ms = hub.clock.now_ms();
        let (counts, oldest_at_ms) = hub.store.notice_counts()?;
        let oldest_seconds = oldest_at_ms.map_or(0, |at_ms| seconds_since(at_ms, now_ms));
        Ok(hub.meters.text(
            &present(hub, now_ms)?,
            &Told { counts, oldest_seconds },
            hub.store.photos_are_away(),
            now_ms,
        ))
    });
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.await?).into_response())
}

fn present(hub: &Hub, now_ms: i64) -> Result<Health, HubError> {
    let waiting = hub.store.waiting(now_ms)?;
    Ok(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api: API.to_owned(),
        pending: waiting.pending,
        leased: waiting.leased,
        oldest_pending_seconds: waiting.oldest_received_at_ms.map(|at_ms| seconds_since(at_ms, now_ms)),
        journal_entries: hub.store.journal_end()?,
        free_disk_mib: hub.store.free_disk_mib()?,
    })
}

fn seconds_since(at_ms: i64, now_ms: i64) -> u64 {
    ((now_ms - at_ms) / 1000).max(0).unsigned_abs()
}

fn row(summary: BatchSummary) -> BatchRow {
    // Holds belong to one desk; the hub counts states.
    let BatchSummary { batch, pending, approved, rejected, in_production, completed, .. } = summary;
    BatchRow { batch, pending, approved, rejected, in_production, completed }
}
