//! The chain: a running hash over the log. A backup that was restored brings the epoch back with
//! the events, but not the events that came after it; whatever is written then has another chain.

use crate::id::{Chain, Seq};
use crate::protocol::event::{Author, Body};
use crate::time::Millis;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// The chain of an event, from that of the one before it. It is stored and compared for ever, so
/// what is hashed and how never changes.
pub(super) fn link(before: Chain, seq: Seq, at: Millis, author: &Author, body: &Body) -> Chain {
    let mut hash = Link::default();
    hash.number(before.number());
    hash.number(seq.0.into());
    hash.number(at.0.unsigned_abs());
    hash.author(author);
    match body {
        Body::Message { client_id, text } => {
            hash.number(1);
            hash.text(client_id.as_str());
            hash.text(text);
        }
        Body::File { client_id, text, file } => {
            hash.number(11);
            hash.text(client_id.as_str());
            hash.text(text);
            hash.text(file.id.as_str());
        }
        Body::Assigned { agent } => {
            hash.number(2);
            hash.text(agent.id.as_str());
        }
        Body::Requeued => hash.number(3),
        Body::Closed => hash.number(4),
        Body::Reopened => hash.number(5),
        Body::Rated { good, comment } => {
            hash.number(6);
            hash.number((*good).into());
            hash.text(comment);
        }
        Body::Idle => hash.number(7),
        Body::Filled { client_id, answers } => {
            hash.number(8);
            hash.text(client_id.as_str());
            for answer in answers {
                hash.text(&answer.label);
                hash.text(&answer.text);
            }
        }
        Body::Joined { agent } => {
            hash.number(9);
            hash.text(agent.id.as_str());
        }
        Body::Left { agent } => {
            hash.number(10);
            hash.text(agent.id.as_str());
        }
    }
    Chain::new(hash.finish())
}

/// Numbers in little-endian order and texts with their length: the same bytes on every machine.
#[derive(Default)]
pub(super) struct Link(SipHasher24);

impl Link {
    pub(super) fn author(&mut self, author: &Author) {
        match author {
            Author::Visitor => self.number(1),
            Author::Agent(agent) => {
                self.number(2);
                self.text(agent.id.as_str());
            }
            Author::System => self.number(3),
        }
    }

    pub(super) fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn number(&mut self, number: u64) {
        self.0.write(&number.to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.write(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ClientId;

    fn message(before: Chain, at: i64, id: &str, text: &str) -> Chain {
        let client_id = ClientId::parse(id).unwrap();
        let body = Body::Message { client_id, text: text.to_owned() };
        link(before, Seq(1), Millis(at), &Author::Visitor, &body)
    }

    #[test]
    fn it_is_the_same_for_ever_and_differs_wherever_events_differ() {
        let first = message(Chain::default(), 1_000, "a", "hello");
        assert_eq!(first, Chain::new(0x000f_b6b2_6ca3_cd6b), "{first:x?}");
        assert_ne!(first, message(Chain::default(), 1_001, "a", "hello"));
        assert_ne!(first, message(Chain::default(), 1_000, "ah", "ello"), "lengths count");
        assert_ne!(first, message(first, 1_000, "a", "hello"), "what came before counts");
        assert!(first.number() < 1 << 53);
    }
}
