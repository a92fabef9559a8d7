//! What stands around every page: head, name, language switch, the way out, the line for screen readers.

use maud::{DOCTYPE, Markup, html};

use super::assets::address;
use super::forms::token_field;
use super::visit::Visit;
use crate::hub::Hub;
use crate::i18n::words;

/// What differs from page to page.
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    /// Beside the one every page has.
    pub(super) scripts: &'a [&'a str],
    /// Where the language switch leads.
    pub(super) switch_to: &'a str,
}

/// The whole page.
pub(super) fn shell(hub: &Hub, visit: &Visit, head: &Head<'_>, body: &Markup) -> Markup {
    let other = visit.language.other();
    html! {
        (DOCTYPE)
        html lang=(visit.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                meta name="format-detection" content="telephone=no";
                title { (head.title) " · " (words!("page.name")) }
                link rel="icon" href=(address("icon.svg"));
                link rel="stylesheet" href=(address("page.css"));
                script src=(address("page.js")) defer {}
                @for script in head.scripts { script src=(address(script)) defer {} }
            }
            body {
                a.skip href="#main" { (words!("page.skip")) }
                header.top {
                    span.brand { (words!("page.name")) }
                    nav aria-label=(words!("page.choices")) {
                        a hreflang=(other.tag()) lang=(other.tag()) href={ (head.switch_to) "?lang=" (other.tag()) } { (other.name()) }
                        @if visit.subject().is_some() {
                            form method="post" action="/leave" {
                                (token_field(hub, visit))
                                button.plain { (words!("page.leave")) }
                            }
                        }
                    }
                }
                main #main { (body) }
                p #live .hidden role="status" aria-live="polite" {}
            }
        }
    }
}
