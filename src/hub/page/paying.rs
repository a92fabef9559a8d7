//! The page where a student pays: by one press inside WeChat, through WeChat from a phone's browser, by a code elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{Markup, html};

use super::browser::{Browser, Kind};
use super::mine::{Due, Mine, mine};
use super::pay::{bill, state_of};
use super::qr;
use super::shell::{Head, shell};
use super::sign_in::{address, payer};
use super::student::as_student;
use super::visit::Visit;
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::hub::pay::{Asked, Scene, ToPay, asked_payment};
use crate::i18n::words;

pub(super) const PAGE: &str = "/my/pay";
/// The same page, where the student asked for a code or nothing else is left.
pub(super) const BY_CODE: &str = "/my/pay?by=code";
pub(super) const OPEN: &str = "/my/pay/open";
pub(super) const RETURN: &str = "/my/pay/back";
/// An open page looks so often whether the money came.
const LOOK_SECONDS: u32 = 3;

/// What the page offers.
enum Offer {
    Code(String),
    /// What WeChat's own script is handed.
    App(String),
    /// A page of WeChat's, asked for when it is pressed.
    Browser,
}

/// What is owed, with the way to pay it that fits this browser.
pub(super) async fn page(
    State(hub): State<Arc<Hub>>,
    visit: Visit,
    browser: Browser,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let done = async {
        let mine = with_news(&hub, &visit).await?;
        let (Some(due), Some(provider)) = (mine.due(), &hub.pay) else { return Ok(Visit::go("/my")) };
        let wants_code = query.get("by").is_some_and(|by| by == "code");
        let scene = match browser.kind {
            Kind::InWechat if !wants_code => match (payer(&hub, &visit), address(&hub, &visit, &browser)) {
                (Some(payer), _) => Scene::App { payer },
                (None, Some(address)) => return Ok(Visit::go(&address)),
                (None, None) => Scene::Code,
            },
            Kind::Phone if !wants_code && provider.takes_browsers() && back(&browser).is_some() => {
                return Ok(show(&hub, &visit, &browser, &mine, &due, &Offer::Browser, None));
            }
            _ => Scene::Code,
        };
        let seconds = |until_ms: i64| (until_ms - hub.clock.now_ms()).max(0) / 1000;
        Ok(match asked(&hub, &due, scene).await {
            Ok(ToPay { asked: Asked::Code(code), until_ms, .. }) => {
                show(&hub, &visit, &browser, &mine, &due, &Offer::Code(code), Some(seconds(until_ms)))
            }
            Ok(ToPay { asked: Asked::App(request), until_ms, .. }) => {
                let offer = Offer::App(request.to_string());
                show(&hub, &visit, &browser, &mine, &due, &offer, Some(seconds(until_ms)))
            }
            Ok(ToPay { asked: Asked::Browser(address), .. }) => Visit::go(&address),
            Err(error) => refused(&hub, &visit, &due, error)?,
        })
    };
    visit.answer(&hub, done.await)
}

/// Leads a phone's browser to WeChat's page, asked for at this moment because it lives for minutes only.
pub(super) async fn open(State(hub): State<Arc<Hub>>, visit: Visit, browser: Browser) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        let Some(due) = mine.due() else { return Ok(Visit::go("/my")) };
        let (Some(address), Some(back)) = (browser.address, back(&browser)) else {
            return Ok(Visit::go(BY_CODE));
        };
        match asked(&hub, &due, Scene::Browser { address, back }).await {
            Ok(ToPay { asked: Asked::Browser(address), .. }) => {
                let mut answer = Visit::go(&address);
                // WeChat compares the site it was opened from with the merchant's own; it needs no path for that.
                let origin = HeaderValue::from_static("strict-origin");
                answer.headers_mut().insert(header::REFERRER_POLICY, origin);
                Ok(answer)
            }
            Ok(_) => Ok(Visit::go(BY_CODE)),
            Err(error) => refused(&hub, &visit, &due, error),
        }
    };
    visit.answer(&hub, done.await)
}

/// WeChat has come back; whether it was paid is asked there, never believed from here.
pub(super) async fn returned(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let is_due = with_news(&hub, &visit).await?.due().is_some();
        Ok(Visit::go(if is_due { PAGE } else { "/my" }))
    };
    visit.answer(&hub, done.await)
}

