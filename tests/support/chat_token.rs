use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// `now` is in seconds since 1970.
pub fn chat_token(secret: &str, now: u64, id: &str, name: &str) -> String {
    let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let claims = serde_json::json!({
        "sub": id, "aud": "shop", "iat": now, "exp": now + 3600, "name": name,
    });
    let header = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let input = format!("{header}.{}", encode(claims.to_string().as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length will do");
    mac.update(input.as_bytes());
    format!("{input}.{}", encode(&mac.finalize().into_bytes()))
}
