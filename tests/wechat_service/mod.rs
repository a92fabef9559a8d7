//! A payment service of our own that signs, checks and refuses as WeChat Pay's published API v3 does, with keys made for
//! the test; it also plays WeChat's sign-in and the page that a phone's browser opens.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photodesk::hub::pay::wechat::Wechat;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

const API_V3_KEY: &str = "0123456789abcdef0123456789abcdef";
const PLATFORM: &str = "PUB_KEY_ID_0001";
const APP_SECRET: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
pub const OPENID: &str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";

/// The service: keeps what it was asked and answers signed.
pub struct Service {
    pub address: String,
    platform: RsaKeyPair,
    pub merchant: Vec<u8>,
    /// Paths and messages that were asked with the merchant's signature.
    pub asked: Mutex<Vec<(String, Value)>>,
    pub refund_status: Mutex<&'static str>,
    /// By the merchant's number.
    trades: Mutex<HashMap<String, Trade>>,
    /// Of sign-ins; each counts once.
    codes: Mutex<Vec<String>>,
    /// What the page for phones was opened from.
    pub opened_from: Mutex<Vec<Option<String>>>,
    pub is_away: AtomicBool,
    /// The time it signs with.
    now_ms: Mutex<Arc<AtomicI64>>,
}

struct Trade {
    path: String,
    message: Value,
    state: &'static str,
}

/// What came in.
struct Request {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
}

/// What goes out.
struct Answer {
    status: u16,
    kind: &'static str,
    location: Option<String>,
    body: String,
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

pub fn signed(key: &RsaKeyPair, message: &[u8]) -> String {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    STANDARD.encode(signature)
}

impl Service {
    /// Starts it and gives the way there; with `knows_secret` the hub has the app's secret.
    pub fn start(at: &Path, knows_secret: bool, now_ms: i64) -> (Arc<Self>, Wechat) {
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
        std::fs::write(at.join("app.secret"), format!("{APP_SECRET}\n")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let secret = if knows_secret { "app_secret = \"app.secret\"\n" } else { "" };
        let config = format!(
            "address = \"{address}\"\nmchid = \"1900000001\"\nappid = \"wx0001\"\nmerchant_serial = \"5157F09EFDC096DE\"\n\
             merchant_key = \"merchant.pem\"\nplatform_serial = \"{PLATFORM}\"\nplatform_key = \"platform.pem\"\n\
             api_v3_key = \"api_v3.key\"\nnotify_url = \"https://hub.example/v1/payments/wechat\"\n\
             sign_in_address = \"{address}\"\ntoken_address = \"{address}\"\n{secret}"
        );
        std::fs::write(at.join("wechat.toml"), config).unwrap();
        let wechat = Wechat::from_file(&at.join("wechat.toml")).unwrap();
        let service = Arc::new(Self {
            address,
            platform,
            merchant: merchant.public_key().as_ref().to_vec(),
            asked: Mutex::default(),
            refund_status: Mutex::new("SUCCESS"),
            trades: Mutex::default(),
            codes: Mutex::default(),
            opened_from: Mutex::default(),
            is_away: AtomicBool::new(false),
            now_ms: Mutex::new(Arc::new(AtomicI64::new(now_ms))),
        });
        let serving = Arc::clone(&service);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (serving, stream) = (Arc::clone(&serving), stream.unwrap());
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        (service, wechat)
    }

    /// From now on it signs with the time of this clock.
    pub fn keeps_time_of(&self, now_ms: &Arc<AtomicI64>) {
        *self.now_ms.lock().unwrap() = Arc::clone(now_ms);
    }

    pub fn now_ms(&self) -> i64 {
        self.now_ms.lock().unwrap().load(Ordering::SeqCst)
    }

    /// Numbers that could be paid under now.
    pub fn open(&self) -> Vec<String> {
        let trades = self.trades.lock().unwrap();
        trades.iter().filter(|(_, trade)| trade.state == "NOTPAY").map(|(number, _)| number.clone()).collect()
    }

    /// The student pays the only payment that is open; nobody is told.
    pub fn is_paid(&self) -> String {
        let open = self.open();
        assert_eq!(open.len(), 1, "one payment is open: {open:?}");
        self.trades.lock().unwrap().get_mut(&open[0]).unwrap().state = "SUCCESS";
        open[0].clone()
    }

    /// How often this way of paying was asked for.
    pub fn times_asked(&self, way: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|(path, _)| path.ends_with(way)).count()
    }

