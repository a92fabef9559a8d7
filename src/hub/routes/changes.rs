//! What was committed since a cursor: at once when there is something, else as soon as there is; one answer (long poll), or
//! one after the other as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout_at};

use super::answer_with;
use super::asked::query;
use crate::hub::Hub;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::store::StoreError;
use crate::store::journal::JournalEvent;
use crate::submission::audit::Entry;
use crate::sync::protocol::{Change, Changes};

/// Changes that come close together travel together; well below the second in which a withdrawal must arrive.
const GATHER: Duration = Duration::from_millis(100);

const EVENT_STREAM: &str = "text/event-stream";

#[derive(Deserialize)]
pub(in crate::hub) struct Since {
    #[serde(default)]
    after: u64,
    /// Seconds to wait for something new.
    #[serde(default)]
    wait: u32,
}

pub(in crate::hub) async fn changes(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    headers: HeaderMap,
    since: Result<Query<Since>, QueryRejection>,
) -> Result<Response, HubError> {
    let Since { after, wait } = query(since)?;
    if wants_stream(&headers) {
        let after = last_seen(&headers)?.unwrap_or(after);
        // Whoever may not look is told so before the stream begins.
        hub.read_as(bearer.clone(), |_| Ok(())).await?;
        return Ok(Sse::new(stream(hub, bearer, after)).into_response());
    }
    let wait = Duration::from_secs(wait.into()).min(hub.limits.max_wait());
    answer_with(&next(&hub, bearer, after, wait).await?)
}

/// What came after the cursor, or nothing when the wait was in vain.
async fn next(hub: &Arc<Hub>, bearer: Bearer, after: u64, wait: Duration) -> Result<Changes, HubError> {
    let until = Instant::now() + wait;
    let mut end = hub.journal_end.clone();
    let mut stopping = hub.stopping.subscribe();
    let mut found = hub.read_as(bearer, move |hub| Ok(read(hub, after)?)).await?;
    while found.changes.is_empty() && Instant::now() < until && !*stopping.borrow() {
        let cursor = found.cursor;
        let something_new = async {
            tokio::select! {
                ended = end.wait_for(|end| *end > cursor) => drop(ended),
                ended = stopping.wait_for(|stopping| *stopping) => drop(ended),
            }
        };
        if timeout_at(until, something_new).await.is_err() {
            break;
        }
        sleep(GATHER).await;
        found = hub.read(move |hub| Ok(read(hub, cursor)?)).await?;
    }
    Ok(found)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.split(',').any(|kind| kind.trim().starts_with(EVENT_STREAM))
}

/// The cursor of the last event a client that comes back has seen.
fn last_seen(headers: &HeaderMap) -> Result<Option<u64>, HubError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let cursor = value.to_str().ok().and_then(|value| value.parse().ok());
    cursor.map(Some).ok_or_else(|| HubError::bad_request("Last-Event-ID is no cursor of this hub"))
}

/// Changes as server-sent events, each with its cursor for an id; a comment while there are none. It ends when the hub
/// stops or the device is revoked.
fn stream(hub: Arc<Hub>, bearer: Bearer, after: u64) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(after, move |after| {
        let (hub, bearer) = (Arc::clone(&hub), bearer.clone());
        async move {
            if *hub.stopping.borrow() {
                return None;
            }
            let found = next(&hub, bearer, after, hub.limits.max_wait()).await.ok()?;
            let event = if found.changes.is_empty() {
                Event::default().comment("nothing new")
            } else {
                let data = serde_json::to_string(&found).ok()?;
                Event::default().id(found.cursor.to_string()).event("changes").data(data)
            };
            Some((Ok(event), found.cursor))
        }
    })
}

fn read(hub: &Hub, after: u64) -> Result<Changes, StoreError> {
    let entries = hub.store.changes_after(after, hub.limits.requests.max_changes)?;
    let cursor = entries.last().map_or(after, |entry| entry.seq);
    let changes = entries.iter().map(change).collect::<Result<Vec<_>, _>>()?;
    Ok(Changes { changes: changes.into_iter().flatten().collect(), cursor })
}

/// The change an entry tells of; an attempt that changed nothing tells of none.
fn change(entry: &Entry) -> Result<Option<Change>, StoreError> {
    let event: JournalEvent = serde_json::from_str(&entry.event)
        .map_err(|cause| StoreError::Corrupt { what: format!("a journal event ({cause})") })?;
    let (kind, submission, state, revision) = match event {
        JournalEvent::PhotoSubmitted { submission, to, revision, .. } => {
            ("photo_submitted", submission, to, revision)
        }
        JournalEvent::Withdrawn { submission, to, revision, .. } => ("withdrawn", submission, to, revision),
        JournalEvent::Exported { submission, to, revision, .. } => ("exported", submission, to, revision),
        JournalEvent::Decision { decision, to, .. } => {
            (decision.verb.as_str(), decision.submission, to, decision.revision)
        }
        JournalEvent::Moved { submission, event, to, revision, .. } => {
            (event.as_str(), submission, to, revision)
        }
        JournalEvent::Published { submission, to, revision, .. } => ("published", submission, to, revision),
        _ => return Ok(None),
    };
    let kind = kind.to_owned();
    Ok(Some(Change { seq: entry.seq, at_ms: entry.at_ms, kind, submission, state, revision }))
}
