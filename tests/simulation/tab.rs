//! A browser tab that shows one conversation, as client/conversation.ts and client/connection.ts
//! run it. The tabs of one person share an outbox for each conversation.

use super::action::{Cut, TabId};
use super::socket::Down;
use super::thread::{Entry, Step, Thread, Way};
use super::world::World;
use super::{Checked, violation};
use edgewise::id::ClientId;
use edgewise::protocol::event::Author;
use edgewise::protocol::frames::{ClientFrame, Context, ServerFrame};
use edgewise::protocol::session::Holder;
use edgewise::time::Millis;

/// Entries one outbox keeps.
const OUTBOX_ENTRIES: usize = 100;

#[derive(Default)]
pub struct Outbox {
    pub entries: Vec<Entry>,
    /// Grows with each change, so that other tabs notice.
    changes: u32,
}

impl Outbox {
    fn put(&mut self, entry: Entry) -> bool {
        self.changes += 1;
        if let Some(known) = self.entries.iter_mut().find(|known| known.id == entry.id) {
            *known = entry;
            return true;
        }
        let room = self.entries.len() < OUTBOX_ENTRIES;
        if room {
            self.entries.push(entry);
        }
        room
    }

    /// Stores it in the place of another; not when another tab was faster.
    fn replace(&mut self, old: &ClientId, entry: Entry) -> bool {
        let known = self.entries.iter().any(|entry| entry.id == *old);
        self.forget(old);
        known && self.put(entry)
    }

    fn forget(&mut self, id: &ClientId) {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != *id);
        self.changes += u32::from(self.entries.len() < before);
    }
}

pub struct Tab {
    pub talk: usize,
    /// The agent and their console; none for the visitor.
    pub agent: Option<(usize, usize)>,
    pub outbox: usize,
    pub open: bool,
    /// Closed by the server for good, until the person loads the page again.
    pub stopped: bool,
    pub link: Option<u32>,
    pub thread: Thread,
    /// Up to where the person has looked.
    pub seen: u32,
    pub not_before: Millis,
    /// The changes of the outbox this tab knows.
    read: u32,
    /// Messages written here so far.
    pub written: u32,
}

impl Tab {
    pub fn new(talk: usize, agent: Option<(usize, usize)>, outbox: usize) -> Self {
        Self {
            talk,
            agent,
            outbox,
            open: false,
            stopped: false,
            link: None,
            thread: Thread::default(),
            seen: 0,
            not_before: Millis(0),
            read: 0,
            written: 0,
        }
    }

    pub fn may_connect(&self, now: Millis) -> bool {
        self.open && !self.stopped && self.link.is_none() && now >= self.not_before
    }
}

impl World {
    pub fn open_tab(&mut self, id: TabId) {
        let tab = &mut self.tabs[usize::from(id)];
        let console = tab.agent.map(|(_, console)| self.consoles[console].open);
        if tab.open || console == Some(false) {
            return;
        }
        tab.open = true;
        tab.stopped = false;
        tab.thread = Thread::default();
        tab.seen = 0;
        self.reread(id);
    }

    /// Whether another tab has changed the outbox since this one read it.
    pub fn is_behind(&self, at: usize) -> bool {
        let tab = &self.tabs[at];
        tab.open && tab.read != self.outboxes[tab.outbox].changes
    }

    /// The tab reads what the outbox holds.
    pub fn reread(&mut self, id: TabId) {
        let tab = &mut self.tabs[usize::from(id)];
        if !tab.open {
            return;
        }
        let step = tab.thread.restore(&self.outboxes[tab.outbox].entries);
        self.apply(id, step);
        let tab = &mut self.tabs[usize::from(id)];
        tab.read = self.outboxes[tab.outbox].changes;
    }

    pub fn close_tab(&mut self, id: TabId, cut: Cut) {
        self.cut_tab(id, cut);
        let tab = &mut self.tabs[usize::from(id)];
        tab.open = false;
        tab.stopped = false;
        tab.thread = Thread::default();
    }

