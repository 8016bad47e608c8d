//! The world made whole: the network up, everyone back, time for everything that is due. Then
//! nothing may be owed or on its way, and all must agree.

use super::action::{Cut, Fate};
use super::console::Console;
use super::talk::Talk;
use super::world::World;
use super::{Checked, violation};
use edgewise::conversation::Standing;
use edgewise::id::AgentId;
use edgewise::routing::{Router, State};
use edgewise::store::ConversationStore;
use edgewise::time::Millis;

/// Rounds after which the world does not come to rest any more. It takes about 20, but after clocks
/// went back alarms ring later, by minutes of one round for each time that leases are read.
const ROUNDS: usize = 3_000;

impl World {
    /// Agents with their bit in `away` stay away, and their conversations must be given back.
    pub fn heal(&mut self, away: u8) -> Checked {
        self.calm(away);
        for _ in 0..ROUNDS {
            let moved = self.settle()?;
            if !moved && self.is_at_rest() {
                self.report.agreements += 1;
                return self.check_rest();
            }
            if !moved {
                self.wait_for_next();
            }
        }
        violation(format!("D4: the world does not come to rest: {}", self.unrest()))
    }

    /// No more faults; who is not away is there, and every outbox has a tab to send it.
    fn calm(&mut self, away: u8) {
        self.talks.iter_mut().for_each(|talk| talk.object.fault = None);
        self.desks.iter_mut().for_each(|desk| desk.object.fault = None);
        for talk in &mut self.talks {
            talk.object.sockets.0.iter_mut().for_each(|socket| socket.frozen = false);
        }
        for desk in &mut self.desks {
            desk.object.sockets.0.iter_mut().for_each(|socket| socket.frozen = false);
        }
        for id in 0..self.consoles.len() {
            let is_away = away >> (self.consoles[id].person % 8) & 1 == 1;
            if is_away {
                self.close_console(id as u16, Cut::Slow);
            } else if !self.consoles[id].open || self.consoles[id].stopped {
                self.open_console(id as u16);
            }
        }
        let mut served = vec![false; self.outboxes.len()];
        for id in 0..self.tabs.len() as u16 {
            let at = usize::from(id);
            if self.tabs[at].stopped {
                self.close_tab(id, Cut::Hard);
            }
            let outbox = self.tabs[at].outbox;
            let owes = self.outboxes[outbox].entries.iter().any(|entry| entry.failed.is_none());
            let wanted = self.tabs[at].agent.is_none() || owes;
            if !self.tabs[at].open && wanted && !served[outbox] {
                self.open_tab(id);
            }
            served[outbox] |= self.tabs[at].open;
        }
    }

    /// Everything that can happen now, happens. Whether anything did.
    fn settle(&mut self) -> Result<bool, super::Violation> {
        let mut moved = false;
        for id in 0..self.consoles.len() as u16 {
            moved |= self.move_console(id)?;
        }
        for id in 0..self.tabs.len() as u16 {
            moved |= self.move_tab(id)?;
        }
        for place in self.places() {
            while self.under_way(place).is_some_and(|count| count > 0) {
                self.carry(place, 0, Fate::Answered)?;
                moved = true;
            }
            if self.alarm(place).is_some_and(|alarm| alarm <= self.now) {
                self.ring(place)?;
                moved = true;
            }
        }
        while !self.late.is_empty() {
            self.late_letter(0)?;
            moved = true;
        }
        self.now.0 += 1;
        Ok(moved)
    }

    fn move_console(&mut self, id: u16) -> Result<bool, super::Violation> {
        let at = usize::from(id);
        let site = self.consoles[at].site;
        // One that had to make room for another is opened again by its agent.
        let mut moved = self.consoles[at].stopped;
        if moved {
            self.open_console(id);
        }
        moved |= self.consoles[at].may_connect(self.now);
        self.connect_console(id);
        self.console_loss_seen(id);
        let sockets = |world: &Self| {
            let sockets = &world.desks[site].object.sockets;
            let up = sockets.aged(id, 0, |socket| socket.has_up()).is_some();
            let down = sockets.aged(id, 0, |socket| socket.has_down()).is_some();
            (up, down, sockets.aged(id, 0, |socket| socket.has_end()).is_some())
        };
        loop {
            let (up, down, end) = sockets(self);
            if up {
                self.console_up(id, 0)?;
            } else if down {
                self.console_down(id);
            } else if end {
                self.console_end_seen(id, 0)?;
            } else {
                return Ok(moved);
            }
            moved = true;
        }
    }

