//! How long the visitor waited for the first word of an agent: read from the log once, when the
//! conversation ends, so that no message costs anything for it.

use super::{Conversation, Log};
use crate::id::Seq;
use crate::limits;
use crate::protocol::event::{Author, Body, Event};

impl Conversation {
    /// In seconds; none when there was no answer since the visitor has called, or when that is
    /// further back than one batch of events.
    pub(super) fn reply<L: Log>(&self, log: &L) -> Result<Option<u32>, L::Error> {
        let batch = u32::try_from(limits::BATCH_EVENTS).unwrap_or(u32::MAX);
        let events = log.read(Seq(self.tail.seq.0.saturating_sub(batch)))?;
        // Long texts make a batch shorter: then the end of the log is not in it.
        let whole = events.last().is_some_and(|event| event.seq == self.tail.seq);
        let called = |event: &Event| event.seq == Seq(1) || event.body == Body::Reopened;
        let Some(at) = events.iter().rposition(called).filter(|_| whole) else { return Ok(None) };
        let mut since = events.into_iter().skip(at);
        let Some(question) = since.next() else { return Ok(None) };
        let said = |body: &Body| matches!(body, Body::Message { .. } | Body::File { .. });
        let by_agent = |event: &Event| matches!(event.author, Author::Agent(_));
        let answer = since.find(|event| by_agent(event) && said(&event.body));
        let waited = answer.map(|answer| answer.at.since(question.at).0.div_euclid(1_000));
        Ok(waited.and_then(|seconds| u32::try_from(seconds).ok()))
    }
}
