//! An order before its photo, where the batch asks for payment first, and what is owed.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::browser::{Browser, Kind};
use super::forms::{Small, token_field};
use super::mine::{Due, Mine, mine};
use super::paying::PAGE;
use super::student::as_student;
use super::visit::Visit;
use crate::hub::{Hub, orders};
use crate::i18n::words;
use crate::submission::State as Standing;
use crate::sync::protocol::NewOrder;

/// An open page looks so often for what happened.
pub(super) const STATUS_LOOK_SECONDS: u32 = 15;

/// Opens the student's order; a second press finds it open.
pub(super) async fn open(
    State(hub): State<Arc<Hub>>,
    visit: Visit,
    browser: Browser,
    form: Small,
) -> Response {
    let done = async {
        form.fields(&hub, &visit)?;
        let mine = mine(&hub, &visit).await?;
        if mine.must_pay_first() {
            let subject = mine.student.subject;
            as_student(&hub, move |tx, call| {
                let is_open = match tx.page_order(&subject.id)? {
                    Some(number) => tx.order(&number)?.state == Standing::AwaitingPayment,
                    None => false,
                };
                if !is_open {
                    let new =
                        NewOrder { batch: subject.batch.clone(), masked_name: subject.masked_name.clone() };
                    let order = orders::open(tx, call, &new)?;
                    tx.set_page_order(&subject.id, &order.order)?;
                }
                Ok(())
            })
            .await?;
        }
        // From a form no browser may be led to WeChat's sign-in, which the page to pay on may do; a link may.
        let is_led_on = hub.pay.is_some() && browser.kind != Kind::InWechat;
        Ok(Visit::go(if is_led_on { PAGE } else { "/my" }))
    };
    visit.answer(&hub, done.await)
}

/// What a student reads who pays first: the fee, then the order's number.
pub(super) fn first(hub: &Hub, visit: &Visit, mine: &Mine) -> Markup {
    let waiting = mine.order.as_ref().filter(|order| order.state == Standing::AwaitingPayment);
    html! {
        section.answer.warn {
            h1 tabindex="-1" data-focus { (words!("page.pay.first")) }
            p { (words!("page.pay.first_hint", fee = yuan(mine.student.batch.rules.fee_fen))) }
        }
        @match waiting {
            Some(order) => {
                (owed(hub, &Due { order: order.order.clone(), fee_fen: order.fee_fen }))
                (state_of(mine, STATUS_LOOK_SECONDS, None))
            },
            None => form action="/my/order" method="post" data-busy=(words!("page.pay.busy")) {
                (token_field(hub, visit))
                button.primary { (words!("page.pay.open")) }
            },
        }
    }
}

/// What is owed, and the way to pay it.
pub(super) fn owed(hub: &Hub, due: &Due) -> Markup {
    html! {
        (bill(due))
        @if hub.pay.is_some() {
            a.button.primary href=(PAGE) { (words!("page.pay.go", fee = yuan(due.fee_fen))) }
        } @else {
            p.hint { (words!("page.pay.how")) }
        }
    }
}

/// What is owed, under which number.
pub(super) fn bill(due: &Due) -> Markup {
    html! {
        section.card {
            dl.wide {
                dt { (words!("page.pay.order")) } dd { (due.order) }
                dt { (words!("page.pay.fee")) } dd { (yuan(due.fee_fen)) }
            }
        }
    }
}

/// For the script: what the page shows, how often to look whether that changed, and after how many seconds it is to be
/// loaded anew anyhow.
pub(super) fn state_of(mine: &Mine, look_seconds: u32, stale_seconds: Option<i64>) -> Markup {
    let Some(Shown { state, revision }) = shown(mine) else { return html! {} };
    html! {
        div #state data-state=(state.as_str()) data-revision=(revision) data-seconds=(look_seconds)
            data-stale=[stale_seconds] data-changed=(words!("page.status.changed")) hidden {}
    }
}

/// State and revision of the photo, or of the order before there is one.
pub(super) struct Shown {
    pub(super) state: Standing,
    pub(super) revision: u32,
}

pub(super) fn shown(mine: &Mine) -> Option<Shown> {
    let of_order = || mine.order.as_ref().map(|order| Shown { state: order.state, revision: 0 });
    let of_item = mine.item.as_ref().map(|item| Shown { state: item.state, revision: item.revision });
    of_item.or_else(of_order)
}

/// Fen as yuan: 30, or 29.9 with its second digit.
fn yuan(fen: u32) -> String {
    if fen.is_multiple_of(100) {
        format!("¥{}", fen / 100)
    } else {
        format!("¥{}.{:02}", fen / 100, fen % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_told_as_yuan() {
        assert_eq!([3000, 2990, 5].map(yuan), ["¥30", "¥29.90", "¥0.05"]);
    }
}
