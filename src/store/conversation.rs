//! The store of a conversation: its events, its head, its mail.

use super::digests::{read_digest, read_page, write_digests};
use super::event;
use super::files::Files;
use super::head;
use super::mail::{self, Mail};
use super::schema::{self, Schema};
use super::sql::{Arg, Sql, StoreError};
use crate::conversation::{Conversation, Digest, Effect, Head, Ids, Last, Log, Page, Tail};
use crate::id::{ClientId, ConversationId, Epoch, Seq};
use crate::limits;
use crate::protocol::event::{Author, Body, Event};
use crate::protocol::file::FileRef;
use crate::protocol::frames::ClientFrame;
use crate::protocol::peer::{Delivery, ToConversation};
use crate::protocol::session::Session;
use crate::protocol::widget::Filled;
use crate::time::Millis;

/// The tables of a conversation.
pub const SCHEMA: Schema = Schema {
    newest: &[include_str!("conversation.sql"), mail::TABLES],
    steps: &[
        "", // An empty database gets the newest tables.
        mail::TABLES,
        "ALTER TABLE event ADD COLUMN chain INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX event_client_id;
         CREATE TABLE ids(first INTEGER PRIMARY KEY, digests TEXT NOT NULL)",
        "ALTER TABLE head ADD COLUMN wait_s INTEGER;
         ALTER TABLE head ADD COLUMN opens INTEGER;
         ALTER TABLE head ADD COLUMN department TEXT;
         ALTER TABLE head ADD COLUMN wished TEXT",
        "ALTER TABLE head ADD COLUMN care TEXT",
        "ALTER TABLE head ADD COLUMN person TEXT",
        "ALTER TABLE head ADD COLUMN about TEXT;
         ALTER TABLE head ADD COLUMN chosen TEXT",
    ],
};

/// The one peer of a conversation's outbox.
const ROUTER: &str = "router";

const EVENT: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE seq = ?";
const READ: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE seq > ? ORDER BY seq LIMIT ?";
const TAIL: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    ORDER BY seq DESC LIMIT 1";
const TURN: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE kind NOT IN ('joined', 'left') ORDER BY seq DESC LIMIT 1";
const PAGES: &str = "SELECT first, digests FROM ids ORDER BY first";
const PAGE: &str = "INSERT INTO ids(first, digests) VALUES(?, ?)";
const SENDERS: &str = "SELECT role, agent, client_id FROM event WHERE seq >= ? ORDER BY seq";
/// A conversation's rows.
pub struct ConversationStore<'a, S>(&'a S);

