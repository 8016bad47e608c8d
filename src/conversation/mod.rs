//! The rules of one conversation: its log, its status, its read marks. Pure: time, the stored log
//! and a fresh epoch are arguments, and what should happen comes back as effects.

mod about;
mod chain;
mod effect;
mod form;
mod head;
mod idle;
mod ids;
mod join;
mod person;
mod reply;
mod told;

pub use effect::{Effect, To};
pub use head::{Care, Head, Standing};
pub use idle::Last;
pub use ids::{Digest, Ids, Page};
use join::Held;

use crate::id::{Chain, ClientId, ConversationId, Epoch, Seq};
use crate::limits;
use crate::protocol::Rejection;
use crate::protocol::close::CloseCode;
use crate::protocol::event::{Author, Body, Event, Side};
use crate::protocol::file::FileRef;
use crate::protocol::frames::{ClientFrame, ServerFrame};
use crate::protocol::peer::ToRouter;
use crate::protocol::session::{Session, Stage};
use crate::time::Millis;

/// What the conversation must be able to read of its own log.
pub trait Log {
    /// Why reading failed.
    type Error;

    /// Events after `after` in order, at most one batch of them.
    fn read(&self, after: Seq) -> Result<Vec<Event>, Self::Error>;

    /// The event `seq`; none when the log has no such event.
    fn event(&self, seq: Seq) -> Result<Option<Event>, Self::Error>;

    /// The file that this author has sent under this id, once all of it is there.
    fn file(&self, author: &Author, id: &ClientId) -> Result<Option<FileRef>, Self::Error>;

    /// The ids of all messages.
    fn ids(&self) -> Result<Ids, Self::Error>;
}

/// The end of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Last seq, 0 for an empty log.
    pub seq: Seq,
    /// Its chain.
    pub chain: Chain,
    /// When it was stored.
    pub at: Millis,
    /// Whose turn it is after it.
    pub last: Last,
}

/// One conversation, as rebuilt from its store.
#[derive(Clone, Debug)]
pub struct Conversation {
    id: ConversationId,
    head: Head,
    tail: Tail,
    /// Read when the first message comes.
    ids: Option<Ids>,
}

impl Conversation {
    /// Rebuilds it from what is stored; `fresh` becomes the epoch of a new one.
    pub fn restore(id: ConversationId, head: Option<Head>, tail: Tail, fresh: Epoch) -> Self {
        Self { id, head: head.unwrap_or_else(|| Head::new(fresh)), tail, ids: None }
    }

    /// Whose it is.
    pub fn id(&self) -> &ConversationId {
        &self.id
    }

    /// The state beside the log.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whether nobody has written yet. Then nothing is stored at all.
    pub fn is_empty(&self) -> bool {
        self.tail.seq == Seq(0)
    }

    /// Last seq of the log, 0 for none.
    pub fn last_seq(&self) -> Seq {
        self.tail.seq
    }

    /// Takes one frame of a session.
    pub fn handle_frame<L: Log>(
        &mut self,
        now: Millis,
        from: &Session,
        frame: ClientFrame,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        if from.stage == Stage::New && !matches!(frame, ClientFrame::Hello { .. }) {
            return Ok(vec![Effect::Close { session: from.id, code: CloseCode::HelloRequired }]);
        }
        let writes = matches!(frame, ClientFrame::Send { .. } | ClientFrame::Attach { .. });
        if !self.admits(now, from, writes) {
            return Ok(vec![Effect::Close { session: from.id, code: CloseCode::Moved }]);
        }
        Ok(match frame {
            ClientFrame::Hello { after, epoch, chain, context, about } => {
                let held = Held { after, epoch, chain };
                self.handle_hello(from, held, (context, about), log)?
            }
            ClientFrame::Send { client_id, text } => {
                self.handle_send(now, from, Sent { client_id, text, file: false }, log)?
            }
            ClientFrame::Attach { client_id, text } => {
                self.handle_send(now, from, Sent { client_id, text, file: true }, log)?
            }
            ClientFrame::Typing { on } => {
                let who = from.holder.author();
                let frame = ServerFrame::Typing { who, on };
                vec![Effect::Send { to: To::LiveOthers(from.holder.clone()), frame }]
            }
            ClientFrame::Seen { seq } => self.handle_seen(from, seq),
            ClientFrame::Rate { good, comment } => {
                self.handle_rate(now, from, good, &comment, log)?
            }
            ClientFrame::Close {} => self.handle_close(now, from, log)?,
        })
    }

