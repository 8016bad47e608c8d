//! Writing what the server sends. The two frames that every message causes, its acknowledgement and
//! its event, are written by hand, which takes serde several times as long.

use super::desk::DeskServerFrame;
use super::event::{Author, Body, Event};
use super::frames::ServerFrame;
use crate::id::ClientId;
use serde::Serialize;

/// Writes a frame behind what is there.
///
/// # Errors
/// Those of serde_json, which frames do not cause.
pub fn write<T: Outgoing>(text: &mut String, frame: &T) -> serde_json::Result<()> {
    if !frame.in_short(text) {
        text.push_str(&serde_json::to_string(frame)?);
    }
    Ok(())
}

/// A frame of the server.
pub trait Outgoing: Serialize {
    /// Writes the same text as serde, for the frames that are sent most often; false, and nothing,
    /// for all others.
    fn in_short(&self, _: &mut String) -> bool {
        false
    }
}

impl Outgoing for DeskServerFrame {}

impl Outgoing for ServerFrame {
    fn in_short(&self, text: &mut String) -> bool {
        match self {
            Self::Ack { client_id, seq, at, chain } => {
                text.reserve(160);
                text.push_str(r#"{"t":"ack","client_id":""#);
                text.push_str(client_id.as_str());
                text.push_str(r#"","seq":"#);
                number(text, seq.0.into());
                text.push_str(r#","at":"#);
                number(text, at.0);
                text.push_str(r#","chain":"#);
                number(text, chain.number() as i64);
                text.push('}');
            }
            Self::Event { event } => match &event.body {
                Body::Message { client_id, text: written } => {
                    message(text, event, client_id, written);
                }
                _ => return false,
            },
            _ => return false,
        }
        true
    }
}

fn message(text: &mut String, event: &Event, client_id: &ClientId, written: &str) {
    text.reserve(320 + written.len());
    text.push_str(r#"{"t":"event","event":{"seq":"#);
    number(text, event.seq.0.into());
    text.push_str(r#","at":"#);
    number(text, event.at.0);
    text.push_str(r#","author":{"role":"#);
    match &event.author {
        Author::Visitor => text.push_str(r#""visitor""#),
        Author::System => text.push_str(r#""system""#),
        Author::Agent(agent) => {
            text.push_str(r#""agent","id":""#);
            text.push_str(agent.id.as_str());
            text.push_str(r#"","name":"#);
            string(text, &agent.name);
        }
    }
    text.push_str(r#"},"body":{"kind":"message","client_id":""#);
    text.push_str(client_id.as_str());
    text.push_str(r#"","text":"#);
    string(text, written);
    text.push_str(r#"},"chain":"#);
    number(text, event.chain.number() as i64);
    text.push_str("}}");
}

fn number(text: &mut String, number: i64) {
    text.push_str(itoa::Buffer::new().format(number));
}

/// Most texts have nothing in them that JSON escapes.
fn string(text: &mut String, value: &str) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if value.bytes().all(plain) {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        text.push_str(&serde_json::Value::from(value).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AgentId, Chain, Seq};
    use crate::protocol::event::AgentRef;
    use crate::time::Millis;
    use proptest::prelude::*;

    fn in_short(frame: &ServerFrame) -> String {
        let mut text = String::new();
        assert!(frame.in_short(&mut text));
        text
    }

    proptest! {
        #[test]
        fn what_is_written_by_hand_is_what_serde_writes(
            (seq, at, hash) in (any::<u32>(), any::<i64>(), any::<u64>()),
            id in "[A-Za-z0-9_-]{1,48}",
            (text, name) in (any::<String>(), any::<String>()),
            plain in "[ -~]{0,80}",
        ) {
            let (seq, at, chain) = (Seq(seq), Millis(at), Chain::new(hash));
            let client_id = ClientId::parse(&id).unwrap();
            let ack = ServerFrame::Ack { client_id: client_id.clone(), seq, at, chain };
            prop_assert_eq!(in_short(&ack), serde_json::to_string(&ack).unwrap());
            let agent = AgentRef { id: AgentId::parse(&id).unwrap(), name };
            for author in [Author::Visitor, Author::System, Author::Agent(agent)] {
                for text in [text.clone(), plain.clone()] {
                    let body = Body::Message { client_id: client_id.clone(), text };
                    let event = Event { seq, at, author: author.clone(), body, chain };
                    let frame = ServerFrame::Event { event };
                    let wanted = serde_json::to_string(&frame).unwrap();
                    prop_assert_eq!(in_short(&frame), wanted);
                }
            }
        }
    }
}
