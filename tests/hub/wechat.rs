//! WeChat Pay against a service of our own that signs as the published protocol does.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photodesk::store::devices::Role;
use photodesk::submission::{BatchRules, PaymentRule, State};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{NewOrder, NewRules, Order, PayAsked, Refund};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::json;

use crate::fixture::{BATCH, START_MS, TestHub, fault, key};
use crate::wechat_service::{Notice, Service};

const FEE: u32 = 2500;

struct Centre {
    hub: TestHub,
    service: Arc<Service>,
    student: Client,
    office: Client,
}

impl Centre {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (service, wechat) = Service::start(folder.path(), false, START_MS);
        let hub = TestHub::with_provider(Arc::new(wechat));
        service.keeps_time_of(&hub.now_ms);
        let (student, office) = (hub.student().client, hub.device("office", Role::Administrator));
        let rules = BatchRules { payment: PaymentRule::BeforePhoto, fee_fen: FEE, ..BatchRules::default() };
        office.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules }).unwrap();
        Self { hub, service, student, office }
    }

    fn opens(&self) -> Order {
        self.student
            .open_order(&key(), &NewOrder { batch: BATCH.into(), masked_name: "吴*兰".into() })
            .unwrap()
    }

    fn order(&self, order: &Order) -> Order {
        self.student.order(&order.order).unwrap()
    }

    /// A true callback about this payment.
    fn notice(&self, payment: &str) -> Notice {
        Notice::of(payment, FEE, self.service.now_ms())
    }

    /// The service tells; gives the hub's status and code.
    fn tells(&self, notice: &Notice) -> (u16, String) {
        self.service.tells(&self.hub.url, notice)
    }

    /// How often the journal says that money came.
    fn taken(&self) -> usize {
        let entries = self.hub.beside(|store| store.journal_after(0).unwrap());
        entries.iter().filter(|entry| entry.event.contains("\"payment_taken\"")).count()
    }
}

fn soon(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
pub fn a_student_pays_by_a_code_and_the_callback_counts_once() {
    let centre = Centre::new();
    let order = centre.opens();
    let native = PayAsked { payer: None };
    let asked = centre.student.ask_payment(&order.order, &native).unwrap();
    assert!(asked.code_url.as_deref().unwrap().starts_with("weixin://"));
    let again = centre.student.ask_payment(&order.order, &native).unwrap();
    assert_eq!(again.payment, asked.payment, "one payment an order, however often it is asked for");
    let (_, message) = centre.service.asked.lock().unwrap()[0].clone();
    assert_eq!(message["amount"], json!({ "total": FEE, "currency": "CNY" }));
    assert_eq!(message["out_trade_no"], json!(asked.payment));
    assert!(!message.to_string().contains('吴'), "no name leaves the hub");

    let notice = centre.notice(&asked.payment);
    assert_eq!(
        centre.tells(&Notice { total: FEE - 1, ..centre.notice(&asked.payment) }),
        (409, "other_amount".into())
    );
    assert_eq!(
        centre.tells(&Notice { is_changed: true, ..centre.notice(&asked.payment) }),
        (401, "pay_unsigned".into())
    );
    let old = Notice { at_ms: START_MS - 301_000, ..centre.notice(&asked.payment) };
    assert_eq!(centre.tells(&old), (401, "pay_unsigned".into()), "it could be sent again for ever");
    assert_eq!(centre.tells(&centre.notice("nobody")), (404, "unknown_payment".into()));
    assert_eq!(centre.order(&order).state, State::AwaitingPayment, "none of these counted");

    for _ in 0..3 {
        assert_eq!(centre.tells(&notice), (200, "SUCCESS".into()));
    }
    let paid = centre.order(&order);
    assert_eq!((paid.state, paid.paid_fen), (State::Paid, FEE));
    assert_eq!(fault(centre.student.ask_payment(&order.order, &native)).code, "illegal_transition");
}

#[test]
pub fn inside_wechat_the_page_gets_a_signed_request() {
    let centre = Centre::new();
    let order = centre.opens();
    let asked = centre.student.ask_payment(&order.order, &PayAsked { payer: Some("o1".into()) }).unwrap();
    let for_app = asked.for_app.unwrap();
    let word = |name: &str| for_app[name].as_str().unwrap();
    assert_eq!(word("package"), "prepay_id=wx26112221580621e9b071c00d9e093b0000");
    let message = format!("wx0001\n{}\n{}\n{}\n", word("timeStamp"), word("nonceStr"), word("package"));
    let signature = STANDARD.decode(word("paySign")).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &centre.service.merchant)
        .verify(message.as_bytes(), &signature)
        .unwrap();
    assert_eq!(centre.service.asked.lock().unwrap()[0].1["payer"], json!({ "openid": "o1" }));
}

