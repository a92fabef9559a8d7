//! The whole story through the program alone: the hub's administrator, a desk, a reviewer's file of decisions.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use photodesk::store::devices::Role;

use crate::fixture::{Student, code, device, make};
use crate::kill::{start, stop};

fn program(folder: &Path, whose: &str) -> Command {
    let mut command = Command::cargo_bin("photodesk").unwrap();
    command.env_remove("PHOTODESK_DATA").env_remove("PHOTODESK_KEY_FILE");
    command.envs(crate::fixture::environment(folder));
    let key = if whose == "hub" { "key".to_owned() } else { format!("{whose}.key") };
    command.arg("--data").arg(folder.join(whose)).arg("--key-file").arg(folder.join(key));
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn run(mut command: Command, expected: i32) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(expected), "{}", said(&output));
    said(&output)
}

#[test]
pub fn a_desk_is_enrolled_pulls_reviews_and_sends() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at);
    let (mut process, url) = start(at);
    let batch = program(at, "hub").args(["hub", "admin", "batch", "q7m2zx", "--school", "示范大学"]).output();
    assert!(said(&batch.unwrap()).contains("batch Q7M2ZX is open"));
    let code_of = |name: &str| {
        let mut command = program(at, "hub");
        command.args(["hub", "admin", "enrol", name]);
        run(command, 0).lines().next().unwrap().to_owned()
    };
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let student = Student { client: device(&url, &code(at, "student page", Role::OnSite, now_ms)) };
    let id = student.submits(1).submission;

    let mut first = program(at, "desk");
    first.args(["sync", "--hub", &url, "--code", &code_of("desk 1")]);
    let text = run(first, 0);
    assert!(
        text.contains("enrolled as desk 1 (reviewer)") && text.contains(&format!("pulled {id}")),
        "{text}"
    );
    assert!(text.contains("1 checked"), "the initial check runs on what was pulled: {text}");

    let decisions = at.join("decisions.csv");
    std::fs::write(&decisions, format!("id,decision,reasons\n{id},reject,A01\n")).unwrap();
    let mut review = program(at, "desk");
    review.args(["review", "--decisions"]).arg(&decisions);
    run(review, 0);
    stop(&mut process);

    let mut away = program(at, "desk");
    away.arg("sync");
    let text = run(away, 3);
    assert!(text.contains("1 decisions wait") && text.contains("cannot be reached"), "{text}");

    let mut verify = program(at, "hub");
    verify.args(["hub", "admin", "verify"]);
    let text = run(verify, 0);
    assert!(text.contains("chain verified") && text.contains("1 whole, 0 faulty"), "{text}");
    let mut batches = program(at, "hub");
    batches.args(["hub", "admin", "batches"]);
    assert!(run(batches, 0).contains("HUBTST 示范大学 2026 届: 1 pending"));
    let mut devices = program(at, "hub");
    devices.args(["hub", "admin", "devices"]);
    assert!(run(devices, 0).contains("reviewer enrolled desk 1"));
}

#[test]
pub fn the_hub_asks_for_its_own_folder() {
    let mut command = Command::cargo_bin("photodesk").unwrap();
    command.env_remove("PHOTODESK_DATA").arg("hub");
    assert!(run(command, 2).contains("--data DIR"));
    let folder = tempfile::tempdir().unwrap();
    let mut nothing = program(folder.path(), "hub");
    nothing.args(["hub", "admin", "devices"]);
    assert!(run(nothing, 3).contains("holds no data"));
}

#[test]
pub fn the_office_sets_rules_records_money_and_closes_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make(at);
    let admin = |args: &[&str], expected: i32| {
        let mut command = program(at, "hub");
        command.args(["hub", "admin"]).args(args);
        run(command, expected)
    };
    let text = admin(&["rules", "hubtst", "--payment", "after_photo"], 2);
    assert!(text.contains("no fee is set; set the fee"), "{text}");
    admin(&["rules", "hubtst", "--payment", "after_photo", "--fee", "25.50", "--confirmation"], 0);
    let (mut process, url) = start(at);
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let student = Student { client: device(&url, &code(at, "student page", Role::OnSite, now_ms)) };
    let (one, two) = (student.submits(1).submission, student.submits(2).submission);
    let order = student.client.progress(&one).unwrap().order.unwrap();
    let text = admin(&["paid", &order, "--amount", "25", "--by", "wang"], 2);
    assert!(text.contains("2550 fen"), "{text}");
    let text = admin(&["paid", &order, "--amount", "25.50", "--by", "wang"], 0);
    assert!(text.contains("2550 fen recorded, pending_review"), "{text}");
    let plan = admin(&["close", "HUBTST", "--dry-run"], 0);
    assert!(plan.contains(&format!("{two} 吴*兰: would be closed")), "{plan}");
    assert!(plan.contains("0 would be confirmed, 1 would be closed, 1 wait for review"), "{plan}");
    let done = admin(&["close", "HUBTST"], 0);
    assert!(done.contains(&format!("{two} 吴*兰: closed")), "{done}");
    assert!(admin(&["close", "HUBTST"], 0).contains("0 confirmed, 0 closed, 1 wait for review"));
    let text = admin(&["refund", &order, "--by", "wang"], 0);
    assert!(text.contains("refunded"), "{text}");
    stop(&mut process);
}
