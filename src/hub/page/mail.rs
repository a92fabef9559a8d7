//! The finished photo by mail: asked for with an address, which is kept only until the letter was handed over.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::forms::{Small, photo_fields};
use super::mine::{Mine, mine};
use super::student::{as_student, nothing_there};
use super::visit::Visit;
use crate::hub::error::HubError;
use crate::hub::{Hub, life};
use crate::i18n::{find, words};
use crate::store::notices::PhotoByMail;
use crate::submission::{QueueItem, State as Standing};
use crate::sync::mail::is_address;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Asks for the photo by mail.
pub(super) async fn send(State(hub): State<Arc<Hub>>, visit: Visit, form: Small) -> Response {
    let done = async {
        let fields = form.fields(&hub, &visit)?;
        let address = fields.get("address").map(|text| text.trim().to_owned()).unwrap_or_default();
        let revision = fields.get("revision").and_then(|text| text.parse().ok()).unwrap_or_default();
        if !hub.mails() {
            return Err(no_mail());
        }
        if !is_address(&address) {
            return Err(bad_address());
        }
        let item = mine(&hub, &visit).await?.item.ok_or_else(nothing_there)?;
        as_student(&hub, move |tx, call| {
            let item = tx.standing(&item.submission)?.item;
            life::is_present(&item, revision)?;
            if item.state != Standing::Completed {
                return Err(nothing_there());
            }
            let asked = PhotoByMail { submission: &item.submission, revision, address: &address };
            let at_most = call.hub.limits.page.mails_a_day;
            let is_taken = tx.mail_photo(asked, at_most, call.now_ms - DAY_MS, call.now_ms)?;
            if is_taken { Ok(()) } else { Err(enough()) }
        })
        .await?;
        Ok(Visit::go("/my"))
    };
    visit.answer(&hub, done.await)
}

/// Where the address is written, and how the last letter fared; nothing while the hub sends no mail.
pub(super) fn shown(hub: &Hub, visit: &Visit, mine: &Mine, item: &QueueItem) -> Markup {
    if !hub.mails() {
        return html! {};
    }
    let told = mine.mailed.as_ref().and_then(|last| find(&format!("page.mail.{}", last.state.as_str())));
    html! {
        details.quiet open[told.is_some()] {
            summary { (words!("page.mail.open")) }
            @if let Some(told) = &told { p.hint role="status" { (told) } }
            form action="/my/mail" method="post" data-busy=(words!("page.mail.busy")) {
                (photo_fields(hub, visit, item))
                label for="address" { (words!("page.mail.address")) }
                input #address name="address" type="email" required maxlength="254" autocomplete="email";
                p.hint { (words!("page.mail.privacy")) }
                button.secondary { (words!("page.mail.go")) }
            }
        }
    }
}

fn no_mail() -> HubError {
    HubError::new(409, "no_mail", "this hub sends no mail", "download the photo instead")
}

fn bad_address() -> HubError {
    HubError::new(
        400,
        "bad_mail_address",
        "this is no mail address",
        "go back and write it as name@example.com",
    )
}

fn enough() -> HubError {
    HubError::new(
        409,
        "mails_enough",
        "the photo was sent by mail often enough today",
        "look into the folder for unwanted mail, download the photo, or ask again tomorrow",
    )
}