    fn handle_send<L: Log>(
        &mut self,
        now: Millis,
        from: &Session,
        sent: Sent,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        let author = from.holder.author();
        // A message once stored is acknowledged for ever, also when its sender could not send it
        // now.
        if let Some(stored) = self.find(&author, &sent.client_id, log)? {
            return Ok(vec![answer_again(from, sent, &stored)]);
        }
        if let Err(code) = self.check_send(&author, &sent) {
            return Ok(vec![reject(from, Some(sent.client_id), code)]);
        }
        let file = if sent.file { log.file(&author, &sent.client_id)? } else { None };
        let Sent { client_id, text, file: wanted } = sent;
        let body = match (wanted, file) {
            (false, _) => Body::Message { client_id: client_id.clone(), text },
            (true, Some(file)) => Body::File { client_id: client_id.clone(), text, file },
            (true, None) => {
                return Ok(vec![reject(from, Some(client_id), Rejection::FileMissing)]);
            }
        };
        let mut effects = Vec::with_capacity(4);
        self.take_draft(from);
        self.learn_person(from, &mut effects);
        let woken = author == Author::Visitor && matches!(self.head.standing, Standing::Closed);
        let returns = author == Author::Visitor && self.head.care.silent;
        if woken && !self.is_empty() {
            let event = self.append(now, author.clone(), Body::Reopened, &mut effects);
            effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        }
        let event = self.append(now, author, body, &mut effects);
        let ack = ServerFrame::Ack { client_id, seq: event.seq, at: event.at, chain: event.chain };
        effects.push(Effect::Send { to: To::Session(from.id), frame: ack });
        let frame = ServerFrame::Event { event };
        effects.push(Effect::Send { to: To::LiveExcept(from.id), frame });
        if woken {
            self.wait_for_agent(now, &mut effects);
        }
        if returns {
            self.return_from_silence(&mut effects);
        }
        Ok(effects)
    }

