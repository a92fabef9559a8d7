//! WeChat Pay, API v3: Native (a code to scan), JSAPI (inside WeChat), H5 (a phone's browser), its callback, queries, refunds.
//!
//! Every request is signed with the merchant's key; every answer and callback must be signed with the platform's key, and
//! be of these minutes.

mod messages;
mod setup;
mod sign_in;

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::signing::{MerchantKey, PlatformKey, opened};
use super::{Asked, Charge, PayError, Provider, Received, Scene, SignIn, Told};
use crate::store::seal::fill_random;
use crate::submission::order::{Payment, PaymentWay};
use crate::sync::outward::{Outward, Reply};
use messages::{
    Amount, CURRENCY, H5Answer, JsapiAnswer, NativeAnswer, Notice, RefundAnswer, Refusal, Resource,
    Transaction,
};
use sign_in::{WechatSignIn, escaped};

pub use setup::WechatConfig;

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
const TRANSACTIONS: &str = "/v3/pay/transactions";
/// Messages older or newer than this are refused, so that none can be sent again later (the provider's own figure).
const SIGNED_WITHIN_SECONDS: i64 = 300;
/// Refusals that are about our number: it was used for another content, or is closed or paid for.
const ABOUT_THE_NUMBER: [&str; 6] =
    ["OUT_TRADE_NO_USED", "ORDER_CLOSED", "ORDERCLOSED", "ORDERPAID", "ORDER_PAID", "INVALID_REQUEST"];
const NOT_FOUND: u16 = 404;
const TOO_OFTEN: u16 = 429;

/// The way to WeChat Pay.
pub struct Wechat {
    config: WechatConfig,
    merchant_key: MerchantKey,
    platform_key: PlatformKey,
    api_v3_key: [u8; 32],
    http: Outward,
    /// By which payers inside the app become known; only with the app's secret.
    sign_in: Option<WechatSignIn>,
}

impl Wechat {
    /// The value of the `Authorization` header.
    fn authorisation(&self, method: &str, path: &str, body: &str, now_ms: i64) -> Result<String, PayError> {
        let (timestamp, nonce) = (now_ms / 1000, nonce()?);
        let message = format!("{method}\n{path}\n{timestamp}\n{nonce}\n{body}\n");
        let signature = self.merchant_key.sign(&message).ok_or(NO_SIGNATURE)?;
        let WechatConfig { mchid, merchant_serial, .. } = &self.config;
        Ok(format!(
            "{SCHEME} mchid=\"{mchid}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{timestamp}\",serial_no=\"{merchant_serial}\""
        ))
    }

    /// Sends a message; what comes back is a success, signed by the platform.
    fn post(&self, path: &str, message: &Value, now_ms: i64) -> Result<Reply, PayError> {
        let body = message.to_string();
        let authorisation = self.authorisation("POST", path, &body, now_ms)?;
        let reply = self
            .http
            .post_json(path, &[("Authorization", &authorisation), ("Accept", "application/json")], body)
            .map_err(PayError::Unreachable)?;
        self.succeeded(reply, now_ms)
    }

