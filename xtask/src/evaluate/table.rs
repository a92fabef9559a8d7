//! Writes the answers as a Markdown page and the same figures as JSON beside it.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::changed::ChangeAnswer;
use super::questions::Answer;
use super::rates::Confusion;
use super::sitters::SitterAnswer;

pub fn write(
    out: &Path,
    answers: &[Answer],
    changed: &[ChangeAnswer],
    sitters: &SitterAnswer,
    photos: usize,
    standard: &str,
) -> Result<()> {
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    }
    std::fs::write(
        out,
        markdown(answers, photos, standard)? + &changed_page(changed)? + &sitter_page(sitters)?,
    )?;
    let json = serde_json::json!({ "photos": photos, "standard": standard, "answers": answers, "changed": changed, "sitters": sitters });
    std::fs::write(out.with_extension("json"), serde_json::to_string_pretty(&json)? + "\n")?;
    Ok(())
}

fn markdown(answers: &[Answer], photos: usize, standard: &str) -> Result<String> {
    let mut page = String::from("# Accuracy of the checks\n\n");
    writeln!(page, "Written by `cargo xtask evaluate DIR --labels FILE`; do not edit by hand.\n")?;
    writeln!(
        page,
        "Measured on the {photos} labelled development photos under the standard {standard}. The limits"
    )?;
    writeln!(
        page,
        "were chosen on the same photos, so other photos will do a little worse. Photos whose label is"
    )?;
    writeln!(
        page,
        "blank or unclear are left out of a row, and so are photos without a face below the second row.\n"
    )?;
    writeln!(
        page,
        "*Flagged* (caught, false alarms) means that the check fails the photo. *Look* also counts"
    )?;
    writeln!(page, "warnings and unknowns: a person has to look.\n")?;
    writeln!(
        page,
        "| question | check | n | caught | missed | false alarms | passed | balanced accuracy | false rejects | look: balanced accuracy | look: false rejects | unknown |"
    )?;
    writeln!(page, "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")?;
    for answer in answers {
        let Confusion { caught, missed, false_alarms, passed } = answer.by_fail;
        writeln!(
            page,
            "| {} | `{}` | {} | {caught} | {missed} | {false_alarms} | {passed} | {} | {} | {} | {} | {} |",
            answer.question,
            answer.check.as_str(),
            answer.by_fail.total(),
            rate(answer.by_fail.balanced_accuracy()),
            percent(answer.by_fail.false_reject_rate()),
            rate(answer.by_look.balanced_accuracy()),
            percent(answer.by_look.false_reject_rate()),
            answer.unknown,
        )?;
    }
    writeln!(page, "\n## By group\n")?;
    writeln!(
        page,
        "False rejects of good photos, flagged as above; groups as the photos' source states them.\n"
    )?;
    writeln!(page, "| question | East Asian | n | others | n |\n| --- | --: | --: | --: | --: |")?;
    for answer in answers {
        let good = |group: &Confusion| group.false_alarms + group.passed;
        writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            answer.question,
            percent(answer.east_asian.false_reject_rate()),
            good(&answer.east_asian),
            percent(answer.others.false_reject_rate()),
            good(&answer.others),
        )?;
    }
    Ok(page)
}

/// The part of the page about the labelled photos changed by us.
fn changed_page(changed: &[ChangeAnswer]) -> Result<String> {
    let mut page = String::from("\n## Changed in a known way\n\n");
    writeln!(
        page,
        "The labelled portraits of one person that the check passes as taken, changed by us. A row that is"
    )?;
    writeln!(page, "no fault says how often the check is led astray.\n")?;
    writeln!(
        page,
        "| change | a fault | check | n | fail | any but pass |\n| --- | --- | --- | --: | --: | --: |"
    )?;
    for row in changed {
        let (fault, check) = (if row.fault { "yes" } else { "no" }, row.check.as_str());
        writeln!(
            page,
            "| {} | {fault} | `{check}` | {} | {} | {} |",
            row.change, row.photos, row.failed, row.looked
        )?;
    }
    Ok(page)
}

/// The part of the page about drawn sitters.
fn sitter_page(answer: &SitterAnswer) -> Result<String> {
    let mut page = String::from("\n## On drawn sitters\n\n");
    writeln!(
        page,
        "Drawn by `photodesk::sitter`, whose truth is exact; {} without a fault.\n",
        answer.clean
    )?;
    writeln!(page, "| measure | mean error |\n| --- | --: |")?;
    writeln!(page, "| eye midpoint, of the picture's width | {:.2} % |", answer.eye_midpoint * 100.0)?;
    writeln!(page, "| roll | {:.2}° |", answer.roll_deg)?;
    writeln!(page, "| head height, of the picture's height | {:.2} % |", answer.head_height * 100.0)?;
    writeln!(page, "| chin, signed, of the eye distance | {:+.3} |", answer.chin_bias)?;
    writeln!(page, "| crown, signed, of the eye distance | {:+.3} |", answer.crown_bias)?;
    writeln!(page, "| cheek to cheek, signed, of the eye distance | {:+.3} |", answer.cheeks_bias)?;
    writeln!(page, "| yaw | {:.1}° |\n| pitch | {:.1}° |", answer.yaw_deg, answer.pitch_deg)?;
    writeln!(page, "\n| on sitters without a fault | fail | warn or unknown |\n| --- | --: | --: |")?;
    for (check, (failed, looked)) in &answer.false_alarms {
        writeln!(page, "| `{check}` | {failed} | {looked} |")?;
    }
    writeln!(page, "\n| fault | check | n | fail | any but pass |\n| --- | --- | --: | --: | --: |")?;
    for fault in &answer.faults {
        let check = fault.check.as_str();
        writeln!(
            page,
            "| {} | `{check}` | {} | {} | {} |",
            fault.fault, fault.n, fault.failed, fault.looked
        )?;
    }
    strengths(&mut page, answer)?;
    Ok(page)
}

/// Each fault as it grows: verdicts on every sitter, from none to strongest.
fn strengths(page: &mut String, answer: &SitterAnswer) -> Result<()> {
    writeln!(page, "\n## Faults of growing strength\n")?;
    writeln!(
        page,
        "Drawn sitters again; JPEGs are encoded a second time at quality 95, so that only the pixels can tell."
    )?;
    writeln!(
        page,
        "Each strength is followed by the sitters that fail, and in brackets those that do not pass."
    )?;
    writeln!(
        page,
        "*Never milder* counts the sitters on whom no verdict became milder as the fault grew.\n"
    )?;
    writeln!(page, "| fault | check | sitters | strength: fail (not pass) | never milder |")?;
    writeln!(page, "| --- | --- | --: | --- | --: |")?;
    for row in &answer.strengths {
        let steps: Vec<String> = row
            .steps
            .iter()
            .map(|step| format!("{}: {} ({})", step.strength, step.failed, step.looked))
            .collect();
        let check = row.check.as_str();
        writeln!(
            page,
            "| {} | `{check}` | {} | {} | {} |",
            row.fault,
            row.sitters,
            steps.join(" · "),
            row.monotone
        )?;
    }
    Ok(())
}

fn rate(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.3}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{:.1} %", value * 100.0))
}
