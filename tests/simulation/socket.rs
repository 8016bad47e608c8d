//! Sockets as the platform has them: frames in order on each, none between two, and an end that
//! each side sees in its own time.

use super::action::Cut;
use edgewise::limits;
use edgewise::pace::Pace;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::session::{Draft, Holder, Session, SessionId, Stage, to_replace};
use edgewise::time::{Millis, Span};
use std::collections::VecDeque;
use std::rc::Rc;

/// What is on its way to a client.
pub enum Down<D> {
    /// A frame, and the history of the conversation it was made in (see `ledger`).
    Frame { frame: Rc<D>, history: u32 },
    /// The end, and how long the client has to stay away.
    Close { code: CloseCode, wait: Span },
}

/// One socket, from its opening until both sides have seen its end.
pub struct Socket<U, D> {
    /// Unique in the world; session ids are not.
    pub link: u32,
    /// The tab or console.
    pub client: u16,
    pub session: Session,
    pub up: VecDeque<U>,
    pub down: VecDeque<Down<D>>,
    pub client_open: bool,
    pub server_open: bool,
    /// The server never hears that the client is gone.
    pub silent: bool,
    /// The client does not ping.
    pub frozen: bool,
    /// The last ping.
    pub heard: Millis,
    /// Last seq a live session was shown.
    pub shown: u32,
    pub pace: Option<Pace>,
}

/// The sockets of one object, oldest session first; and when leases were read last.
pub struct Sockets<U, D>(pub Vec<Socket<U, D>>, Option<Millis>);

impl<U, D> Sockets<U, D> {
    pub fn new() -> Self {
        Self(Vec::new(), None)
    }

    /// As edge/sockets.rs takes a socket.
    pub fn accept(&mut self, link: u32, client: u16, holder: Holder, now: Millis) {
        self.close_lapsed(now);
        let known = self.0.iter().filter(|socket| socket.server_open);
        let id = known.map(|socket| socket.session.id.0).max().unwrap_or(0).saturating_add(1);
        let mine: Vec<_> = self
            .0
            .iter()
            .filter(|socket| socket.server_open && socket.session.stage != Stage::Ended)
            .filter(|socket| socket.session.holder.same_person(&holder))
            .map(|socket| (socket.session.id, socket.heard))
            .collect();
        if let Some(old) = to_replace(&mine, now) {
            self.close(old, CloseCode::Replaced, Span(0));
        }
        let session = Session::new(SessionId(id), holder, now);
        self.0.push(Socket {
            link,
            client,
            session,
            up: VecDeque::new(),
            down: VecDeque::new(),
            client_open: true,
            server_open: true,
            silent: false,
            frozen: false,
            heard: now,
            shown: 0,
            pace: None,
        });
    }

    /// The next frame of a socket and its session; none when it counts for nothing, or came too
    /// fast and has ended the session.
    pub fn next_frame(&mut self, now: Millis, at: usize) -> Option<(Session, U)> {
        let socket = &mut self.0[at];
        let frame = socket.up.pop_front()?;
        let session = socket.session.clone();
        if session.stage == Stage::Ended {
            return None;
        }
        if let Err(wait) = socket.check_pace(now) {
            self.close(session.id, CloseCode::SlowDown, wait);
            return None;
        }
        Some((session, frame))
    }

    /// The server closes a session: what follows on it counts for nothing.
    pub fn close(&mut self, session: SessionId, code: CloseCode, wait: Span) {
        let its = |socket: &&mut Socket<U, D>| socket.server_open && socket.session.id == session;
        if let Some(socket) = self.0.iter_mut().find(its) {
            socket.session.stage = Stage::Ended;
            if socket.client_open {
                socket.down.push_back(Down::Close { code, wait });
            }
        }
    }

