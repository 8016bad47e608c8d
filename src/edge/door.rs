//! Opening a socket: the entry checks token and origin before any object wakes, and hands the
//! grant on in a header of its own.

use super::error::Refused;
use super::platform;
use crate::auth::secret;
use crate::auth::token::{Key, TokenError};
use crate::protocol::api::ErrorCode;
use crate::protocol::session::{Door, Grant};
use crate::time::Millis;
use worker::{Env, Method, Request, Response, Result, Stub};

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
    let grant = admit(token, header("Origin"), key, now)?;
    let leads_here = match grant.door {
        Door::Desk => path == "/ws/desk",
        Door::Conversation(_) => path == "/ws/conversation",
    };
    if leads_here { Ok(grant) } else { Err(invalid("The token opens another socket.")) }
}

/// What any request must prove that carries the token of a conversation in a header.
pub fn check_bearer(
    request: &Request,
    key: &Key,
    now: Millis,
) -> std::result::Result<Grant, Refused> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let bearer = header("Authorization").unwrap_or_default();
    let token = bearer.strip_prefix("Bearer ");
    let token = token.ok_or_else(|| invalid("Send a token: Authorization: Bearer …"))?;
    // A browser leaves the origin out where a page reads from its own; with a socket it never does.
    let own = || matches!(request.method(), Method::Get).then(|| platform::own_origin(request));
    let grant = admit(token, header("Origin").or_else(own), key, now)?;
    match grant.door {
        Door::Conversation(_) => Ok(grant),
        Door::Desk => Err(invalid("A desk has to be reached by a socket.")),
    }
}

/// The grant of a token, when it was made here, for this origin, and not too long ago.
fn admit(
    token: &str,
    origin: Option<String>,
    key: &Key,
    now: Millis,
) -> std::result::Result<Grant, Refused> {
    let grant = key.verify(token, now).map_err(|error| match error {
        TokenError::Forged => invalid("The token is not of this deployment."),
        TokenError::Expired => invalid("The token has expired; ask for a new one."),
    })?;
    if origin.as_deref() == Some(grant.origin.as_str()) {
        return Ok(grant);
    }
    Err(Refused::new(ErrorCode::OriginNotAllowed, "The token was made for another origin."))
}

fn invalid(text: &str) -> Refused {
    Refused::new(ErrorCode::TokenInvalid, text)
}

/// Hands the socket to the object that the token names.
pub async fn open(env: &Env, grant: &Grant) -> Result<Response> {
    let headers = [("Upgrade", "websocket"), (GRANT, &grant_text(grant)?)];
    let request = platform::request("GET", "https://object/socket", &headers, None)?;
    stub(env, grant)?.fetch_with_request(request).await
}

/// Hands a request of a session without a socket on.
pub async fn poll(env: &Env, grant: &Grant, body: &str) -> Result<Response> {
    hand_on(env, grant, "/poll", body).await
}

/// Asks a conversation about a file, in the name of who holds the token.
pub async fn files(env: &Env, grant: &Grant, body: &str) -> Result<Response> {
    hand_on(env, grant, "/files", body).await
}

async fn hand_on(env: &Env, grant: &Grant, path: &str, body: &str) -> Result<Response> {
    let headers = [("Content-Type", "application/json"), (GRANT, &grant_text(grant)?)];
    let url = format!("https://object{path}");
    let request = platform::request("POST", &url, &headers, Some(body))?;
    stub(env, grant)?.fetch_with_request(request).await
}

/// Hands a form on that the site has found to be in order.
pub async fn fill(env: &Env, grant: &Grant, body: &str) -> Result<Response> {
    hand_on(env, grant, "/form", body).await
}

/// The object that the token leads to.
fn stub(env: &Env, grant: &Grant) -> Result<Stub> {
    match &grant.door {
        Door::Desk => env.durable_object("ROUTER")?.get_by_name(grant.site.as_str()),
        Door::Conversation(id) => {
            let name = super::carry::conversation_name(&grant.site, id);
            env.durable_object("CONVERSATION")?.get_by_name(&name)
        }
    }
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
