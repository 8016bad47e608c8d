//! Sessions without a socket, for networks that let no WebSocket through: their frames wait here
//! until the client asks for them (docs/protocol.md, B). In memory only: an object that slept has
//! none, and its clients say hello again, as after a lost socket.

use super::platform;
use super::post::Part;
use super::sockets;
use crate::auth::secret;
use crate::limits;
use crate::pace::Pace;
use crate::protocol::close::CloseCode;
use crate::protocol::decode::Frame;
use crate::protocol::poll::{PollAnswer, PollClose};
use crate::protocol::session::{Draft, Holder, Session, SessionId, Stage, to_replace};
use crate::time::Millis;
use futures::channel::oneshot;
use futures::future::{Either, select};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Sockets count from 1 and never come that far.
const FIRST_ID: u32 = 1 << 31;

struct Polled {
    name: String,
    session: Rc<Session>,
    pace: Pace,
    queue: Vec<String>,
    close: Option<PollClose>,
    waiter: Option<oneshot::Sender<()>>,
    asked: Millis,
}

impl Polled {
    fn wake(&mut self) {
        if let Some(waiter) = self.waiter.take() {
            // Nobody listens when the client has gone; the lease ends the session.
            let _ = waiter.send(());
        }
    }

    fn end(&mut self, code: CloseCode, reason: String) {
        self.session = Rc::new(Session { stage: Stage::Ended, ..(*self.session).clone() });
        self.close = Some(PollClose { code: code.code(), reason });
        self.wake();
    }
}

/// The polled sessions of an object, oldest first.
#[derive(Default)]
pub struct Polls {
    list: RefCell<Vec<Polled>>,
    opened: Cell<u32>,
}

impl Polls {
    /// Opens a session; of too many, one goes.
    pub fn open(&self, holder: Holder, now: Millis) -> Result<String> {
        let name = secret::encode(&platform::random::<16>()?);
        let id = SessionId(FIRST_ID.saturating_add(self.opened.get()));
        self.opened.set(self.opened.get().saturating_add(1));
        let mut list = self.list.borrow_mut();
        list.retain(|polled| now.since(polled.asked) <= limits::POLL_LEASE);
        let its = |polled: &&Polled| polled.session.holder.same_person(&holder);
        let open = |polled: &&Polled| polled.close.is_none();
        let mine = list.iter().filter(its).filter(open);
        let mine: Vec<_> = mine.map(|polled| (polled.session.id, polled.asked)).collect();
        let old = to_replace(&mine, now);
        for old in list.iter_mut().filter(|polled| Some(polled.session.id) == old) {
            old.end(CloseCode::Replaced, String::new());
        }
        let session = Rc::new(Session::new(id, holder, now));
        list.push(Polled {
            name: name.clone(),
            session,
            pace: Pace::new(now),
            queue: Vec::new(),
            close: None,
            waiter: None,
            asked: now,
        });
        Ok(name)
    }

    /// Whether this session is there and belongs to the one who asks; notes the sign of life.
    pub fn is_open(&self, name: &str, holder: &Holder, now: Millis) -> bool {
        self.find(name, |polled| {
            let its = polled.session.holder.same_person(holder);
            let fresh = now.since(polled.asked) <= limits::POLL_LEASE;
            if its && fresh {
                polled.asked = now;
            }
            its && fresh
        })
        .unwrap_or(false)
    }

    /// The session and a frame of it, checked as one that comes over a socket; `None` when the
    /// session has ended.
    pub fn read<F: Frame>(&self, name: &str, text: &str, now: Millis) -> Option<(Rc<Session>, F)> {
        self.find(name, |polled| {
            if polled.close.is_some() {
                return None;
            }
            match sockets::check(&mut polled.pace, &polled.session, Some(text), now) {
                Ok(frame) => Some((polled.session.clone(), frame)),
                Err((code, reason)) => {
                    polled.end(code, reason);
                    None
                }
            }
        })
        .flatten()
    }

    /// Keeps a frame for all who are meant. Who lets too many lie must say hello again.
    pub fn send(&self, frame: Part<'_>, meant: impl Fn(&Session) -> bool) {
        let mut list = self.list.borrow_mut();
        for polled in list.iter_mut().filter(|polled| meant(&polled.session)) {
            polled.queue.push(frame.text.to_owned());
            polled.wake();
        }
        list.retain(|polled| polled.queue.len() <= limits::POLL_QUEUE);
    }

    /// Notes how far a session has come.
    pub fn advance(&self, id: SessionId, stage: Stage) {
        self.change(id, |session| session.stage = stage);
    }

    /// Keeps with a session what was said at its hello.
    pub fn keep(&self, id: SessionId, draft: &Draft) {
        self.change(id, |session| session.draft = Some(draft.clone()));
    }

    /// What the visitor said at their hello, while nothing is stored.
    pub fn draft(&self, holder: &Holder) -> Option<Draft> {
        let list = self.list.borrow();
        let mut its = list.iter().filter(|polled| polled.session.holder.same_person(holder));
        its.find_map(|polled| polled.session.draft.clone())
    }

    fn change(&self, id: SessionId, change: impl Fn(&mut Session)) {
        for polled in self.list.borrow_mut().iter_mut().filter(|one| one.session.id == id) {
            change(Rc::make_mut(&mut polled.session));
        }
    }

    /// Ends all sessions of a kind.
    pub fn close_where(&self, code: CloseCode, kind: impl Fn(&Session) -> bool) {
        for polled in self.list.borrow_mut().iter_mut().filter(|one| kind(&one.session)) {
            polled.end(code, sockets::reason(code));
        }
    }

    /// What lies ready for the client; `None` when the session is lost.
    pub fn take(&self, name: &str) -> Option<PollAnswer> {
        let answer = self.find(name, |polled| PollAnswer {
            session: polled.name.clone(),
            frames: std::mem::take(&mut polled.queue),
            close: polled.close.clone(),
        })?;
        if answer.close.is_some() {
            self.list.borrow_mut().retain(|polled| polled.name != name);
        }
        Some(answer)
    }

    /// The answer to frames that were taken: with it only the end of the session is told.
    pub fn receipt(&self, name: &str) -> Option<PollAnswer> {
        match self.find(name, |polled| polled.close.is_some())? {
            true => self.take(name),
            false => Some(PollAnswer { session: name.to_owned(), frames: vec![], close: None }),
        }
    }

    /// Waits until something lies ready, or for `limits::POLL_WAIT`. A second request that waits
    /// sends the first one home with nothing.
    pub async fn wait(&self, name: &str) -> Option<PollAnswer> {
        let (waiter, woken) = oneshot::channel();
        let ready = self.find(name, |polled| {
            let ready = !polled.queue.is_empty() || polled.close.is_some();
            if !ready {
                polled.waiter = Some(waiter);
            }
            ready
        })?;
        if ready {
            return self.take(name);
        }
        let limit = u64::try_from(limits::POLL_WAIT.0).unwrap_or_default();
        let too_long = pin!(Delay::from(Duration::from_millis(limit)));
        match select(woken, too_long).await {
            Either::Left((Err(oneshot::Canceled), _)) => self.receipt(name),
            _ => self.take(name),
        }
    }

    fn find<T>(&self, name: &str, act: impl FnOnce(&mut Polled) -> T) -> Option<T> {
        self.list.borrow_mut().iter_mut().find(|polled| polled.name == name).map(act)
    }
}