    pub fn connect_tab(&mut self, id: TabId) {
        let tab = &self.tabs[usize::from(id)];
        if !tab.may_connect(self.now) {
            return;
        }
        let holder = match tab.agent {
            None => Holder::Visitor,
            Some((person, _)) => self.people[person].holder(),
        };
        self.links += 1;
        let (now, link) = (self.now, self.links);
        let tab = &mut self.tabs[usize::from(id)];
        self.talks[tab.talk].object.sockets.accept(link, id, holder, now);
        tab.link = Some(link);
        self.reread(id);
        let tab = &self.tabs[usize::from(id)];
        let page = Context { locale: "en".into(), page: format!("/{id}"), ..Context::default() };
        let hello = tab.thread.hello(tab.agent.is_none().then_some(page));
        self.send(id, hello);
    }

    pub fn cut_tab(&mut self, id: TabId, cut: Cut) {
        let tab = &mut self.tabs[usize::from(id)];
        let Some(link) = tab.link.take() else { return };
        tab.thread.lost();
        self.talks[tab.talk].object.sockets.cut(link, cut);
    }

    /// The server takes the next frame of a socket of this tab.
    pub fn tab_up(&mut self, id: TabId, age: u8) -> Checked {
        let talk = &mut self.talks[self.tabs[usize::from(id)].talk];
        let Some(at) = talk.object.sockets.aged(id, age, |socket| socket.has_up()) else {
            return Ok(());
        };
        if let Some(frame) = talk.object.sockets.0[at].up.front() {
            self.report.client_frames.count(frame);
        }
        talk.take_frame(self.now, at)
    }

    /// The tab takes the next frame of its socket.
    pub fn tab_down(&mut self, id: TabId) -> Checked {
        let tab = &mut self.tabs[usize::from(id)];
        let sockets = &mut self.talks[tab.talk].object.sockets;
        let Some(socket) = tab.link.and_then(|link| sockets.of_link(link)) else { return Ok(()) };
        match socket.down.pop_front() {
            None => Ok(()),
            Some(Down::Frame { frame, history }) => {
                self.report.server_frames.count(&*frame);
                self.take(id, &frame, history)
            }
            Some(Down::Close { code, wait }) => {
                self.report.closes.count(&code);
                tab.stopped = !code.retry();
                tab.not_before = self.now.after(wait);
                self.cut_tab(id, Cut::Slow);
                Ok(())
            }
        }
    }

    /// The server sees that a socket of this tab is gone.
    pub fn tab_end_seen(&mut self, id: TabId, age: u8) {
        let sockets = &mut self.talks[self.tabs[usize::from(id)].talk].object.sockets;
        if let Some(at) = sockets.aged(id, age, |socket| socket.has_end()) {
            sockets.0[at].server_open = false;
            sockets.sweep();
        }
    }

    /// The tab sees that its server is gone.
    pub fn tab_loss_seen(&mut self, id: TabId) {
        let tab = &self.tabs[usize::from(id)];
        let sockets = &mut self.talks[tab.talk].object.sockets;
        let socket = tab.link.and_then(|link| sockets.of_link(link));
        if socket.is_some_and(|socket| !socket.server_open) {
            self.cut_tab(id, Cut::Hard);
        }
    }

    pub fn write(&mut self, id: TabId, length: u16) {
        let tab = &mut self.tabs[usize::from(id)];
        if !tab.open {
            return;
        }
        let entry = fresh(id, tab, usize::from(length));
        if !self.outboxes[tab.outbox].put(entry.clone()) {
            return;
        }
        let step = tab.thread.write(entry);
        self.apply(id, step);
    }

    pub fn retry(&mut self, id: TabId) {
        let tab = &mut self.tabs[usize::from(id)];
        let Some(old) = failed(&tab.thread) else { return };
        let entry = fresh(id, tab, old.text.len());
        if !self.outboxes[tab.outbox].replace(&old.id, entry.clone()) {
            return self.reread(id);
        }
        tab.thread.discard(&old.id);
        let step = tab.thread.write(entry);
        self.apply(id, step);
    }

    pub fn discard(&mut self, id: TabId) {
        let tab = &mut self.tabs[usize::from(id)];
        let Some(old) = failed(&tab.thread) else { return };
        self.outboxes[tab.outbox].forget(&old.id);
        tab.thread.discard(&old.id);
    }