impl<'a, S: Sql> ConversationStore<'a, S> {
    /// Opens the store without touching it; `migrate` comes first, once in an object's life.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(self.0, SCHEMA)
    }

    /// The conversation, rebuilt from its rows; brings the schema up to date before. `fresh`
    /// becomes the epoch of one that has no rows. That one gets its tables with its first row: most
    /// panels that are opened are never written in.
    pub fn restore(&self, id: ConversationId, fresh: Epoch) -> Result<Conversation, StoreError> {
        let (head, tail) = self.load()?;
        Ok(Conversation::restore(id, head, tail, fresh))
    }

    /// One turn for a frame: what it causes is decided and stored; the effects are what is left
    /// to be done. After an error the machine counts for nothing and has to be restored.
    pub fn take_frame(
        &self,
        machine: &mut Conversation,
        now: Millis,
        from: &Session,
        frame: ClientFrame,
    ) -> Result<Vec<Effect>, StoreError> {
        let new = machine.is_empty();
        let effects = machine.handle_frame(now, from, frame, self)?;
        self.keep(now, new, effects)
    }

    /// One turn for a form that the site has found to be in order.
    pub fn take_form(
        &self,
        machine: &mut Conversation,
        now: Millis,
        from: &Session,
        filled: Filled,
    ) -> Result<Vec<Effect>, StoreError> {
        let new = machine.is_empty();
        let effects = machine.handle_filled(now, from, filled, self)?;
        self.keep(now, new, effects)
    }

    /// Stores what was decided; the first row of a new conversation needs its tables.
    fn keep(
        &self,
        now: Millis,
        new: bool,
        effects: Vec<Effect>,
    ) -> Result<Vec<Effect>, StoreError> {
        if new && effects.iter().any(Effect::is_stored) {
            self.migrate()?;
        }
        self.store(now, &effects)?;
        Ok(effects)
    }

    /// One turn for the clock.
    pub fn take_time(
        &self,
        machine: &mut Conversation,
        now: Millis,
    ) -> Result<Vec<Effect>, StoreError> {
        let effects = machine.handle_time(now, self)?;
        self.store(now, &effects).map(|()| effects)
    }

    /// One turn for a delivery of the router.
    pub fn take_delivery(
        &self,
        machine: &mut Conversation,
        now: Millis,
        delivery: Delivery<ToConversation>,
    ) -> Result<Vec<Effect>, StoreError> {
        self.0.atomically(|| {
            if machine.is_empty() {
                self.migrate()?;
            }
            let mut effects = Vec::new();
            for tell in self.mail().fresh(delivery)? {
                effects.extend(machine.handle_tell(now, tell));
            }
            self.apply(now, &effects)?;
            Ok(effects)
        })
    }

    /// All or nothing. A single statement is so by itself; a transaction around it would cost as
    /// much as a tenth of a message.
    fn store(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        let carries = |effect: &Effect| match effect {
            Effect::Append(event) => matches!(event.body, Body::File { .. }),
            _ => false,
        };
        match effects.iter().filter(|effect| effect.is_stored()).count() {
            0 => Ok(()),
            // An event with a file is two statements.
            1 if !effects.iter().any(carries) => self.apply(now, effects),
            _ => self.0.atomically(|| self.apply(now, effects)),
        }
    }

    /// When something is due next: the outbox to be carried, or a file to be dropped.
    pub fn due(&self) -> Result<Option<Millis>, StoreError> {
        if self.is_begun()? { self.due_of_begun() } else { Ok(None) }
    }

    /// As `due`, of a conversation that is known to have begun.
    pub fn due_of_begun(&self) -> Result<Option<Millis>, StoreError> {
        Ok([self.mail().due()?, self.files().due()?].into_iter().flatten().min())
    }

    /// The files; the first one makes their table.
    pub fn files(&self) -> Files<'a, S> {
        Files(self.0)
    }

    fn is_begun(&self) -> Result<bool, StoreError> {
        Ok(schema::current(self.0)? > 0)
    }

    /// The outbox and inbox.
    pub fn mail(&self) -> Mail<'a, S> {
        Mail(self.0)
    }

    /// Head and end of the log; brings the schema up to date before.
    pub fn load(&self) -> Result<(Option<Head>, Tail), StoreError> {
        match schema::current(self.0)? {
            0 => return Ok((None, Tail::default())),
            have => schema::migrate_from(self.0, have, SCHEMA)?,
        }
        let tail = match self.0.rows(TAIL, &[])?.pop() {
            Some(row) => {
                let event = event::read(row)?;
                let last = match Last::of(&event.author, &event.body) {
                    Some(last) => last,
                    None => self.last_turn()?,
                };
                Tail { seq: event.seq, chain: event.chain, at: event.at, last }
            }
            None => Tail::default(),
        };
        Ok((head::load(self.0)?, tail))
    }

    /// Whose turn it was before agents came or left who help.
    fn last_turn(&self) -> Result<Last, StoreError> {
        let event = self.0.rows(TURN, &[])?.pop().map(event::read).transpose()?;
        Ok(event.and_then(|event| Last::of(&event.author, &event.body)).unwrap_or_default())
    }

    /// Stores what is to be stored of these effects, in order.
    pub fn apply(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::Append(event) => event::append(self.0, event)?,
                Effect::Remember(page) => {
                    let digests = write_digests(&page.digests);
                    self.0.run(PAGE, &[page.first.0.into(), (&digests).into()])?;
                }
                Effect::Save(head) => head::save(self.0, head)?,
                Effect::Tell(tell) => self.mail().put(now, ROUTER, None, tell)?,
                _ => {}
            }
        }
        Ok(())
    }
}

impl<S: Sql> Log for ConversationStore<'_, S> {
    type Error = StoreError;

    fn event(&self, seq: Seq) -> Result<Option<Event>, StoreError> {
        self.0.rows(EVENT, &[seq.0.into()])?.pop().map(event::read).transpose()
    }

    fn file(&self, author: &Author, id: &ClientId) -> Result<Option<FileRef>, StoreError> {
        if self.is_begun()? { self.files().of(author, id) } else { Ok(None) }
    }

    fn ids(&self) -> Result<Ids, StoreError> {
        let pages: Result<Vec<Page>, StoreError> =
            self.0.rows(PAGES, &[])?.into_iter().map(read_page).collect();
        let pages = pages?;
        let begin = pages.last().map_or(Seq(1), Page::next);
        let rest: Result<Vec<Option<Digest>>, StoreError> =
            self.0.rows(SENDERS, &[begin.0.into()])?.into_iter().map(read_digest).collect();
        Ok(Ids::restore(&pages, rest?))
    }

    fn read(&self, after: Seq) -> Result<Vec<Event>, StoreError> {
        let limit = Arg::Int(limits::BATCH_EVENTS as i64);
        let mut events = Vec::new();
        let mut bytes = 0;
        for row in self.0.rows(READ, &[after.0.into(), limit])? {
            bytes += row.text_bytes();
            let event = event::read(row)?;
            // The first event goes whatever its size: a batch always leads on.
            if bytes > limits::BATCH_BYTES && !events.is_empty() {
                break;
            }
            events.push(event);
        }
        Ok(events)
    }
}
