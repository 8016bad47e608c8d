//! The cookie of an agent's sign-in: `{site}.{secret}`, only for this host, never for scripts.
//!
//! Over https it is `__Host-edgewise`. Browsers take such a cookie only with `Secure`, which plain
//! http on a developer's own machine has not: there, and only there, it is `edgewise`.

use super::platform::own_origin;
use crate::id::SiteId;
use crate::limits;
use worker::{Request, Result};

/// A sign-in as the browser presents it.
pub struct Cookie {
    /// The site.
    pub site: SiteId,
    /// The secret; the site knows its hash.
    pub secret: String,
}

/// The cookie of a request.
pub fn read(request: &Request) -> Result<Option<Cookie>> {
    let header = request.headers().get("Cookie")?.unwrap_or_default();
    let name = name(&own_origin(request));
    let value = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name);
    let parts = value.and_then(|(_, value)| value.split_once('.'));
    Ok(parts.and_then(|(site, secret)| {
        Some(Cookie { site: SiteId::parse(site)?, secret: secret.to_owned() })
    }))
}

/// The header that sets it.
pub fn set(origin: &str, site: &SiteId, secret: &str) -> String {
    let age = limits::SIGN_IN_MAX.0 / 1_000;
    format!("{}={site}.{secret}; {}; Max-Age={age}", name(origin), attributes(origin))
}

/// The header that takes it back.
pub fn clear(origin: &str) -> String {
    format!("{}=; {}; Max-Age=0", name(origin), attributes(origin))
}

fn name(origin: &str) -> &'static str {
    if is_local(origin) { "edgewise" } else { "__Host-edgewise" }
}

fn attributes(origin: &str) -> &'static str {
    if is_local(origin) {
        "Path=/; HttpOnly; SameSite=Strict"
    } else {
        "Path=/; HttpOnly; SameSite=Strict; Secure"
    }
}

fn is_local(origin: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|local| {
        origin.strip_prefix(local).is_some_and(|port| port.is_empty() || port.starts_with(':'))
    })
}
