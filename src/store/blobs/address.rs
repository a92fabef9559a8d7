//! Which bucket of which object store: `s3://BUCKET/PREFIX`, with the keys from the environment.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use rusty_s3::{Bucket, Credentials, UrlStyle};

/// Where nothing else is said.
const REGION: &str = "us-east-1";

/// A place for photos in an object store, and the keys to it. Shows no key.
#[derive(Clone)]
pub struct PhotosAddress {
    pub(super) bucket: Bucket,
    pub(super) keys: Credentials,
    /// Before the name of every object; empty, or with a closing slash.
    pub(super) prefix: String,
}

/// What stands beside the address itself.
#[derive(Clone, Debug, Default)]
pub struct PhotosService {
    /// `https://HOST`; Amazon's own in the region where nothing is said.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// The bucket's name is part of the host, as some services ask for; Amazon's is always spoken to so.
    pub virtual_hosts: bool,
}

/// Keys to an object store.
#[derive(Clone)]
pub struct PhotosKeys {
    pub id: String,
    pub secret: String,
    /// Of keys that are lent for a while.
    pub token: Option<String>,
}

/// An address that cannot be used. The text carries the remedy and no key.
#[derive(Debug, thiserror::Error)]
pub enum PhotosAddressError {
    #[error("{0} is no place for photos; write it as s3://BUCKET or s3://BUCKET/PREFIX")]
    Faulty(String),
    #[error("{0} is no address of an object store; write https://HOST, or http:// for one on this computer")]
    Endpoint(String),
    #[error(
        "no keys to the object store are known; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the hub alone"
    )]
    NoKeys,
}

impl PhotosAddress {
    /// Understands `s3://BUCKET/PREFIX`.
    pub fn parse(text: &str, service: &PhotosService, keys: PhotosKeys) -> Result<Self, PhotosAddressError> {
        let faulty = || PhotosAddressError::Faulty(text.to_owned());
        let rest = text.strip_prefix("s3://").ok_or_else(faulty)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let is_prefix = prefix.is_empty() || prefix.split('/').all(is_name);
        if !is_name(name) || !is_prefix {
            return Err(faulty());
        }
        if keys.id.is_empty() || keys.secret.is_empty() {
            return Err(PhotosAddressError::NoKeys);
        }
        let region = service.region.clone().unwrap_or_else(|| REGION.to_owned());
        let (endpoint, style) = match &service.endpoint {
            Some(endpoint) => (checked(endpoint)?, service.virtual_hosts),
            None => (checked(&format!("https://s3.{region}.amazonaws.com"))?, true),
        };
        let style = if style { UrlStyle::VirtualHost } else { UrlStyle::Path };
        let bucket = Bucket::new(endpoint, style, name.to_owned(), region).map_err(|_| faulty())?;
        let keys = match keys.token {
            Some(token) => Credentials::new_with_token(keys.id, keys.secret, token),
            None => Credentials::new(keys.id, keys.secret),
        };
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { bucket, keys, prefix })
    }
}

impl fmt::Display for PhotosAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket.name())?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix.trim_end_matches('/')) }
    }
}

/// Letters, digits and what else every store takes in a name; nothing that a path gives a meaning to.
fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter) && !text.bytes().all(|byte| byte == b'.')
}

/// Encrypted, or on this very computer.
fn checked(endpoint: &str) -> Result<Url, PhotosAddressError> {
    let faulty = || PhotosAddressError::Endpoint(endpoint.to_owned());
    let url = Url::parse(endpoint).map_err(|_| faulty())?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if is_safe && is_plain && !host.is_empty() { Ok(url) } else { Err(faulty()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> PhotosKeys {
        PhotosKeys { id: "id".into(), secret: "hidden".into(), token: None }
    }

    fn at(text: &str, endpoint: Option<&str>, virtual_hosts: bool) -> Result<String, PhotosAddressError> {
        let service = PhotosService { endpoint: endpoint.map(str::to_owned), region: None, virtual_hosts };
        let address = PhotosAddress::parse(text, &service, keys())?;
        Ok(address.bucket.object_url(&format!("{}x", address.prefix)).to_string())
    }

    #[test]
    fn the_bucket_is_in_the_path_or_in_the_host() {
        let own = Some("https://store.example:9000");
        assert_eq!(at("s3://photos", own, false).unwrap(), "https://store.example:9000/photos/x");
        assert_eq!(at("s3://photos/a/b/", own, true).unwrap(), "https://photos.store.example:9000/a/b/x");
        assert_eq!(at("s3://photos", None, false).unwrap(), "https://photos.s3.us-east-1.amazonaws.com/x");
        assert!(at("s3://photos", Some("http://127.0.0.1:9000"), false).is_ok());
    }

    #[test]
    fn what_is_no_place_is_refused_by_its_name() {
        for text in ["photos", "s3://", "s3://a b", "s3://photos/../other", "s3://photos//x", "s3://.."] {
            assert!(matches!(at(text, None, false), Err(PhotosAddressError::Faulty(_))), "{text}");
        }
    }

    #[test]
    fn photos_and_signatures_never_travel_in_the_clear() {
        for endpoint in
            ["http://store.example", "store.example", "http://10.0.0.1", "https://me:pw@store.example"]
        {
            let refused = at("s3://photos", Some(endpoint), false);
            assert!(matches!(refused, Err(PhotosAddressError::Endpoint(_))), "{endpoint}");
        }
    }

    #[test]
    fn keys_that_are_missing_are_told() {
        let nobody = PhotosKeys { secret: String::new(), ..keys() };
        let refused = PhotosAddress::parse("s3://photos", &PhotosService::default(), nobody);
        assert!(matches!(refused, Err(PhotosAddressError::NoKeys)));
    }
}
