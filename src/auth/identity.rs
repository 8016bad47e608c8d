//! Tokens by which a site's server names a visitor: JSON Web Tokens (RFC 7519), signed by the one
//! algorithm that the site's settings name (docs/protocol.md, I). A secret is derived from a root
//! of the site and a number, so that no database holds it.

use crate::auth::secret::{decode_bytes, encode};
use crate::id::SiteId;
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::identity::Person;
use crate::time::Millis;
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde::de::{self, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::Sha256;
use std::fmt;

/// The secret of this number, as text; its bytes are the key. `None` when the root is none.
pub fn secret(root: &str, number: u32) -> Option<String> {
    let mut mac = mac(decode_bytes(root)?.as_slice())?;
    mac.update(b"edgewise identity secret\0");
    mac.update(&number.to_be_bytes());
    Some(encode(&mac.finalize().into_bytes()))
}

/// By which algorithm a private key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// ECDSA on P-256, over SHA-256.
    Es256,
    /// Ed25519.
    Eddsa,
}

impl KeyKind {
    /// As a token's header names it.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Eddsa => "EdDSA",
        }
    }
}

/// What stands before the bytes of a key in its SPKI, and how many those are.
const KINDS: [(KeyKind, &[u8], usize); 2] = [
    (
        KeyKind::Es256,
        b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\
          \x03\x01\x07\x03\x42\x00\x04",
        64,
    ),
    (KeyKind::Eddsa, b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 32),
];

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// A public key from its PEM: its kind, and its SPKI in base64. `None` for any other text.
pub fn public_key(pem: &str) -> Option<(KeyKind, String)> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    let spki = Base64::decode_vec(&body).ok()?;
    let fits = |(_, head, length): &&(KeyKind, &[u8], usize)| {
        spki.starts_with(head) && spki.len() == head.len() + length
    };
    let (kind, ..) = KINDS.iter().find(fits)?;
    Some((*kind, body))
}

/// The PEM of such an SPKI.
pub fn pem(spki: &str) -> String {
    format!("{BEGIN}\n{spki}\n{END}\n")
}

/// A signature that the platform has to check.
pub struct Signature {
    /// By which algorithm.
    pub kind: KeyKind,
    /// The public key, as SPKI.
    pub spki: Vec<u8>,
    /// What was signed.
    pub input: String,
    /// Its signature.
    pub bytes: Vec<u8>,
}

/// A token taken apart. What it says counts for nothing before its signature was checked.
pub struct Signed<'a> {
    input: &'a str,
    signature: Vec<u8>,
    claims: &'a str,
}

impl<'a> Signed<'a> {
    /// Takes a token apart. Its header must name this algorithm; another one is refused here, and
    /// none is ever chosen by it.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn parse(token: &'a str, algorithm: &str) -> Result<Self, ApiError> {
        let parts = || {
            let (input, signature) = token.rsplit_once('.')?;
            let (header, claims) = input.split_once('.')?;
            let header: Header = serde_json::from_str(&json(header)?).ok()?;
            Some((input, header, claims, decode_bytes(signature)?))
        };
        if token.len() > limits::IDENTITY_BYTES {
            return Err(invalid(&format!("it has over {} bytes", limits::IDENTITY_BYTES)));
        }
        let Some((input, header, claims, signature)) = parts() else {
            return Err(invalid("it is no JSON Web Token"));
        };
        // A critical header changes what the signature means (RFC 7515), and we know none.
        if header.alg != algorithm || header.crit.is_some() {
            return Err(invalid(&format!(
                "the site's tokens have `alg` {algorithm}, and no `crit`"
            )));
        }
        Ok(Self { input, signature, claims })
    }

    /// Whether it was signed with this secret by HMAC-SHA-256.
    pub fn is_of(&self, secret: &str) -> bool {
        let Some(mut mac) = mac(secret.as_bytes()) else { return false };
        mac.update(self.input.as_bytes());
        mac.verify_slice(&self.signature).is_ok()
    }

    /// What has to be checked with a public key. `None` when the key is none.
    pub fn signature(self, kind: KeyKind, spki: &str) -> Option<Signature> {
        let spki = Base64::decode_vec(spki).ok()?;
        Some(Signature { kind, spki, input: self.input.to_owned(), bytes: self.signature })
    }

    /// Whom it names; to be asked once the signature was checked.
    ///
    /// # Errors
    /// Says which claim does not fit.
    pub fn person(&self, site: &SiteId, now: Millis) -> Result<Person, ApiError> {
        let text = json(self.claims).ok_or_else(|| invalid("its claims are no text"))?;
        let claims: Claims = serde_json::from_str(&text)
            .map_err(|error| invalid(&format!("its claims do not fit: {error}")))?;
        check_times(&claims, now)?;
        if !claims.aud.0.iter().any(|one| one == site.as_str()) {
            return Err(invalid(&format!("`aud` is not “{site}”, the id of the site")));
        }
        let id = claims.sub;
        let fits = (1..=limits::SUBJECT_CHARS).contains(&id.chars().count());
        if !fits || id.chars().any(char::is_control) {
            let most = limits::SUBJECT_CHARS;
            return Err(invalid(&format!("`sub` has 1 to {most} characters")));
        }
        Ok(Person {
            id,
            name: claims.name.and_then(|name| plain(&name, limits::NAME_CHARS)),
            email: claims.email.and_then(|email| plain(&email, limits::EMAIL_CHARS)),
        })
    }
}

