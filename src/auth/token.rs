//! Signed tokens that open sockets: `base64url(grant as JSON) . base64url(HMAC-SHA-256)`. One
//! fixed algorithm, named nowhere in the token.

use crate::auth::secret::{SECRET_BYTES, decode_bytes, encode};
use crate::id::SiteId;
use crate::protocol::session::Grant;
use crate::time::Millis;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The deployment's signing key.
#[derive(Clone)]
pub struct Key([u8; SECRET_BYTES]);

/// Why a token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not a token of this deployment.
    Forged,
    /// Too old.
    Expired,
}

impl Key {
    /// A key from its 32 bytes.
    pub fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// Signs a grant.
    pub fn sign(&self, grant: &Grant) -> Option<String> {
        let payload = encode(serde_json::to_string(grant).ok()?.as_bytes());
        let tag = self.mac(&payload)?.finalize().into_bytes();
        Some(format!("{payload}.{}", encode(&tag)))
    }

    /// Reads a token back. The signature is checked before anything in it is looked at.
    pub fn verify(&self, token: &str, now: Millis) -> Result<Grant, TokenError> {
        let (payload, tag) = token.split_once('.').ok_or(TokenError::Forged)?;
        let tag = decode_bytes(tag).ok_or(TokenError::Forged)?;
        let mac = self.mac(payload).ok_or(TokenError::Forged)?;
        mac.verify_slice(&tag).map_err(|_| TokenError::Forged)?;
        let json = decode_bytes(payload).and_then(|bytes| String::from_utf8(bytes).ok());
        let json = json.ok_or(TokenError::Forged)?;
        let grant: Grant = serde_json::from_str(&json).map_err(|_| TokenError::Forged)?;
        if now < grant.expires { Ok(grant) } else { Err(TokenError::Expired) }
    }

    /// From which the secrets of a site are derived that its own server signs with; base64url.
    pub fn identity_root(&self, site: &SiteId) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"edgewise identity root\0");
        mac.update(site.as_str().as_bytes());
        Some(encode(&mac.finalize().into_bytes()))
    }

    fn mac(&self, payload: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"edgewise token 1\0");
        mac.update(payload.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::session::{Door, Holder};

    fn grant() -> Grant {
        Grant {
            site: SiteId::parse("demo").unwrap(),
            origin: "https://shop.example".into(),
            expires: Millis(1_000),
            door: Door::Desk,
            holder: Holder::Visitor,
        }
    }

    #[test]
    fn t5_a_token_is_read_back_until_it_expires() {
        let key = Key::new([1; 32]);
        let token = key.sign(&grant()).unwrap();
        assert_eq!(key.verify(&token, Millis(999)), Ok(grant()));
        assert_eq!(key.verify(&token, Millis(1_000)), Err(TokenError::Expired));
    }

    #[test]
    fn t4_any_changed_character_makes_it_forged() {
        let key = Key::new([1; 32]);
        let token = key.sign(&grant()).unwrap();
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(key.verify(&changed, Millis(0)), Err(TokenError::Forged), "at {at}");
        }
        for bad in ["", ".", "a.b", token.trim_end_matches(|c| c != '.')] {
            assert_eq!(key.verify(bad, Millis(0)), Err(TokenError::Forged), "{bad}");
        }
        let other = Key::new([2; 32]).verify(&token, Millis(0));
        assert_eq!(other, Err(TokenError::Forged));
    }
}
