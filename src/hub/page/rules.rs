//! How to take the photo: the clauses of the batch's standard, in the groups a student thinks in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::PageDataError;
use super::mine::{Mine, mine};
use super::shell::{Head, shell};
use super::visit::{Student, Visit};
use crate::hub::Hub;
use crate::hub::error::HubError;
use crate::i18n::{find, words};
use crate::standard::{Clause, ClauseState, Standard};

const FILE: &str = "assets/page/rules.toml";
const BUILT_IN: &str = include_str!("../../../assets/page/rules.toml");
const OTHER: &str = "other";

/// Groups of checks; see `assets/page/rules.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleGroups {
    group: Vec<Group>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    id: String,
    /// Shown only when it is asked for.
    #[serde(default)]
    folded: bool,
    checks: Vec<String>,
}

impl RuleGroups {
    pub(super) fn built_in() -> Result<Self, PageDataError> {
        toml::from_str(BUILT_IN).map_err(|error| PageDataError { file: FILE, cause: error.to_string() })
    }

    /// The standard's clauses by group, in the groups' order; those of no group last. Empty groups are left out.
    fn sorted<'a>(&'a self, standard: &'a Standard) -> Vec<(&'a str, bool, Vec<&'a Clause>)> {
        let concern = |clause: &&Clause| clause.state != ClauseState::NotApplicable;
        let place = |clause: &Clause| {
            let has = |group: &Group| clause.checks.iter().any(|check| group.checks.contains(check));
            self.group.iter().position(has).unwrap_or(self.group.len())
        };
        let ids = self.group.iter().map(|group| (group.id.as_str(), group.folded)).chain([(OTHER, false)]);
        ids.enumerate()
            .map(|(index, (id, folded))| {
                let clauses = standard.clauses.iter().filter(concern).filter(|clause| place(clause) == index);
                (id, folded, clauses.collect::<Vec<_>>())
            })
            .filter(|(_, _, clauses)| !clauses.is_empty())
            .collect()
    }
}

pub(super) async fn rules(State(hub): State<Arc<Hub>>, visit: Visit) -> Response {
    let done = async {
        let mine = mine(&hub, &visit).await?;
        let standard = standard_of(&hub, &mine.student)?;
        let page = visit.language.speaking(|| draw(&hub, &visit, &mine, standard));
        Ok(visit.page(&hub, StatusCode::OK, &page))
    };
    visit.answer(&hub, done.await)
}

/// The standard of the student's batch.
pub(super) fn standard_of<'a>(hub: &'a Hub, student: &Student) -> Result<&'a Standard, HubError> {
    hub.standards.get(&student.batch.standard).map_err(|_| HubError::bug("the batch's standard is unknown"))
}

fn draw(hub: &Hub, visit: &Visit, mine: &Mine, standard: &Standard) -> Markup {
    let title = words!("page.rules.title");
    let groups = hub.pages.groups.sorted(standard);
    let heading = |id: &str| find(&format!("page.rules.group.{id}")).unwrap_or_else(|| id.to_owned());
    let list = |clauses: &[&Clause]| {
        html! { ul.rules { @for clause in clauses { li { (visit.language.choose(&clause.zh, &clause.en)) } } } }
    };
    let name = visit.language.choose(&standard.zh, &standard.en);
    let body = html! {
        h1 { (title) }
        p.lead { (words!("page.rules.lead")) }
        @for (id, _, clauses) in groups.iter().filter(|(_, folded, _)| !folded) {
            section.card { h2 { (heading(id)) } (list(clauses)) }
        }
        @for (id, _, clauses) in groups.iter().filter(|(_, folded, _)| *folded) {
            details.card { summary { (heading(id)) } (list(clauses)) }
        }
        p.small { (words!("page.rules.source", name = name, issuer = standard.source.issuer, document = standard.source.document)) }
        @if mine.may_send() {
            a.button.primary href="/my/photo" { (words!("page.rules.go")) }
        } @else {
            a.button.secondary href="/my" { (words!("page.fault.back")) }
        }
    };
    shell(hub, visit, &Head { title: &title, scripts: &[], switch_to: "/my/rules" }, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::page::language::Language;
    use crate::standard::Catalogue;

    #[test]
    fn every_clause_that_concerns_the_photo_is_told_once_under_a_heading_in_both_languages() {
        let groups = RuleGroups::built_in().unwrap();
        for standard in Catalogue::built_in().unwrap().all() {
            let sorted = groups.sorted(standard);
            let told: usize = sorted.iter().map(|(_, _, clauses)| clauses.len()).sum();
            let concern =
                standard.clauses.iter().filter(|clause| clause.state != ClauseState::NotApplicable).count();
            assert_eq!(told, concern, "{}", standard.id);
            for (id, ..) in sorted {
                for language in [Language::Chinese, Language::English] {
                    assert!(language.speaking(|| find(&format!("page.rules.group.{id}"))).is_some(), "{id}");
                }
            }
        }
    }

    #[test]
    fn every_check_of_a_group_is_one_and_stands_in_one_group_only() {
        let groups = RuleGroups::built_in().unwrap();
        let mut all: Vec<&String> = groups.group.iter().flat_map(|group| &group.checks).collect();
        let catalogue = Catalogue::built_in().unwrap();
        for check in &all {
            assert!(catalogue.delivered_checks().contains(*check), "{check}");
        }
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