/// What the hub knows of the student, after it has looked for money that is waited for.
pub(super) async fn with_news(hub: &Arc<Hub>, visit: &Visit) -> Result<Mine, HubError> {
    let known = mine(hub, visit).await?;
    match known.due() {
        Some(due) if hub.look_for_money(&due.order).await => mine(hub, visit).await,
        _ => Ok(known),
    }
}

fn back(browser: &Browser) -> Option<String> {
    browser.address?;
    browser.home.as_ref().map(|home| format!("{home}{RETURN}"))
}

async fn asked(hub: &Arc<Hub>, due: &Due, scene: Scene) -> Result<ToPay, HubError> {
    let (way, number) = (hub.provider()?.way(), due.order.clone());
    let (order, payment) = as_student(hub, move |tx, call| asked_payment(tx, call, &number, way)).await?;
    hub.ask_payment(&order, payment, scene).await
}

/// The service is of no help now: what else can be done is said. What was paid or changed meanwhile is looked at anew.
fn refused(hub: &Hub, visit: &Visit, due: &Due, error: HubError) -> Result<Response, HubError> {
    match error.fault.code.as_str() {
        "already_paid" | "illegal_transition" => Ok(Visit::go("/my")),
        "pay_unreachable" | "pay_refused" | "pay_unsigned" | "pay_not_understood" => {
            tracing::warn!(
                code = error.fault.code,
                message = error.fault.message,
                "nobody can pay at present"
            );
            let page = visit.language.speaking(|| trouble(hub, visit, due));
            Ok(visit.page(hub, StatusCode::BAD_GATEWAY, &page))
        }
        _ => Err(error),
    }
}

fn trouble(hub: &Hub, visit: &Visit, due: &Due) -> Markup {
    let title = words!("page.pay.trouble");
    let body = html! {
        section.answer.fail {
            h1 tabindex="-1" data-focus { (title) }
            p { (words!("page.pay.trouble_hint")) }
        }
        (bill(due))
        p { (words!("page.pay.how")) }
        div.actions {
            a.button.primary href=(PAGE) { (words!("page.pay.again")) }
            a.button.secondary href="/my" { (words!("page.fault.back")) }
        }
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: PAGE }, &body)
}

fn show(
    hub: &Hub,
    visit: &Visit,
    browser: &Browser,
    mine: &Mine,
    due: &Due,
    offer: &Offer,
    stale_seconds: Option<i64>,
) -> Response {
    let page = visit.language.speaking(|| {
        let title = words!("page.pay.title");
        let scripts: &[&str] = if matches!(offer, Offer::App(_)) { &["pay.js"] } else { &[] };
        let body = html! {
            p.kicker { (mine.student.batch.full_name()) }
            h1 tabindex="-1" data-focus { (title) }
            (bill(due))
            (offered(offer, browser.kind))
            (state_of(mine, LOOK_SECONDS, stale_seconds))
            p.hint { (words!("page.pay.goes_on")) }
            div.actions {
                a.button.secondary href=(RETURN) { (words!("page.pay.paid")) }
                a.button.secondary href="/my" { (words!("page.fault.back")) }
            }
            details.card {
                summary { (words!("page.pay.otherwise")) }
                p { (words!("page.pay.how")) }
            }
        };
        shell(hub, visit, &Head { title: &title, scripts, switch_to: PAGE }, &body)
    });
    visit.page(hub, StatusCode::OK, &page)
}

fn offered(offer: &Offer, kind: Kind) -> Markup {
    match offer {
        Offer::Code(code) => html! {
            section.card.centred {
                p { @match kind {
                    Kind::InWechat => (words!("page.pay.scan_in_wechat")),
                    Kind::Phone => (words!("page.pay.scan_on_phone")),
                    Kind::Other => (words!("page.pay.scan")),
                } }
                (qr::drawn(code, &words!("page.pay.code")))
            }
        },
        Offer::App(request) => html! {
            section.card #till data-request=(request) data-cancelled=(words!("page.pay.cancelled"))
                data-failed=(words!("page.pay.failed")) data-return=(RETURN) {
                button.primary.scripted type="button" hidden { (words!("page.pay.in_wechat")) }
                p.told role="status" {}
                p.unscripted { (words!("page.pay.needs_script")) }
                a.button.secondary href=(BY_CODE) { (words!("page.pay.by_code")) }
            }
        },
        Offer::Browser => html! {
            section.card {
                a.button.primary href=(OPEN) referrerpolicy="strict-origin" { (words!("page.pay.open_wechat")) }
                a.button.secondary href=(BY_CODE) { (words!("page.pay.by_code")) }
            }
        },
    }
}
