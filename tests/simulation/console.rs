//! An agent's console at the desk, as console/ runs it: it holds what the router told.

use super::action::{ConsoleId, Cut};
use super::socket::Down;
use super::world::World;
use super::{Checked, violation};
use edgewise::id::{AgentId, ConversationId};
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::{
    DeskClientFrame, DeskEntry, DeskServerFrame, DeskState, RosterEntry,
};
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::session::Holder;
use edgewise::routing::Router;
use edgewise::time::Millis;
use std::collections::BTreeMap;

/// An agent of a site.
pub struct Person {
    pub site: usize,
    pub agent: AgentRef,
    pub role: Role,
    /// As the next sign-in says.
    pub capacity: u32,
}

impl Person {
    pub fn holder(&self) -> Holder {
        Holder::Agent {
            agent: self.agent.clone(),
            role: self.role,
            capacity: self.capacity,
            login: String::new(),
        }
    }
}

#[derive(Default)]
pub struct Console {
    pub person: usize,
    pub site: usize,
    pub open: bool,
    pub stopped: bool,
    pub link: Option<u32>,
    pub not_before: Millis,
    pub view: Option<View>,
}

/// The desk as this console shows it.
pub struct View {
    agents: BTreeMap<AgentId, RosterEntry>,
    pub chats: BTreeMap<ConversationId, DeskEntry>,
}

impl Console {
    pub fn may_connect(&self, now: Millis) -> bool {
        self.open && !self.stopped && self.link.is_none() && now >= self.not_before
    }

    fn take(&mut self, frame: &DeskServerFrame) {
        match (frame, &mut self.view) {
            (DeskServerFrame::Desk { agents, conversations, .. }, view) => {
                let agents = agents.iter().map(|one| (one.agent.id.clone(), one.clone()));
                let chats = conversations.iter().map(|one| (one.conversation.clone(), one.clone()));
                *view = Some(View { agents: agents.collect(), chats: chats.collect() });
            }
            (DeskServerFrame::Agent { agent }, Some(view)) => {
                view.agents.insert(agent.agent.id.clone(), agent.clone());
            }
            (DeskServerFrame::Conversations { changed }, Some(view)) => {
                for one in changed {
                    view.chats.insert(one.conversation.clone(), one.clone());
                }
            }
            _ => {}
        }
    }
}

impl View {
    /// At rest a console shows what the router knows; closed ones it may remember longer (D8).
    pub fn check(&self, name: &str, router: &Router) -> Checked {
        for agent in router.agents() {
            let entry = router.roster_entry(agent);
            let shown = self.agents.get(&agent.who.id);
            if shown != Some(&entry) {
                return violation(format!("D2: {name} shows {shown:?}, not {entry:?}"));
            }
        }
        for chat in router.chats() {
            let shown = self.chats.get(&chat.conversation);
            if shown != Some(&chat.entry()) {
                let entry = chat.entry();
                return violation(format!("D2: {name} shows {shown:?}, not {entry:?}"));
            }
        }
        let unknown = |one: &&DeskEntry| {
            let open = !matches!(one.state, DeskState::Closed { .. });
            open && !router.chats().any(|chat| chat.conversation == one.conversation)
        };
        match self.chats.values().find(unknown) {
            Some(one) => violation(format!("D2: {name} shows {one:?}, which the router forgot")),
            None => Ok(()),
        }
    }
}

impl World {
    pub fn open_console(&mut self, id: ConsoleId) {
        let console = &mut self.consoles[usize::from(id)];
        console.open = true;
        console.stopped = false;
    }

    pub fn close_console(&mut self, id: ConsoleId, cut: Cut) {
        for tab in self.tabs_of(id) {
            self.close_tab(tab, cut);
        }
        self.cut_console(id, cut);
        self.consoles[usize::from(id)].open = false;
    }