/// Of the header only what could change the meaning of the signature; the rest is for others.
#[derive(Deserialize)]
struct Header {
    alg: String,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    /// Seconds since 1970, as the next; fractions are allowed.
    iat: f64,
    exp: f64,
    name: Option<String>,
    email: Option<String>,
}

/// One text, or a list of them.
struct Audience(Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(AudienceVisitor)
    }
}

struct AudienceVisitor;

impl<'de> Visitor<'de> for AudienceVisitor {
    type Value = Audience;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the id of a site, or a list of such")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Audience, E> {
        Ok(Audience(vec![text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Audience, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = list.next_element()? {
            all.push(text);
        }
        Ok(Audience(all))
    }
}

/// Why a token does not count.
pub fn invalid(why: &str) -> ApiError {
    ApiError::new(ErrorCode::IdentityInvalid, format!("The token does not count: {why}."))
}

fn mac(key: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(key).ok()
}

fn json(part: &str) -> Option<String> {
    String::from_utf8(decode_bytes(part)?).ok()
}

fn check_times(claims: &Claims, now: Millis) -> Result<(), ApiError> {
    let moment = |seconds: f64| Millis((seconds * 1_000.0) as i64);
    let (issued, expires) = (moment(claims.iat), moment(claims.exp));
    if expires.since(issued) > limits::IDENTITY || expires <= issued {
        return Err(invalid("`exp` is at most an hour after `iat`"));
    }
    if issued > now.after(limits::CLOCK_SKEW) {
        return Err(invalid("`iat` is in the future: look at the clock of your server"));
    }
    if now >= expires {
        let text = "The token is too old: hand over a new one.";
        return Err(ApiError::new(ErrorCode::IdentityExpired, text));
    }
    Ok(())
}

/// What is only shown is cut rather than refused; nothing is left of what shows nothing.
fn plain(text: &str, chars: usize) -> Option<String> {
    let text: String = text.chars().filter(|one| !one.is_control()).collect();
    let text: String = text.trim().chars().take(chars).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value};

    const NOW: Millis = Millis(1_700_000_000_000);
    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    fn root() -> String {
        encode(&[7; 32])
    }

    fn key() -> String {
        secret(&root(), 1).unwrap()
    }

    fn signed(header: &str, claims: &str) -> String {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let mut mac = mac(key().as_bytes()).unwrap();
        mac.update(input.as_bytes());
        format!("{input}.{}", encode(&mac.finalize().into_bytes()))
    }

    fn read(token: &str) -> Result<Person, ApiError> {
        let signed = Signed::parse(token, "HS256")?;
        assert!(signed.is_of(&key()), "{token}");
        signed.person(&SiteId::parse("shop").unwrap(), NOW)
    }

    fn claims(change: &str, value: &str) -> String {
        let mut claims: Map<String, Value> =
            serde_json::from_str(r#"{"sub":"42","aud":"shop","iat":1699999990,"exp":1700003590}"#)
                .unwrap();
        match serde_json::from_str(value) {
            Ok(value) => claims.insert(change.to_owned(), value),
            Err(_) => claims.remove(change),
        };
        Value::from(claims).to_string()
    }

    #[test]
    fn i1_claims_are_checked_at_the_bound_and_one_past() {
        use ErrorCode::{IdentityExpired, IdentityInvalid};
        let check = |name: &str, value: &str, wanted: Option<ErrorCode>| {
            let code = read(&signed(HEADER, &claims(name, value))).err().map(|error| error.code);
            assert_eq!(code, wanted, "{name}: {value}");
        };
        let invalid = Some(IdentityInvalid);
        check("more", "[1]", None);
        for name in ["sub", "aud", "iat", "exp"] {
            for bad in ["", "null", "true", "{}", "[]"] {
                check(name, bad, invalid);
            }
        }
        check("sub", "42", invalid);
        check("sub", &format!("{:?}", "字".repeat(limits::SUBJECT_CHARS)), None);
        check("sub", &format!("{:?}", "字".repeat(limits::SUBJECT_CHARS + 1)), invalid);
        check("sub", r#""a\nb""#, invalid);
        check("aud", r#"["other","shop"]"#, None);
        check("aud", r#"["other"]"#, invalid);
        check("aud", r#""Shop""#, invalid);
        check("exp", "1700003591", invalid);
        check("exp", "1700000000.5", None);
        check("exp", "1700000000", Some(IdentityExpired));
        check("exp", "1699999990", invalid);
        check("iat", "1700000060", None);
        check("iat", "1700000061", invalid);
        check("iat", "-1", invalid);
        check("iat", "1e300", invalid);
        check("name", "7", invalid);
        check("email", "[]", invalid);
    }

    #[test]
    fn i1_what_is_shown_is_cut_to_its_bound() {
        let long = Value::from(format!(" {}\u{7}", "字".repeat(limits::NAME_CHARS + 1)));
        let person = read(&signed(HEADER, &claims("name", &long.to_string()))).unwrap();
        assert_eq!(person.name, Some("字".repeat(limits::NAME_CHARS)));
        assert_eq!((person.id.as_str(), person.email), ("42", None));
        let person = read(&signed(HEADER, &claims("email", r#""a@b.example""#))).unwrap();
        assert_eq!(person.email.as_deref(), Some("a@b.example"));
    }

    #[test]
    fn i1_the_token_never_chooses_its_algorithm() {
        let plain = claims("more", "1");
        let check = |header: &str| {
            assert!(Signed::parse(&signed(header, &plain), "HS256").is_err(), "{header}");
        };
        check(r#"{"alg":"none"}"#);
        check(r#"{"alg":"ES256"}"#);
        check(r#"{"alg":"hs256"}"#);
        check(r#"{"typ":"JWT"}"#);
        check(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#);
        let token = signed(HEADER, &plain);
        assert!(read(&token).is_ok());
        for bad in ["", ".", "..", "a.b", &token[1..], &token.replace('.', "")] {
            assert!(Signed::parse(bad, "HS256").is_err(), "{bad}");
        }
        let unsigned = token.rsplit_once('.').unwrap().0;
        assert!(!Signed::parse(&format!("{unsigned}."), "HS256").unwrap().is_of(&key()));
        let other = secret(&root(), 2).unwrap();
        assert!(!Signed::parse(&token, "HS256").unwrap().is_of(&other));
        let long = claims("more", &format!("{:?}", "x".repeat(limits::IDENTITY_BYTES)));
        assert!(Signed::parse(&signed(HEADER, &long), "HS256").is_err());
    }

    #[test]
    fn i1_any_changed_character_makes_it_worthless() {
        let token = signed(HEADER, &claims("more", "1"));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let counts = Signed::parse(&changed, "HS256").is_ok_and(|one| one.is_of(&key()));
            assert!(!counts, "at {at}");
        }
    }
}
