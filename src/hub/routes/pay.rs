//! Paying for an order through a service, and what the service tells.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer_with;
use super::asked::Asked as Message;
use crate::hub::auth::Bearer;
use crate::hub::closing::HUB;
use crate::hub::error::HubError;
use crate::hub::life::Hand;
use crate::hub::pay::{Asked, Scene, ToPay};
use crate::hub::{Call, Hub, pay};
use crate::store::Tx;
use crate::submission::order::PaymentWay;
use crate::sync::protocol::{Accepted, PayAsked, PayRequest};

type Answer = Result<Response, HubError>;

pub(in crate::hub) async fn ask_payment(
    State(hub): State<Arc<Hub>>,
    Path(number): Path<String>,
    bearer: Bearer,
    asked: Message<PayAsked>,
) -> Answer {
    let way = hub.provider()?.way();
    let work = move |tx: &Tx<'_>, call: &Call<'_>| pay::asked_payment(tx, call, &number, way);
    let (order, payment) = hub.write(bearer, work).await?;
    let scene = asked.message.payer.map_or(Scene::Code, |payer| Scene::App { payer });
    let ToPay { payment, asked, .. } = hub.ask_payment(&order, payment, scene).await?;
    let (code_url, for_app) = match asked {
        Asked::Code(code_url) => (Some(code_url), None),
        Asked::App(for_app) => (None, Some(for_app)),
        Asked::Browser(_) => (None, None),
    };
    answer_with(&PayRequest { payment, code_url, for_app })
}

/// Open to anyone: only the service's own signature counts.
pub(in crate::hub) async fn wechat_paid(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let provider = hub.provider()?;
    let body = to_bytes(body, hub.limits.requests.max_json_bytes)
        .await
        .map_err(|_| HubError::bad_request("the message broke off, or is too long"))?;
    let now_ms = hub.clock.now_ms();
    if let Some(received) = provider.received(&headers, &body, now_ms)? {
        let hand = Hand { now_ms, actor: HUB };
        hub.writer.write(move |tx| pay::take(tx, hand, PaymentWay::Wechat, &received)).await?;
    }
    answer_with(&Accepted { code: "SUCCESS".to_owned() })
}
