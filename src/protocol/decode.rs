//! Reading what strangers send. serde takes a list where an object with named fields is meant, in
//! the order of the fields; the protocol does not.

use super::desk::DeskClientFrame;
use super::frames::ClientFrame;
use crate::id::ClientId;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads a frame: an object, and no list anywhere, for no frame of a client has one.
///
/// # Errors
/// Says what does not fit; for the log, not for the client.
pub fn frame<T: Frame>(text: &str) -> Result<T, String> {
    if let Some(frame) = T::in_short(text) {
        return Ok(frame);
    }
    if has_list(text) {
        return Err("a list".to_owned());
    }
    body(text)
}

/// A frame of a client.
pub trait Frame: DeserializeOwned {
    /// Reads the frame that comes most often without a search for its kind; `None` means that it
    /// must be read the long way, which also says what is wrong.
    fn in_short(text: &str) -> Option<Self>;
}

/// `send`, as clients write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Send {
    #[serde(rename = "t")]
    _kind: SendKind,
    client_id: ClientId,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SendKind {
    Send,
}

impl Frame for ClientFrame {
    fn in_short(text: &str) -> Option<Self> {
        if !text.starts_with(r#"{"t":"send","#) {
            return None;
        }
        let Send { client_id, text, .. } = serde_json::from_str(text).ok()?;
        Some(Self::Send { client_id, text })
    }
}

impl Frame for DeskClientFrame {
    fn in_short(_: &str) -> Option<Self> {
        None
    }
}

/// Reads the body of a request: an object.
///
/// # Errors
/// Says what does not fit and where.
pub fn body<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    if !text.trim_start().starts_with('{') {
        return Err("an object was expected".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Whether a bracket stands outside of strings.
fn has_list(text: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'[' if !inside => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::api::TicketRequest;

    #[test]
    fn frames_are_objects_with_the_fields_they_have_and_no_others() {
        let check = |text: &str, ok: bool| {
            assert_eq!(frame::<ClientFrame>(text).is_ok(), ok, "{text}");
        };
        check(r#"{"t":"close"}"#, true);
        check(r#" {"t":"typing","on":true}"#, true);
        check(r#"{"t":"send","client_id":"a","text":"[1] \\\" [2]"}"#, true);
        check(r#"{"t":"send","client_id":"a","text":"x","text":"y"}"#, false);
        check(r#"{"t":"send","client_id":"a","text":null}"#, false);
        check(r#"{"t":"send","client_id":"a","text":"x","more":1}"#, false);
        check(r#"{"t":"send","client_id":"a"}"#, false);
        check(r#"{"t":"hello","after":0,"context":{"locale":"en","page":""}}"#, true);
        check(r#"{"t":"hello","after":0,"context":["en",""]}"#, false);
        check(r#"{"t":"hello","after":0,"about":{"tracked":{"1700000000000":"paid"}}}"#, true);
        check(r#"{"t":"hello","after":0,"about":{"tracked":{"yesterday":"paid"}}}"#, false);
        check(r#"{"t":"hello","after":0,"about":{"tracked":[["1","paid"]]}}"#, false);
        check(r#"{"t":"hello","after":0,"about":{"attributes":{"seats":5}}}"#, false);
        check(r#"{"t":"close","more":1}"#, false);
        check(r#"{"t":"typing","on":true,"more":1}"#, false);
        check(r#"["typing",true]"#, false);
        check(r#"["close"]"#, false);
        check(r#""close""#, false);
        check("{}", false);
        check("", false);
    }

    #[test]
    fn the_desk_and_requests_are_as_strict() {
        assert!(frame::<DeskClientFrame>(r#"{"t":"hello"}"#).is_ok());
        assert!(frame::<DeskClientFrame>(r#"{"t":"hello","more":1}"#).is_err());
        assert!(frame::<DeskClientFrame>(r#"["accept",true]"#).is_err());
        assert!(body::<TicketRequest>(r#"{"for":"desk"}"#).is_ok());
        assert!(body::<TicketRequest>(r#"{"for":"desk","more":1}"#).is_err());
        assert!(body::<TicketRequest>(r#"["desk"]"#).is_err());
    }
}
