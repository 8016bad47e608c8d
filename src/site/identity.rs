//! How visitors prove who they are: the settings of one site, and their changes.

use super::{Answer, Records, Settings, check, forbidden};
use crate::auth::authorize::{Action, may};
use crate::auth::identity::{KeyKind, pem, public_key, secret};
use crate::protocol::api::{ApiError, ErrorCode, Role};
use crate::protocol::identity::{
    IdentityAct, IdentityChange, IdentityChanged, IdentityMethod, IdentityState,
};
use crate::protocol::site::SiteAnswer;
use serde::{Deserialize, Serialize};

/// How a site's visitors prove who they are; kept with its settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// By what tokens are signed.
    pub method: Method,
    /// The last number of a secret. None is given twice, so that what was ended stays ended.
    pub last: u32,
    /// Whether visitors without a token are refused.
    pub required: bool,
}

/// By what the tokens of a site are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Nothing: no token is taken.
    #[default]
    Off,
    /// HMAC-SHA-256.
    Hs256 {
        /// Number of the secret; the secret itself is stored nowhere.
        number: u32,
        /// Of the one before, while it counts, too.
        old: Option<u32>,
    },
    /// A private key that only the site's server has.
    Key {
        /// By which algorithm.
        kind: KeyKind,
        /// Its public half: SPKI in base64.
        spki: String,
    },
}

impl Identity {
    fn state(&self) -> IdentityState {
        let (method, old_secret, key) = match &self.method {
            Method::Off => (IdentityMethod::Off, false, None),
            Method::Hs256 { old, .. } => (IdentityMethod::Hs256, old.is_some(), None),
            Method::Key { kind: KeyKind::Es256, spki } => {
                (IdentityMethod::Es256, false, Some(spki))
            }
            Method::Key { kind: KeyKind::Eddsa, spki } => {
                (IdentityMethod::Eddsa, false, Some(spki))
            }
        };
        let key = key.map(|spki| pem(spki));
        IdentityState { method, old_secret, key, required: self.required }
    }
}

pub(super) fn read(role: Role, settings: &Settings) -> Answer {
    if !may(role, Action::ManageIdentity) {
        return Err(forbidden());
    }
    Ok(SiteAnswer::Identity(settings.identity.state()))
}

pub(super) fn change<R: Records>(
    role: Role,
    asked: &IdentityChange,
    root: &str,
    mut settings: Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(role, Action::ManageIdentity) {
        return Ok(Err(forbidden()));
    }
    let shown = match changed(&mut settings.identity, asked, root) {
        Ok(shown) => shown,
        Err(refusal) => return Ok(Err(refusal)),
    };
    records.put_settings(&settings)?;
    let state = settings.identity.state();
    Ok(Ok(SiteAnswer::IdentityChanged(IdentityChanged { state, secret: shown })))
}

/// Makes the change; the answer is the secret to be shown, when it is a new one.
fn changed(
    identity: &mut Identity,
    asked: &IdentityChange,
    root: &str,
) -> Result<Option<String>, ApiError> {
    if asked.key.is_some() != (asked.act == IdentityAct::PublicKey) {
        return Err(check::bad("A key goes with `public_key`, and with nothing else."));
    }
    match asked.act {
        IdentityAct::NewSecret => {
            let number = identity.last.saturating_add(1);
            let fault = || ApiError::new(ErrorCode::Fault, "Something went wrong here. Try again.");
            let shown = secret(root, number).ok_or_else(fault)?;
            let old = match identity.method {
                Method::Hs256 { number, .. } => Some(number),
                Method::Off | Method::Key { .. } => None,
            };
            identity.last = number;
            identity.method = Method::Hs256 { number, old };
            return Ok(Some(shown));
        }
        IdentityAct::EndOldSecret => {
            if let Method::Hs256 { old, .. } = &mut identity.method {
                *old = None;
            }
        }
        IdentityAct::PublicKey => {
            let key = asked.key.as_deref().and_then(public_key);
            let (kind, spki) = key.ok_or_else(|| {
                check::bad("This is no public key of P-256 or Ed25519, written as PEM.")
            })?;
            identity.method = Method::Key { kind, spki };
        }
        IdentityAct::Off => {
            (identity.method, identity.required) = (Method::Off, false);
        }
        IdentityAct::Require if identity.method == Method::Off => {
            return Err(check::bad("First make a secret, and have your server sign with it."));
        }
        IdentityAct::Require => identity.required = true,
        IdentityAct::Welcome => identity.required = false,
    }
    Ok(None)
}
