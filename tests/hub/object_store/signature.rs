//! Signature version 4 in a request's query, checked from the other side as Amazon describes it.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::wire::Request;
use crate::fixture::place::{KEY, SECRET};

/// The store's word for what is wrong with the request's signature at this time.
pub fn fault(request: &Request, now: Timestamp) -> Option<&'static str> {
    let query = |name: &str| request.query(name).unwrap_or_default();
    let credential = query("X-Amz-Credential");
    let Some((key, scope)) = credential.split_once('/') else { return Some("AccessDenied") };
    if key != KEY {
        return Some("InvalidAccessKeyId");
    }
    let signed = query("X-Amz-SignedHeaders");
    let is_signed = |name: &String| signed.split(';').any(|signed| signed == name);
    let must_be = |name: &&String| *name == "host" || name.starts_with("x-amz-");
    if !request.headers.keys().filter(must_be).all(is_signed) {
        return Some("AccessDenied");
    }
    let begun: Option<Timestamp> = dashed(&query("X-Amz-Date")).and_then(|text| text.parse().ok());
    let seconds = query("X-Amz-Expires").parse::<i64>().ok();
    match begun.zip(seconds) {
        Some((begun, seconds)) if (0..seconds).contains(&(now.as_second() - begun.as_second())) => {}
        _ => return Some("RequestTimeTooSkewed"),
    }
    let expected = signature(request, SECRET, scope);
    (expected != query("X-Amz-Signature")).then_some("SignatureDoesNotMatch")
}

/// The one signature that this request may have. `scope` is date, region and service.
fn signature(request: &Request, secret: &str, scope: &str) -> String {
    let mut parameters: Vec<&str> =
        request.raw_query.split('&').filter(|pair| !pair.starts_with("X-Amz-Signature=")).collect();
    parameters.sort_unstable();
    let signed = request.query("X-Amz-SignedHeaders").unwrap_or_default();
    let headers: String = signed
        .split(';')
        .map(|name| format!("{name}:{}\n", request.headers.get(name).map_or("", |value| value.trim())))
        .collect();
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{signed}\nUNSIGNED-PAYLOAD",
        request.method,
        request.path,
        parameters.join("&"),
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        request.query("X-Amz-Date").unwrap_or_default(),
        hex::encode(Sha256::digest(canonical))
    );
    let first = format!("AWS4{secret}").into_bytes();
    let key = scope.split('/').fold(first, |key, part| mac(&key, part));
    hex::encode(mac(&key, &to_sign))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// `20260131T235959Z` as others read it.
fn dashed(text: &str) -> Option<String> {
    let part = |from: usize, to: usize| text.get(from..to);
    Some(format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(9, 11)?,
        part(11, 13)?,
        part(13, 15)?
    ))
}

/// The example of Amazon's own description, "Authenticating Requests: Using Query Parameters".
#[test]
fn the_published_example_has_the_published_signature() {
    let head = "GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host HTTP/1.1\r\n\
        Host: examplebucket.s3.amazonaws.com\r\n";
    let request = Request::of(head).unwrap();
    assert_eq!(
        signature(&request, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524/us-east-1/s3/aws4_request"),
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}
