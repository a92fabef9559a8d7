//! What is asked of the labelled photos: which label is the fault, and which check has to see it.

use photodesk::inspect::{CheckId, Verdict};
use serde::Serialize;

use super::Case;
use super::labels::Label;
use super::rates::Confusion;

/// One question: `fault` says whether the label has the fault, `None` leaves the photo out.
struct Question {
    name: &'static str,
    check: CheckId,
    /// Where the check looks for several things: the reason it gives for this one; for others it counts as passed.
    reason: Option<&'static str>,
    fault: fn(&Label) -> Option<bool>,
}

const QUESTIONS: &[Question] = &[
    Question {
        name: "a face is found (single-face portraits)",
        check: CheckId::OneFace,
        reason: None,
        fault: |_| None,
    },
    Question {
        name: "exactly one face",
        check: CheckId::OneFace,
        reason: None,
        fault: |label| Some(known(&label.faces)? != "1"),
    },
    Question {
        name: "eyes closed",
        check: CheckId::EyesOpen,
        reason: None,
        fault: |label| two(&label.eyes, "closed", &["open"]),
    },
    Question {
        name: "mouth open",
        check: CheckId::MouthClosed,
        reason: None,
        fault: |label| two(&label.mouth, "open", &["closed"]),
    },
    Question {
        name: "glasses, clear or sun",
        check: CheckId::Glasses,
        reason: None,
        fault: |label| Some(known(&label.glasses)? != "none"),
    },
    Question {
        name: "glasses, clear only",
        check: CheckId::Glasses,
        reason: None,
        fault: |label| two(&label.glasses, "clear", &["none"]),
    },
    Question {
        name: "sunglasses",
        check: CheckId::Sunglasses,
        reason: None,
        // Coloured but see-through lenses are neither.
        fault: |label| match label.notes.contains("tint") {
            true => None,
            false => two(&label.glasses, "sun", &["none", "clear"]),
        },
    },
    Question {
        name: "head covered",
        check: CheckId::HeadCovering,
        reason: None,
        fault: |label| two(&label.head_covering, "y", &["n"]),
    },
    Question {
        name: "earring worn",
        check: CheckId::Jewellery,
        reason: None,
        fault: |label| two(&label.earring, "y", &["n"]),
    },
    Question {
        name: "lipstick worn",
        check: CheckId::Retouch,
        reason: Some("A07"),
        fault: |label| two(&label.lipstick, "y", &["n"]),
    },
    Question {
        name: "head turned",
        check: CheckId::Yaw,
        reason: None,
        fault: |label| two(&label.pose, "turned", &["frontal"]),
    },
    Question {
        name: "head tilted",
        check: CheckId::Roll,
        reason: None,
        fault: |label| two(&label.pose, "tilted", &["frontal"]),
    },
    Question {
        name: "background not plain",
        check: CheckId::BackgroundUniform,
        reason: None,
        fault: |label| two(&label.background, "nonplain", &["plain"]),
    },
    Question {
        name: "things on the background",
        check: CheckId::BackgroundObjects,
        reason: None,
        fault: |label| two(&label.background, "nonplain", &["plain"]),
    },
    Question {
        name: "too dark",
        check: CheckId::Exposure,
        reason: None,
        fault: |label| two(&label.lighting, "dark", &["even", "uneven"]),
    },
    Question {
        name: "light uneven",
        check: CheckId::EvenLight,
        reason: None,
        fault: |label| two(&label.lighting, "uneven", &["even", "bright"]),
    },
];

fn known(word: &str) -> Option<&str> {
    Some(word).filter(|word| !word.is_empty() && *word != "unclear")
}

fn two(word: &str, fault: &str, good: &[&str]) -> Option<bool> {
    let word = known(word)?;
    if word == fault { Some(true) } else { good.contains(&word).then_some(false) }
}

/// The answer to one question.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub question: &'static str,
    pub check: CheckId,
    /// Flagged = fail.
    pub by_fail: Confusion,
    /// Flagged = anything but pass: a person has to look.
    pub by_look: Confusion,
    pub unknown: usize,
    /// False-reject counts (flagged, all) of good photos by group, flagged = fail.
    pub east_asian: Confusion,
    pub others: Confusion,
}

pub fn answer(cases: &[Case]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = QUESTIONS.iter().map(|question| one(question, cases)).collect();
    answers[0] = face_found(cases);
    answers
}

fn one(question: &Question, cases: &[Case]) -> Answer {
    let mut answer = empty(question.name, question.check);
    for case in cases {
        let Some(faulty) = (question.fault)(&case.label) else { continue };
        let finding = case.findings.iter().find(|finding| finding.check == question.check);
        let verdict = finding.map_or(Verdict::Unknown, |finding| match finding.reason.as_deref() {
            Some(reason) if question.reason.is_some_and(|wanted| wanted != reason) => Verdict::Pass,
            _ => finding.verdict,
        });
        // What cannot be judged because there is no face is the one_face check's business.
        if case.measures.faces.is_empty() && question.check != CheckId::OneFace {
            continue;
        }
        answer.by_fail.add(faulty, verdict == Verdict::Fail);
        answer.by_look.add(faulty, verdict != Verdict::Pass);
        answer.unknown += usize::from(verdict == Verdict::Unknown);
        let group =
            if case.label.east_asian.is_empty() { &mut answer.others } else { &mut answer.east_asian };
        group.add(faulty, verdict == Verdict::Fail);
    }
    answer
}

/// Share of single-face portraits in which the sitter is found: missing counts as the fault flagged.
fn face_found(cases: &[Case]) -> Answer {
    let mut answer = empty(QUESTIONS[0].name, CheckId::OneFace);
    for case in cases.iter().filter(|case| case.label.faces == "1") {
        let missing = case.measures.geometry.is_none();
        answer.by_fail.add(false, missing);
        answer.by_look.add(false, missing);
        let group =
            if case.label.east_asian.is_empty() { &mut answer.others } else { &mut answer.east_asian };
        group.add(false, missing);
    }
    answer
}

fn empty(question: &'static str, check: CheckId) -> Answer {
    let none = Confusion::default();
    Answer { question, check, by_fail: none, by_look: none, unknown: 0, east_asian: none, others: none }
}