    /// Tells the hub of a payment; gives the hub's status and code.
    pub fn tells(&self, hub: &str, notice: &Notice) -> (u16, String) {
        let body = notice.body();
        let (timestamp, nonce) = (notice.at_ms / 1000, "593BEC0C930BF1AFEB40B4A08C8FB242");
        let message = format!("{timestamp}\n{nonce}\n{body}\n");
        let sent = if notice.is_changed { body.replace("SUCCESS", "SUCCESS ") } else { body };
        let answer = reqwest::blocking::Client::new()
            .post(format!("{hub}/v1/payments/wechat"))
            .header("Wechatpay-Serial", PLATFORM)
            .header("Wechatpay-Timestamp", timestamp.to_string())
            .header("Wechatpay-Nonce", nonce)
            .header("Wechatpay-Signature", signed(&self.platform, message.as_bytes()))
            .body(sent)
            .send()
            .unwrap();
        let status = answer.status().as_u16();
        let told: Value = serde_json::from_str(&answer.text().unwrap()).unwrap();
        (status, told["code"].as_str().unwrap().to_owned())
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&stream) else { return };
        let answer = if self.is_away.load(Ordering::SeqCst) {
            Answer::json(500, &json!({ "code": "SYSTEM_ERROR", "message": "系统错误" }))
        } else if request.path.starts_with("/v3/") {
            if self.has_signed(
                &request.headers["authorization"],
                &request.method,
                &request.path,
                &request.body,
            ) {
                self.answer(&request)
            } else {
                Answer::json(401, &json!({ "code": "SIGN_ERROR", "message": "签名错误" }))
            }
        } else {
            self.page(&request)
        };
        let seconds = self.now_ms() / 1000;
        let message = format!("{seconds}\nabc\n{}\n", answer.body);
        let location = answer.location.map_or_else(String::new, |place| format!("Location: {place}\r\n"));
        // Whoever asked may have gone away.
        drop(write!(
            stream,
            "HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n{location}\
             Wechatpay-Serial: {PLATFORM}\r\nWechatpay-Timestamp: {seconds}\r\nWechatpay-Nonce: abc\r\n\
             Wechatpay-Signature: {}\r\n\r\n{}",
            answer.status,
            answer.kind,
            answer.body.len(),
            signed(&self.platform, message.as_bytes()),
            answer.body
        ));
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

    fn answer(&self, request: &Request) -> Answer {
        let Request { method, path, body, .. } = request;
        let message: Value = serde_json::from_str(body).unwrap_or_default();
        self.asked.lock().unwrap().push((path.clone(), message.clone()));
        if let Some(rest) = path.strip_prefix("/v3/pay/transactions/out-trade-no/") {
            return match rest.strip_suffix("/close") {
                Some(number) => self.close(number, &message),
                None => self.look_up(rest.strip_suffix("?mchid=1900000001").unwrap()),
            };
        }
        assert_eq!(method, "POST");
        if path == "/v3/refund/domestic/refunds" {
            return Answer::json(200, &json!({ "status": *self.refund_status.lock().unwrap() }));
        }
        let number = message["out_trade_no"].as_str().unwrap().to_owned();
        let mut trades = self.trades.lock().unwrap();
        let known = trades.entry(number.clone()).or_insert_with(|| Trade {
            path: path.clone(),
            message: message.clone(),
            state: "NOTPAY",
        });
        let refusal = match known.state {
            "CLOSED" => Some((400, "ORDER_CLOSED")),
            "SUCCESS" => Some((400, "ORDERPAID")),
            _ if (&known.path, &known.message) != (path, &message) => Some((403, "OUT_TRADE_NO_USED")),
            _ => None,
        };
        if let Some((status, code)) = refusal {
            return Answer::json(status, &json!({ "code": code, "message": "商户订单号" }));
        }
        match path.as_str() {
            "/v3/pay/transactions/native" => {
                Answer::json(200, &json!({ "code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz" }))
            }
            "/v3/pay/transactions/jsapi" => {
                assert!(message["payer"]["openid"].is_string());
                Answer::json(200, &json!({ "prepay_id": "wx26112221580621e9b071c00d9e093b0000" }))
            }
            "/v3/pay/transactions/h5" => {
                assert_eq!(message["scene_info"]["h5_info"], json!({ "type": "Wap" }));
                let page = format!("{}/checkmweb?prepay_id={number}&package=1037687096", self.address);
                Answer::json(200, &json!({ "h5_url": page }))
            }
            other => panic!("nobody asks for {other}"),
        }
    }