    fn move_tab(&mut self, id: u16) -> Result<bool, super::Violation> {
        let at = usize::from(id);
        let talk = self.tabs[at].talk;
        let mut moved = self.tabs[at].may_connect(self.now) || self.is_behind(at);
        self.connect_tab(id);
        self.tab_loss_seen(id);
        if self.is_behind(at) {
            self.reread(id);
        }
        if self.tabs[at].stopped {
            self.close_tab(id, Cut::Hard);
            self.open_tab(id);
            moved = true;
        }
        // Not all at once: the pace of a session is kept.
        for _ in 0..20 {
            let sockets = &self.talks[talk].object.sockets;
            let up = sockets.aged(id, 0, |socket| socket.has_up()).is_some();
            let down = sockets.aged(id, 0, |socket| socket.has_down());
            let end = sockets.aged(id, 0, |socket| socket.has_end());
            if up {
                self.tab_up(id, 0)?;
            } else if down.is_some() {
                self.tab_down(id)?;
            } else if end.is_some() {
                self.tab_end_seen(id, 0);
            } else {
                return Ok(moved);
            }
            moved = true;
            self.now.0 += 5;
        }
        Ok(moved)
    }

    /// Nothing can happen now: the clock goes on to the next moment at which something can.
    fn wait_for_next(&mut self) {
        let alarms = self.places().into_iter().filter_map(|place| self.alarm(place));
        let tabs = self.tabs.iter().filter(|tab| tab.open && tab.link.is_none());
        let consoles = self.consoles.iter().filter(|one| one.open && one.link.is_none());
        let next = alarms
            .chain(tabs.map(|tab| tab.not_before))
            .chain(consoles.map(|one| one.not_before))
            .filter(|moment| *moment > self.now)
            .min();
        let pause = next.map_or(1_000, |next: Millis| next.since(self.now).0);
        self.wait(pause);
    }

    fn is_at_rest(&self) -> bool {
        let quiet = !self.talks.iter().any(|talk| talk.object.sockets.is_busy())
            && !self.desks.iter().any(|desk| desk.object.sockets.is_busy());
        let tabs = self.tabs.iter().filter(|tab| tab.open).all(|tab| tab.thread.live);
        let consoles = self.consoles.iter().filter(|one| one.open).all(|one| one.view.is_some());
        quiet && tabs && consoles && self.unsent() == 0 && self.owed() == 0 && self.is_settled()
    }

    /// No grace runs, and whoever has no console is known to be gone.
    fn is_settled(&self) -> bool {
        let here = |id: &AgentId| {
            let its = |console: &&Console| self.people[console.person].agent.id == *id;
            self.consoles.iter().filter(its).any(|console| console.open)
        };
        self.desks.iter().all(|desk| {
            // A desk that sleeps knows nothing of rounds that it had begun: its alarm does.
            let quiet = match &desk.object.machine {
                Some(router) => router.next_timer().is_none(),
                None => desk.object.alarm.is_none(),
            };
            let router = desk.reread();
            quiet && router.is_ok_and(|it| it.online().all(|id| here(&id)))
        })
    }

    /// Messages that a tab could send.
    fn unsent(&self) -> usize {
        let open = self.tabs.iter().filter(|tab| tab.open);
        let entries = open.flat_map(|tab| &self.outboxes[tab.outbox].entries);
        entries.filter(|entry| entry.failed.is_none()).count()
    }

    /// What keeps the world from rest.
    fn unrest(&self) -> String {
        let busy = self.talks.iter().find(|talk| talk.object.sockets.is_busy());
        let busy = busy.map(|talk| talk.object.name.clone());
        let dark = (0..).zip(&self.tabs).find(|(_, tab)| tab.open && !tab.thread.live);
        let dark = dark.map(|(id, _): (u16, _)| format!("tab {id}"));
        let blank = (0..).zip(&self.consoles).find(|(_, one)| one.open && one.view.is_none());
        let blank = blank.map(|(id, _): (u16, _)| format!("console {id}"));
        let (unsent, owed, settled) = (self.unsent(), self.owed(), self.is_settled());
        format!(
            "{unsent} unsent, {owed} owed, busy {busy:?}, not live {dark:?}, {blank:?}, \
             desks settled: {settled}"
        )
    }

