//! Signatures and seals of WeChat Pay's API v3: SHA256 with RSA-2048, and AES-256-GCM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};

/// The merchant's private key.
pub(super) struct MerchantKey(RsaKeyPair);

/// The provider's public key.
pub(super) struct PlatformKey(Vec<u8>);

impl MerchantKey {
    /// From PKCS #8.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        RsaKeyPair::from_pkcs8(der).ok().map(Self)
    }

    /// Base64 of the signature; `None` when the system gives no randomness.
    pub(super) fn sign(&self, message: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}

impl PlatformKey {
    /// From a SubjectPublicKeyInfo.
    pub(super) fn from_spki(der: &[u8]) -> Option<Self> {
        rsa_key_in(der).map(|key| Self(key.to_vec()))
    }

    /// `signature` is Base64.
    pub(super) fn has_signed(&self, message: &[u8], signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        STANDARD.decode(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    }
}

/// Opens what was sealed with AES-256-GCM; `sealed` is Base64 of the text and its tag.
pub(super) fn opened(key: &[u8; 32], nonce: &str, bound_to: &str, sealed: &str) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()?;
    let mut text = STANDARD.decode(sealed).ok()?;
    let plain = key.open_in_place(nonce, Aad::from(bound_to.as_bytes()), &mut text).ok()?;
    Some(plain.to_vec())
}

/// The RSA key inside a SubjectPublicKeyInfo: SEQUENCE { SEQUENCE { algorithm }, BIT STRING { the key } }.
fn rsa_key_in(spki: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const BIT_STRING: u8 = 0x03;
    let (whole, _) = element(spki, SEQUENCE)?;
    let (_, rest) = element(whole, SEQUENCE)?;
    let (bits, _) = element(rest, BIT_STRING)?;
    bits.strip_prefix(&[0])
}

/// Content of the DER element with this tag at the beginning, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_is_no_key() {
        assert_eq!(rsa_key_in(&[]), None);
        assert_eq!(rsa_key_in(&[0x30, 0x05, 0x30]), None);
        assert_eq!(rsa_key_in(&[0x30, 0x84, 1, 1, 1, 1]), None);
        let spki = [0x30, 0x07, 0x30, 0x00, 0x03, 0x03, 0x00, 0xaa, 0xbb];
        assert_eq!(rsa_key_in(&spki), Some(&[0xaa, 0xbb][..]));
    }

    #[test]
    fn a_changed_seal_does_not_open() {
        let key = [7; 32];
        let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let mut text = b"fee".to_vec();
        let nonce = Nonce::try_assume_unique_for_key(b"0123456789ab").unwrap();
        sealing.seal_in_place_append_tag(nonce, Aad::from(b"transaction"), &mut text).unwrap();
        let open =
            |bound_to: &str, sealed: &[u8]| opened(&key, "0123456789ab", bound_to, &STANDARD.encode(sealed));
        assert_eq!(open("transaction", &text).as_deref(), Some(&b"fee"[..]));
        assert_eq!(open("refund", &text), None);
        text[0] ^= 1;
        assert_eq!(open("transaction", &text), None);
        assert_eq!(opened(&key, "short", "", ""), None);
    }
}
