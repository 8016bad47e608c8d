//! Attachments: what a file is, what a site takes, and what the entry asks the conversation to
//! which one is sent.

use crate::id::{ClientId, FileId};
use crate::limits;
use serde::{Deserialize, Serialize};

/// What a file is, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// JPEG, PNG, WebP or GIF: shown in the thread.
    Image,
    /// PDF.
    Pdf,
    /// Office documents, and the ZIP files that most of them are.
    Document,
    /// Text without markup.
    Text,
    /// Sound and film.
    Media,
    /// Anything else; HTML, SVG and XML, too.
    Other,
}

/// A file in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileRef {
    /// By which it is fetched.
    pub id: FileId,
    /// What it is.
    pub kind: FileKind,
    /// How large.
    pub bytes: u32,
    /// Pixels from left to right, of a picture.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels from top to bottom, of a picture.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// A small version of the picture is there, too.
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub small: bool,
}

/// Which files a site takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// Whether any.
    pub on: bool,
    /// The largest, in MiB; at most `limits::FILE_MIB_MAX`.
    pub max_mib: u32,
    /// Which kinds, each once.
    pub kinds: Vec<FileKind>,
}

impl Default for FileRules {
    fn default() -> Self {
        use FileKind::{Document, Image, Pdf, Text};
        let kinds = vec![Image, Pdf, Document, Text];
        Self { on: true, max_mib: limits::FILE_MIB, kinds }
    }
}

impl FileRules {
    /// The largest file, in bytes.
    pub fn max_bytes(&self) -> u32 {
        self.max_mib.saturating_mul(1 << 20)
    }

    /// Whether these can be the rules of a site.
    pub fn fits(&self) -> bool {
        let once = |(at, kind)| self.kinds.iter().position(|one| one == kind) == Some(at);
        (1..=limits::FILE_MIB_MAX).contains(&self.max_mib)
            && !self.kinds.is_empty()
            && self.kinds.iter().enumerate().all(once)
    }
}

/// What the entry asks a conversation while it takes a file. The answer is
/// `Result<Option<FileRef>, ApiError>`: the file, once all of it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileRequest {
    /// May it come, and is it there already?
    Begin {
        /// The sender's id of the message that will carry it.
        client_id: ClientId,
        /// How large it will be.
        bytes: u32,
    },
    /// It is there.
    Finish {
        /// As in `Begin`.
        client_id: ClientId,
        /// What it is.
        file: FileRef,
    },
    /// Is there a picture whose small version may come?
    Find {
        /// As in `Begin`.
        client_id: ClientId,
    },
    /// Its small version is there.
    Small {
        /// As in `Begin`.
        client_id: ClientId,
    },
    /// It will not come.
    Drop {
        /// As in `Begin`.
        client_id: ClientId,
    },
}
