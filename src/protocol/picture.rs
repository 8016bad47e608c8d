//! The pictures of a site: its logo, and the faces of its team. Anybody may see them.

use crate::id::{AgentId, PictureId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a picture is of, at `/api/pictures/{of}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The site.
    Logo,
    /// The agent who asks.
    Me,
}

/// Which pictures there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pictures {
    /// The site's.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<PictureId>,
    /// Those of agents.
    pub faces: BTreeMap<AgentId, PictureId>,
}

/// A picture as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its media type.
    pub kind: String,
    /// Its bytes, in base64url.
    pub body: String,
}

impl Subject {
    /// By its name in a path.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "logo" => Some(Self::Logo),
            "me" => Some(Self::Me),
            _ => None,
        }
    }
}
