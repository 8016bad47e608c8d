//! The client's side of one conversation: what client/thread.ts does, in the same words. Of each
//! event it holds only in which history it was told; the content is compared when it is sent.

use edgewise::id::{Chain, ClientId, Epoch, Seq};
use edgewise::protocol::Rejection;
use edgewise::protocol::event::{Author, Body, Event, Side};
use edgewise::protocol::frames::{ClientFrame, Context, Marks, ServerFrame, Status};
use std::collections::HashSet;

/// Unacknowledged messages on the way at once.
const WINDOW: usize = 8;

/// An outbox entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: ClientId,
    pub text: String,
    pub failed: Option<Rejection>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Queued,
    Sending,
    Sent,
    Failed,
}

#[derive(Clone, Debug)]
pub struct Pending {
    pub entry: Entry,
    pub way: Way,
}

#[derive(Default)]
pub struct Thread {
    pub live: bool,
    pub you: Option<Author>,
    pub epoch: Option<Epoch>,
    /// Our own messages among the events held.
    own: HashSet<ClientId>,
    /// The chain of the last event.
    pub chain: Option<Chain>,
    /// The history of the event at each seq.
    pub held: Vec<u32>,
    pub status: Option<Status>,
    pub seen: Marks,
    pub pending: Vec<Pending>,
}

/// What a thread wants done.
#[derive(Default)]
pub struct Step {
    pub send: Vec<ClientFrame>,
    pub forget: Vec<ClientId>,
    pub keep: Vec<Entry>,
}

impl Step {
    fn and(mut self, other: Self) -> Self {
        self.send.extend(other.send);
        self.forget.extend(other.forget);
        self.keep.extend(other.keep);
        self
    }
}

impl Thread {
    pub fn last(&self) -> u32 {
        self.held.len() as u32
    }

    pub fn hello(&self, context: Option<Context>) -> ClientFrame {
        let epoch = self.epoch.clone().filter(|_| self.last() > 0);
        let chain = self.chain.filter(|_| self.last() > 0);
        ClientFrame::Hello { after: Seq(self.last()), epoch, chain, context, about: None }
    }

    pub fn lost(&mut self) {
        self.live = false;
        self.queue_again();
    }

    pub fn receive(&mut self, frame: &ServerFrame, history: u32) -> Step {
        match frame {
            ServerFrame::Welcome { epoch, you, reset, status, seen, .. } => {
                self.live = false;
                self.epoch = Some(epoch.clone());
                self.you = Some(you.clone());
                self.status = Some(status.clone());
                self.seen = *seen;
                if *reset {
                    self.held.clear();
                    self.own.clear();
                }
                Step::default()
            }
            ServerFrame::Batch { events, done } => self.batch(events, *done, history),
            ServerFrame::Event { event } => self.event(event, history),
            ServerFrame::Ack { client_id, seq, chain, .. } => {
                self.acknowledged(client_id, *seq, *chain, history)
            }
            ServerFrame::Seen { side, seq } => {
                self.raise(*side, *seq);
                Step::default()
            }
            ServerFrame::Status { status } => {
                self.status = Some(status.clone());
                Step::default()
            }
            ServerFrame::Rejected { client_id, code } => self.rejected(client_id.as_ref(), *code),
            ServerFrame::Typing { .. } | ServerFrame::About { .. } => Step::default(),
        }
    }

    pub fn write(&mut self, entry: Entry) -> Step {
        self.pending.push(waiting(entry));
        self.flush()
    }

    /// Takes over what the outbox holds; it is read in one moment here, so nothing is written
    /// between the reading and this. What is on its way stays, whoever dropped it.
    pub fn restore(&mut self, stored: &[Entry]) -> Step {
        let mine = |entry: &&Entry| self.own.contains(&entry.id);
        let forget = stored.iter().filter(mine).map(|entry| entry.id.clone()).collect();
        let held = std::mem::take(&mut self.pending);
        let leaves = |pending: &Pending| matches!(pending.way, Way::Sending | Way::Sent);
        let is_stored = |id: &ClientId| stored.iter().any(|entry| entry.id == *id);
        let others = held.iter().filter(|one| leaves(one) && !is_stored(&one.entry.id));
        self.pending = others.cloned().collect();
        for entry in stored.iter().filter(|entry| !self.own.contains(&entry.id)) {
            let here = held.iter().find(|one| one.entry.id == entry.id);
            let here = here.filter(|one| leaves(one) || one.entry.failed == entry.failed);
            self.pending.push(here.cloned().unwrap_or_else(|| waiting(entry.clone())));
        }
        Step { forget, ..self.flush() }
    }