#[test]
pub fn money_goes_back_by_the_way_it_came_and_money_that_comes_too_late_is_kept_on_record() {
    let centre = Centre::new();
    let order = centre.opens();
    let asked = centre.student.ask_payment(&order.order, &PayAsked { payer: None }).unwrap();
    assert_eq!(centre.tells(&centre.notice(&asked.payment)).0, 200);
    *centre.service.refund_status.lock().unwrap() = "PROCESSING";
    let refund = Refund { recorded_by: "wang".into() };
    let back = centre.office.refund(&key(), &order.order, &refund).unwrap();
    assert_eq!((back.state, back.paid_fen), (State::Refunded, 0));
    let refunds = || {
        let asked = centre.service.asked.lock().unwrap();
        asked
            .iter()
            .filter(|(path, _)| path.contains("refund"))
            .map(|(_, body)| body.clone())
            .collect::<Vec<_>>()
    };
    soon(|| refunds().len() >= 2);
    *centre.service.refund_status.lock().unwrap() = "SUCCESS";
    let sent = refunds();
    assert!(
        sent.iter().all(|one| *one == sent[0]),
        "the same refund again, so that it is given once: {sent:?}"
    );
    assert_eq!(sent[0]["amount"], json!({ "refund": FEE, "total": FEE, "currency": "CNY" }));

    let late = centre.opens();
    let asked = centre.student.ask_payment(&late.order, &PayAsked { payer: None }).unwrap();
    centre.student.cancel_order(&key(), &late.order).unwrap();
    assert_eq!(centre.tells(&Notice { transaction: "4200002", ..centre.notice(&asked.payment) }).0, 200);
    let kept = centre.order(&late);
    assert_eq!((kept.state, kept.paid_fen), (State::Closed, FEE), "closed, and the money is known");
    let back = centre.office.refund(&key(), &late.order, &refund).unwrap();
    assert_eq!((back.state, back.paid_fen), (State::Closed, 0));
}

#[test]
pub fn money_whose_callback_was_lost_is_found_by_asking_and_counts_once_when_the_callback_comes_after_all() {
    let centre = Centre::new();
    let order = centre.opens();
    let asked = centre.student.ask_payment(&order.order, &PayAsked { payer: None }).unwrap();
    assert_eq!(centre.service.is_paid(), asked.payment);
    centre.service.is_away.store(true, Ordering::SeqCst);
    centre.hub.later(60_000);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(centre.order(&order).state, State::AwaitingPayment, "nobody could be asked");
    centre.service.is_away.store(false, Ordering::SeqCst);
    // The older a payment, the longer until the next look: a hub that starts anew looks at once.
    let mut centre = centre;
    centre.hub.stop();
    centre.hub.start_again();
    soon(|| centre.order(&order).state == State::Paid);
    assert_eq!(centre.tells(&centre.notice(&asked.payment)), (200, "SUCCESS".into()));
    assert_eq!((centre.order(&order).paid_fen, centre.taken()), (FEE, 1));
}

#[test]
pub fn a_number_goes_on_as_long_as_it_can_and_is_closed_before_another_is_asked_for() {
    let centre = Centre::new();
    let order = centre.opens();
    let ask = |payer: Option<&str>| {
        let asked = PayAsked { payer: payer.map(str::to_owned) };
        centre.student.ask_payment(&order.order, &asked)
    };
    let first = ask(None).unwrap();
    centre.hub.later(6_899_000);
    assert_eq!((ask(None).unwrap(), centre.service.times_asked("native")), (first.clone(), 1), "still good");
    centre.hub.later(1000);
    let anew = ask(None).unwrap();
    assert_eq!((&anew.payment, centre.service.times_asked("native")), (&first.payment, 2), "it had ended");

    let inside = ask(Some("o1")).unwrap();
    assert_ne!(inside.payment, first.payment);
    assert!(inside.for_app.is_some());
    assert_eq!(centre.service.open(), std::slice::from_ref(&inside.payment), "nobody can pay twice");
    assert_eq!(ask(Some("o1")).unwrap().payment, inside.payment);

    // Paid inside the app, and the callback is late: whoever asks for a code elsewhere pays nothing more.
    centre.service.is_paid();
    assert_eq!(fault(ask(None)).code, "already_paid");
    assert_eq!((centre.order(&order).state, centre.taken()), (State::Paid, 1));
}

#[test]
pub fn a_hub_without_a_provider_says_so() {
    let hub = TestHub::new();
    let student = hub.student().client;
    let office = hub.device("office", Role::Administrator);
    let rules = BatchRules { payment: PaymentRule::BeforePhoto, fee_fen: FEE, ..BatchRules::default() };
    office.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules }).unwrap();
    let order =
        student.open_order(&key(), &NewOrder { batch: BATCH.into(), masked_name: "吴*兰".into() }).unwrap();
    assert_eq!(fault(student.ask_payment(&order.order, &PayAsked { payer: None })).code, "no_provider");
}
