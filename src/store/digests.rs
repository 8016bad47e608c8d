//! How the digests of ids are kept: pages of them as text, those of no page yet read from the log.

use super::sql::{Row, StoreError};
use crate::conversation::{Digest, Page};
use crate::id::{AgentId, ClientId, Seq};
use crate::protocol::event::{AgentRef, Author};

/// Eight characters a digest, so that a page is cut without looking into it.
const DIGEST_CHARS: usize = 8;
const NO_DIGEST: &str = "--------";

pub(super) fn write_digests(digests: &[Option<Digest>]) -> String {
    let text = |digest: &Option<Digest>| match digest {
        Some(Digest(number)) => format!("{number:08x}"),
        None => NO_DIGEST.to_owned(),
    };
    digests.iter().map(text).collect()
}

pub(super) fn read_page(mut row: Row) -> Result<Page, StoreError> {
    let (first, text) = (Seq(row.count()?), row.text()?);
    let read = |digest: &[u8]| match digest {
        none if none == NO_DIGEST.as_bytes() => Some(None),
        some => {
            let number = u32::from_str_radix(std::str::from_utf8(some).ok()?, 16).ok()?;
            Some(Some(Digest(number)))
        }
    };
    let digests: Option<Vec<_>> = text.as_bytes().chunks(DIGEST_CHARS).map(read).collect();
    Ok(Page { first, digests: digests.ok_or_else(|| StoreError::unreadable("page of ids"))? })
}

/// The digest of a stored message; none for other events.
pub(super) fn read_digest(mut row: Row) -> Result<Option<Digest>, StoreError> {
    let (role, agent, client_id) = (row.text()?, row.text()?, row.maybe_text()?);
    let Some(client_id) = client_id else { return Ok(None) };
    let lost = || StoreError::unreadable("event");
    let client_id = ClientId::parse(&client_id).ok_or_else(lost)?;
    let author = match role.as_str() {
        "visitor" => Author::Visitor,
        _ => {
            let id = AgentId::parse(&agent).ok_or_else(lost)?;
            Author::Agent(AgentRef { id, name: String::new() })
        }
    };
    Ok(Some(Digest::of(&author, &client_id)))
}
