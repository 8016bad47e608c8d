//! The world: who and what there is, and what each action does to it. An action that is impossible
//! does nothing, so that any part of a list of actions can be played.

use super::action::{Action, Fate, Place};
use super::chance::Chance;
use super::console::{Console, Person};
use super::desk::Desk;
use super::report::Report;
use super::tab::{Outbox, Tab};
use super::talk::{Heard, Talk};
use super::{Checked, Violation, violation};
use edgewise::id::AgentId;
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::DeskClientFrame;
use edgewise::protocol::event::AgentRef;
use edgewise::store::{Parcel, Sql};
use edgewise::time::Millis;

/// How long one event takes.
pub const TICK: i64 = 5;

pub struct World {
    pub now: Millis,
    pub desks: Vec<Desk>,
    pub talks: Vec<Talk>,
    pub people: Vec<Person>,
    pub consoles: Vec<Console>,
    pub tabs: Vec<Tab>,
    pub outboxes: Vec<Outbox>,
    pub links: u32,
    /// Deliveries that are still under way when their sender has given them up.
    pub late: Vec<(Place, Parcel)>,
    pub report: Report,
}

impl World {
    /// A world of some sites, agents and visitors; which, is chance.
    pub fn new(chance: &mut Chance) -> Self {
        let mut world = Self {
            now: Millis(1_000_000_000_000),
            desks: Vec::new(),
            talks: Vec::new(),
            people: Vec::new(),
            consoles: Vec::new(),
            tabs: Vec::new(),
            outboxes: Vec::new(),
            links: 0,
            late: Vec::new(),
            report: Report::default(),
        };
        for site in 0..chance.pick(&[1, 1, 2, 3]) {
            world.add_site(site, chance);
        }
        world.report.episodes = 1;
        world.report.conversations = world.talks.len() as u64;
        world
    }

    fn add_site(&mut self, site: usize, chance: &mut Chance) {
        let name = format!("s{site}");
        self.desks.push(Desk::new(name.clone()));
        let first_console = self.consoles.len();
        for _ in 0..chance.pick(&[0, 1, 1, 2, 2, 3, 4]) {
            let person = self.people.len();
            let id = AgentId::parse(&format!("a{person}")).unwrap();
            let agent = AgentRef { name: format!("Agent {person}"), id };
            let role = chance.pick(&[Role::Agent, Role::Agent, Role::Admin]);
            let capacity = chance.between(1, 5) as u32;
            self.people.push(Person { site, agent, role, capacity });
            for _ in 0..chance.pick(&[1, 1, 2]) {
                self.consoles.push(Console { person, site, ..Console::default() });
            }
        }
        // Now and then more conversations than a desk keeps closed ones.
        let many = chance.one_in(40);
        let talks = if many { 60 } else { chance.between(1, 6) };
        for _ in 0..talks {
            let talk = self.talks.len();
            self.talks.push(Talk::new(talk as u16, name.clone()));
            self.outboxes.push(Outbox::default());
            for _ in 0..if many { 1 } else { chance.between(1, 3) } {
                self.tabs.push(Tab::new(talk, None, self.outboxes.len() - 1));
            }
            let mut last = usize::MAX;
            for console in first_console..self.consoles.len() {
                let person = self.consoles[console].person;
                if person != last {
                    self.outboxes.push(Outbox::default());
                }
                last = person;
                let outbox = self.outboxes.len() - 1;
                self.tabs.push(Tab::new(talk, Some((person, console)), outbox));
            }
        }
    }

    pub fn act(&mut self, action: &Action) -> Checked {
        self.now.0 += TICK;
        self.report.count(action);
        match *action {
            Action::OpenTab(id) => self.open_tab(id),
            Action::CloseTab(id, cut) => self.close_tab(id, cut),
            Action::ConnectTab(id) => self.connect_tab(id),
            Action::CutTab(id, cut) => self.cut_tab(id, cut),
            Action::TabUp(id, age) => self.tab_up(id, age)?,
            Action::TabDown(id) => self.tab_down(id)?,
            Action::TabEndSeen(id, age) => self.tab_end_seen(id, age),
            Action::TabLossSeen(id) => self.tab_loss_seen(id),
            Action::Write(id, length) => self.write(id, length),
            Action::Typing(id) => self.typing(id),
            Action::Look(id) => self.look(id),
            Action::CloseTalk(id) => self.close_talk(id),
            Action::Reread(id) => self.reread(id),
            Action::Retry(id) => self.retry(id),
            Action::Discard(id) => self.discard(id),
            Action::Repeat(id) => self.repeat(id),
            Action::Reuse(id) => self.reuse(id),
            Action::Freeze(id) => self.freeze_tab(id),
            Action::OpenConsole(id) => self.open_console(id),
            Action::CloseConsole(id, cut) => self.close_console(id, cut),
            Action::ConnectConsole(id) => self.connect_console(id),
            Action::CutConsole(id, cut) => self.cut_console(id, cut),
            Action::ConsoleUp(id, age) => self.console_up(id, age)?,
            Action::ConsoleDown(id) => self.console_down(id),
            Action::ConsoleEndSeen(id, age) => self.console_end_seen(id, age)?,
            Action::ConsoleLossSeen(id) => self.console_loss_seen(id),
            Action::Capacity(id, to) => self.people[usize::from(id)].capacity = u32::from(to),
            Action::FreezeConsole(id) => self.freeze_console(id),
            Action::Ring(place) => self.ring(place)?,
            Action::Carry(place, post, fate) => self.carry(place, post, fate)?,
            Action::LateLetter(at) => self.late_letter(usize::from(at))?,
            Action::Sleep(place) => self.sleep(place)?,
            Action::Kill(place) => self.kill(place),
            Action::Break(Place::Talk(at), fault) => {
                self.talks[usize::from(at)].object.fault = Some(fault);
            }
            Action::Break(Place::Desk(at), fault) => {
                self.desks[usize::from(at)].object.fault = Some(fault);
            }
            Action::Snapshot(at) => self.snapshot(usize::from(at)),
            Action::Restore(at) => {
                let talk = &mut self.talks[usize::from(at)];
                talk.restore(self.now)?;
                let site = self.desks.iter_mut().find(|desk| desk.object.name == talk.site);
                if let Some(desk) = site {
                    desk.object.mail.close(&talk.object.name);
                    desk.queue.note_put_back(&talk.id);
                }
            }
            Action::Wait(millis) => self.wait(i64::from(millis)),
            Action::Jump(millis) => self.jump(i64::from(millis)),
            Action::Heal(away) => self.heal(away)?,
            at_desk => self.act_at_desk(at_desk),
        }
        Ok(())
    }

