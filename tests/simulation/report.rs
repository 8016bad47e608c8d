//! What happened in a run, counted by kind.

use super::action::{Action, Cut, Fate, Fault};
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::desk::{DeskClientFrame, DeskServerFrame};
use edgewise::protocol::frames::{ClientFrame, ServerFrame};
use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::mem::Discriminant;

/// How often each variant of an enum came up; the name is taken from the first one.
pub struct Tally<T>(HashMap<Discriminant<T>, (String, u64)>);

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Debug> Tally<T> {
    pub fn count(&mut self, one: &T) {
        let named = || (name(one), 0);
        self.0.entry(std::mem::discriminant(one)).or_insert_with(named).1 += 1;
    }

    fn add(&mut self, other: Self) {
        for (kind, (name, count)) in other.0 {
            self.0.entry(kind).or_insert((name, 0)).1 += count;
        }
    }
}

fn name(one: &impl Debug) -> String {
    let text = format!("{one:?}");
    let end = text.find(['(', '{', ' ']).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

impl<T> fmt::Display for Tally<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: Vec<&(String, u64)> = self.0.values().collect();
        kinds.sort();
        let list: Vec<String> =
            kinds.iter().map(|(name, count)| format!("{name} {count}")).collect();
        f.write_str(&list.join(", "))
    }
}

#[derive(Default)]
pub struct Report {
    pub events: u64,
    pub episodes: u64,
    pub conversations: u64,
    /// Events of all logs.
    pub stored: u64,
    /// Times the world was made whole and all agreed.
    pub agreements: u64,
    pub actions: Tally<Action>,
    pub cuts: Tally<Cut>,
    pub faults: Tally<Fault>,
    pub fates: Tally<Fate>,
    pub client_frames: Tally<ClientFrame>,
    pub server_frames: Tally<ServerFrame>,
    pub desk_frames: Tally<DeskClientFrame>,
    pub desk_answers: Tally<DeskServerFrame>,
    pub closes: Tally<CloseCode>,
}

impl Report {
    pub fn count(&mut self, action: &Action) {
        self.events += 1;
        self.actions.count(action);
        match action {
            Action::CloseTab(_, cut)
            | Action::CutTab(_, cut)
            | Action::CloseConsole(_, cut)
            | Action::CutConsole(_, cut) => self.cuts.count(cut),
            Action::Break(_, fault) => self.faults.count(fault),
            Action::Carry(_, _, fate) => self.fates.count(fate),
            _ => {}
        }
    }

    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        self.episodes += other.episodes;
        self.conversations += other.conversations;
        self.stored += other.stored;
        self.agreements += other.agreements;
        self.actions.add(other.actions);
        self.cuts.add(other.cuts);
        self.faults.add(other.faults);
        self.fates.add(other.fates);
        self.client_frames.add(other.client_frames);
        self.server_frames.add(other.server_frames);
        self.desk_frames.add(other.desk_frames);
        self.desk_answers.add(other.desk_answers);
        self.closes.add(other.closes);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  episodes       {}, conversations {}", self.episodes, self.conversations)?;
        writeln!(f, "  stored events  {}, agreements {}", self.stored, self.agreements)?;
        writeln!(f, "  actions        {}", self.actions)?;
        writeln!(f, "  faults         {}", self.faults)?;
        writeln!(f, "  deliveries     {}", self.fates)?;
        writeln!(f, "  lost sockets   {}", self.cuts)?;
        writeln!(f, "  closed sockets {}", self.closes)?;
        writeln!(f, "  to talks       {}", self.client_frames)?;
        writeln!(f, "  from talks     {}", self.server_frames)?;
        writeln!(f, "  to desks       {}", self.desk_frames)?;
        write!(f, "  from desks     {}", self.desk_answers)
    }
}
