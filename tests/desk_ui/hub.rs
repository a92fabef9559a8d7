//! The desk and its hub: connected in the window, in step from then on, and found again after a restart.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

/// The program as a hub on loopback; it ends with this.
struct RunningHub {
    process: Child,
    url: String,
}

impl RunningHub {
    fn start(place: &Place) -> Self {
        let mut process =
            program(place).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{said}");
        Self { process, url }
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn program(place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_photodesk"));
    command.arg("--key-file").arg(place.path("hub.key")).arg("hub").arg("--data").arg(place.path("hub"));
    command.env_remove("PHOTODESK_DATA").env_remove("PHOTODESK_KEY_FILE").stderr(Stdio::null());
    command
}

fn enrolment_code(place: &Place) -> String {
    let output = program(place).args(["admin", "enrol", "desk 1"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().next().unwrap_or_else(|| panic!("no code")).to_owned()
}

#[test]
fn a_desk_is_connected_to_a_hub_and_stays_in_step() {
    let place = Place::new();
    let hub = RunningHub::start(&place);
    let code = enrolment_code(&place);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "先建一个批次");
    click(&mut window, Role::Button, "连接采集中心…");
    wait_until(&mut window, "the form", |window| has(window, Role::TextInput, "登记码"));
    assert!(window.get_by_role_and_label(Role::Button, "连接").accesskit_node().is_disabled());
    let host = hub.url.trim_start_matches("http://").to_owned();
    // The field begins with https://, which a hub on this computer does not need.
    window.get_by_role_and_label(Role::TextInput, "地址").focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_role_and_label(Role::TextInput, "地址").type_text(&format!("http://{host}"));
    window.run_steps(2);
    fill(&mut window, "登记码", &code);
    click(&mut window, Role::Button, "连接");
    wait_for(&mut window, "已连接采集中心");
    wait_for(&mut window, "已与采集中心同步");
    drop(window);
    drop(open_when_free(&place));
    let mut again = place.window(WINDOW);
    wait_for(&mut again, "已与采集中心同步");
    drop(hub);
}

#[test]
fn a_wrong_code_is_told_and_nothing_is_connected() {
    let place = Place::new();
    let hub = RunningHub::start(&place);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "先建一个批次");
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    wait_for(&mut window, "命令面板");
    window.get_by_role_and_label(Role::TextInput, "输入几个字，回车执行").type_text("hub");
    wait_until(&mut window, "the action", |window| has(window, Role::ListBoxOption, "连接采集中心…"));
    window.key_press(Key::Enter);
    wait_until(&mut window, "the form", |window| has(window, Role::TextInput, "地址"));
    window.get_by_role_and_label(Role::TextInput, "地址").focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_role_and_label(Role::TextInput, "地址").type_text(&hub.url);
    window.run_steps(2);
    fill(&mut window, "登记码", "AAAA-BBBB");
    click(&mut window, Role::Button, "连接");
    wait_until(&mut window, "why", |window| has(window, Role::Button, "关闭"));
    assert!(!shows(&window, "已与采集中心同步"));
}