    pub fn discard(&mut self, id: &ClientId) {
        self.pending.retain(|pending| pending.entry.id != *id);
    }

    pub fn mark_seen(&mut self, seq: u32) -> Step {
        let seq = Seq(seq.min(self.last()));
        let (side, mark) = match &self.you {
            Some(Author::Visitor) => (Side::Visitor, self.seen.visitor),
            Some(Author::Agent(_)) => (Side::Agent, self.seen.agent),
            _ => return Step::default(),
        };
        if !self.live || seq <= mark {
            return Step::default();
        }
        self.raise(side, seq);
        Step { send: vec![ClientFrame::Seen { seq }], ..Step::default() }
    }

    fn batch(&mut self, events: &[Event], done: bool, history: u32) -> Step {
        let (mut step, gap) = self.append(events, history);
        if !done || gap {
            step.send.push(self.hello(None));
            return step;
        }
        self.live = true;
        self.queue_again();
        step.and(self.flush())
    }

    fn event(&mut self, event: &Event, history: u32) -> Step {
        let (mut step, gap) = self.append(std::slice::from_ref(event), history);
        if gap && self.live {
            self.live = false;
            step.send.push(self.hello(None));
            return step;
        }
        step.and(self.flush())
    }

    fn acknowledged(&mut self, id: &ClientId, seq: Seq, chain: Chain, history: u32) -> Step {
        let at = self.pending.iter().position(|pending| pending.entry.id == *id);
        let next = seq.0 == self.last() + 1 && at.is_some();
        if seq.0 <= self.last() || next {
            if next {
                self.hold(history, chain);
                self.own.insert(id.clone());
            }
            self.discard(id);
            let step = Step { forget: vec![id.clone()], ..Step::default() };
            return step.and(self.flush());
        }
        if let Some(at) = at {
            self.pending[at].way = Way::Sent;
        }
        let was_live = std::mem::replace(&mut self.live, false);
        let send = if was_live { vec![self.hello(None)] } else { Vec::new() };
        Step { send, ..Step::default() }
    }

    fn hold(&mut self, history: u32, chain: Chain) {
        self.held.push(history);
        self.chain = Some(chain);
    }

    fn rejected(&mut self, id: Option<&ClientId>, code: Rejection) -> Step {
        let its = |pending: &&mut Pending| Some(&pending.entry.id) == id;
        let Some(pending) = self.pending.iter_mut().find(its) else { return Step::default() };
        pending.entry.failed = Some(code);
        pending.way = Way::Failed;
        let keep = vec![pending.entry.clone()];
        let step = self.flush();
        Step { keep, ..step }
    }

    /// Adds what comes next, skips what is held, stops at a gap.
    fn append(&mut self, events: &[Event], history: u32) -> (Step, bool) {
        let mut step = Step::default();
        for event in events {
            if event.seq.0 > self.last() + 1 {
                return (step, true);
            }
            if event.seq.0 <= self.last() {
                continue;
            }
            self.hold(history, event.chain);
            let mine = self.you.as_ref().is_some_and(|you| same(you, &event.author));
            if let Body::Message { client_id, .. } = &event.body
                && mine
            {
                self.discard(client_id);
                self.own.insert(client_id.clone());
                step.forget.push(client_id.clone());
            }
        }
        (step, false)
    }

    fn flush(&mut self) -> Step {
        let mut step = Step::default();
        if !self.live {
            return step;
        }
        let sending = self.pending.iter().filter(|pending| pending.way == Way::Sending).count();
        let room = WINDOW.saturating_sub(sending);
        let queued = self.pending.iter_mut().filter(|pending| pending.way == Way::Queued);
        for pending in queued.take(room) {
            pending.way = Way::Sending;
            let Entry { id, text, .. } = pending.entry.clone();
            step.send.push(ClientFrame::Send { client_id: id, text });
        }
        step
    }

    fn queue_again(&mut self) {
        let open = self.pending.iter_mut().filter(|pending| pending.way != Way::Failed);
        open.for_each(|pending| pending.way = Way::Queued);
    }

    fn raise(&mut self, side: Side, seq: Seq) {
        let mark = match side {
            Side::Visitor => &mut self.seen.visitor,
            Side::Agent => &mut self.seen.agent,
        };
        *mark = (*mark).max(seq);
    }
}

fn waiting(entry: Entry) -> Pending {
    let way = if entry.failed.is_some() { Way::Failed } else { Way::Queued };
    Pending { entry, way }
}

fn same(one: &Author, other: &Author) -> bool {
    match (one, other) {
        (Author::Visitor, Author::Visitor) => true,
        (Author::Agent(one), Author::Agent(other)) => one.id == other.id,
        _ => false,
    }
}