    fn asked<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        message: &Value,
        now_ms: i64,
    ) -> Result<T, PayError> {
        let reply = self.post(path, message, now_ms)?;
        serde_json::from_slice(&reply.body).map_err(|_| PayError::NotUnderstood("an answer"))
    }

    fn succeeded(&self, reply: Reply, now_ms: i64) -> Result<Reply, PayError> {
        if (200..300).contains(&reply.status) {
            self.check_signed(&|name| reply.header(name), &reply.body, now_ms)?;
            return Ok(reply);
        }
        let told: Option<Refusal> = serde_json::from_slice(&reply.body).ok();
        let code = told.map_or_else(|| reply.status.to_string(), |refusal| refusal.code);
        Err(if reply.status >= 500 || reply.status == TOO_OFTEN {
            PayError::Unreachable(code)
        } else if ABOUT_THE_NUMBER.contains(&code.as_str()) {
            PayError::NumberUsed(code)
        } else {
            PayError::Refused(code)
        })
    }

    /// What a message says of a payment of this merchant.
    fn told_of(&self, paid: Transaction) -> Result<Told, PayError> {
        if paid.mchid != self.config.mchid {
            return Err(PayError::NotUnderstood("a transaction of another merchant"));
        }
        match paid.trade_state.as_str() {
            "SUCCESS" => {
                let (Some(transaction), Some(amount)) = (paid.transaction_id, paid.amount) else {
                    return Err(PayError::NotUnderstood("a payment without its amount"));
                };
                if amount.currency != CURRENCY {
                    return Err(PayError::NotUnderstood("a payment in another currency"));
                }
                let payment = paid.out_trade_no;
                Ok(Told::Paid(Received { payment, transaction, amount_fen: amount.total }))
            }
            "NOTPAY" | "USERPAYING" | "PAYERROR" => Ok(Told::Waiting),
            _ => Ok(Told::Over),
        }
    }

    fn check_signed<'a>(
        &self,
        header: &dyn Fn(&str) -> Option<&'a str>,
        body: &[u8],
        now_ms: i64,
    ) -> Result<(), PayError> {
        let read = |name| header(name).ok_or(PayError::Unsigned("a header is missing"));
        let (timestamp, nonce) = (read("wechatpay-timestamp")?, read("wechatpay-nonce")?);
        if read("wechatpay-serial")? != self.config.platform_serial {
            return Err(PayError::Unsigned("another key"));
        }
        let seconds: i64 = timestamp.parse().map_err(|_| PayError::Unsigned("its time"))?;
        if (now_ms / 1000).abs_diff(seconds) > SIGNED_WITHIN_SECONDS.unsigned_abs() {
            return Err(PayError::Unsigned("it is not of these minutes"));
        }
        let message = [format!("{timestamp}\n{nonce}\n").as_bytes(), body, b"\n"].concat();
        if self.platform_key.has_signed(&message, read("wechatpay-signature")?) {
            Ok(())
        } else {
            Err(PayError::Unsigned("the signature is another"))
        }
    }

    /// What the page hands to WeChat's own script.
    fn for_app(&self, prepay_id: &str, now_ms: i64) -> Result<Value, PayError> {
        let (timestamp, nonce) = ((now_ms / 1000).to_string(), nonce()?);
        let package = format!("prepay_id={prepay_id}");
        let message = format!("{}\n{timestamp}\n{nonce}\n{package}\n", self.config.appid);
        let signature = self.merchant_key.sign(&message).ok_or(NO_SIGNATURE)?;
        Ok(json!({
            "appId": self.config.appid,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": signature,
        }))
    }
}

const NO_SIGNATURE: PayError = PayError::NotUnderstood("no signature could be made");

impl Provider for Wechat {
    fn way(&self) -> PaymentWay {
        PaymentWay::Wechat
    }

    fn ask(&self, charge: &Charge, now_ms: i64) -> Result<Asked, PayError> {
        let WechatConfig { appid, mchid, notify_url, .. } = &self.config;
        let mut message = json!({
            "appid": appid,
            "mchid": mchid,
            "description": charge.description,
            "out_trade_no": charge.payment,
            "notify_url": notify_url,
            "amount": Amount { total: charge.amount_fen, currency: CURRENCY.to_owned() },
        });
        match &charge.scene {
            Scene::Code => {
                let path = format!("{TRANSACTIONS}/native");
                let NativeAnswer { code_url } = self.asked(&path, &message, now_ms)?;
                Ok(Asked::Code(code_url))
            }
            Scene::App { payer } => {
                message["payer"] = json!({ "openid": payer });
                let path = format!("{TRANSACTIONS}/jsapi");
                let JsapiAnswer { prepay_id } = self.asked(&path, &message, now_ms)?;
                Ok(Asked::App(self.for_app(&prepay_id, now_ms)?))
            }
            Scene::Browser { address, back } => {
                message["scene_info"] =
                    json!({ "payer_client_ip": address.to_string(), "h5_info": { "type": "Wap" } });
                let H5Answer { h5_url } = self.asked(&format!("{TRANSACTIONS}/h5"), &message, now_ms)?;
                let joint = if h5_url.contains('?') { '&' } else { '?' };
                Ok(Asked::Browser(format!("{h5_url}{joint}redirect_url={}", escaped(back))))
            }
        }
    }

