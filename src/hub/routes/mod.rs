//! Carries requests to the verbs and their answers back.

mod asked;
mod changes;
mod docs;
mod life;
mod parts;
mod pay;
mod photos;
mod prints;
mod range;
mod reads;
mod writes;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::HubError;
use super::once::json;

pub(super) use changes::changes;
pub(super) use docs::{docs, openapi};
pub(super) use life::{
    cancel, close, confirm, export, final_photo, open_order, order, order_photo, progress, publish,
    record_payment, refund, reopen, set_rules,
};
pub(super) use parts::{join_parts, parts, put_part};
pub(super) use pay::{ask_payment, wechat_paid};
pub(super) use photos::{photo, proofs, put_photo};
pub(super) use prints::{hold_print_orders, print_order, step_print_order};
pub(super) use reads::{approved, batch, batches, health, metrics, submission};
pub(super) use writes::{
    add_batch, capture, claim, decide, enrol, release, renew, resubmit, submit, withdraw,
};

/// A JSON text as it is.
fn answer(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn answer_with(value: &impl Serialize) -> Result<Response, HubError> {
    json(value).map(answer)
}