    fn check_rest(&self) -> Checked {
        for talk in &self.talks {
            talk.ledger.check_whole(&talk.object.sql)?;
            talk.check_memory()?;
            talk.object.mail.check_empty(&talk.object.name)?;
        }
        for desk in &self.desks {
            desk.check_memory()?;
            desk.object.mail.check_empty(&desk.object.name)?;
        }
        for (at, tab) in self.tabs.iter().enumerate().filter(|(_, tab)| tab.open) {
            self.check_tab(at, tab)?;
        }
        let routers: Result<Vec<Router>, _> = self.desks.iter().map(|desk| desk.reread()).collect();
        let routers = routers?;
        for (at, console) in self.consoles.iter().enumerate().filter(|(_, one)| one.open) {
            let (Some(view), router) = (&console.view, &routers[console.site]) else { continue };
            view.check(&format!("console {at}"), router)?;
            let id = &self.people[console.person].agent.id;
            if !router.online().any(|online| online == *id) {
                return violation(format!("R6: {id} is at console {at} and counts as gone"));
            }
        }
        self.talks.iter().try_for_each(|talk| {
            let desk = self.desks.iter().position(|desk| desk.object.name == talk.site);
            check_agreement(talk, &routers[desk.unwrap_or_default()])
        })
    }

    fn check_tab(&self, at: usize, tab: &super::tab::Tab) -> Checked {
        let talk = &self.talks[tab.talk];
        let name = format!("tab {at} of {}", talk.id);
        talk.ledger.check_reader(&name, &tab.thread.held)?;
        let store = ConversationStore::new(&talk.object.sql);
        let (head, _) = store.load().map_err(super::fault)?;
        let Some(head) = head else { return Ok(()) };
        if tab.thread.status.as_ref() != Some(&head.status()) {
            let (shown, is) = (&tab.thread.status, head.status());
            return violation(format!("L4: {name} shows {shown:?}, it is {is:?}"));
        }
        // A tab's own mark may be ahead of the stored one: it is told when it matters.
        let (shown, is) = match tab.agent {
            None => (tab.thread.seen.agent, head.seen.agent),
            Some(_) => (tab.thread.seen.visitor, head.seen.visitor),
        };
        if shown != is {
            return violation(format!("S9: {name} shows {shown} as seen, it is {is}"));
        }
        Ok(())
    }
}

/// The conversation and its router say the same.
fn check_agreement(talk: &Talk, router: &Router) -> Checked {
    if talk.put_back || talk.ledger.last() == 0 {
        return Ok(());
    }
    let chat = router.chats().find(|chat| chat.conversation == talk.id);
    let store = ConversationStore::new(&talk.object.sql);
    let head = store.load().map_err(super::fault)?.0;
    let Some(head) = head else {
        return violation(format!("D1: {} has a log and no head", talk.id));
    };
    let agree = match (&head.standing, chat.map(|chat| &chat.state)) {
        (Standing::Closed, None | Some(State::Closed { .. })) => true,
        (
            Standing::Waiting { place },
            Some(State::Waiting { told, .. } | State::Parked { told, .. }),
        ) => place == told && told.is_some(),
        (Standing::Assigned { agent }, Some(State::Assigned { agent: served })) => {
            agent.id == served.id && !head.care.silent
        }
        (Standing::Assigned { agent }, Some(State::Idle { agent: served, .. })) => {
            agent.id == served.id && head.care.silent
        }
        _ => false,
    };
    let generation = chat.is_none_or(|chat| chat.generation == head.generation);
    let helped = chat.is_none_or(|chat| chat.helpers == head.care.helpers);
    if agree && generation && helped {
        return Ok(());
    }
    violation(format!("R1: {} is {head:?}, its router has {chat:?}", talk.id))
}
