//! WeChat Pay against a service of our own that signs as the published protocol does, with keys made for the test.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photodesk::hub::pay::wechat::Wechat;
use photodesk::store::devices::Role;
use photodesk::submission::{BatchRules, PaymentRule, State};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{NewOrder, NewRules, Order, PayAsked, Refund};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::fixture::{BATCH, START_MS, TestHub, fault, key};

const FEE: u32 = 2500;
const API_V3_KEY: &str = "0123456789abcdef0123456789abcdef";
const PLATFORM: &str = "PUB_KEY_ID_0001";

/// The service: keeps what it was asked and answers signed.
struct Service {
    platform: RsaKeyPair,
    merchant: Vec<u8>,
    asked: Mutex<Vec<(String, Value)>>,
    refund_status: Mutex<&'static str>,
}

struct Centre {
    hub: TestHub,
    service: Arc<Service>,
    student: Client,
    office: Client,
}

fn make_key(path: &Path) -> RsaKeyPair {
    let made = Command::new("openssl")
        .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
        .arg(path)
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl is needed for this test");
    let der = PrivatePkcs8KeyDer::from_pem_file(path).unwrap();
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap()
}

fn signed(key: &RsaKeyPair, message: &[u8]) -> String {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    STANDARD.encode(signature)
}

impl Centre {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let merchant = make_key(&at.join("merchant.pem"));
        let platform = make_key(&at.join("platform.private"));
        let public = Command::new("openssl")
            .args(["pkey", "-pubout", "-in"])
            .arg(at.join("platform.private"))
            .arg("-out")
            .arg(at.join("platform.pem"))
            .status();
        assert!(public.unwrap().success());
        std::fs::write(at.join("api_v3.key"), format!("{API_V3_KEY}\n")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = format!(
            "address = \"http://{}\"\nmchid = \"1900000001\"\nappid = \"wx0001\"\nmerchant_serial = \"5157F09EFDC096DE\"\n\
             merchant_key = \"merchant.pem\"\nplatform_serial = \"{PLATFORM}\"\nplatform_key = \"platform.pem\"\n\
             api_v3_key = \"api_v3.key\"\nnotify_url = \"https://hub.example/v1/payments/wechat\"\n",
            listener.local_addr().unwrap()
        );
        std::fs::write(at.join("wechat.toml"), config).unwrap();
        let wechat = Wechat::from_file(&at.join("wechat.toml")).unwrap();
        let service = Arc::new(Service {
            platform,
            merchant: merchant.public_key().as_ref().to_vec(),
            asked: Mutex::default(),
            refund_status: Mutex::new("SUCCESS"),
        });
        let serving = Arc::clone(&service);
        std::thread::spawn(move || listener.incoming().for_each(|stream| serving.serve(stream.unwrap())));
        let hub = TestHub::with_provider(Arc::new(wechat));
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

    /// The service tells that this payment was made; gives the hub's status and code.
    fn tells(&self, notice: &Notice) -> (u16, String) {
        let body = notice.body();
        let (timestamp, nonce) = (notice.at_ms / 1000, "593BEC0C930BF1AFEB40B4A08C8FB242");
        let message = format!("{timestamp}\n{nonce}\n{body}\n");
        let sent = if notice.is_changed { body.replace("SUCCESS", "SUCCESS ") } else { body };
        let answer = reqwest::blocking::Client::new()
            .post(format!("{}/v1/payments/wechat", self.hub.url))
            .header("Wechatpay-Serial", PLATFORM)
            .header("Wechatpay-Timestamp", timestamp.to_string())
            .header("Wechatpay-Nonce", nonce)
            .header("Wechatpay-Signature", signed(&self.service.platform, message.as_bytes()))
            .body(sent)
            .send()
            .unwrap();
        let status = answer.status().as_u16();
        let told: Value = serde_json::from_str(&answer.text().unwrap()).unwrap();
        (status, told["code"].as_str().unwrap().to_owned())
    }
}

/// A callback about one payment.
struct Notice {
    payment: String,
    transaction: &'static str,
    total: u32,
    at_ms: i64,
    is_changed: bool,
}

impl Notice {
    fn of(payment: &str) -> Self {
        Self {
            payment: payment.to_owned(),
            transaction: "4200001",
            total: FEE,
            at_ms: START_MS,
            is_changed: false,
        }
    }

