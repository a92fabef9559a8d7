//! Changes as server-sent events, and the pace at which one address may ask.

use std::io::{BufRead, BufReader};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use photodesk::store::devices::Role;
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{Enrolment, Withdrawal};
use reqwest::blocking::Response;
use serde_json::Value;

use crate::fixture::{TestHub, http, key};

/// Device and token of a new reviewer's desk, as they stand in the header.
fn bearer(hub: &TestHub) -> String {
    let token = "e".repeat(40);
    let code = hub.code("desk of events", Role::Reviewer);
    let enrolled = Client::new(&hub.url).unwrap().enrol(&Enrolment { code, token: token.clone() }).unwrap();
    format!("{}.{token}", enrolled.device)
}

fn listen(hub: &TestHub, bearer: &str, last_seen: Option<u64>) -> BufReader<Response> {
    let asked = http().get(format!("{}/v1/changes", hub.url)).bearer_auth(bearer);
    let asked = asked.header("accept", "text/event-stream");
    let asked = match last_seen {
        Some(id) => asked.header("last-event-id", id.to_string()),
        None => asked,
    };
    let answer = asked.send().unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    BufReader::new(answer)
}

/// The next event's id and data; `None` when the stream has ended.
fn event(stream: &mut BufReader<Response>) -> Option<(u64, Value)> {
    let (mut id, mut data) = (None, None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("id", value)) => id = Some(value.parse().unwrap()),
            Some(("data", value)) => data = Some(serde_json::from_str(value).unwrap()),
            _ => {}
        }
        if line.trim_end().is_empty()
            && let (Some(id), Some(data)) = (id, data.take())
        {
            return Some((id, data));
        }
    }
}

#[test]
pub fn changes_come_as_events_and_go_on_after_the_last_one_seen() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let submission = student.submits(1).submission;
    let bearer = bearer(&hub);
    let mut stream = listen(&hub, &bearer, None);
    let (seen, first) = event(&mut stream).unwrap();
    assert_eq!(first["changes"][0]["kind"], "photo_submitted");
    assert_eq!(first["cursor"], seen);
    student.client.withdraw(&key(), &submission, &Withdrawal { revision: 1 }).unwrap();
    let withdrawn_at = Instant::now();
    let (_, second) = event(&mut stream).unwrap();
    assert!(withdrawn_at.elapsed() < Duration::from_secs(1), "{:?}", withdrawn_at.elapsed());
    assert_eq!(second["changes"][0]["kind"], "withdrawn");
    drop(stream);
    let mut again = listen(&hub, &bearer, Some(seen));
    assert_eq!(event(&mut again).unwrap().1, second, "only what came since");
    hub.stop();
    assert_eq!(event(&mut again), None, "a hub that stops ends the stream");
}

#[test]
pub fn a_stream_is_only_for_enrolled_devices() {
    let hub = TestHub::new();
    let answer = http().get(format!("{}/v1/changes", hub.url)).header("accept", "text/event-stream");
    let answer = answer.bearer_auth("nobody.at-all").send().unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}

/// A proxy on this computer says for whom it asks.
#[test]
pub fn whoever_floods_the_hub_is_told_to_wait_and_nobody_else() {
    let few = NonZeroU32::new(4).unwrap();
    let hub = TestHub::with(|limits| (limits.pace.burst, limits.pace.a_minute) = (few, few));
    let http = http();
    let ask = |address: &str| {
        let asked = http.get(format!("{}/v1/health", hub.url)).header("x-forwarded-for", address);
        asked.send().unwrap()
    };
    for _ in 0..few.get() {
        assert_eq!(ask("203.0.113.9, 192.0.2.1").status().as_u16(), 200);
    }
    let refused = ask("203.0.113.10, 192.0.2.1");
    assert_eq!(refused.status().as_u16(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=16).contains(&wait), "{wait} s");
    let fault: Value = serde_json::from_str(&refused.text().unwrap()).unwrap();
    assert_eq!(fault["code"], "too_many_requests");
    assert_eq!(ask("192.0.2.2").status().as_u16(), 200);
    for _ in 0..3 * few.get() {
        assert_eq!(http.get(format!("{}/v1/health", hub.url)).send().unwrap().status().as_u16(), 200);
    }
}
