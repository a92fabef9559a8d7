//! The answer of the initial check: 初审合格, or what to change, in the words the desk uses.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::forms::token_field;
use super::guides::Guides;
use super::mine::{Mine, mine};
use super::rules::standard_of;
use super::shell::{Head, shell};
use super::visit::Visit;
use crate::hub::Hub;
use crate::i18n::{find, words};
use crate::inspect::{Finding, Report, Verdict};
use crate::standard::Standard;
use crate::store::page::Draft;
use crate::submission::Reason;

pub(super) async fn check(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        let standard = standard_of(&hub, &mine.student)?;
        let (Some(draft), true) = (&mine.draft, mine.may_send()) else { return Ok(Visit::go("/my")) };
        let Ok(report) = &draft.checked else { return Ok(Visit::go("/my/photo")) };
        let page = visit.language.speaking(|| draw(&hub, &visit, &mine, draft, report, standard));
        Ok(visit.page(&hub, StatusCode::OK, &page))
    };
    visit.answer(&hub, done.await)
}

/// One thing a student reads: what it is called, and why and what to do where a reason says so.
struct Note<'a> {
    name: String,
    reason: Option<&'a Reason>,
}

/// What the findings of these verdicts tell, each reason once.
fn notes<'a>(hub: &'a Hub, report: &Report, wanted: &[Verdict]) -> Vec<Note<'a>> {
    let mut notes: Vec<Note<'a>> = Vec::new();
    for finding in report.findings.iter().filter(|finding| wanted.contains(&finding.verdict)) {
        let reason = reason(hub, finding);
        let name = find(&format!("check.{}.name", finding.check.as_str()))
            .unwrap_or_else(|| finding.check.as_str().to_owned());
        let is_told = notes.iter().any(|note| match (note.reason, reason) {
            (Some(one), Some(other)) => one.code == other.code,
            (None, None) => note.name == name,
            _ => false,
        });
        if !is_told {
            notes.push(Note { name, reason });
        }
    }
    notes
}

fn reason<'a>(hub: &'a Hub, finding: &Finding) -> Option<&'a Reason> {
    match &finding.reason {
        Some(code) => hub.reasons.get(code),
        None => hub.reasons.for_check(finding.check.as_str()).into_iter().next(),
    }
}

fn draw(
    hub: &Hub,
    visit: &Visit,
    mine: &Mine,
    draft: &Draft,
    report: &Report,
    standard: &Standard,
) -> Markup {
    let failed = notes(hub, report, &[Verdict::Fail]);
    let doubtful = notes(hub, report, &[Verdict::Warn, Verdict::Unknown]);
    let has_passed = failed.is_empty();
    let title = if has_passed {
        words!("page.check.passed")
    } else if failed.len() == 1 {
        words!("page.check.failed_one")
    } else {
        words!("page.check.failed", n = failed.len())
    };
    let body = html! {
        section.answer.(if has_passed { "pass" } else { "fail" }) {
            h1 tabindex="-1" data-focus { (title) }
            p { (if has_passed { words!("page.check.passed_hint") } else { words!("page.check.failed_hint") }) }
        }
        @if !has_passed {
            ol.notes { @for note in &failed { li.fail { (told(visit, note)) } } }
        }
        (picture(report, standard))
        @if !doubtful.is_empty() {
            details.card {
                summary { (if doubtful.len() == 1 { words!("page.check.doubtful_one") } else { words!("page.check.doubtful", n = doubtful.len()) }) }
                p.hint { (words!("page.check.doubtful_hint")) }
                ul.notes { @for note in &doubtful { li.warn { (told(visit, note)) } } }
            }
        }
        div.actions {
            @if has_passed {
                (submit_form(hub, visit, draft, "primary", &words!("page.check.submit")))
                a.button.secondary href="/my/photo" { (words!("page.check.again")) }
            } @else {
                a.button.primary href="/my/photo" { (words!("page.check.again")) }
                details.quiet {
                    summary { (words!("page.check.submit_anyway")) }
                    p.hint { (words!("page.check.submit_anyway_hint", n = mine.attempts_left())) }
                    (submit_form(hub, visit, draft, "secondary", &words!("page.check.submit")))
                }
            }
        }
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/my/check" }, &body)
}

/// The form names the photo that was looked at.
fn submit_form(hub: &Hub, visit: &Visit, draft: &Draft, class: &str, name: &str) -> Markup {
    html! {
        form action="/my/submit" method="post" data-busy=(words!("page.check.busy")) {
            (token_field(hub, visit))
            input type="hidden" name="photo" value=(draft.photo_sha256);
            button.(class) { (name) }
        }
    }
}

fn told(visit: &Visit, note: &Note<'_>) -> Markup {
    html! {
        @match note.reason {
            Some(reason) => (reason_told(visit, reason)),
            None => strong { (note.name) },
        }
    }
}

/// A reason as the student reads it: title, cause, remedy.
pub(super) fn reason_told(visit: &Visit, reason: &Reason) -> Markup {
    html! {
        strong { (visit.language.of(&reason.title)) }
        p { (visit.language.of(&reason.cause)) }
        p.remedy { (visit.language.of(&reason.remedy)) }
    }
}

/// The photo with the crop that was found and the standard's lines inside it.
fn picture(report: &Report, standard: &Standard) -> Markup {
    let (width, height) = (report.width_px, report.height_px);
    let guides = Guides::of(standard);
    html! {
        figure.picture {
            svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(words!("page.check.picture")) {
                image href="/my/draft.jpg" x="0" y="0" width=(width) height=(height) {}
                @if let Some(crop) = &report.crop {
                    g transform={ "rotate(" (crop.angle) " " (crop.x + crop.width / 2.0) " " (crop.y + crop.height / 2.0) ")" } {
                        rect.halo x=(crop.x) y=(crop.y) width=(crop.width) height=(crop.height) {}
                        rect.line x=(crop.x) y=(crop.y) width=(crop.width) height=(crop.height) {}
                        svg x=(crop.x) y=(crop.y) width=(crop.width) height=(crop.height)
                            viewBox={ "0 0 " (guides.width_px) " " (guides.height_px) } { (guides.levels()) }
                    }
                }
            }
            figcaption { (if report.crop.is_some() { words!("page.check.caption") } else { words!("page.check.no_crop") }) }
        }
    }
}
