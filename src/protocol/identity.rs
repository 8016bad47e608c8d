//! Who a visitor is, and how a site's server says so (docs/protocol.md, I).

use serde::{Deserialize, Serialize};

/// A visitor whom the site's own server has named, in a token that it has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Person {
    /// The site's id of them, `sub` of the token; at most `limits::SUBJECT_CHARS`.
    pub id: String,
    /// What they are called, cut at `limits::NAME_CHARS`.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their address, cut at `limits::EMAIL_CHARS`. Only shown, never written to.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// By what the tokens of a site are signed. The site decides, never the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    /// Nothing: no token is taken.
    #[default]
    Off,
    /// HMAC-SHA-256 with a secret that the deployment has made for the site.
    Hs256,
    /// ECDSA on the curve P-256, with a key whose private half only the site's server has.
    Es256,
    /// The same with Ed25519; `alg` is `EdDSA`.
    Eddsa,
}

/// `GET /api/identity`: how a site's visitors can prove who they are. No secret is in here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IdentityState {
    /// By what tokens are signed.
    pub method: IdentityMethod,
    /// Whether the secret before the present one counts, too.
    pub old_secret: bool,
    /// The public key, as PEM.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether visitors without a token are refused.
    pub required: bool,
}

/// `POST /api/identity`: one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct IdentityChange {
    /// Which.
    #[serde(rename = "do")]
    pub act: IdentityAct,
    /// With `public_key`: the key as PEM, P-256 or Ed25519.
    #[cfg_attr(test, ts(optional))]
    pub key: Option<String>,
}

/// What can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum IdentityAct {
    /// Make a secret and show it, this once. The one before goes on to count until it is ended.
    NewSecret,
    /// The secret before the present one counts no longer.
    EndOldSecret,
    /// Have tokens signed with the private half of this key; secrets count no longer.
    PublicKey,
    /// Take no tokens. Secrets that were shown never count again.
    Off,
    /// Refuse visitors without a token.
    Require,
    /// Take them again.
    Welcome,
}

/// The answer to [`IdentityChange`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IdentityChanged {
    /// As it is now.
    pub state: IdentityState,
    /// The new secret, which is not shown again.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}