    fn body(&self) -> String {
        let paid = json!({
            "mchid": "1900000001",
            "appid": "wx0001",
            "out_trade_no": self.payment,
            "transaction_id": self.transaction,
            "trade_state": "SUCCESS",
            "payer": { "openid": "o1" },
            "amount": { "total": self.total, "payer_total": self.total, "currency": "CNY" },
        });
        let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, API_V3_KEY.as_bytes()).unwrap());
        let nonce = "fdasfjihihihi"[..12].to_owned();
        let mut text = paid.to_string().into_bytes();
        let unique = Nonce::try_assume_unique_for_key(nonce.as_bytes()).unwrap();
        sealing.seal_in_place_append_tag(unique, Aad::from(b"transaction"), &mut text).unwrap();
        json!({
            "id": "EV-2018022511223320873",
            "event_type": "TRANSACTION.SUCCESS",
            "resource_type": "encrypt-resource",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": STANDARD.encode(text),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        })
        .to_string()
    }
}

impl Service {
    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let (status, answer) = if self.has_signed(&headers["authorization"], &method, &path, &body) {
            self.asked.lock().unwrap().push((path.clone(), serde_json::from_str(&body).unwrap()));
            (200, self.answer(&path))
        } else {
            (401, json!({ "code": "SIGN_ERROR", "message": "签名错误" }).to_string())
        };
        let message = format!("{}\nabc\n{answer}\n", START_MS / 1000);
        write!(
            stream,
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
             Wechatpay-Serial: {PLATFORM}\r\nWechatpay-Timestamp: {}\r\nWechatpay-Nonce: abc\r\n\
             Wechatpay-Signature: {}\r\n\r\n{answer}",
            answer.len(),
            START_MS / 1000,
            signed(&self.platform, message.as_bytes())
        )
        .unwrap();
    }

    /// As the service checks it: method, path, time, nonce and body under the merchant's key.
    fn has_signed(&self, authorisation: &str, method: &str, path: &str, body: &str) -> bool {
        let fields: HashMap<&str, &str> = authorisation
            .strip_prefix("WECHATPAY2-SHA256-RSA2048 ")
            .unwrap()
            .split(',')
            .map(|field| field.split_once('=').unwrap())
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        let message = format!("{method}\n{path}\n{}\n{}\n{body}\n", fields["timestamp"], fields["nonce_str"]);
        let signature = STANDARD.decode(fields["signature"]).unwrap();
        assert_eq!((fields["mchid"], fields["serial_no"]), ("1900000001", "5157F09EFDC096DE"));
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.merchant)
            .verify(message.as_bytes(), &signature)
            .is_ok()
    }

    fn answer(&self, path: &str) -> String {
        match path {
            "/v3/pay/transactions/native" => json!({ "code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz" }),
            "/v3/pay/transactions/jsapi" => json!({ "prepay_id": "wx26112221580621e9b071c00d9e093b0000" }),
            "/v3/refund/domestic/refunds" => json!({ "status": *self.refund_status.lock().unwrap() }),
            other => panic!("nobody asks for {other}"),
        }
        .to_string()
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

    let notice = Notice::of(&asked.payment);
    assert_eq!(
        centre.tells(&Notice { total: FEE - 1, ..Notice::of(&asked.payment) }),
        (409, "other_amount".into())
    );
    assert_eq!(
        centre.tells(&Notice { is_changed: true, ..Notice::of(&asked.payment) }),
        (401, "pay_unsigned".into())
    );
    let old = Notice { at_ms: START_MS - 301_000, ..Notice::of(&asked.payment) };
    assert_eq!(centre.tells(&old), (401, "pay_unsigned".into()), "it could be sent again for ever");
    assert_eq!(centre.tells(&Notice::of("nobody")), (404, "unknown_payment".into()));
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
    assert_eq!(centre.tells(&Notice::of(&asked.payment)).0, 200);
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
    let soon = |what: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !what() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it did not come");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    soon(&|| refunds().len() >= 2);
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
    assert_eq!(centre.tells(&Notice { transaction: "4200002", ..Notice::of(&asked.payment) }).0, 200);
    let kept = centre.order(&late);
    assert_eq!((kept.state, kept.paid_fen), (State::Closed, FEE), "closed, and the money is known");
    let back = centre.office.refund(&key(), &late.order, &refund).unwrap();
    assert_eq!((back.state, back.paid_fen), (State::Closed, 0));
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
