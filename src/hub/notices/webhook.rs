//! Messages as signed HTTP requests, in the form of the Standard Webhooks specification (standardwebhooks.com): headers
//! `webhook-id`, `webhook-timestamp` and `webhook-signature`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::Answer;
use super::facts::Facts;
use crate::standard::Text;
use crate::submission::notice::Notice;
use crate::submission::{OrderState, State};
use crate::sync::outward::Outward;

const SECRET_BEGINS: &str = "whsec_";
/// Bytes of a secret, as the specification has it.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// The receiver wants no such messages any more.
const GONE: u16 = 410;

/// The way to one receiver.
pub(super) struct Webhook {
    http: Outward,
    secret: Vec<u8>,
    contact: bool,
}

/// What is wrong with the set-up.
pub(super) struct WebhookFault {
    /// With the secret's file, not with the configuration.
    pub(super) of_secret: bool,
    pub(super) text: String,
}

/// The body of a request.
#[derive(Serialize)]
struct Message<'a> {
    /// The same for every try.
    id: &'a str,
    kind: &'static str,
    /// When it happened, in milliseconds since the Unix epoch.
    at_ms: i64,
    batch: &'a str,
    school: &'a str,
    title: &'a str,
    submission: &'a str,
    order: Option<&'a str>,
    masked_name: &'a str,
    state: State,
    attempt: u32,
    max_attempts: u32,
    revision: u32,
    reasons: Vec<ReasonTold<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prints: Option<Prints<'a>>,
    /// Where the student goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Contact<'a>>,
}

#[derive(Serialize)]
struct ReasonTold<'a> {
    code: &'a str,
    title: &'a Text,
    cause: &'a Text,
    remedy: &'a Text,
}

#[derive(Serialize)]
struct Prints<'a> {
    order: &'a str,
    copies: u32,
    state: OrderState,
    carrier: Option<&'a str>,
    tracking_number: Option<&'a str>,
}

/// Personal data; only where the set-up asks for it.
#[derive(Serialize)]
struct Contact<'a> {
    student_number: Option<&'a str>,
    phone: Option<&'a str>,
    email: Option<&'a str>,
}

impl Webhook {
    pub(super) fn new(address: &str, secret: &str, contact: bool) -> Result<Self, WebhookFault> {
        let decoded = secret.strip_prefix(SECRET_BEGINS).and_then(|text| STANDARD.decode(text).ok());
        let secret = decoded.filter(|bytes| SECRET_BYTES.contains(&bytes.len())).ok_or(WebhookFault {
            of_secret: true,
            text: "the secret is not whsec_ with 24 to 64 bytes in base64".to_owned(),
        })?;
        let http = Outward::new(address).map_err(|cause| WebhookFault { of_secret: false, text: cause })?;
        Ok(Self { http, secret, contact })
    }

    pub(super) fn send(&self, notice: &Notice, facts: &Facts, page: Option<&str>, now_ms: i64) -> Answer {
        let body = match serde_json::to_string(&self.message(notice, facts, page)) {
            Ok(body) => body,
            Err(cause) => return Answer::Never(format!("it cannot be written ({cause})")),
        };
        let timestamp = (now_ms / 1000).to_string();
        let signature = format!("v1,{}", self.signature(&notice.id, &timestamp, &body));
        let headers = [
            ("webhook-id", notice.id.as_str()),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ];
        match self.http.post_json("", &headers, body) {
            Ok(reply) if (200..300).contains(&reply.status) => Answer::Taken,
            Ok(reply) if reply.status == GONE => Answer::Never(format!("HTTP {GONE}")),
            Ok(reply) => Answer::NotNow(format!("HTTP {}", reply.status)),
            Err(cause) => Answer::Away(cause),
        }
    }

    fn message<'a>(&self, notice: &'a Notice, facts: &'a Facts, page: Option<&str>) -> Message<'a> {
        let reasons = facts.reasons.iter().map(|reason| ReasonTold {
            code: &reason.code,
            title: &reason.title,
            cause: &reason.cause,
            remedy: &reason.remedy,
        });
        let prints = facts.prints.as_ref().map(|order| Prints {
            order: &order.number,
            copies: order.copies,
            state: order.state,
            carrier: order.carrier.as_deref(),
            tracking_number: order.tracking_number.as_deref(),
        });
        let person = facts.person.as_ref().filter(|_| self.contact);
        Message {
            id: &notice.id,
            kind: notice.kind.as_str(),
            at_ms: notice.made_at_ms,
            batch: &facts.batch.code,
            school: &facts.batch.school,
            title: &facts.batch.title,
            submission: &notice.submission,
            order: facts.order.as_deref(),
            masked_name: &facts.item.masked_name,
            state: facts.item.state,
            attempt: facts.item.attempt,
            max_attempts: facts.batch.max_attempts,
            revision: facts.item.revision,
            reasons: reasons.collect(),
            prints,
            page: page.map(|page| format!("{page}/s/{}", facts.batch.code)),
            contact: person.map(|person| Contact {
                student_number: person.student_number.as_deref(),
                phone: person.phone.as_deref(),
                email: person.email.as_deref(),
            }),
        }
    }

    fn signature(&self, id: &str, timestamp: &str, body: &str) -> String {
        STANDARD.encode(hmac_sha256(&self.secret, &[id, ".", timestamp, ".", body]))
    }
}

fn hmac_sha256(secret: &[u8], parts: &[&str]) -> Vec<u8> {
    // Filled up with zeros to a block, as HMAC itself does with a shorter key.
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    block.iter_mut().zip(secret).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    parts.iter().for_each(|part| mac.update(part.as_bytes()));
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let webhook = Webhook::new("https://school.example", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false);
        let signature = webhook.ok().unwrap().signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"test\": 2432232314}",
        );
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_short_secret_is_refused() {
        let fault = Webhook::new("https://school.example", "whsec_c2hvcnQ=", false).err().unwrap();
        assert!(fault.of_secret && !fault.text.contains("c2hv"));
    }
}
