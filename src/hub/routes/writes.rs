//! The writes: each under its key, each one durable transaction.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::asked::{Asked, Key};
use super::{answer, answer_with};
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::once::once;
use crate::hub::{Call, Hub, admin, capture, intake, queue};
use crate::store::Tx;
use crate::store::journal::JournalEvent;
use crate::submission::Batch;
use crate::sync::protocol::{
    Capture, Claim, Decisions, Enrolled, Enrolment, Leases, NewPhoto, NewSubmission, Withdrawal,
};

type Answer = Result<Response, HubError>;

pub(in crate::hub) async fn enrol(State(hub): State<Arc<Hub>>, asked: Asked<Enrolment>) -> Answer {
    let Enrolment { code, token } = asked.message;
    if token.len() < admin::SHORTEST_TOKEN {
        return Err(HubError::bad_request("the token is shorter than 32 characters"));
    }
    let now_ms = hub.clock.now_ms();
    let work = move |tx: &Tx<'_>| {
        let device = tx.enrol_device(&admin::plain_code(&code), &token, now_ms)?.ok_or_else(bad_code)?;
        if device.enrolled_at_ms == Some(now_ms) {
            let event = JournalEvent::DeviceEnrolled { device: device.id.clone() };
            tx.append(now_ms, &device.name, &event)?;
        }
        Ok(device)
    };
    let device = hub.writer.write(work).await?;
    let cursor = *hub.journal_end.borrow();
    let role = device.role.as_str().to_owned();
    answer_with(&Enrolled { device: device.id, name: device.name, role, cursor })
}

pub(in crate::hub) async fn add_batch(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Batch>,
) -> Answer {
    keyed(hub, bearer, key, asked, |tx, call, batch| intake::add_batch(tx, call, batch.clone())).await
}

pub(in crate::hub) async fn submit(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<NewSubmission>,
) -> Answer {
    keyed(hub, bearer, key, asked, intake::submit).await
}

pub(in crate::hub) async fn capture(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Capture>,
) -> Answer {
    keyed(hub, bearer, key, asked, capture::take_in).await
}

pub(in crate::hub) async fn resubmit(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<NewPhoto>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, new| intake::resubmit(tx, call, &id, new)).await
}

pub(in crate::hub) async fn withdraw(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Withdrawal>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, asked| intake::withdraw(tx, call, &id, asked)).await
}

pub(in crate::hub) async fn claim(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Claim>,
) -> Answer {
    keyed(hub, bearer, key, asked, queue::claim).await
}

pub(in crate::hub) async fn release(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    key: Key,
    asked: Asked<Leases>,
) -> Answer {
    keyed(hub, bearer, key, asked, queue::release).await
}

/// Repeating a heartbeat does no harm, so it needs no key.
pub(in crate::hub) async fn renew(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    asked: Asked<Leases>,
) -> Answer {
    let verb = move |tx: &Tx<'_>, call: &Call<'_>| queue::renew(tx, call, &asked.message);
    answer_with(&hub.write(bearer, verb).await?)
}

/// Every row has a key of its own, so that it may be repeated among other rows.
pub(in crate::hub) async fn decide(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    asked: Asked<Decisions>,
) -> Answer {
    let verb = move |tx: &Tx<'_>, call: &Call<'_>| queue::decide(tx, call, &asked.message);
    let verdicts = hub.write(bearer, verb).await?;
    hub.meters.judged(&verdicts);
    answer_with(&verdicts)
}

pub(super) async fn keyed<M, A>(
    hub: Arc<Hub>,
    bearer: Bearer,
    key: Key,
    asked: Asked<M>,
    verb: impl FnOnce(&Tx<'_>, &Call<'_>, &M) -> Result<A, HubError> + Send + 'static,
) -> Answer
where
    M: DeserializeOwned + Send + 'static,
    A: Serialize,
{
    let work = move |tx: &Tx<'_>, call: &Call<'_>| {
        once(tx, call, &key.0, &asked.request, || verb(tx, call, &asked.message))
    };
    hub.write(bearer, work).await.map(answer)
}

fn bad_code() -> HubError {
    HubError::new(
        403,
        "bad_code",
        "this enrolment code is unknown, used, or its time is over",
        "ask the administrator for a new code",
    )
}