    fn close(&self, number: &str, message: &Value) -> Answer {
        assert_eq!(*message, json!({ "mchid": "1900000001" }));
        match self.trades.lock().unwrap().get_mut(number) {
            None => Answer::json(404, &json!({ "code": "ORDER_NOT_EXIST", "message": "订单不存在" })),
            Some(trade) if trade.state == "SUCCESS" => {
                Answer::json(400, &json!({ "code": "ORDERPAID", "message": "订单已支付" }))
            }
            Some(trade) => {
                trade.state = "CLOSED";
                Answer { status: 204, kind: "application/json", location: None, body: String::new() }
            }
        }
    }

    fn look_up(&self, number: &str) -> Answer {
        let trades = self.trades.lock().unwrap();
        let Some(trade) = trades.get(number) else {
            return Answer::json(404, &json!({ "code": "ORDER_NOT_EXIST", "message": "订单不存在" }));
        };
        let mut told = json!({
            "appid": "wx0001",
            "mchid": "1900000001",
            "out_trade_no": number,
            "trade_state": trade.state,
            "trade_state_desc": "",
            "payer": {},
        });
        if trade.state == "SUCCESS" {
            told["transaction_id"] = json!("4200001");
            told["amount"] = json!({ "total": trade.message["amount"]["total"], "currency": "CNY" });
        }
        Answer::json(200, &told)
    }

    /// What browsers see, and the sign-in behind it.
    fn page(&self, request: &Request) -> Answer {
        let path = request.path.split('?').next().unwrap();
        let told = |name: &str| request.query(name);
        match path {
            "/connect/oauth2/authorize" => {
                assert_eq!((told("appid").as_str(), told("scope").as_str()), ("wx0001", "snsapi_base"));
                assert_eq!(told("response_type"), "code");
                let mut codes = self.codes.lock().unwrap();
                let code = format!("code{}", codes.len());
                codes.push(code.clone());
                let back = format!("{}?code={code}&state={}", told("redirect_uri"), told("state"));
                Answer { status: 302, kind: "text/html", location: Some(back), body: String::new() }
            }
            "/sns/oauth2/access_token" => {
                assert_eq!((told("appid").as_str(), told("secret").as_str()), ("wx0001", APP_SECRET));
                let mut codes = self.codes.lock().unwrap();
                let known = codes.iter_mut().find(|code| **code == told("code"));
                let answer = match known.map(std::mem::take) {
                    Some(_) => json!({ "access_token": "t", "openid": OPENID, "scope": "snsapi_base" }),
                    None => json!({ "errcode": 40029, "errmsg": "invalid code" }),
                };
                Answer { kind: "text/plain", ..Answer::json(200, &answer) }
            }
            "/checkmweb" => {
                self.opened_from.lock().unwrap().push(request.headers.get("referer").cloned());
                let rest = request.path.split_once('?').unwrap().1;
                let body = format!("<!doctype html><title>pay</title><a id=pay href='/paid?{rest}'>pay</a>");
                Answer { status: 200, kind: "text/html", location: None, body }
            }
            "/paid" => {
                self.trades.lock().unwrap().get_mut(&told("prepay_id")).unwrap().state = "SUCCESS";
                let back = Some(told("redirect_url"));
                Answer { status: 302, kind: "text/html", location: back, body: String::new() }
            }
            "/favicon.ico" => {
                Answer { status: 204, kind: "image/x-icon", location: None, body: String::new() }
            }
            _ => Answer { status: 404, kind: "text/html", location: None, body: String::new() },
        }
    }
}

impl Request {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").map_or(0, |length: &String| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        Some(Self { method, path, headers, body: String::from_utf8(body).ok()? })
    }

    /// A value of the query, unescaped.
    fn query(&self, name: &str) -> String {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let mut bytes = Vec::new();
        let mut signs = value.unwrap_or_default().bytes();
        while let Some(sign) = signs.next() {
            bytes.push(if sign == b'%' {
                let digits = [signs.next().unwrap(), signs.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            } else {
                sign
            });
        }
        String::from_utf8(bytes).unwrap()
    }
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self { status, kind: "application/json", location: None, body: body.to_string() }
    }
}

/// A callback about one payment.
pub struct Notice {
    pub payment: String,
    pub transaction: &'static str,
    pub total: u32,
    pub at_ms: i64,
    pub is_changed: bool,
}

impl Notice {
    pub fn of(payment: &str, total: u32, at_ms: i64) -> Self {
        Self { payment: payment.to_owned(), transaction: "4200001", total, at_ms, is_changed: false }
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
