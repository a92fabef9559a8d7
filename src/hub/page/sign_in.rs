//! WeChat's sign-in inside the app: there to learn who pays, and nothing else. Who that is stays in a signed cookie of the
//! browser; the hub keeps it nowhere.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;

use super::browser::Browser;
use super::fault::{foreign_form, not_signed_in};
use super::paying::{BY_CODE, PAGE};
use super::visit::{Visit, cookie};
use crate::hub::Hub;
use crate::hub::error::HubError;

pub(super) const PAYER_COOKIE: &str = "photodesk-payer";
/// Where WeChat comes back to.
pub(super) const BACK: &str = "/my/pay/in";
const STATE: &str = "sign-in";
const PAYER: &str = "payer";

/// Who pays in this session, when they have signed in.
pub(super) fn payer(hub: &Hub, visit: &Visit) -> Option<String> {
    let (payer, sign) = visit.payer_cookie.as_deref()?.split_once('.')?;
    let is_own = visit.session.as_ref()?.is_sign(&hub.store, PAYER, payer, sign);
    is_own.then(|| payer.to_owned())
}

/// Where the sign-in begins; `None` where the hub has none, or does not know by which name it was asked.
pub(super) fn address(hub: &Hub, visit: &Visit, browser: &Browser) -> Option<String> {
    let provider = hub.pay.as_ref()?;
    let state = visit.session.as_ref()?.sign(&hub.store, STATE, "");
    Some(provider.sign_in()?.address(&format!("{}{BACK}", browser.home.as_ref()?), &state))
}

/// WeChat comes back with a code. Only what this very session asked for counts, so that nobody can be made to pay as
/// somebody else.
pub(super) async fn back(
    State(hub): State<Arc<Hub>>,
    visit: Visit,
    Query(told): Query<HashMap<String, String>>,
) -> Response {
    let done = async {
        let session = visit.session.as_ref().filter(|session| session.subject.is_some());
        let session = session.ok_or_else(not_signed_in)?;
        let state = told.get("state").map_or("", String::as_str);
        if !session.is_sign(&hub.store, STATE, "", state) {
            return Err(foreign_form());
        }
        let code = told.get("code").cloned().unwrap_or_default();
        match signed_in(&hub, code).await {
            Ok(payer) => {
                let sign = session.sign(&hub.store, PAYER, &payer);
                let mut answer = Visit::go(PAGE);
                let seconds = hub.limits.page.session_seconds;
                visit.set_cookie(&mut answer, PAYER_COOKIE, &format!("{payer}.{sign}"), seconds);
                Ok(answer)
            }
            Err(error) => {
                tracing::warn!(
                    code = error.fault.code,
                    "a payer could not sign in, and is shown a code to scan"
                );
                Ok(Visit::go(BY_CODE))
            }
        }
    };
    visit.answer(&hub, done.await)
}

async fn signed_in(hub: &Arc<Hub>, code: String) -> Result<String, HubError> {
    let provider = hub.provider()?;
    let _one_of_few = hub.outward.acquire().await.map_err(|_| HubError::stopping())?;
    hub.read(move |_| match provider.sign_in() {
        Some(sign_in) => Ok(sign_in.payer(&code)?),
        None => Err(HubError::bad_request("this hub has no sign-in")),
    })
    .await
}

/// What a browser sends back of the payer.
pub(super) fn sent(headers: &axum::http::HeaderMap) -> Option<String> {
    cookie(headers, PAYER_COOKIE).map(str::to_owned)
}