    /// The message that this author has stored under this id.
    fn find<L: Log>(
        &mut self,
        author: &Author,
        id: &ClientId,
        log: &L,
    ) -> Result<Option<Event>, L::Error> {
        let ids = match &self.ids {
            Some(ids) => ids,
            None => self.ids.insert(if self.is_empty() { Ids::default() } else { log.ids()? }),
        };
        for seq in ids.places(Digest::of(author, id)) {
            let event = log.event(seq)?;
            if let Some(event) = event.filter(|event| event.is_message_of(author, id)) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    fn wait_for_agent(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let mut context = self.head.context.clone();
        context.department = context.department.or_else(|| self.head.chosen.clone());
        effects.push(Effect::Tell(ToRouter::Waiting {
            conversation: self.id.clone(),
            since: now,
            generation: self.head.generation,
            context,
        }));
        effects.extend(self.head.person.clone().map(|person| self.name(person)));
        self.stand(Standing::Waiting { place: None }, effects);
    }

    fn check_send(&self, author: &Author, sent: &Sent) -> Result<(), Rejection> {
        if sent.text.trim().is_empty() {
            return Err(Rejection::TextEmpty);
        }
        let most = if sent.file { limits::FILE_NAME_CHARS } else { limits::TEXT_CHARS };
        if sent.text.chars().count() > most {
            return Err(Rejection::TextTooLong);
        }
        match author {
            Author::Visitor => Ok(()),
            Author::Agent(agent) if self.head.is_served_by(&agent.id) => Ok(()),
            Author::Agent(_) => Err(Rejection::NotAssigned),
            Author::System => Err(Rejection::Forbidden),
        }
    }

    fn handle_seen(&mut self, from: &Session, seq: Seq) -> Vec<Effect> {
        let (side, mark) = match from.holder.author() {
            Author::Visitor => (Side::Visitor, &mut self.head.seen.visitor),
            Author::Agent(agent) if self.head.is_assigned_to(&agent.id) => {
                (Side::Agent, &mut self.head.seen.agent)
            }
            _ => return Vec::new(),
        };
        let seq = seq.min(self.tail.seq);
        if seq <= *mark {
            return Vec::new();
        }
        *mark = seq;
        let frame = ServerFrame::Seen { side, seq };
        vec![Effect::Save(self.head.clone()), Effect::Send { to: To::LiveExcept(from.id), frame }]
    }

    fn handle_close<L: Log>(
        &mut self,
        now: Millis,
        from: &Session,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        if matches!(self.head.standing, Standing::Closed) {
            return Ok(Vec::new());
        }
        let author = from.holder.author();
        let may = match &author {
            Author::Visitor => matches!(self.head.standing, Standing::Assigned { .. }),
            Author::Agent(agent) => self.head.is_assigned_to(&agent.id),
            Author::System => false,
        };
        if !may {
            return Ok(vec![reject(from, None, Rejection::NotAssigned)]);
        }
        self.end(now, author, log)
    }

    fn end<L: Log>(
        &mut self,
        now: Millis,
        author: Author,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        let mut effects = vec![Effect::Tell(ToRouter::Closed {
            conversation: self.id.clone(),
            at: now,
            generation: self.head.generation,
            reply_s: self.reply(log)?,
        })];
        let event = self.append(now, author, Body::Closed, &mut effects);
        effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        self.head.care = Care::default();
        self.stand(Standing::Closed, &mut effects);
        Ok(effects)
    }

    /// The visitor's word on what has ended: one for each end, for the last event is `closed` then.
    fn handle_rate<L: Log>(
        &mut self,
        now: Millis,
        from: &Session,
        good: bool,
        comment: &str,
        log: &L,
    ) -> Result<Vec<Effect>, L::Error> {
        if from.holder.author() != Author::Visitor {
            return Ok(vec![reject(from, None, Rejection::Forbidden)]);
        }
        if comment.chars().count() > limits::NOTE_CHARS {
            return Ok(vec![reject(from, None, Rejection::TextTooLong)]);
        }
        let last = log.event(self.tail.seq)?;
        if !last.is_some_and(|event| event.body == Body::Closed) {
            return Ok(Vec::new());
        }
        let body = Body::Rated { good, comment: comment.trim().to_owned() };
        let mut effects = Vec::with_capacity(2);
        let event = self.append(now, Author::Visitor, body, &mut effects);
        effects.push(Effect::Send { to: To::Live, frame: ServerFrame::Event { event } });
        Ok(effects)
    }

    /// Gives the next seq to an event and has it stored.
    fn append(
        &mut self,
        at: Millis,
        author: Author,
        body: Body,
        effects: &mut Vec<Effect>,
    ) -> Event {
        let first = self.is_empty();
        let seq = self.tail.seq.next();
        let chain = chain::link(self.tail.chain, seq, at, &author, &body);
        let last = Last::of(&author, &body).unwrap_or(self.tail.last);
        self.tail = Tail { seq, chain, at, last };
        let event = Event { seq, at, author, body, chain };
        let page = self.ids.as_mut().and_then(|ids| ids.learn(&event));
        effects.push(Effect::Append(event.clone()));
        effects.extend(page.map(Effect::Remember));
        if first {
            // The epoch becomes true with the first event.
            effects.push(Effect::Save(self.head.clone()));
        }
        event
    }

    /// Changes who serves the conversation, and shows it.
    fn stand(&mut self, standing: Standing, effects: &mut Vec<Effect>) {
        self.head.standing = standing;
        effects.push(Effect::Save(self.head.clone()));
        let frame = ServerFrame::Status { status: self.head.status() };
        effects.push(Effect::Send { to: To::Live, frame });
    }
}

/// What a participant sends: a text, or the name of a file that lies ready.
struct Sent {
    client_id: ClientId,
    text: String,
    file: bool,
}

fn answer_again(from: &Session, sent: Sent, stored: &Event) -> Effect {
    let same = match &stored.body {
        Body::Message { text, .. } => !sent.file && *text == sent.text,
        Body::File { text, .. } => sent.file && *text == sent.text,
        _ => false,
    };
    let client_id = sent.client_id;
    if !same {
        return reject(from, Some(client_id), Rejection::IdReused);
    }
    let Event { seq, at, chain, .. } = *stored;
    let frame = ServerFrame::Ack { client_id, seq, at, chain };
    Effect::Send { to: To::Session(from.id), frame }
}

fn reject(from: &Session, client_id: Option<ClientId>, code: Rejection) -> Effect {
    let frame = ServerFrame::Rejected { client_id, code };
    Effect::Send { to: To::Session(from.id), frame }
}
