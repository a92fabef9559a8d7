//! Orders for prints: given to a desk, and moved on by it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer_with;
use super::asked::{Asked, Key};
use super::writes::keyed;
use crate::hub::auth::Bearer;
use crate::hub::error::HubError;
use crate::hub::{Call, Hub, prints};
use crate::store::Tx;
use crate::sync::protocol::{HoldOrders, OrderNow, OrderStep};

type Answer = Result<Response, HubError>;

/// Harmless to repeat, so it needs no key; and the answer, which says where parcels go, is not kept.
pub(in crate::hub) async fn hold_print_orders(
    State(hub): State<Arc<Hub>>,
    bearer: Bearer,
    asked: Asked<HoldOrders>,
) -> Answer {
    let verb = move |tx: &Tx<'_>, call: &Call<'_>| prints::hold(tx, call, &asked.message);
    let numbers = hub.write(bearer.clone(), verb).await?;
    answer_with(&hub.read_as(bearer, move |hub| Ok(prints::held(hub, &numbers)?)).await?)
}

pub(in crate::hub) async fn print_order(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
) -> Answer {
    let order = hub.read_as(bearer, move |hub| Ok(hub.store.print_order(&number)?)).await?;
    answer_with(&OrderNow { number: order.number, state: order.state })
}

pub(in crate::hub) async fn step_print_order(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    key: Key,
    asked: Asked<OrderStep>,
) -> Answer {
    keyed(hub, bearer, key, asked, move |tx, call, step| prints::step(tx, call, &number, step)).await
}