    fn look_up(&self, payment: &str, now_ms: i64) -> Result<Told, PayError> {
        let path = format!("{TRANSACTIONS}/out-trade-no/{payment}?mchid={}", self.config.mchid);
        let authorisation = self.authorisation("GET", &path, "", now_ms)?;
        let reply = self
            .http
            .get(&path, &[("Authorization", &authorisation), ("Accept", "application/json")])
            .map_err(PayError::Unreachable)?;
        if reply.status == NOT_FOUND {
            return Ok(Told::Waiting);
        }
        let reply = self.succeeded(reply, now_ms)?;
        let told: Transaction =
            serde_json::from_slice(&reply.body).map_err(|_| PayError::NotUnderstood("a transaction"))?;
        if told.out_trade_no != payment {
            return Err(PayError::NotUnderstood("an answer about another payment"));
        }
        self.told_of(told)
    }

    fn close(&self, payment: &str, now_ms: i64) -> Result<(), PayError> {
        let path = format!("{TRANSACTIONS}/out-trade-no/{payment}/close");
        self.post(&path, &json!({ "mchid": self.config.mchid }), now_ms).map(drop)
    }

    fn takes_browsers(&self) -> bool {
        self.config.h5
    }

    fn sign_in(&self) -> Option<&dyn SignIn> {
        self.sign_in.as_ref().map(|sign_in| sign_in as &dyn SignIn)
    }

    fn received(&self, headers: &HeaderMap, body: &[u8], now_ms: i64) -> Result<Option<Received>, PayError> {
        self.check_signed(&|name| headers.get(name)?.to_str().ok(), body, now_ms)?;
        let notice: Notice =
            serde_json::from_slice(body).map_err(|_| PayError::NotUnderstood("a callback"))?;
        if notice.event_type != "TRANSACTION.SUCCESS" {
            return Ok(None);
        }
        let Resource { algorithm, ciphertext, nonce, associated_data } = notice.resource;
        let plain = (algorithm == "AEAD_AES_256_GCM")
            .then(|| opened(&self.api_v3_key, &nonce, &associated_data, &ciphertext))
            .flatten()
            .ok_or(PayError::NotUnderstood("a sealed callback"))?;
        let paid: Transaction =
            serde_json::from_slice(&plain).map_err(|_| PayError::NotUnderstood("a transaction"))?;
        Ok(match self.told_of(paid)? {
            Told::Paid(received) => Some(received),
            Told::Waiting | Told::Over => None,
        })
    }

    fn give_back(&self, payment: &Payment, now_ms: i64) -> Result<bool, PayError> {
        let message = json!({
            "out_trade_no": payment.payment,
            // The same for every repetition: it is given back once.
            "out_refund_no": payment.payment,
            "amount": { "refund": payment.amount_fen, "total": payment.amount_fen, "currency": CURRENCY },
        });
        let RefundAnswer { status } = self.asked("/v3/refund/domestic/refunds", &message, now_ms)?;
        match status.as_str() {
            "SUCCESS" => Ok(true),
            "PROCESSING" => Ok(false),
            _ => Err(PayError::Refused(status)),
        }
    }
}

fn nonce() -> Result<String, PayError> {
    let mut random = [0; 16];
    fill_random(&mut random).map_err(|_| NO_SIGNATURE)?;
    Ok(hex::encode(random))
}

impl std::fmt::Debug for Wechat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wechat { .. }")
    }
}
