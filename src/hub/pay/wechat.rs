//! WeChat Pay, API v3: Native (a code to scan) and JSAPI (inside WeChat), its callback, refunds.
//!
//! Every request is signed with the merchant's key; every answer and callback must be signed with the platform's key, and
//! be of these minutes.

use std::path::{Path, PathBuf};

use axum::http::HeaderMap;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::signing::{MerchantKey, PlatformKey, opened};
use super::{Charge, PayError, Provider, Received};
use crate::hub::config::{ConfigError, folder_of, parsed, read};
use crate::store::seal::fill_random;
use crate::submission::order::{Payment, PaymentWay};
use crate::sync::outward::Outward;
use crate::sync::protocol::PayRequest;

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
const CURRENCY: &str = "CNY";
/// Messages older or newer than this are refused, so that none can be sent again later (the provider's own figure).
const SIGNED_WITHIN_SECONDS: i64 = 300;

/// What the hub must know to take payments by WeChat Pay; keys stand in files of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatConfig {
    /// Where the service is asked: `https://api.mch.weixin.qq.com`.
    pub address: String,
    pub mchid: String,
    pub appid: String,
    /// Serial number of the merchant's certificate.
    pub merchant_serial: String,
    /// The merchant's private key, PEM (PKCS #8).
    pub merchant_key: PathBuf,
    /// Id of the platform's public key, or the serial number of its certificate.
    pub platform_serial: String,
    /// The platform's public key, PEM.
    pub platform_key: PathBuf,
    /// A file with the API v3 key, 32 characters.
    pub api_v3_key: PathBuf,
    /// This hub's own address for callbacks, as the service reaches it: `https://HOST/v1/payments/wechat`.
    pub notify_url: String,
}

/// The way to WeChat Pay.
pub struct Wechat {
    config: WechatConfig,
    merchant_key: MerchantKey,
    platform_key: PlatformKey,
    api_v3_key: [u8; 32],
    http: Outward,
}

impl Wechat {
    /// Reads the configuration in `path`; relative paths in it count from its folder.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let config: WechatConfig = parsed(path)?;
        let folder = folder_of(path);
        let faulty = |path: &Path, cause: &str| ConfigError::faulty(path, cause);
        let (merchant, platform) = (folder.join(&config.merchant_key), folder.join(&config.platform_key));
        let merchant_key = PrivatePkcs8KeyDer::from_pem_slice(read(&merchant)?.as_bytes())
            .ok()
            .and_then(|der| MerchantKey::from_pkcs8(der.secret_pkcs8_der()))
            .ok_or_else(|| faulty(&merchant, "this is no RSA private key in PKCS #8"))?;
        let platform_key = SubjectPublicKeyInfoDer::from_pem_slice(read(&platform)?.as_bytes())
            .ok()
            .and_then(|der| PlatformKey::from_spki(&der))
            .ok_or_else(|| faulty(&platform, "this is no RSA public key"))?;
        let key_file = folder.join(&config.api_v3_key);
        let api_v3_key = read(&key_file)?.trim().as_bytes().try_into();
        let api_v3_key = api_v3_key.map_err(|_| faulty(&key_file, "the API v3 key has 32 characters"))?;
        let http = Outward::new(&config.address)
            .map_err(|cause| faulty(path, &format!("the address cannot be used ({cause})")))?;
        Ok(Self { config, merchant_key, platform_key, api_v3_key, http })
    }

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

    fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        message: &Value,
        now_ms: i64,
    ) -> Result<T, PayError> {
        let body = message.to_string();
        let authorisation = self.authorisation("POST", path, &body, now_ms)?;
        let reply = self
            .http
            .post_json(path, &[("Authorization", &authorisation), ("Accept", "application/json")], body)
            .map_err(PayError::Unreachable)?;
        if !(200..300).contains(&reply.status) {
            let told: Option<Refusal> = serde_json::from_slice(&reply.body).ok();
            let code = told.map_or_else(|| reply.status.to_string(), |refusal| refusal.code);
            return Err(if reply.status >= 500 {
                PayError::Unreachable(code)
            } else {
                PayError::Refused(code)
            });
        }
        self.check_signed(&|name| reply.header(name), &reply.body, now_ms)?;
        serde_json::from_slice(&reply.body).map_err(|_| PayError::NotUnderstood("an answer"))
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

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

#[derive(Deserialize)]
struct NativeAnswer {
    code_url: String,
}

#[derive(Deserialize)]
struct JsapiAnswer {
    prepay_id: String,
}

#[derive(Deserialize)]
struct RefundAnswer {
    status: String,
}

#[derive(Deserialize)]
struct Notice {
    event_type: String,
    resource: Resource,
}

#[derive(Deserialize)]
struct Resource {
    algorithm: String,
    ciphertext: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
}

#[derive(Deserialize)]
struct Transaction {
    mchid: String,
    out_trade_no: String,
    transaction_id: String,
    trade_state: String,
    amount: Amount,
}

#[derive(Serialize, Deserialize)]
struct Amount {
    total: u32,
    currency: String,
}

impl Provider for Wechat {
    fn way(&self) -> PaymentWay {
        PaymentWay::Wechat
    }

    fn ask(&self, charge: &Charge, now_ms: i64) -> Result<PayRequest, PayError> {
        let WechatConfig { appid, mchid, notify_url, .. } = &self.config;
        let mut message = json!({
            "appid": appid,
            "mchid": mchid,
            "description": charge.description,
            "out_trade_no": charge.payment,
            "notify_url": notify_url,
            "amount": Amount { total: charge.amount_fen, currency: CURRENCY.to_owned() },
        });
        let payment = charge.payment.clone();
        match &charge.payer {
            None => {
                let NativeAnswer { code_url } = self.post("/v3/pay/transactions/native", &message, now_ms)?;
                Ok(PayRequest { payment, code_url: Some(code_url), for_app: None })
            }
            Some(payer) => {
                message["payer"] = json!({ "openid": payer });
                let answer: JsapiAnswer = self.post("/v3/pay/transactions/jsapi", &message, now_ms)?;
                let for_app = self.for_app(&answer.prepay_id, now_ms)?;
                Ok(PayRequest { payment, code_url: None, for_app: Some(for_app) })
            }
        }
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
        if paid.mchid != self.config.mchid || paid.amount.currency != CURRENCY {
            return Err(PayError::NotUnderstood("a transaction of another merchant or currency"));
        }
        Ok((paid.trade_state == "SUCCESS").then_some(Received {
            payment: paid.out_trade_no,
            transaction: paid.transaction_id,
            amount_fen: paid.amount.total,
        }))
    }

    fn give_back(&self, payment: &Payment, now_ms: i64) -> Result<bool, PayError> {
        let message = json!({
            "out_trade_no": payment.payment,
            // The same for every repetition: it is given back once.
            "out_refund_no": payment.payment,
            "amount": { "refund": payment.amount_fen, "total": payment.amount_fen, "currency": CURRENCY },
        });
        let RefundAnswer { status } = self.post("/v3/refund/domestic/refunds", &message, now_ms)?;
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