    pub fn typing(&mut self, id: TabId) {
        if self.tabs[usize::from(id)].thread.live {
            self.send(id, ClientFrame::Typing { on: true });
        }
    }

    pub fn close_talk(&mut self, id: TabId) {
        if self.tabs[usize::from(id)].thread.live {
            self.send(id, ClientFrame::Close {});
        }
    }

    pub fn look(&mut self, id: TabId) {
        let tab = &mut self.tabs[usize::from(id)];
        tab.seen = tab.seen.max(tab.thread.last());
        let step = tab.thread.mark_seen(tab.seen);
        self.apply(id, step);
    }

    /// Sends once more what is on its way.
    pub fn repeat(&mut self, id: TabId) {
        let pending = &self.tabs[usize::from(id)].thread.pending;
        let sent = pending.iter().find(|pending| pending.way == Way::Sending);
        let again = sent.map(|sent| (sent.entry.id.clone(), sent.entry.text.clone()));
        if let Some((client_id, text)) = again {
            self.send(id, ClientFrame::Send { client_id, text });
        }
    }

    /// Sends another text under an id that the log has.
    pub fn reuse(&mut self, id: TabId) {
        let tab = &self.tabs[usize::from(id)];
        let client_id = client_id(id, tab.written);
        let author = match tab.agent {
            None => Author::Visitor,
            Some((person, _)) => Author::Agent(self.people[person].agent.clone()),
        };
        let known = self.talks[tab.talk].ledger.find(&author, &client_id).is_some();
        if known && tab.thread.live {
            self.send(id, ClientFrame::Send { client_id, text: "another".into() });
        }
    }

    pub fn freeze_tab(&mut self, id: TabId) {
        let tab = &self.tabs[usize::from(id)];
        let sockets = &mut self.talks[tab.talk].object.sockets;
        if let Some(socket) = tab.link.and_then(|link| sockets.of_link(link)) {
            socket.frozen = !socket.frozen;
        }
    }

    fn take(&mut self, id: TabId, frame: &ServerFrame, history: u32) -> Checked {
        let tab = &mut self.tabs[usize::from(id)];
        let was_live = tab.thread.live;
        let step = tab.thread.receive(frame, history);
        if matches!(frame, ServerFrame::Welcome { reset: true, .. }) {
            tab.seen = 0;
        }
        let wakes = !was_live && tab.thread.live && tab.seen > 0;
        let known = self.talks[tab.talk].ledger.known(history);
        if tab.thread.held.len() > known {
            return violation(format!("D5: tab {id} holds more than the {known} events there are"));
        }
        self.apply(id, step);
        if wakes {
            let tab = &mut self.tabs[usize::from(id)];
            let step = tab.thread.mark_seen(tab.seen);
            self.apply(id, step);
        }
        Ok(())
    }

    fn apply(&mut self, id: TabId, step: Step) {
        let outbox = &mut self.outboxes[self.tabs[usize::from(id)].outbox];
        for entry in step.keep {
            outbox.put(entry);
        }
        step.forget.iter().for_each(|id| outbox.forget(id));
        for frame in step.send {
            self.send(id, frame);
        }
    }

    /// A frame goes to an open socket, or nowhere.
    fn send(&mut self, id: TabId, frame: ClientFrame) {
        let tab = &self.tabs[usize::from(id)];
        let sockets = &mut self.talks[tab.talk].object.sockets;
        if let Some(socket) = tab.link.and_then(|link| sockets.of_link(link))
            && socket.server_open
        {
            socket.up.push_back(frame);
        }
    }
}

fn client_id(tab: TabId, number: u32) -> ClientId {
    ClientId::parse(&format!("t{tab}n{number}")).unwrap()
}

fn fresh(id: TabId, tab: &mut Tab, length: usize) -> Entry {
    tab.written += 1;
    let client_id = client_id(id, tab.written);
    let text = format!("{client_id}{}", "x".repeat(length));
    Entry { id: client_id, text, failed: None }
}

fn failed(thread: &Thread) -> Option<Entry> {
    let failed = thread.pending.iter().find(|pending| pending.way == Way::Failed);
    failed.map(|pending| pending.entry.clone())
}
