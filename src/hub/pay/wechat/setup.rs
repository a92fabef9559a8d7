//! What the hub must know to take payments by WeChat Pay: a TOML file, with its keys in files of their own.

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use serde::Deserialize;

use super::Wechat;
use super::sign_in::WechatSignIn;
use crate::hub::config::{ConfigError, folder_of, parsed, read};
use crate::hub::pay::signing::{MerchantKey, PlatformKey};
use crate::sync::outward::Outward;

/// The configuration; paths count from its folder.
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
    /// Whether the merchant may take payments of phones' browsers (H5); it is granted apart.
    #[serde(default = "yes")]
    pub h5: bool,
    /// A file with the app's secret; without it nobody pays by one press inside WeChat.
    pub app_secret: Option<PathBuf>,
    /// Where WeChat's own sign-in begins.
    #[serde(default = "sign_in_address")]
    pub sign_in_address: String,
    /// Where the hub asks who signed in.
    #[serde(default = "token_address")]
    pub token_address: String,
}

fn yes() -> bool {
    true
}

fn sign_in_address() -> String {
    "https://open.weixin.qq.com".to_owned()
}

fn token_address() -> String {
    "https://api.weixin.qq.com".to_owned()
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
        let way = |address: &str| {
            Outward::new(address)
                .map_err(|cause| faulty(path, &format!("the address cannot be used ({cause})")))
        };
        let http = way(&config.address)?;
        let sign_in = match &config.app_secret {
            None => None,
            Some(file) => {
                let file = folder.join(file);
                let secret = read(&file)?.trim().to_owned();
                // It becomes a part of an address.
                if secret.is_empty() || !secret.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
                    return Err(faulty(&file, "this is no secret of an app"));
                }
                // Also looked at as an address that may be asked: no page is sent to another.
                way(&config.sign_in_address)?;
                let begins = config.sign_in_address.trim_end_matches('/').to_owned();
                Some(WechatSignIn::new(begins, config.appid.clone(), secret, way(&config.token_address)?))
            }
        };
        Ok(Self { config, merchant_key, platform_key, api_v3_key, http, sign_in })
    }
}
