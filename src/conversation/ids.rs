//! The memory of ids: which message came under which `client_id`, for as long as there is a
//! conversation. A unique index would hold the same, but writes a second row and a second page for
//! each message, half of what it costs. So while a conversation is awake a digest of each id is in
//! memory. Who wakes it reads them back: the newest from the log, all others from pages of many.
//!
//! A digest is a hint and no more: whether a message came before, its event says.

use super::chain::Link;
use crate::id::{ClientId, Seq};
use crate::limits;
use crate::protocol::event::{Author, Event};
use std::collections::BTreeSet;

/// A short hash of a sender and an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub u32);

impl Digest {
    /// It is stored in pages, so how it is made never changes.
    pub fn of(author: &Author, id: &ClientId) -> Self {
        let mut hash = Link::default();
        hash.author(author);
        hash.text(id.as_str());
        Self((hash.finish() >> 32) as u32)
    }
}

/// Digests of consecutive events; an event that is no message has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Seq of the first.
    pub first: Seq,
    /// In the order of seqs.
    pub digests: Vec<Option<Digest>>,
}

impl Page {
    /// The first seq after it.
    pub fn next(&self) -> Seq {
        let count = u32::try_from(self.digests.len()).unwrap_or(u32::MAX);
        Seq(self.first.0.saturating_add(count))
    }

    fn known(&self) -> impl Iterator<Item = (Digest, Seq)> {
        let seqs = (self.first.0..).map(Seq);
        self.digests.iter().zip(seqs).filter_map(|(digest, seq)| Some(((*digest)?, seq)))
    }
}

/// The ids of one log.
#[derive(Clone, Debug)]
pub struct Ids {
    known: BTreeSet<(Digest, Seq)>,
    /// The events of no page yet.
    open: Page,
}

impl Default for Ids {
    fn default() -> Self {
        Self::restore(&[], Vec::new())
    }
}

impl Ids {
    /// Builds the memory from the pages, oldest first, and `rest`: the digests of all events after
    /// them.
    pub fn restore(pages: &[Page], rest: Vec<Option<Digest>>) -> Self {
        let open = Page { first: pages.last().map_or(Seq(1), Page::next), digests: rest };
        let known = pages.iter().chain([&open]).flat_map(Page::known).collect();
        Self { known, open }
    }

    /// Where the message with this digest may be stored.
    pub(super) fn places(&self, digest: Digest) -> impl Iterator<Item = Seq> {
        self.known.range((digest, Seq(0))..=(digest, Seq(u32::MAX))).map(|(_, seq)| *seq)
    }

    /// Learns the next event of the log. From time to time that completes a page, which is to be
    /// stored with the event.
    pub(super) fn learn(&mut self, event: &Event) -> Option<Page> {
        let digest = event.body.client_id().map(|id| Digest::of(&event.author, id));
        self.known.extend(digest.map(|digest| (digest, event.seq)));
        self.open.digests.push(digest);
        (self.open.digests.len() >= limits::PAGE_EVENTS).then(|| {
            let next = Page { first: self.open.next(), digests: Vec::new() };
            std::mem::replace(&mut self.open, next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Chain;
    use crate::protocol::event::Body;
    use crate::time::Millis;

    fn message(seq: u32) -> Event {
        let client_id = ClientId::parse(&format!("m{seq}")).unwrap();
        let body = Body::Message { client_id, text: "hi".into() };
        let (author, chain) = (Author::Visitor, Chain::default());
        Event { seq: Seq(seq), at: Millis(0), author, body, chain }
    }

    fn digest(seq: u32) -> Digest {
        Digest::of(&Author::Visitor, &ClientId::parse(&format!("m{seq}")).unwrap())
    }

    #[test]
    fn digests_are_the_same_for_ever() {
        assert_eq!(digest(1), Digest(0x4bcc_eadd), "{:x?}", digest(1));
        assert_ne!(digest(1), digest(2));
    }

    #[test]
    fn pages_and_rest_give_the_same_memory_again() {
        let total = limits::PAGE_EVENTS as u32 * 2 + 5;
        let mut ids = Ids::default();
        let pages: Vec<Page> = (1..=total).filter_map(|seq| ids.learn(&message(seq))).collect();
        assert_eq!(pages.len(), 2);
        let again = Ids::restore(&pages, ids.open.digests.clone());
        assert_eq!((&again.known, &again.open), (&ids.known, &ids.open));
        for seq in 1..=total {
            assert!(again.places(digest(seq)).any(|place| place == Seq(seq)), "{seq}");
        }
        assert_eq!(again.places(digest(total + 1)).count(), 0);
    }
}
