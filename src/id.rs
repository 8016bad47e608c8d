//! Names of things. Each is a checked string or a number that cannot be mixed up with another.

use crate::limits;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub struct $name(String);

        impl $name {
            /// Checks length and alphabet; the answer is `None` when the text is not such an id.
            pub fn parse(text: &str) -> Option<Self> {
                Self::fits(text).then(|| Self(text.to_owned()))
            }

            fn fits(text: &str) -> bool {
                let allowed: fn(u8) -> bool = $allowed;
                (1..=$max).contains(&text.len()) && text.bytes().all(allowed)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = String::deserialize(source)?;
                let not = || serde::de::Error::custom(concat!("not a ", stringify!($name)));
                if Self::fits(&text) { Ok(Self(text)) } else { Err(not()) }
            }
        }
    };
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn slug(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

text_id!(
    /// A site: lower-case letters, digits and hyphens, chosen by its owner.
    SiteId, limits::SITE_ID_BYTES, slug
);
text_id!(
    /// A conversation: derived from site and visitor, so it tells nothing about either.
    ConversationId, limits::ID_BYTES, url_safe
);
text_id!(
    /// An agent of a site: random, made when the agent is added.
    AgentId, limits::ID_BYTES, url_safe
);
text_id!(
    /// A department of a site: lower-case letters, digits and hyphens, chosen by its admins.
    DepartmentId, limits::SITE_ID_BYTES, slug
);
text_id!(
    /// What an agent knows and a visitor may need: written like a department.
    Skill, limits::SITE_ID_BYTES, slug
);
text_id!(
    /// A field of a form: written like a department, chosen by the site's admins.
    FieldId, limits::SITE_ID_BYTES, slug
);
text_id!(
    /// The sender's id of a message; the same at each retry of the same message.
    ClientId, limits::ID_BYTES, url_safe
);
text_id!(
    /// A file of a conversation: made of who sends it and under which id.
    FileId, limits::ID_BYTES, url_safe
);
text_id!(
    /// A picture of a site, named by what it shows: a hash of its bytes.
    PictureId, limits::ID_BYTES, url_safe
);
text_id!(
    /// One history of a conversation: random, made with the log.
    Epoch, limits::ID_BYTES, url_safe
);

impl DepartmentId {
    /// The one of a site that has made none.
    pub fn main() -> Self {
        Self("main".to_owned())
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord,
            Serialize, Deserialize,
        )]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "number"))]
        pub struct $name(pub u32);

        impl $name {
            /// The one after.
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number_id!(
    /// Dense position of an event in its conversation: 1, 2, 3 … 0 means none.
    Seq
);
number_id!(
    /// Number of an assignment of one conversation; it only grows.
    Generation
);
/// Number of a tell from one object to another. It only grows, also when the sender's database is
/// put back to an earlier state: it is never below the millisecond of the tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TellId(pub i64);

impl fmt::Display for TellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Names a log up to one event: a hash over all events to that one. Two histories that differ
/// anywhere before differ here, too. At most 53 bits, so that a JavaScript number holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number"))]
pub struct Chain(u64);

impl Chain {
    /// The lower 53 bits of a hash.
    pub const fn new(hash: u64) -> Self {
        Self(hash & ((1 << 53) - 1))
    }

    /// As a number, for the store and for the hash of the next event.
    pub const fn number(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked_at_the_bound_and_one_past() {
        let check =
            |text: &str, ok: bool| assert_eq!(ClientId::parse(text).is_some(), ok, "{text}");
        check("", false);
        check("a", true);
        check(&"a".repeat(limits::ID_BYTES), true);
        check(&"a".repeat(limits::ID_BYTES + 1), false);
        check("a b", false);
        check("ü", false);
        check("A-z_9", true);
        assert!(SiteId::parse("Demo").is_none());
        assert!(serde_json::from_str::<SiteId>("\"demo\"").is_ok());
        assert!(serde_json::from_str::<SiteId>("\"de/mo\"").is_err());
        assert!(serde_json::from_str::<SiteId>("7").is_err());
    }
}
