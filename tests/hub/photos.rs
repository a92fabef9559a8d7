//! Photos in and out: whole, the very bytes, within limits, and the one error shape on the bare wire.

use std::io::{Read, Write};
use std::net::TcpStream;

use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{Enrolment, NewSubmission, PART_BYTES, ProofsWanted, proof_of};

use crate::fixture::{BATCH, TestHub, claim, fault, http, key, photo};

#[test]
pub fn the_very_bytes_come_back() {
    let hub = TestHub::new();
    let student = hub.student();
    let mut large = photo(7);
    large.extend(std::iter::repeat_n(0x5a, 3_000_000));
    let sha256 = sha256_hex(&large);
    assert_eq!(student.client.put_photo(&sha256, large.clone()).unwrap().bytes, large.len() as u64);
    let new =
        NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256: sha256.clone() };
    student.client.submit(&key(), &new).unwrap();
    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    assert_eq!(
        (leased.photo_bytes, leased.submission.photo_sha256.as_str()),
        (large.len() as u64, sha256.as_str())
    );
    assert_eq!(desk.photo(&sha256).unwrap(), large);
    assert_eq!(fault(student.client.photo(&sha256)).code, "not_allowed", "only reviewers see photos");
}

#[test]
pub fn a_photo_is_given_in_ranges_and_not_to_whoever_has_it() {
    let hub = TestHub::new();
    let sha256 = hub.student().sends(1);
    let plain = photo(1);
    let bearer = bearer(&hub, Role::Reviewer);
    let ask = |headers: &[(&str, &str)]| {
        let request = http().get(format!("{}/v1/photos/{sha256}", hub.url));
        let request = request.bearer_auth(&bearer);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().unwrap()
    };
    let tag = format!("\"{sha256}\"");
    assert_eq!(ask(&[]).bytes().unwrap(), plain);
    assert_eq!(ask(&[("if-none-match", &tag)]).status(), 304);
    let some = ask(&[("range", "bytes=10-19")]);
    assert_eq!(some.status(), 206);
    assert_eq!(some.headers()["content-range"], format!("bytes 10-19/{}", plain.len()).as_str());
    assert_eq!(some.bytes().unwrap(), plain[10..20]);
    assert_eq!(ask(&[("range", "bytes=-7"), ("if-range", &tag)]).bytes().unwrap(), plain[plain.len() - 7..]);
    assert_eq!(ask(&[("range", "bytes=-7"), ("if-range", "\"other\"")]).bytes().unwrap(), plain);
    let beyond = ask(&[("range", "bytes=999999-")]);
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{}", plain.len()).as_str());
}

/// The connection breaks after the first part and the hub is started anew: the rest follows, and the whole is proved.
#[test]
pub fn a_photo_in_parts_goes_on_where_it_broke_and_is_proved() {
    let mut hub = TestHub::new();
    let client = hub.student().client;
    let mut large = photo(7);
    large.extend(std::iter::repeat_n(0x5a, 2 * PART_BYTES));
    let sha256 = sha256_hex(&large);
    let parts: Vec<Vec<u8>> = large.chunks(PART_BYTES).map(<[u8]>::to_vec).collect();
    assert_eq!(client.parts(&sha256).unwrap().parts, 0);
    assert_eq!(client.put_part(&sha256, 0, parts[0].clone()).unwrap().parts, 1);
    hub.stop();
    hub.start_again();
    assert_eq!(client.parts(&sha256).unwrap().parts, 1);
    assert_eq!(fault(client.join_parts(&sha256, 3)).code, "parts_missing");
    for (number, part) in (0..).zip(&parts).skip(1) {
        client.put_part(&sha256, number, part.clone()).unwrap();
    }
    assert_eq!(fault(client.put_part(&sha256, 9, vec![0; PART_BYTES + 1])).code, "bad_request");
    assert_eq!(client.join_parts(&sha256, 3).unwrap().bytes, large.len() as u64);
    assert_eq!(client.parts(&sha256).unwrap().parts, 0, "parts of a whole photo are forgotten");
    let nonce = "n".repeat(32);
    let asked = ProofsWanted { nonce: nonce.clone(), photos: vec![sha256.clone(), "0".repeat(64)] };
    let proofs = client.proofs(&asked).unwrap().proofs;
    assert_eq!(proofs[0].proof, Some(proof_of(&nonce, &large)));
    assert_eq!(proofs[1].proof, None);
    let short = ProofsWanted { nonce: "n".into(), photos: Vec::new() };
    assert_eq!(fault(client.proofs(&short)).code, "bad_request");
}

#[test]
pub fn parts_that_make_another_photo_are_refused_and_forgotten() {
    let hub = TestHub::new();
    let client = hub.student().client;
    let (one, two) = (photo(1), photo(2));
    client.put_part(&sha256_hex(&one), 0, two).unwrap();
    assert_eq!(fault(client.join_parts(&sha256_hex(&one), 1)).code, "other_content");
    assert_eq!(client.parts(&sha256_hex(&one)).unwrap().parts, 0);
}

