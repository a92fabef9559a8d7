//! How fast one address may ask: whoever floods the hub is told to wait, and nobody else notices.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Hub;
use super::error::HubError;
use crate::sync::limits::PaceLimits;

/// Addresses remembered before those that have long been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// Whose connection it is; put on each request by whoever serves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// What each address has left.
pub(super) struct Pace(DefaultKeyedRateLimiter<IpAddr>);

impl Pace {
    pub(super) fn new(limits: &PaceLimits) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(limits.a_minute).allow_burst(limits.burst)))
    }

    /// Seconds to wait, when the address has asked too often. This computer itself is never told to.
    fn wait(&self, address: IpAddr) -> Option<u64> {
        if address.is_loopback() {
            return None;
        }
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        let refused = self.0.check_key(&address).err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// Refuses with 429 what comes too fast.
pub(super) async fn paced(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let Some(seconds) = peer.and_then(|peer| hub.pace.wait(asker(peer, request.headers()))) else {
        return next.run(request).await;
    };
    let refusal = HubError::new(
        429,
        "too_many_requests",
        "too many requests came from this address",
        "wait as long as Retry-After says, then send the same request again",
    );
    let mut answer = refusal.into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// Who asks: the address of the connection, or what a proxy on this very computer says of it. The last entry is the
/// proxy's own; what stands before it anybody can write.
pub(super) fn asker(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let told = || {
        headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?
            .to_str()
            .ok()?
            .rsplit(',')
            .next()?
            .trim()
            .parse()
            .ok()
    };
    if peer.is_loopback() { told().unwrap_or(peer) } else { peer }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const PHONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 8));
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn who_asks_too_often_waits_and_nobody_else() {
        let number = |number| NonZeroU32::new(number).unwrap();
        let pace = Pace::new(&PaceLimits { burst: number(3), a_minute: number(6) });
        assert!((0..3).all(|_| pace.wait(PHONE).is_none()));
        let seconds = pace.wait(PHONE).unwrap();
        assert!((1..=11).contains(&seconds), "{seconds} s for one of six a minute");
        assert_eq!(pace.wait(OTHER), None);
        assert!((0..100).all(|_| pace.wait(HERE).is_none()));
    }

    #[test]
    fn only_a_proxy_on_this_computer_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1, 192.0.2.7"));
        assert_eq!(asker(HERE, &headers), PHONE);
        assert_eq!(asker(OTHER, &headers), OTHER);
        assert_eq!(asker(HERE, &HeaderMap::new()), HERE);
    }
}