    /// The tabs in a console.
    fn tabs_of(&self, id: ConsoleId) -> Vec<u16> {
        let its = |tab: &super::tab::Tab| {
            tab.open && tab.agent.is_some_and(|(_, console)| console == usize::from(id))
        };
        (0..).zip(&self.tabs).filter(|(_, tab)| its(tab)).map(|(id, _)| id).collect()
    }

    pub fn connect_console(&mut self, id: ConsoleId) {
        let console = &mut self.consoles[usize::from(id)];
        if !console.may_connect(self.now) {
            return;
        }
        self.links += 1;
        let holder = self.people[console.person].holder();
        let sockets = &mut self.desks[console.site].object.sockets;
        sockets.accept(self.links, id, holder, self.now);
        console.link = Some(self.links);
        self.ask(id, DeskClientFrame::Hello {});
    }

    pub fn cut_console(&mut self, id: ConsoleId, cut: Cut) {
        let console = &mut self.consoles[usize::from(id)];
        console.view = None;
        if let Some(link) = console.link.take() {
            self.desks[console.site].object.sockets.cut(link, cut);
        }
    }

    pub fn console_up(&mut self, id: ConsoleId, age: u8) -> Checked {
        let desk = &mut self.desks[self.consoles[usize::from(id)].site];
        let Some(at) = desk.object.sockets.aged(id, age, |socket| socket.has_up()) else {
            return Ok(());
        };
        if let Some(frame) = desk.object.sockets.0[at].up.front() {
            self.report.desk_frames.count(frame);
        }
        desk.take_frame(self.now, at)
    }

    pub fn console_down(&mut self, id: ConsoleId) {
        let console = &mut self.consoles[usize::from(id)];
        let sockets = &mut self.desks[console.site].object.sockets;
        let Some(socket) = console.link.and_then(|link| sockets.of_link(link)) else { return };
        match socket.down.pop_front() {
            None => {}
            Some(Down::Frame { frame, .. }) => {
                self.report.desk_answers.count(&*frame);
                console.take(&frame);
            }
            Some(Down::Close { code, wait }) => {
                self.report.closes.count(&code);
                console.stopped = !code.retry();
                console.not_before = self.now.after(wait);
                self.cut_console(id, Cut::Slow);
            }
        }
    }

    pub fn console_end_seen(&mut self, id: ConsoleId, age: u8) -> Checked {
        let desk = &mut self.desks[self.consoles[usize::from(id)].site];
        match desk.object.sockets.aged(id, age, |socket| socket.has_end()) {
            Some(at) => desk.lose(self.now, at),
            None => Ok(()),
        }
    }

    pub fn console_loss_seen(&mut self, id: ConsoleId) {
        let console = &self.consoles[usize::from(id)];
        let sockets = &mut self.desks[console.site].object.sockets;
        let socket = console.link.and_then(|link| sockets.of_link(link));
        if socket.is_some_and(|socket| !socket.server_open) {
            self.cut_console(id, Cut::Hard);
        }
    }

    /// What the agent does at the desk; it needs an answered hello.
    pub fn ask_desk(&mut self, id: ConsoleId, frame: DeskClientFrame) {
        if self.consoles[usize::from(id)].view.is_some() {
            self.ask(id, frame);
        }
    }

    pub fn freeze_console(&mut self, id: ConsoleId) {
        let console = &self.consoles[usize::from(id)];
        let sockets = &mut self.desks[console.site].object.sockets;
        if let Some(socket) = console.link.and_then(|link| sockets.of_link(link)) {
            socket.frozen = !socket.frozen;
        }
    }

    fn ask(&mut self, id: ConsoleId, frame: DeskClientFrame) {
        let console = &self.consoles[usize::from(id)];
        let sockets = &mut self.desks[console.site].object.sockets;
        if let Some(socket) = console.link.and_then(|link| sockets.of_link(link))
            && socket.server_open
        {
            socket.up.push_back(frame);
        }
    }
}