#[test]
pub fn what_is_no_photo_too_large_or_another_photo_is_refused_and_leaves_nothing() {
    let mut hub = TestHub::with(|limits| limits.requests.max_photo_bytes = 10_000);
    let client = hub.student().client;
    let put = |content: Vec<u8>| fault(client.put_photo(&sha256_hex(&content), content)).code;
    assert_eq!(put(b"these are words".to_vec()), "not_a_photo");
    assert_eq!(put(Vec::new()), "empty");
    assert_eq!(put(photo(1).repeat(200)), "too_large");
    assert_eq!(fault(client.put_photo(&sha256_hex(b"other"), photo(1))).code, "other_content");
    assert_eq!(fault(client.put_photo("../../etc", photo(1))).code, "no_such_path");
    assert_eq!(fault(client.put_photo("AB", photo(1))).code, "bad_request");
    hub.stop();
    let files = walkdir::WalkDir::new(hub.folder.path().join("hub/blobs"));
    assert_eq!(files.into_iter().flatten().filter(|entry| entry.file_type().is_file()).count(), 0);
}

#[test]
pub fn the_same_photo_of_two_students_is_flagged_not_merged() {
    let hub = TestHub::new();
    let student = hub.student();
    let (one, two) = (student.submits(1), student.submits(1));
    assert_ne!(one.submission, two.submission);
    assert_eq!(two.same_photo_as, Some(one.submission));
}

#[test]
pub fn a_submission_without_its_photo_is_told_what_to_do() {
    let hub = TestHub::new();
    let new =
        NewSubmission { batch: BATCH.into(), masked_name: "吴*兰".into(), photo_sha256: "0".repeat(64) };
    let client = hub.student().client;
    assert_eq!(fault(client.submit(&key(), &new)).code, "photo_not_stored");
    let elsewhere = NewSubmission { batch: "NOBODY".into(), ..new };
    assert_eq!(fault(client.submit(&key(), &elsewhere)).code, "unknown_batch");
}

/// What a new device says for itself on the bare wire.
fn bearer(hub: &TestHub, role: Role) -> String {
    let (token, code) = ("t".repeat(40), hub.code("a device", role));
    let enrolled = Client::new(&hub.url).unwrap().enrol(&Enrolment { code, token: token.clone() }).unwrap();
    format!("{}.{token}", enrolled.device)
}

/// Sends all of a request before it looks for an answer, as many programs do.
#[test]
pub fn a_refusal_arrives_although_the_photo_was_not_read() {
    let hub = TestHub::with(|limits| limits.requests.max_photo_bytes = 4_000_000);
    let bearer = bearer(&hub, Role::OnSite);
    let name = "0".repeat(64);
    for (bearer, bytes, status, code) in
        [("nobody", 3_000_000, "401", "unknown_device"), (bearer.as_str(), 4_000_001, "413", "too_large")]
    {
        for _ in 0..5 {
            let head = format!(
                "PUT /v1/photos/{name} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: Bearer {bearer}\r\n\
                 Content-Length: {bytes}\r\n\r\n"
            );
            let (line, body) = raw(&hub, &(head + &"x".repeat(bytes)));
            assert!(line.contains(status) && body.contains(code), "{line}: {body}");
        }
    }
    // Whoever asks first is told at once, and sends nothing.
    let asks = format!(
        "PUT /v1/photos/{name} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {bearer}\r\nContent-Length: 9000000\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n"
    );
    assert!(raw(&hub, &asks).0.contains("413"));
}

/// Sends a request as it is and gives status line and body.
fn raw(hub: &TestHub, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(hub.url.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[test]
pub fn every_refusal_has_code_message_and_remedy() {
    let hub = TestHub::new();
    for (request, status, code) in [
        ("GET /nothing", "404", "no_such_path"),
        ("DELETE /v1/health", "405", "no_such_method"),
        ("GET /v1/batches", "401", "unknown_device"),
        ("GET /v1/batches", "401", "unknown_device"),
        ("POST /v1/submissions", "401", "unknown_device"),
    ] {
        let request =
            format!("{request} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        let (line, body) = raw(&hub, &request);
        assert!(line.contains(status), "{request}: {line}");
        let fault: photodesk::sync::protocol::Fault = serde_json::from_str(&body).unwrap();
        assert_eq!(fault.code, code, "{request}");
        assert!(!fault.message.is_empty() && !fault.remedy.is_empty());
    }
    let body = "{\"code\":1}";
    let request = format!(
        "POST /v1/enrolments HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(raw(&hub, &request).1.contains("\"bad_request\""));
}
