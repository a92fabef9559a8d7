//! A phone without script: keeps cookies, follows nothing by itself, fills in forms as they stand on the page.

use std::collections::BTreeMap;
use std::time::Duration;

use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::{Store, StoreError};
use photodesk::submission::{BatchRules, SignatureCode, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{ExportRow, Exports, Leased, NewRules, Publication, Submission};

use crate::fixture::{BATCH, TestHub, claim, key, outcome, photo, row};

const BOUNDARY: &str = "----a-boundary-of-the-tests";
/// Codes are long and mean nothing to anybody but their issuer.
pub const CODE: &str = "aB3+/0123456789abcdefABCDEF0123456789xyzXYZ==";
pub const OTHER_CODE: &str = "zZ9+/0123456789abcdefABCDEF0123456789xyzXYZ==";

pub struct Phone {
    url: String,
    client: reqwest::blocking::Client,
    pub cookies: BTreeMap<String, String>,
    language: &'static str,
    /// What it says of itself.
    pub agent: &'static str,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Phone {
    pub fn of(hub: &TestHub) -> Self {
        Self::speaking(hub, "zh-CN")
    }

    pub fn speaking(hub: &TestHub, language: &'static str) -> Self {
        // Fails when another test was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(120))
            .build()
            .unwrap();
        Self { url: hub.url.clone(), client, cookies: BTreeMap::new(), language, agent: "" }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request)
    }

    pub fn get_bytes(&mut self, path: &str) -> Vec<u8> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.get(format!("{}{path}", self.url)).header("cookie", cookies.join("; "));
        request.send().unwrap().bytes().unwrap().to_vec()
    }

    /// Sends a form of text fields with the sign that stands on `page`.
    pub fn post(&mut self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = page.token();
        let all = [("token", token.as_str())].into_iter().chain(fields.iter().copied());
        let text = |text: &str| {
            text.bytes()
                .map(|byte| {
                    if byte.is_ascii_alphanumeric() {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect::<String>()
        };
        let body: Vec<String> = all.map(|(name, value)| format!("{name}={}", text(value))).collect();
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.send(request)
    }

    /// Sends a form with files.
    pub fn post_files(&mut self, page: &Answer, path: &str, fields: &[(&str, &[u8], bool)]) -> Answer {
        let token = page.token();
        let all = [("token", token.as_bytes(), false)].into_iter().chain(fields.iter().copied());
        let mut body = Vec::new();
        for (name, value, is_file) in all {
            let file = if is_file { "; filename=\"IMG_1.jpg\"\r\nContent-Type: image/jpeg" } else { "" };
            let head =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body);
        self.send(request)
    }

    /// Says who the student is.
    pub fn tells(&mut self, last_four: &str, code: &str) -> Answer {
        let path = format!("/s/{BATCH}");
        let page = self.get(&path);
        self.post_files(
            &page,
            &path,
            &[("last_four", last_four.as_bytes(), false), ("code", code.as_bytes(), false)],
        )
    }

    /// In with the usual code.
    pub fn enters(&mut self) {
        let answer = self.tells("002X", CODE);
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/my")), "{}", answer.body);
    }

    /// Sends a photo and gives the page of the initial check.
    pub fn sends(&mut self, photo: &[u8]) -> Answer {
        let page = self.get("/my/photo");
        let answer = self.post_files(&page, "/my/photo", &[("photo", photo, true)]);
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/my/check")), "{}", answer.body);
        self.get("/my/check")
    }

    /// Sends a photo and submits it.
    pub fn submits(&mut self, photo: &[u8]) -> Answer {
        let checked = self.sends(photo);
        let sha256 = checked.field("photo");
        let answer = self.post(&checked, "/my/submit", &[("photo", &sha256)]);
        assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/my")), "{}", answer.body);
        self.get("/my")
    }

    fn send(&mut self, request: reqwest::blocking::RequestBuilder) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .header("accept", "text/html,*/*;q=0.8")
            .header("accept-language", self.language)
            .header("user-agent", self.agent);
        let response = request.send().unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            assert!(text.contains("HttpOnly") && text.contains("SameSite=Lax"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
        Answer {
            status: response.status().as_u16(),
            location,
            headers: response.headers().clone(),
            body: response.text().unwrap_or_default(),
        }
    }
}

impl Answer {
    /// The sign of the page's forms.
    pub fn token(&self) -> String {
        self.field("token")
    }

    /// The value of a hidden field; empty when there is none.
    pub fn field(&self, name: &str) -> String {
        let opening = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&opening).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// The first heading.
    pub fn heading(&self) -> String {
        let rest = self.body.split_once("<h1").map_or("", |(_, rest)| rest);
        let rest = rest.split_once('>').map_or("", |(_, rest)| rest);
        rest.split("</h1>").next().unwrap_or_default().to_owned()
    }
}

/// Does something beside the running hub.
pub fn beside<T>(hub: &TestHub, work: impl FnOnce(&photodesk::store::Tx<'_>) -> Result<T, StoreError>) -> T {
    let folder = hub.folder.path();
    let store = Store::open_beside(&folder.join("hub"), &KeyFileStore::new(folder.join("key"))).unwrap();
    store.write(work).unwrap()
}

/// A ticket that was given out here.
pub fn ticket(hub: &TestHub) -> String {
    let batch = SignatureCode::parse(BATCH).unwrap();
    beside(hub, |tx| tx.issue_tickets(&batch, 1, 1)).remove(0).to_string()
}

/// Sets what the batch asks of its students.
pub fn set_rules(hub: &TestHub, rules: BatchRules) {
    let administrator = hub.device("office", Role::Administrator);
    administrator.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules }).unwrap();
}

/// Approves the one that waits longest and gives it back as the desk held it.
pub fn approved(desk: &Client) -> Leased {
    let leased = claim(desk, 1).leases.remove(0);
    assert_eq!(outcome(desk, &row(&leased, Verb::Approve)), "committed");
    leased
}

/// What a desk does with an approved photo: exports it and publishes the final one, which is given back.
pub fn produced(desk: &Client, leased: &Leased) -> Vec<u8> {
    let Submission { submission, photo_sha256, revision, .. } = leased.submission.clone();
    let row = ExportRow { submission: submission.clone(), photo_sha256: photo_sha256.clone(), revision };
    let verdicts = desk.export(&key(), &Exports { job: key(), rows: vec![row] }).unwrap().verdicts;
    assert!(verdicts[0].refused.is_none(), "{verdicts:?}");
    let made = photo(31_000);
    let final_sha256 = sha256_hex(&made);
    desk.put_photo(&final_sha256, made.clone()).unwrap();
    desk.publish(&key(), &submission, &Publication { photo_sha256, revision, final_sha256 }).unwrap();
    made
}
