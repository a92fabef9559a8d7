//! WeChat's own sign-in inside the app (`snsapi_base`, which asks the student nothing): from a code to the payer's openid.

use serde::Deserialize;

use crate::hub::pay::{PayError, SignIn};
use crate::sync::outward::Outward;

/// Signs of a code or an openid at most; both are far shorter.
const LONGEST: usize = 256;

/// By which payers become known.
pub(super) struct WechatSignIn {
    begins: String,
    appid: String,
    secret: String,
    http: Outward,
}

/// One of both: an openid, or why there is none.
#[derive(Deserialize)]
struct Answer {
    openid: Option<String>,
    errcode: Option<i64>,
}

impl WechatSignIn {
    pub(super) fn new(begins: String, appid: String, secret: String, http: Outward) -> Self {
        Self { begins, appid, secret, http }
    }
}

impl SignIn for WechatSignIn {
    fn address(&self, back: &str, state: &str) -> String {
        format!(
            "{}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope=snsapi_base&state={state}#wechat_redirect",
            self.begins,
            self.appid,
            escaped(back)
        )
    }

    fn payer(&self, code: &str) -> Result<String, PayError> {
        if code.is_empty() || code.len() > LONGEST {
            return Err(PayError::NotUnderstood("a sign-in"));
        }
        let path = format!(
            "/sns/oauth2/access_token?appid={}&secret={}&code={}&grant_type=authorization_code",
            self.appid,
            self.secret,
            escaped(code)
        );
        let reply = self.http.get(&path, &[]).map_err(PayError::Unreachable)?;
        if reply.status >= 500 {
            return Err(PayError::Unreachable(reply.status.to_string()));
        }
        let answer: Answer =
            serde_json::from_slice(&reply.body).map_err(|_| PayError::NotUnderstood("a sign-in"))?;
        match answer.openid.filter(|openid| is_openid(openid)) {
            Some(openid) => Ok(openid),
            None => Err(PayError::Refused(answer.errcode.map_or_else(String::new, |code| code.to_string()))),
        }
    }
}

fn is_openid(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_".contains(&sign))
}

/// A text as a value in an address: everything but letters, digits and `-._~` escaped (RFC 3986).
pub(super) fn escaped(text: &str) -> String {
    let sign = |sign: u8| match sign {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(sign).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_an_address_says_nothing_but_itself() {
        assert_eq!(
            escaped("https://h.example/my?a=1&b=码"),
            "https%3A%2F%2Fh.example%2Fmy%3Fa%3D1%26b%3D%E7%A0%81"
        );
        assert!(is_openid("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o") && !is_openid("o1.2") && !is_openid(""));
    }
}
