//! What the provider gave of late, kept in memory: a page that is opened again shows the same code, and the provider is
//! asked how far a payment is no more often than it helps. A hub that starts anew asks anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Asked, Scene};
use crate::sync::limits::PayLimits;

/// See the module.
pub(in crate::hub) struct Till {
    code_ms: i64,
    browser_ms: i64,
    look_every: Duration,
    drawer: Mutex<Drawer>,
}

#[derive(Default)]
struct Drawer {
    /// By our number of the payment.
    given: HashMap<String, Given>,
    /// When the provider was asked last how far it is.
    looked: HashMap<String, Instant>,
}

struct Given {
    scene: Scene,
    asked: Asked,
    until_ms: i64,
}

impl Till {
    pub(in crate::hub) fn new(limits: &PayLimits) -> Self {
        Self {
            code_ms: i64::from(limits.code_seconds) * 1000,
            browser_ms: i64::from(limits.browser_seconds) * 1000,
            look_every: Duration::from_secs(limits.look_every_seconds.into()),
            drawer: Mutex::default(),
        }
    }

    /// What was given for this payment in this very scene and can still be used.
    pub(super) fn given(&self, payment: &str, scene: &Scene, now_ms: i64) -> Option<(Asked, i64)> {
        let drawer = self.drawer();
        let given = drawer.given.get(payment)?;
        (given.scene == *scene && now_ms < given.until_ms).then(|| (given.asked.clone(), given.until_ms))
    }

    /// Keeps what was given now; says until when it can be used.
    pub(super) fn keep(&self, payment: &str, scene: Scene, asked: Asked, now_ms: i64) -> i64 {
        let lasts_ms = match scene {
            Scene::Code | Scene::App { .. } => self.code_ms,
            Scene::Browser { .. } => self.browser_ms,
        };
        let until_ms = now_ms + lasts_ms;
        let mut drawer = self.drawer();
        drawer.given.retain(|_, given| now_ms < given.until_ms);
        drawer.given.insert(payment.to_owned(), Given { scene, asked, until_ms });
        until_ms
    }

    /// Nothing that was given for it can be used any more.
    pub(super) fn drop_given(&self, payment: &str) {
        self.drawer().given.remove(payment);
    }

    /// Whether the provider may be asked now how far it is, because a student waits; noted as asked.
    pub(super) fn may_look(&self, payment: &str) -> bool {
        self.may_look_after(payment, self.look_every)
    }

    /// The same where nobody waits: the older the payment, the seldomer.
    pub(super) fn may_look_at_age(&self, payment: &str, age: Duration) -> bool {
        /// Looked at anew each time it has grown by this part of its age.
        const PART: u32 = 4;
        self.may_look_after(payment, self.look_every.max(age / PART))
    }

    fn may_look_after(&self, payment: &str, pause: Duration) -> bool {
        let now = Instant::now();
        let mut drawer = self.drawer();
        if drawer.looked.get(payment).is_some_and(|last| now.duration_since(*last) < pause) {
            return false;
        }
        drawer.looked.insert(payment.to_owned(), now);
        true
    }

    /// Forgets when payments were looked at that nobody looks for any more.
    pub(super) fn forget_looks(&self, older_than: Duration) {
        self.drawer().looked.retain(|_, last| last.elapsed() < older_than);
    }

    fn drawer(&self) -> MutexGuard<'_, Drawer> {
        self.drawer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn till() -> Till {
        Till::new(&PayLimits {
            code_seconds: 100,
            browser_seconds: 10,
            look_every_seconds: 60,
            first_look_seconds: 60,
            looked_for_hours: 1,
            looks_at_once: 5,
        })
    }

    #[test]
    fn a_code_is_shown_again_until_it_ends_and_in_its_own_scene_alone() {
        let till = till();
        let code = Asked::Code("weixin://a".into());
        assert_eq!(till.keep("p", Scene::Code, code.clone(), 1000), 101_000);
        assert_eq!(till.given("p", &Scene::Code, 100_999), Some((code, 101_000)));
        assert_eq!(till.given("p", &Scene::Code, 101_000), None);
        assert_eq!(till.given("p", &Scene::App { payer: "o".into() }, 2000), None);
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let browser = Scene::Browser { address, back: "b".into() };
        assert_eq!(till.keep("q", browser.clone(), Asked::Browser("https://a".into()), 1000), 11_000);
        till.drop_given("q");
        assert_eq!(till.given("q", &browser, 1001), None);
    }

    #[test]
    fn whoever_reloads_does_not_make_the_provider_be_asked_each_time() {
        let till = till();
        assert!(till.may_look("p") && !till.may_look("p") && till.may_look("q"));
        assert!(!till.may_look_at_age("p", Duration::from_secs(7200)));
        till.forget_looks(Duration::ZERO);
        assert!(till.may_look("p"));
    }
}
