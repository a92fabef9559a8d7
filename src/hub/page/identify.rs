//! Who are you: the last four of the document number with a collection code, or with a ticket.

use std::sync::Arc;

use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::forms::{Parts, parts_bytes, parts_text, token_field};
use super::shell::{Head, shell};
use super::student::{Proof, Told, identified};
use super::visit::Visit;
use super::{assets::address, entry, fault::said};
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::i18n::words;
use crate::onsite::code::{Codes, Luma, read};
use crate::onsite::typed::{Typed, understand};
use crate::photo::decode::decode;
use crate::submission::Batch;

/// Signs of a document number a student gives.
const LAST_FOUR: usize = 4;

/// What was typed, kept for the page that asks again. The last four are not.
#[derive(Default)]
struct Typing {
    last_four: String,
    code: String,
    picture: Vec<u8>,
}

/// What stands wrong, with the field it stands at.
pub(super) struct Wrong {
    /// Code of the words.
    code: &'static str,
    field: &'static str,
    /// Tries left, or minutes until the next.
    count: Option<u32>,
}

pub(super) async fn identify(
    State(hub): State<Arc<Hub>>,
    visit: Visit,
    Path(code): Path<String>,
    multipart: Multipart,
) -> Response {
    let done = answer(&hub, &visit, &code, multipart).await;
    visit.answer(&hub, done)
}

