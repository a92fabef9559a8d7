//! Prints of a finished photo (加洗): the layouts of the batch, copies, and where they go.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::fault::said;
use super::forms::{Small, token_field};
use super::mine::{Mine, mine};
use super::shell::{Head, shell};
use super::status::local_time;
use super::student::{as_student, nothing_there};
use super::visit::Visit;
use crate::hub::error::HubError;
use crate::hub::{Hub, orders};
use crate::i18n::{find, words};
use crate::print::layout::LayoutEntry;
use crate::store::print_orders::NewPrintOrder;
use crate::submission::{PrintOrder, Recipient, State as Standing};

/// Signs of the shortest telephone number and address that can be meant.
const SHORTEST_PHONE: usize = 6;
const SHORTEST_ADDRESS: usize = 6;
const LONGEST_FIELD: usize = 200;

/// What was asked for, and shown again when something is missing.
#[derive(Clone, Debug, Default)]
struct Wanted {
    layout: String,
    copies: u32,
    recipient: Recipient,
}

pub(super) async fn prints(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async { show(&hub, &visit, &Wanted { copies: 1, ..Wanted::default() }, None).await };
    visit.answer(&hub, done.await)
}

pub(super) async fn order(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let wanted = Wanted::of(&form.fields(&hub, &visit)?);
        let mine = mine(&hub, &visit).await?;
        let offered = offered(&hub, &mine);
        let Some(layout) = offered.into_iter().find(|entry| entry.name == wanted.layout).cloned() else {
            return show(&hub, &visit, &wanted, Some("order_layout")).await;
        };
        if let Some(missing) = wanted.missing(hub.limits.page.copies_at_most) {
            return show(&hub, &visit, &wanted, Some(missing)).await;
        }
        place(&hub, mine, layout, wanted).await?;
        Ok(Visit::go("/my/prints"))
    };
    visit.answer(&hub, done.await)
}

impl Wanted {
    fn of(fields: &HashMap<String, String>) -> Self {
        let text = |name: &str| fields.get(name).map_or("", String::as_str).trim().to_owned();
        Self {
            layout: text("layout"),
            copies: text("copies").parse().unwrap_or_default(),
            recipient: Recipient {
                name: text("name"),
                phone: text("phone"),
                address: text("address"),
                postcode: text("postcode"),
            },
        }
    }

    /// Code of the words for what is missing.
    fn missing(&self, most: u32) -> Option<&'static str> {
        let Recipient { name, phone, address, postcode } = &self.recipient;
        let is_long = |text: &String| text.chars().count() > LONGEST_FIELD;
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        if !(1..=most).contains(&self.copies) {
            Some("order_copies")
        } else if name.is_empty() {
            Some("order_name")
        } else if digits < SHORTEST_PHONE {
            Some("order_phone")
        } else if address.chars().count() < SHORTEST_ADDRESS {
            Some("order_address")
        } else if [name, phone, address, postcode].into_iter().any(is_long) {
            Some("order_long")
        } else {
            None
        }
    }
}

/// The named layouts that the batch offers.
fn offered<'a>(hub: &'a Hub, mine: &Mine) -> Vec<&'a LayoutEntry> {
    let of_batch = mine.student.batch.layouts.iter();
    of_batch
        .filter_map(|text| {
            let named = || hub.pages.layouts.find(text);
            hub.pages.layouts.entries().iter().find(|entry| entry.expression == *text).or_else(named)
        })
        .collect()
}

async fn place(hub: &Arc<Hub>, mine: Mine, layout: LayoutEntry, wanted: Wanted) -> Result<String, HubError> {
    let item = mine.item.ok_or_else(nothing_there)?;
    as_student(hub, move |tx, call| {
        // Asked in the same transaction: a photo that was reopened is not printed.
        if tx.standing(&item.submission)?.item.state != Standing::Completed {
            return Err(HubError::new(409, "not_finished", "the photo is not finished", "wait until it is"));
        }
        let number = orders::free_number(tx, call.hub, call.now_ms)?;
        let new = NewPrintOrder {
            number: &number,
            submission: &item.submission,
            layout: &layout.expression,
            paper: &layout.paper,
            copies: wanted.copies,
            paid: false,
            recipient: &wanted.recipient,
        };
        tx.add_print_order(&new, call.now_ms, &call.device.name)?;
        Ok(number)
    })
    .await
}

async fn show(
    hub: &Arc<Hub>,
    visit: &Visit,
    wanted: &Wanted,
    missing: Option<&str>,
) -> Result<Response, HubError> {
    let mine = mine(hub, visit).await?;
    let item = mine.item.as_ref().ok_or_else(nothing_there)?;
    let submission = item.submission.clone();
    let orders = hub.read(move |hub| Ok(hub.store.print_orders_of(&submission)?)).await?;
    let may_order = item.state == Standing::Completed;
    let status = if missing.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = visit.language.speaking(|| draw(hub, visit, &mine, &orders, wanted, missing, may_order));
    Ok(visit.page(hub, status, &page))
}