    /// What an agent does at the desk.
    fn act_at_desk(&mut self, action: Action) {
        match action {
            Action::Accept(id, on) => self.ask_desk(id, DeskClientFrame::Accept { on }),
            Action::Transfer(id, talk, to) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                let to = self.people[usize::from(to)].agent.id.clone();
                self.ask_desk(id, DeskClientFrame::Transfer { conversation, to, note: None });
            }
            Action::Take(id, talk) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                self.ask_desk(id, DeskClientFrame::Take { conversation });
            }
            Action::Answer(id, talk, yes) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                self.ask_desk(id, DeskClientFrame::Answer { conversation, yes });
            }
            Action::HandBack(id, talk) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                let (department, note) = (None, None);
                self.ask_desk(id, DeskClientFrame::HandBack { conversation, department, note });
            }
            Action::Invite(id, talk, to) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                let to = self.people[usize::from(to)].agent.id.clone();
                self.ask_desk(id, DeskClientFrame::Invite { conversation, to });
            }
            Action::Leave(id, talk) => {
                let conversation = self.talks[usize::from(talk)].id.clone();
                self.ask_desk(id, DeskClientFrame::Leave { conversation });
            }
            Action::Ready(id) => self.ask_desk(id, DeskClientFrame::Ready {}),
            Action::Active(id) => self.ask_desk(id, DeskClientFrame::Active {}),
            _ => unreachable!("all others are done: {action:?}"),
        }
    }

    /// Time passes, and whoever lives pings.
    pub fn wait(&mut self, millis: i64) {
        self.now.0 += millis;
        let now = self.now;
        self.talks.iter_mut().for_each(|talk| talk.object.sockets.ping(now));
        self.desks.iter_mut().for_each(|desk| desk.object.sockets.ping(now));
    }

    /// The clock of the servers is set, forwards or back.
    fn jump(&mut self, millis: i64) {
        self.now.0 += millis;
        let back = (-millis).max(0);
        self.talks.iter_mut().for_each(|talk| talk.object.clock_went_back(back));
        self.desks.iter_mut().for_each(|desk| desk.object.clock_went_back(back));
    }

    pub fn alarm(&self, place: Place) -> Option<Millis> {
        match place {
            Place::Talk(at) => self.talks[usize::from(at)].object.alarm,
            Place::Desk(at) => self.desks[usize::from(at)].object.alarm,
        }
    }

    /// How many deliveries of an object are under way; none when its alarm handler does not run.
    pub fn under_way(&self, place: Place) -> Option<usize> {
        let posts = match place {
            Place::Talk(at) => &self.talks[usize::from(at)].object.carrying,
            Place::Desk(at) => &self.desks[usize::from(at)].object.carrying,
        };
        posts.as_ref().map(|posts| posts.iter().filter(|post| post.answered.is_none()).count())
    }

    /// The alarm of an object rings when it is time and its handler does not run already.
    pub fn ring(&mut self, place: Place) -> Checked {
        let due = self.alarm(place).is_some_and(|alarm| alarm <= self.now);
        if !due || self.under_way(place).is_some() {
            return Ok(());
        }
        match place {
            Place::Talk(at) => self.talks[usize::from(at)].ring(self.now)?,
            Place::Desk(at) => self.desks[usize::from(at)].ring(self.now)?,
        }
        self.finish_carrying(place)
    }

    /// One of the deliveries under way has its fate.
    pub fn carry(&mut self, place: Place, post: u8, fate: Fate) -> Checked {
        let posts = match place {
            Place::Talk(at) => &mut self.talks[usize::from(at)].object.carrying,
            Place::Desk(at) => &mut self.desks[usize::from(at)].object.carrying,
        };
        let mut open = posts.iter_mut().flatten().filter(|post| post.answered.is_none());
        let Some(post) = open.nth(usize::from(post)) else { return Ok(()) };
        post.answered = Some(false);
        let parcel = post.parcel.clone();
        let mut answered = false;
        let arrivals = match fate {
            Fate::Lost | Fate::Late => 0,
            Fate::Answered | Fate::Echo | Fate::AnswerLost => 1,
            Fate::Twice => 2,
        };
        for _ in 0..arrivals {
            answered |= self.deliver(place, &parcel)? && fate != Fate::AnswerLost;
        }
        if matches!(fate, Fate::Late | Fate::Echo) {
            self.late.push((place, parcel.clone()));
        }
        let posts = match place {
            Place::Talk(at) => &mut self.talks[usize::from(at)].object.carrying,
            Place::Desk(at) => &mut self.desks[usize::from(at)].object.carrying,
        };
        let its = posts.iter_mut().flatten().find(|post| post.parcel == parcel);
        its.into_iter().for_each(|post| post.answered = Some(answered));
        self.finish_carrying(place)
    }

    pub fn late_letter(&mut self, at: usize) -> Checked {
        if at >= self.late.len() {
            return Ok(());
        }
        let (place, parcel) = self.late.remove(at);
        self.deliver(place, &parcel).map(drop)
    }

    /// A delivery arrives. Whether it was answered.
    fn deliver(&mut self, from: Place, parcel: &Parcel) -> Result<bool, Violation> {
        let now = self.now;
        let Heard { answered, applied } = match from {
            Place::Talk(at) => {
                let letter = parcel.letter(&self.talks[usize::from(at)].object.name);
                let site = &self.talks[usize::from(at)].site;
                let to = self.desks.iter_mut().find(|desk| desk.object.name == *site);
                let Some(to) = to else { return stranger(parcel) };
                to.take_letter(now, &letter)?
            }
            Place::Desk(at) => {
                let letter = parcel.letter(&self.desks[usize::from(at)].object.name);
                let to = self.talks.iter_mut().find(|talk| talk.object.name == parcel.peer);
                let Some(to) = to else { return stranger(parcel) };
                to.take_letter(now, &letter)?
            }
        };
        match from {
            Place::Talk(at) => {
                self.talks[usize::from(at)].object.mail.note_applied(parcel, &applied)?;
            }
            Place::Desk(at) => {
                self.desks[usize::from(at)].object.mail.note_applied(parcel, &applied)?;
            }
        }
        Ok(answered)
    }

    fn finish_carrying(&mut self, place: Place) -> Checked {
        if self.under_way(place) != Some(0) {
            return Ok(());
        }
        let now = self.now;
        match place {
            Place::Talk(at) => {
                let talk = &mut self.talks[usize::from(at)];
                if talk.object.finish_carrying(now) && !talk.object.ring_again(now) {
                    talk.arm(now)?;
                }
                talk.check_alarm(now)
            }
            Place::Desk(at) => {
                let desk = &mut self.desks[usize::from(at)];
                if desk.object.finish_carrying(now) && !desk.object.ring_again(now) {
                    desk.arm(now)?;
                }
                desk.check_alarm(now)
            }
        }
    }

    /// An object sleeps when nothing of it runs.
    fn sleep(&mut self, place: Place) -> Checked {
        if self.under_way(place).is_some() {
            return Ok(());
        }
        match place {
            Place::Talk(at) => self.talks[usize::from(at)].sleep(),
            Place::Desk(at) => self.desks[usize::from(at)].sleep(),
        }
    }

    fn kill(&mut self, place: Place) {
        match place {
            Place::Talk(at) => self.talks[usize::from(at)].object.die(self.now),
            Place::Desk(at) => self.desks[usize::from(at)].object.die(self.now),
        }
    }

    fn snapshot(&mut self, at: usize) {
        let talk = &mut self.talks[at];
        let made = talk.object.sql.count("SELECT count(*) FROM sqlite_master") > 0;
        talk.snapshot = made.then(|| talk.object.sql.copy());
    }

    /// All objects.
    pub fn places(&self) -> Vec<Place> {
        let talks = (0..self.talks.len()).map(|at| Place::Talk(at as u16));
        talks.chain((0..self.desks.len()).map(|at| Place::Desk(at as u16))).collect()
    }

    /// How many rows of the outboxes are undelivered.
    pub fn owed(&self) -> u32 {
        let sqls = self.talks.iter().map(|talk| &talk.object.sql);
        let sqls = sqls.chain(self.desks.iter().map(|desk| &desk.object.sql));
        sqls.map(|sql| match sql.rows("SELECT count(*) FROM outbox", &[]) {
            Ok(mut rows) => rows.pop().and_then(|mut row| row.count().ok()).unwrap_or(0),
            Err(_) => 0, // Not yet made.
        })
        .sum()
    }
}

fn stranger<T>(parcel: &Parcel) -> Result<T, Violation> {
    violation(format!("P1: a parcel to {}, which does not exist", parcel.peer))
}
