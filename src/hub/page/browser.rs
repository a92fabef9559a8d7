//! What is seen of a browser beside its session: what kind it is, at which address, and by which name it knows this hub.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::visit::{is_secure, text};
use crate::hub::Hub;
use crate::hub::pace::{Peer, asker};

/// Kinds that pay in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    InWechat,
    Phone,
    Other,
}

/// See the module.
pub(super) struct Browser {
    pub(super) kind: Kind,
    pub(super) address: Option<IpAddr>,
    /// `https://HOST` as the browser asked for it, without a slash; only ever told to this browser itself.
    pub(super) home: Option<String>,
}

impl Kind {
    fn of(user_agent: &str) -> Self {
        if user_agent.contains("MicroMessenger") {
            Self::InWechat
        } else if ["Mobile", "Android", "iPhone"].iter().any(|word| user_agent.contains(word)) {
            Self::Phone
        } else {
            Self::Other
        }
    }
}

impl FromRequestParts<Arc<Hub>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let peer = parts.extensions.get::<Peer>();
        let scheme = if is_secure(hub, headers) { "https" } else { "http" };
        let host = text(headers, header::HOST.as_str()).filter(|host| is_host(host));
        Ok(Self {
            kind: Kind::of(text(headers, header::USER_AGENT.as_str()).unwrap_or_default()),
            address: peer.map(|peer| asker(peer.0.ip(), headers)),
            home: host.map(|host| format!("{scheme}://{host}")),
        })
    }
}

/// A name or number with a port, and nothing that could end it.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || b".-:[]".contains(&sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_by_what_they_say_of_themselves() {
        let inside =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.44";
        assert_eq!(Kind::of(inside), Kind::InWechat);
        assert_eq!(
            Kind::of("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36"),
            Kind::Phone
        );
        assert_eq!(Kind::of("Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36"), Kind::Other);
        assert_eq!(Kind::of(""), Kind::Other);
        assert!(is_host("photos.example:8470") && is_host("[::1]:80"));
        assert!(!is_host("") && !is_host("a.example/b") && !is_host("a@b"));
    }
}