fn draw(
    hub: &Hub,
    visit: &Visit,
    mine: &Mine,
    orders: &[PrintOrder],
    wanted: &Wanted,
    missing: Option<&str>,
    may_order: bool,
) -> Markup {
    let said = missing.map(said);
    let title =
        said.as_ref().map_or_else(|| words!("page.prints.title").into_owned(), |(what, _)| what.clone());
    let layouts = offered(hub, mine);
    let body = html! {
        @if let Some((what, remedy)) = &said {
            section.answer.fail { h1 tabindex="-1" data-focus { (what) } p { (remedy.replace("%{n}", &hub.limits.page.copies_at_most.to_string())) } }
        } @else {
            h1 { (words!("page.prints.title")) }
        }
        @if !orders.is_empty() && missing.is_none() {
            h2 { (words!("page.prints.placed")) }
            ul.orders { @for order in orders { li.card { (placed(hub, visit, order)) } } }
        }
        @if !may_order {
            p.lead { (words!("page.prints.not_yet")) }
        } @else if layouts.is_empty() {
            p.lead { (words!("page.prints.none_offered")) }
        } @else {
            (form(hub, visit, &layouts, wanted, missing))
        }
        a.button.secondary href="/my" { (words!("page.fault.back")) }
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/my/prints" }, &body)
}

fn form(
    hub: &Hub,
    visit: &Visit,
    layouts: &[&LayoutEntry],
    wanted: &Wanted,
    missing: Option<&str>,
) -> Markup {
    let invalid = |code: &str| (missing == Some(code)).then_some("true");
    let is_chosen = |index: usize, entry: &LayoutEntry| {
        wanted.layout == entry.name || (wanted.layout.is_empty() && index == 0)
    };
    html! {
        form.card action="/my/prints" method="post" data-busy=(words!("page.prints.busy")) {
            (token_field(hub, visit))
            h2 { (words!("page.prints.new")) }
            fieldset {
                legend { (words!("page.prints.layout")) }
                @for (index, entry) in layouts.iter().enumerate() {
                    label.choice {
                        input type="radio" name="layout" value=(entry.name) required checked[is_chosen(index, entry)];
                        span { strong { (named(visit, entry)) } " " (entry.expression) " · " (entry.paper) }
                    }
                }
            }
            label for="copies" { (words!("page.prints.copies")) }
            input #copies name="copies" type="number" inputmode="numeric" min="1" max=(hub.limits.page.copies_at_most)
                value=(wanted.copies) required aria-invalid=[invalid("order_copies")];
            label for="name" { (words!("page.prints.name")) }
            input #name name="name" value=(wanted.recipient.name) required maxlength=(LONGEST_FIELD) autocomplete="name"
                aria-invalid=[invalid("order_name")];
            label for="phone" { (words!("page.prints.phone")) }
            input #phone name="phone" type="tel" value=(wanted.recipient.phone) required maxlength="40" autocomplete="tel"
                aria-invalid=[invalid("order_phone")];
            label for="address" { (words!("page.prints.address")) }
            textarea #address name="address" rows="3" required maxlength=(LONGEST_FIELD) autocomplete="street-address"
                aria-invalid=[invalid("order_address")] { (wanted.recipient.address) }
            label for="postcode" { (words!("page.prints.postcode")) }
            input #postcode name="postcode" inputmode="numeric" maxlength="12" value=(wanted.recipient.postcode)
                autocomplete="postal-code";
            button.primary { (words!("page.prints.go")) }
            p.small { (words!("page.prints.privacy")) }
        }
    }
}

fn placed(hub: &Hub, visit: &Visit, order: &PrintOrder) -> Markup {
    let entry = hub.pages.layouts.entries().iter().find(|entry| entry.expression == order.layout);
    let state = find(&format!("orders.{}", order.state.as_str())).unwrap_or_default();
    html! {
        p.order { strong { (entry.map_or(order.layout.as_str(), |entry| named(visit, entry))) } " × " (order.copies) span.chip { (state) } }
        p.small { (order.number) " · " (local_time(order.created_at_ms)) " · " (order.masked_name) }
        @if let (Some(carrier), Some(tracking)) = (&order.carrier, &order.tracking_number) {
            p.small { (carrier) " " (tracking) }
        }
        @if order.state == crate::submission::OrderState::AwaitingPayment {
            p.hint { (words!("page.prints.pay")) }
        }
    }
}

fn named<'a>(visit: &Visit, entry: &'a LayoutEntry) -> &'a str {
    visit.language.choose(&entry.name, &entry.name_en)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(copies: u32, phone: &str, address: &str) -> Wanted {
        let recipient = Recipient {
            name: "吴小兰".into(),
            phone: phone.into(),
            address: address.into(),
            ..Recipient::default()
        };
        Wanted { layout: "版式一".into(), copies, recipient }
    }

    #[test]
    fn what_is_missing_is_named() {
        let address = "示范市示范路 1 号";
        assert_eq!(wanted(2, "138 0000 0000", address).missing(20), None);
        assert_eq!(wanted(0, "13800000000", address).missing(20), Some("order_copies"));
        assert_eq!(wanted(21, "13800000000", address).missing(20), Some("order_copies"));
        assert_eq!(wanted(1, "call me", address).missing(20), Some("order_phone"));
        assert_eq!(wanted(1, "13800000000", "here").missing(20), Some("order_address"));
        assert_eq!(wanted(1, "13800000000", &"远".repeat(201)).missing(20), Some("order_long"));
    }
}