    /// Keeps with a session what was said at its hello.
    pub fn keep(&mut self, session: SessionId, draft: &Draft) {
        let its = |socket: &&mut Socket<U, D>| socket.session.id == session;
        if let Some(socket) = self.0.iter_mut().find(its) {
            socket.session.draft = Some(draft.clone());
        }
    }

    /// Closes what has given no sign of life.
    pub fn close_lapsed(&mut self, now: Millis) {
        self.1 = Some(now);
        let lapsed = |socket: &&Socket<U, D>| socket.server_open && socket.has_lapsed(now);
        let lapsed: Vec<_> = self.0.iter().filter(lapsed).map(|socket| socket.session.id).collect();
        for session in lapsed {
            self.close(session, CloseCode::Lapsed, Span(0));
        }
    }

    /// As `close_lapsed`, but not more often than leases have to be read.
    pub fn sweep_lapsed(&mut self, now: Millis) {
        if self.1.is_none_or(|swept| now.since(swept) > limits::LEASE_CHECK) {
            self.close_lapsed(now);
        }
    }

    pub fn of_link(&mut self, link: u32) -> Option<&mut Socket<U, D>> {
        self.0.iter_mut().find(|socket| socket.link == link)
    }

    /// The sockets of a client for which `wanted` holds, newest first; the one of this age.
    pub fn aged(
        &self,
        client: u16,
        age: u8,
        wanted: impl Fn(&Socket<U, D>) -> bool,
    ) -> Option<usize> {
        let its = |at: &usize| self.0[*at].client == client && wanted(&self.0[*at]);
        (0..self.0.len()).rev().filter(its).nth(usize::from(age))
    }

    /// The client gives a socket up, or loses it.
    pub fn cut(&mut self, link: u32, cut: Cut) {
        if let Some(socket) = self.of_link(link) {
            socket.client_open = false;
            socket.silent = cut == Cut::Silent;
            socket.down.clear();
            if cut != Cut::Slow {
                socket.up.clear();
            }
        }
        self.sweep();
    }

    /// What is in memory only.
    pub fn forget(&mut self) {
        self.1 = None;
        self.0.iter_mut().for_each(|socket| socket.pace = None);
    }

    /// The runtime is dead: what was sent may still arrive, nothing else.
    pub fn die(&mut self) {
        for socket in &mut self.0 {
            socket.server_open = false;
            socket.up.clear();
        }
        self.sweep();
    }

    /// Forgets sockets whose end both sides have seen.
    pub fn sweep(&mut self) {
        self.0.retain(|socket| socket.client_open || socket.server_open);
    }

    /// Living clients ping.
    pub fn ping(&mut self, now: Millis) {
        let living = |socket: &&mut Socket<U, D>| socket.client_open && !socket.frozen;
        self.0.iter_mut().filter(living).for_each(|socket| socket.heard = now);
    }

    /// Whether anything is on its way, or an end not yet seen by a side that can see it.
    pub fn is_busy(&self) -> bool {
        self.0.iter().any(|socket| {
            socket.has_up()
                || socket.has_down()
                || (socket.client_open != socket.server_open && !socket.silent)
        })
    }
}

impl<U, D> Socket<U, D> {
    pub fn has_up(&self) -> bool {
        self.server_open && !self.up.is_empty()
    }

    pub fn has_lapsed(&self, now: Millis) -> bool {
        self.session.stage != Stage::Ended && now.since(self.heard) > limits::LEASE
    }

    pub fn has_down(&self) -> bool {
        self.client_open && !self.down.is_empty()
    }

    /// The client is gone and the server can see it now.
    pub fn has_end(&self) -> bool {
        let seen = !self.silent || self.session.stage == Stage::Ended;
        !self.client_open && self.server_open && self.up.is_empty() && seen
    }

    /// How long the session is sent away for, when it is too fast.
    pub fn check_pace(&mut self, now: Millis) -> Result<(), Span> {
        self.pace.get_or_insert_with(|| Pace::new(now)).check(now)
    }
}
