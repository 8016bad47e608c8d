//! Opening a socket: the entry checks token and origin before any object wakes, and hands the
//! grant on in a header of its own.

use super::error::Refused;
use super::platform;
use crate::auth::secret;
use crate::auth::token::{Key, TokenError};
use crate::protocol::api::ErrorCode;
use crate::protocol::session::{Door, Grant};
use crate::time::Millis;
use worker::{Env, Request, Response, Result};

/// The subprotocol that the server selects.
pub const PROTOCOL: &str = "edgewise.v1";
const GRANT: &str = "x-edgewise-grant";

/// What a request for a socket must prove.
pub fn check(
    request: &Request,
    path: &str,
    key: &Key,
    now: Millis,
) -> std::result::Result<Grant, Refused> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let upgrade = header("Upgrade").is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    if !upgrade {
        return Err(Refused::new(ErrorCode::UpgradeRequired, "Open this with a WebSocket."));
    }
    let offered = header("Sec-WebSocket-Protocol").unwrap_or_default();
    let mut offered = offered.split(',').map(str::trim);
    let token = match (offered.next(), offered.next(), offered.next()) {
        (Some(PROTOCOL), Some(token), None) => token,
        _ => return Err(invalid("Offer the subprotocols edgewise.v1 and a token.")),
    };
    let grant = key.verify(token, now).map_err(|error| match error {
        TokenError::Forged => invalid("The token is not of this deployment."),
        TokenError::Expired => invalid("The token has expired; ask for a new one."),
    })?;
    if header("Origin").as_deref() != Some(grant.origin.as_str()) {
        let text = "The token was made for another origin.";
        return Err(Refused::new(ErrorCode::OriginNotAllowed, text));
    }
    let leads_here = match grant.door {
        Door::Desk => path == "/ws/desk",
        Door::Conversation(_) => path == "/ws/conversation",
    };
    if leads_here { Ok(grant) } else { Err(invalid("The token opens another socket.")) }
}

fn invalid(text: &str) -> Refused {
    Refused::new(ErrorCode::TokenInvalid, text)
}

/// Hands the socket to the object that the token names.
pub async fn open(env: &Env, grant: &Grant) -> Result<Response> {
    let headers = [("Upgrade", "websocket"), (GRANT, &grant_text(grant)?)];
    let request = platform::request("GET", "https://object/socket", &headers, None)?;
    let stub = match &grant.door {
        Door::Desk => env.durable_object("ROUTER")?.get_by_name(grant.site.as_str())?,
        Door::Conversation(id) => {
            let name = super::carry::conversation_name(&grant.site, id);
            env.durable_object("CONVERSATION")?.get_by_name(&name)?
        }
    };
    stub.fetch_with_request(request).await
}

/// Headers carry bytes, names may be in any script: the JSON goes as base64url.
fn grant_text(grant: &Grant) -> Result<String> {
    Ok(secret::encode(serde_json::to_string(grant)?.as_bytes()))
}

/// The grant that the entry has checked. Strangers cannot reach an object but through the entry,
/// which never forwards their headers.
pub fn grant_of(request: &Request) -> Result<Grant> {
    let lost = || worker::Error::RustError("a socket without a grant".into());
    let text = request.headers().get(GRANT)?.ok_or_else(lost)?;
    let json = secret::decode_bytes(&text).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(serde_json::from_str(&json.ok_or_else(lost)?)?)
}
