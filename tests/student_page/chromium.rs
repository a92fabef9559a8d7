//! A real browser, driven over its own pipe: Chromium's debugging protocol needs no other program and no port.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const PATIENCE: Duration = Duration::from_secs(60);
/// A phone of usual size, in CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);

pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: String,
    next_id: u64,
    events: VecDeque<Value>,
    home: String,
    folder: tempfile::TempDir,
}

impl Browser {
    /// Opens a browser for the pages of `home`. `film` is what its camera sees.
    pub fn open(home: &str, film: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fonts = folder.path().join("share/fonts");
        std::fs::create_dir_all(&fonts).unwrap();
        // Without it a machine without Chinese fonts shows boxes.
        let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts/NotoSansSC-Regular.ttf");
        std::fs::copy(font, fonts.join("NotoSansSC-Regular.ttf")).unwrap();
        let mut args = vec![
            "--headless".to_owned(),
            "--remote-debugging-pipe".to_owned(),
            format!("--user-data-dir={}", folder.path().join("profile").display()),
            "--no-first-run".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--use-fake-ui-for-media-stream".to_owned(),
            "--use-fake-device-for-media-stream".to_owned(),
        ];
        args.extend(film.map(|film| format!("--use-file-for-fake-video-capture={}", film.display())));
        // The browser reads commands from handle 3 and answers on handle 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null", "sh"])
            .arg(program())
            .args(args)
            .env("XDG_DATA_HOME", folder.path().join("share"))
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell that starts the browser");
        let to = child.stdin.take().unwrap();
        let from = answers(BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self {
            child,
            to,
            from,
            session: String::new(),
            next_id: 0,
            events: VecDeque::new(),
            home: home.to_owned(),
            folder,
        };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session =
            browser.ask("Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser.size(PHONE);
        browser.speak("zh-CN");
        browser
    }

    pub fn size(&mut self, (width, height): (u32, u32)) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 700 });
        self.ask("Emulation.setDeviceMetricsOverride", metrics);
    }

    pub fn speak(&mut self, language: &str) {
        self.ask("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } }));
    }

    /// What pages are told of the browser.
    pub fn calls_itself(&mut self, agent: &str) {
        self.ask("Network.setUserAgentOverride", json!({ "userAgent": agent }));
    }

    /// Every page finds this done before its own scripts run.
    pub fn has_before_scripts(&mut self, script: &str) {
        self.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    pub fn dark(&mut self, is_dark: bool) {
        let value = if is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    pub fn script(&mut self, is_on: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !is_on }));
    }

    /// Opens a page of the hub.
    pub fn go(&mut self, path: &str) {
        self.events.clear();
        let url = format!("{}{path}", self.home);
        let answer = self.ask("Page.navigate", json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.loaded();
    }

    /// Waits until a page that was asked for is there.
    pub fn loaded(&mut self) {
        self.wait_for("Page.loadEventFired");
    }

    /// Does something that leads to another page, and waits for it.
    pub fn leads_on(&mut self, act: impl FnOnce(&mut Self)) {
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        act(self);
        self.loaded();
    }

    /// The value of an expression on the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let ask = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", ask);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    pub fn text(&mut self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector({selector:?})?.innerText ?? ''"));
        text.as_str().unwrap_or_default().trim().to_owned()
    }

    pub fn path(&mut self) -> String {
        self.value("location.pathname").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.value(expression) != Value::Bool(true) {
            assert!(Instant::now() < end, "never: {expression}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses the middle of an element, as a finger does.
    pub fn press(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center' }});
             const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    pub fn type_into(&mut self, selector: &str, text: &str) {
        self.value(&format!("document.querySelector({selector:?}).focus()"));
        self.write(text);
    }

    /// Types where the focus is.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    pub fn key(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            _ => (32, " "),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Chooses a file as the phone's own chooser would give it.
    pub fn choose(&mut self, selector: &str, content: &[u8], name: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let node = self.ask(
            "Runtime.evaluate",
            json!({ "expression": format!("document.querySelector({selector:?})") }),
        );
        let ask = json!({ "objectId": node["result"]["objectId"], "files": [path] });
        self.ask("DOM.setFileInputFiles", ask);
    }

    /// The same where pages run no script.
    pub fn choose_without_script(&mut self, selector: &str, content: &[u8], name: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let node = self.node(selector);
        self.ask("DOM.setFileInputFiles", json!({ "nodeId": node, "files": [path] }));
    }

    pub fn press_without_script(&mut self, selector: &str) {
        let node = self.node(selector);
        self.ask("DOM.scrollIntoViewIfNeeded", json!({ "nodeId": node }));
        let quad = self.ask("DOM.getContentQuads", json!({ "nodeId": node }))["quads"][0].clone();
        let at = |index: usize| quad[index].as_f64().unwrap();
        let (x, y) = (f64::midpoint(at(0), at(4)), f64::midpoint(at(1), at(5)));
        for kind in ["mousePressed", "mouseReleased"] {
            self.ask(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 }),
            );
        }
    }

    pub fn type_without_script(&mut self, selector: &str, text: &str) {
        let node = self.node(selector);
        self.ask("DOM.focus", json!({ "nodeId": node }));
        self.write(text);
    }

    /// The page's source as it stands.
    pub fn source(&mut self) -> String {
        let root = self.ask("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
        self.ask("DOM.getOuterHTML", json!({ "nodeId": root }))["outerHTML"].as_str().unwrap().to_owned()
    }

    /// Keeps a picture of the whole page where `PHOTODESK_SCREENSHOTS` names a folder.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("PHOTODESK_SCREENSHOTS").map(PathBuf::from) else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.shot()).unwrap();
    }

    /// A picture of the whole page, PNG.
    pub fn shot(&mut self) -> Vec<u8> {
        let shot =
            self.ask("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }));
        base64(shot["data"].as_str().unwrap())
    }

    /// Nothing was logged as an error, nothing was asked of anybody but the hub.
    pub fn was_well_behaved(&mut self) {
        self.was_well_behaved_at(&[]);
    }

    /// The same where the way leads to these other sites too.
    pub fn was_well_behaved_at(&mut self, others: &[&str]) {
        self.value("1");
        for event in &self.events {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => panic!("a script failed: {params}"),
                "Log.entryAdded" if params["entry"]["level"] == "error" => {
                    panic!("an error was logged: {params}")
                }
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().unwrap_or_default();
                    let is_ours = url.starts_with(&self.home)
                        || url.starts_with("blob:")
                        || url.starts_with("about:")
                        || others.iter().any(|other| url.starts_with(other));
                    assert!(is_ours, "asked elsewhere: {url}");
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, selector: &str) -> Value {
        let root = self.ask("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
        let found = self.ask("DOM.querySelector", json!({ "nodeId": root, "selector": selector }));
        assert!(found["nodeId"].as_u64().is_some_and(|id| id > 0), "no {selector}");
        found["nodeId"].clone()
    }

    fn wait_for(&mut self, method: &str) {
        if let Some(place) = self.events.iter().position(|event| event["method"] == method) {
            self.events.remove(place);
            return;
        }
        loop {
            let event = self.next();
            if event["method"] == method {
                return;
            }
            self.events.push_back(event);
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let mut message = json!({ "id": self.next_id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let answer = self.next();
            if answer["id"] == self.next_id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    fn next(&mut self) -> Value {
        self.from.recv_timeout(PATIENCE).expect("the browser answers")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn answers(mut from: impl BufRead + Send + 'static) -> Receiver<Value> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut message = Vec::new();
        while from.read_until(0, &mut message).is_ok_and(|read| read > 0) {
            message.pop();
            let Ok(answer) = serde_json::from_slice(&message) else { break };
            if tell.send(answer).is_err() {
                break;
            }
            message.clear();
        }
    });
    told
}

/// The browser of this machine. A machine without one fails the test: it must not pass unseen.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("PHOTODESK_CHROMIUM") {
        return named.into();
    }
    let folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let found = NAMES.iter().find_map(|name| {
        let places = folders.iter().map(|folder| folder.join(name));
        places.chain([PathBuf::from(name)]).find(|path| path.is_file())
    });
    found.unwrap_or_else(|| {
        panic!("this test needs Chromium: install Debian's `chromium` (`cargo xtask setup` does), or name a program in PHOTODESK_CHROMIUM")
    })
}

fn base64(text: &str) -> Vec<u8> {
    let value = |sign: u8| match sign {
        b'A'..=b'Z' => Some(sign - b'A'),
        b'a'..=b'z' => Some(sign - b'a' + 26),
        b'0'..=b'9' => Some(sign - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let signs: Vec<u8> = text.bytes().filter_map(value).collect();
    let mut bytes = Vec::with_capacity(signs.len() * 3 / 4);
    for group in signs.chunks(4) {
        let word = group
            .iter()
            .enumerate()
            .fold(0_u32, |word, (place, sign)| word | u32::from(*sign) << (18 - 6 * place));
        bytes.extend_from_slice(&word.to_be_bytes()[1..group.len()]);
    }
    bytes
}
