//! What WeChat Pay answers and tells, as far as the hub reads it.

use serde::{Deserialize, Serialize};

pub(super) const CURRENCY: &str = "CNY";

/// Of every answer that is no success.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct NativeAnswer {
    pub(super) code_url: String,
}

#[derive(Deserialize)]
pub(super) struct H5Answer {
    pub(super) h5_url: String,
}

#[derive(Deserialize)]
pub(super) struct JsapiAnswer {
    pub(super) prepay_id: String,
}

#[derive(Deserialize)]
pub(super) struct RefundAnswer {
    pub(super) status: String,
}

/// A callback, whose content is sealed.
#[derive(Deserialize)]
pub(super) struct Notice {
    pub(super) event_type: String,
    pub(super) resource: Resource,
}

#[derive(Deserialize)]
pub(super) struct Resource {
    pub(super) algorithm: String,
    pub(super) ciphertext: String,
    pub(super) nonce: String,
    #[serde(default)]
    pub(super) associated_data: String,
}

/// A payment as callbacks and queries tell of it. What was not paid has neither number nor amount.
#[derive(Deserialize)]
pub(super) struct Transaction {
    pub(super) mchid: String,
    pub(super) out_trade_no: String,
    pub(super) transaction_id: Option<String>,
    pub(super) trade_state: String,
    pub(super) amount: Option<Amount>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) total: u32,
    pub(super) currency: String,
}