async fn answer(
    hub: &Arc<Hub>,
    visit: &Visit,
    code: &str,
    multipart: Multipart,
) -> Result<Response, HubError> {
    let batch = entry::known(hub, code).await?;
    let typing = typing(hub, visit, multipart).await?;
    match told(hub, &batch, typing).await? {
        Ok(subject) => visit.sign_in(hub, Some(subject), "/my"),
        Err(wrong) => {
            let status = if wrong.code == "locked" {
                StatusCode::TOO_MANY_REQUESTS
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let page = visit.language.speaking(|| form(hub, visit, &batch, Some(&wrong)));
            Ok(visit.page(hub, status, &page))
        }
    }
}

async fn typing(hub: &Arc<Hub>, visit: &Visit, multipart: Multipart) -> Result<Typing, HubError> {
    let mut typing = Typing::default();
    let mut parts = Parts::open(hub, visit, multipart).await?;
    while let Some(field) = parts.next().await? {
        match field.name().unwrap_or_default() {
            "last_four" => typing.last_four = parts_text(hub, field).await?,
            "code" => typing.code = parts_text(hub, field).await?,
            "picture" => {
                typing.picture = parts_bytes(hub, field, hub.limits.page.max_code_picture_bytes).await?;
            }
            _ => {}
        }
    }
    Ok(typing)
}

/// The person's id, or what stands wrong.
async fn told(hub: &Arc<Hub>, batch: &Batch, typing: Typing) -> Result<Result<String, Wrong>, HubError> {
    let wrong = |code, field| Ok(Err(Wrong { code, field, count: None }));
    let last_four = match understand(&typing.last_four) {
        Typed::LastFour(signs) if signs.chars().count() == LAST_FOUR => signs,
        _ => return wrong("last_four", "last_four"),
    };
    let text = match (typing.code.trim(), typing.picture) {
        ("", picture) if picture.is_empty() => return wrong("no_code", "code"),
        // A browser without script sends the picture itself.
        ("", picture) => match read_picture(hub, picture).await? {
            Some(text) => text,
            None => return wrong("unread_picture", "picture"),
        },
        (text, _) => text.to_owned(),
    };
    let proof = match understand(&text) {
        Typed::Code(code) => Proof::Code(code),
        Typed::Ticket(ticket) if ticket.batch.as_str() != batch.code => return wrong("other_batch", "code"),
        Typed::Ticket(ticket) => Proof::Ticket(ticket),
        Typed::BadTicket => return wrong("ticket_slip", "code"),
        _ => return wrong("not_a_code", "code"),
    };
    Ok(match identified(hub, batch, &last_four, proof).await? {
        Told::Person(subject) => Ok(subject),
        Told::Wrong { left } => Err(Wrong { code: "wrong", field: "last_four", count: Some(left) }),
        Told::Locked { minutes } => Err(Wrong { code: "locked", field: "last_four", count: Some(minutes) }),
        Told::UnknownTicket => Err(Wrong { code: "unknown_ticket", field: "code", count: None }),
        Told::AskStaff => Err(Wrong { code: "ask_staff", field: "code", count: None }),
    })
}

async fn read_picture(hub: &Arc<Hub>, picture: Vec<u8>) -> Result<Option<String>, HubError> {
    let _one_of_few = hub.pages.engine.turn().await?;
    hub.read(move |hub| {
        let Ok(photo) = decode(&picture, &hub.photo_limits) else { return Ok(None) };
        Ok(match read::codes(&Luma::of(&photo.pixels)) {
            Codes::One(content) => String::from_utf8(content).ok(),
            Codes::None | Codes::Several(_) => None,
        })
    })
    .await
}

/// The page that asks.
pub(super) fn form(hub: &Hub, visit: &Visit, batch: &Batch, wrong: Option<&Wrong>) -> Markup {
    let here = format!("/s/{}", batch.code);
    let said = wrong.map(wrong_words);
    let title = said.as_ref().map_or_else(|| batch.full_name(), |(what, _)| what.clone());
    let invalid = |field: &str| wrong.is_some_and(|wrong| wrong.field == field).then_some("true");
    let body = html! {
        @if let Some((what, remedy)) = &said {
            section.answer.fail { h1 tabindex="-1" data-focus { (what) } p { (remedy) } }
            p.of { (batch.full_name()) }
        } @else {
            p.kicker { (words!("page.who.code", code = batch.code)) }
            h1 { (batch.name()) }
            @if batch.name() != batch.title && !batch.title.is_empty() { p.of { (batch.title) } }
        }
        form.card action=(here) method="post" enctype="multipart/form-data" data-scan=(address("jsqr.js"))
            data-busy=(words!("page.who.busy")) {
            (token_field(hub, visit))
            h2 { (words!("page.who.title")) }
            label for="last_four" { (words!("page.who.last_four")) }
            p.hint #four-hint { (words!("page.who.last_four_hint")) }
            input.code #last_four name="last_four" required maxlength="8" autocomplete="off" autocapitalize="characters"
                spellcheck="false" aria-describedby="four-hint" aria-invalid=[invalid("last_four")];
            fieldset {
                legend { (words!("page.who.collection_code")) }
                p.hint #code-hint { (words!("page.who.collection_code_hint")) }
                div.row.scripted hidden {
                    button.secondary type="button" data-scan-camera { (words!("page.who.scan")) }
                    button.secondary type="button" data-scan-picture { (words!("page.who.album")) }
                }
                div.viewfinder.square #scanner hidden {
                    video muted playsinline aria-label=(words!("page.who.scanner")) {}
                    button.secondary type="button" data-scan-stop { (words!("page.who.stop")) }
                }
                p.told #scan-told role="status"
                    data-read=(words!("page.who.read")) data-none=(words!("page.who.none"))
                    data-no-camera=(words!("page.who.no_camera")) data-looking=(words!("page.who.looking")) {}
                input.unscripted #picked type="file" name="picture" accept="image/*" aria-label=(words!("page.who.album"))
                    aria-describedby="code-hint" aria-invalid=[invalid("picture")];
                label for="code" { (words!("page.who.paste")) }
                textarea.code #code name="code" rows="2" maxlength="4096" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-describedby="paste-hint" aria-invalid=[invalid("code")] {}
                p.hint #paste-hint { (words!("page.who.paste_hint")) }
            }
            button { (words!("page.who.go")) }
        }
        p.small { (words!("page.who.privacy")) }
    };
    shell(hub, visit, &Head { title: &title, scripts: &["scan.js"], switch_to: &here }, &body)
}

fn wrong_words(wrong: &Wrong) -> (String, String) {
    let (what, remedy) = said(&format!("who_{}", wrong.code));
    let count = wrong.count.unwrap_or_default().to_string();
    (what, remedy.replace("%{n}", &count))
}
