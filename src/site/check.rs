//! What people may enter. Each refusal says what to do.

use super::origin;
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode, NewAgent, SetUp};

/// Conversations at once for an agent nobody has decided about.
pub const DEFAULT_CAPACITY: u32 = 5;

pub(super) fn bad(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, text)
}

/// Checks a set-up; the answer is the origins in their normal form.
pub fn set_up(asked: &SetUp) -> Result<Vec<String>, ApiError> {
    site(&asked.site_name, &asked.origins)
}

/// Checks name and origins of a site; the answer is the origins in their normal form.
pub fn site(called: &str, origins: &[String]) -> Result<Vec<String>, ApiError> {
    name(called, "The site's name")?;
    if origins.len() > limits::ORIGINS {
        return Err(bad(format!("At most {} origins.", limits::ORIGINS)));
    }
    let normal = |text: &String| {
        origin::normal(text).ok_or_else(|| {
            bad(format!("“{text}” is no origin: write it like https://shop.example"))
        })
    };
    origins.iter().map(normal).collect()
}

/// Checks a new agent.
pub fn new_agent(asked: &NewAgent) -> Result<(), ApiError> {
    name(&asked.name, "The name")?;
    email(&asked.email)?;
    let length = asked.password.chars().count();
    let (min, max) = (limits::PASSWORD_MIN_CHARS, limits::PASSWORD_MAX_CHARS);
    if !(min..=max).contains(&length) {
        return Err(bad(format!("A password has {min} to {max} characters.")));
    }
    capacity(asked.capacity)
}

/// Checks how many conversations an agent may have at once.
pub fn capacity(count: u32) -> Result<(), ApiError> {
    if (1..=limits::CAPACITY_MAX).contains(&count) {
        return Ok(());
    }
    Err(bad(format!("Capacity is 1 to {}.", limits::CAPACITY_MAX)))
}

/// An e-mail as it is compared: trimmed, lower case.
pub fn normal_email(text: &str) -> String {
    text.trim().to_lowercase()
}

fn name(text: &str, what: &str) -> Result<(), ApiError> {
    let length = text.trim().chars().count();
    if (1..=limits::NAME_CHARS).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(bad(format!("{what} has 1 to {} characters.", limits::NAME_CHARS)))
}

/// Something before one @ and something with a dot-free or dotted host after it: whether it works
/// only a mail can tell.
pub(super) fn email(text: &str) -> Result<(), ApiError> {
    let text = text.trim();
    let fits = text.chars().count() <= limits::EMAIL_CHARS;
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let halves = text.split_once('@');
    let shaped = halves
        .is_some_and(|(who, host)| !who.is_empty() && !host.is_empty() && !host.contains('@'));
    if fits && plain && shaped { Ok(()) } else { Err(bad("This is no e-mail address.")) }
}
