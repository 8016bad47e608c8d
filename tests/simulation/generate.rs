//! What happens next. Each episode has a mood: some faults are frequent in it, some are rare and
//! some do not come at all, for what is always mixed evenly never goes deep.

use super::action::{Action, Cut, Fate, Fault, Place};
use super::chance::Chance;
use super::socket::{Socket, Sockets};
use super::world::World;
use edgewise::conversation::Standing;

type Choose = fn(&World, &mut Chance) -> Option<Action>;

/// Something that can happen, how often, and whether a mood may change that.
struct Kind {
    weight: u32,
    moody: bool,
    choose: Choose,
}

const fn steady(weight: u32, choose: Choose) -> Kind {
    Kind { weight, moody: false, choose }
}

const fn moody(weight: u32, choose: Choose) -> Kind {
    Kind { weight, moody: true, choose }
}

/// Weights are out of about 1,600.
const KINDS: &[Kind] = &[
    steady(420, tab_up),
    steady(420, tab_down),
    steady(60, console_up),
    steady(120, console_down),
    steady(70, connect),
    steady(60, end_seen),
    steady(60, loss_seen),
    steady(40, ring),
    steady(60, carry),
    steady(40, open_tab),
    steady(30, open_console),
    steady(20, reread),
    steady(40, write),
    steady(4, accept),
    moody(100, write),
    moody(10, typing),
    moody(30, look),
    moody(14, close_talk),
    moody(6, settle_failed),
    moody(8, repeat),
    moody(3, reuse),
    moody(10, accept),
    moody(14, transfer),
    moody(14, take),
    moody(20, answer),
    moody(4, hand_back),
    moody(6, invite),
    moody(4, leave),
    moody(4, ready_again),
    moody(4, active),
    moody(4, capacity),
    moody(10, cut_tab),
    moody(4, cut_console),
    moody(4, close_tab),
    moody(3, close_console),
    moody(3, freeze),
    moody(10, late_letter),
    moody(10, sleep),
    moody(3, kill),
    moody(8, break_next),
    moody(24, wait),
    moody(1, jump),
];

/// What a mood makes of a weight, in quarters.
const MOODS: [u32; 6] = [0, 1, 4, 4, 8, 16];
/// Point-in-time recovery comes in one mood of four: where a conversation was put back, its router
/// may know more than it does, and less can be asked of them.
const RESTORE: Kind = moody(2, restore);

pub struct Mood {
    kinds: Vec<(u32, Choose)>,
    total: u32,
    /// Events between two times at which all must agree.
    pub rest: usize,
}

impl Mood {
    pub fn new(chance: &mut Chance) -> Self {
        let restores = chance.one_in(4);
        let mut kinds = Vec::new();
        let mut total = 0;
        for kind in KINDS.iter().chain(restores.then_some(&RESTORE)) {
            let quarters = if kind.moody { chance.pick(&MOODS) } else { 4 };
            total += kind.weight * quarters;
            kinds.push((total, kind.choose));
        }
        Self { kinds, total, rest: chance.pick(&[300, 1_000, 3_000]) }
    }
}

/// The next action; time passes when nothing else can happen.
pub fn next(world: &World, chance: &mut Chance, mood: &Mood) -> Action {
    for _ in 0..20 {
        let draw = chance.below(mood.total as usize) as u32;
        let at = mood.kinds.partition_point(|(end, _)| *end <= draw);
        let (_, choose) = mood.kinds[at];
        if let Some(action) = choose(world, chance) {
            return action;
        }
    }
    Action::Wait(chance.between(50, 3_000) as u32)
}

/// One of `count` for which `wanted` holds.
fn find(chance: &mut Chance, count: usize, wanted: impl Fn(usize) -> bool) -> Option<u16> {
    if count == 0 {
        return None;
    }
    let start = chance.below(count);
    let found = (start..count).chain(0..start).find(|at| wanted(*at))?;
    Some(found as u16)
}

/// A client with a socket for which `wanted` holds, and the age of that socket among those.
fn find_socket<U, D>(
    chance: &mut Chance,
    rooms: &[&Sockets<U, D>],
    wanted: impl Fn(&Socket<U, D>) -> bool,
) -> Option<(u16, u8)> {
    let fits = |at: usize| rooms[at].0.iter().any(&wanted);
    let room = rooms[usize::from(find(chance, rooms.len(), fits)?)];
    let at = find(chance, room.0.len(), |at| wanted(&room.0[at]))?;
    let client = room.0[usize::from(at)].client;
    let newer = room.0.iter().skip(usize::from(at) + 1);
    let age = newer.filter(|socket| socket.client == client && wanted(socket)).count();
    Some((client, age as u8))
}

macro_rules! rooms {
    ($objects:expr) => {
        &$objects.iter().map(|one| &one.object.sockets).collect::<Vec<_>>()
    };
}

fn cut(chance: &mut Chance) -> Cut {
    chance.pick(&[Cut::Slow, Cut::Slow, Cut::Hard, Cut::Silent])
}

fn tab_up(world: &World, chance: &mut Chance) -> Option<Action> {
    let found = find_socket(chance, rooms!(world.talks), Socket::has_up)?;
    Some(Action::TabUp(found.0, found.1))
}

fn tab_down(world: &World, chance: &mut Chance) -> Option<Action> {
    let found = find_socket(chance, rooms!(world.talks), Socket::has_down)?;
    Some(Action::TabDown(found.0))
}

fn console_up(world: &World, chance: &mut Chance) -> Option<Action> {
    let found = find_socket(chance, rooms!(world.desks), Socket::has_up)?;
    Some(Action::ConsoleUp(found.0, found.1))
}

fn console_down(world: &World, chance: &mut Chance) -> Option<Action> {
    let found = find_socket(chance, rooms!(world.desks), Socket::has_down)?;
    Some(Action::ConsoleDown(found.0))
}

fn connect(world: &World, chance: &mut Chance) -> Option<Action> {
    if chance.one_in(4) {
        let able = |at: usize| world.consoles[at].may_connect(world.now);
        let found = find(chance, world.consoles.len(), able);
        return found.map(Action::ConnectConsole);
    }
    let able = |at: usize| world.tabs[at].may_connect(world.now);
    find(chance, world.tabs.len(), able).map(Action::ConnectTab)
}

fn end_seen(world: &World, chance: &mut Chance) -> Option<Action> {
    if chance.one_in(2) {
        let (id, age) = find_socket(chance, rooms!(world.desks), Socket::has_end)?;
        return Some(Action::ConsoleEndSeen(id, age));
    }
    let (id, age) = find_socket(chance, rooms!(world.talks), Socket::has_end)?;
    Some(Action::TabEndSeen(id, age))
}

fn loss_seen(world: &World, chance: &mut Chance) -> Option<Action> {
    if chance.one_in(2) {
        let found = find_socket(chance, rooms!(world.desks), |socket| !socket.server_open)?;
        return Some(Action::ConsoleLossSeen(found.0));
    }
    let found = find_socket(chance, rooms!(world.talks), |socket| !socket.server_open)?;
    Some(Action::TabLossSeen(found.0))
}

fn place(world: &World, chance: &mut Chance, wanted: impl Fn(Place) -> bool) -> Option<Place> {
    let talks = world.talks.len();
    let at = |at: usize| {
        if at < talks { Place::Talk(at as u16) } else { Place::Desk((at - talks) as u16) }
    };
    let found = find(chance, talks + world.desks.len(), |one| wanted(at(one)))?;
    Some(at(usize::from(found)))
}

fn ring(world: &World, chance: &mut Chance) -> Option<Action> {
    let due = |place| {
        let due = world.alarm(place).is_some_and(|alarm| alarm <= world.now);
        due && world.under_way(place).is_none()
    };
    place(world, chance, due).map(Action::Ring)
}

fn carry(world: &World, chance: &mut Chance) -> Option<Action> {
    let from = place(world, chance, |place| world.under_way(place).is_some())?;
    let post = chance.below(world.under_way(from)?.max(1)) as u8;
    let fates = [Fate::Twice, Fate::Echo, Fate::AnswerLost, Fate::Late, Fate::Lost];
    let fate = if chance.one_in(3) { chance.pick(&fates) } else { Fate::Answered };
    Some(Action::Carry(from, post, fate))
}

fn late_letter(world: &World, chance: &mut Chance) -> Option<Action> {
    (!world.late.is_empty()).then(|| Action::LateLetter(chance.below(world.late.len()) as u8))
}

/// Visitors' tabs, and the tabs in which an agent answers; now and then any other.
fn open_tab(world: &World, chance: &mut Chance) -> Option<Action> {
    let curious = chance.one_in(12);
    let wanted = |at: usize| {
        let tab = &world.tabs[at];
        let able = tab.agent.is_none_or(|(_, console)| world.consoles[console].open);
        (!tab.open || tab.stopped) && able && (curious || tab.agent.is_none() || serves(world, at))
    };
    let id = find(chance, world.tabs.len(), wanted)?;
    let stopped = world.tabs[usize::from(id)].stopped;
    Some(if stopped { Action::CloseTab(id, Cut::Slow) } else { Action::OpenTab(id) })
}

/// Whether the agent of this tab answers its conversation.
fn serves(world: &World, at: usize) -> bool {
    let tab = &world.tabs[at];
    let Some((person, _)) = tab.agent else { return false };
    let machine = world.talks[tab.talk].object.machine.as_ref();
    machine.is_some_and(|machine| machine.head().is_served_by(&world.people[person].agent.id))
}

fn open_console(world: &World, chance: &mut Chance) -> Option<Action> {
    let shut = |at: usize| !world.consoles[at].open || world.consoles[at].stopped;
    find(chance, world.consoles.len(), shut).map(Action::OpenConsole)
}

fn write(world: &World, chance: &mut Chance) -> Option<Action> {
    let bold = chance.one_in(20);
    let wanted = |at: usize| {
        let tab = &world.tabs[at];
        tab.open && (tab.agent.is_none() || bold || serves(world, at))
    };
    let length = match chance.below(200) {
        0 => 7_000,
        1..10 => 500,
        _ => chance.below(20),
    };
    find(chance, world.tabs.len(), wanted).map(|id| Action::Write(id, length as u16))
}

fn reread(world: &World, chance: &mut Chance) -> Option<Action> {
    find(chance, world.tabs.len(), |at| world.is_behind(at)).map(Action::Reread)
}

/// A live tab.
fn live(world: &World, chance: &mut Chance) -> Option<u16> {
    find(chance, world.tabs.len(), |at| world.tabs[at].thread.live)
}

fn typing(world: &World, chance: &mut Chance) -> Option<Action> {
    live(world, chance).map(Action::Typing)
}

fn look(world: &World, chance: &mut Chance) -> Option<Action> {
    live(world, chance).map(Action::Look)
}

fn repeat(world: &World, chance: &mut Chance) -> Option<Action> {
    live(world, chance).map(Action::Repeat)
}

fn reuse(world: &World, chance: &mut Chance) -> Option<Action> {
    live(world, chance).map(Action::Reuse)
}

fn close_talk(world: &World, chance: &mut Chance) -> Option<Action> {
    let bold = chance.one_in(20);
    let wanted = |at: usize| world.tabs[at].thread.live && (bold || serves(world, at));
    find(chance, world.tabs.len(), wanted).map(Action::CloseTalk)
}

fn settle_failed(world: &World, chance: &mut Chance) -> Option<Action> {
    let failed = |at: usize| {
        world.tabs[at].thread.pending.iter().any(|pending| pending.entry.failed.is_some())
    };
    let id = find(chance, world.tabs.len(), failed)?;
    Some(if chance.one_in(2) { Action::Retry(id) } else { Action::Discard(id) })
}

/// A console that knows its desk.
fn ready(world: &World, chance: &mut Chance) -> Option<u16> {
    find(chance, world.consoles.len(), |at| world.consoles[at].view.is_some())
}

fn accept(world: &World, chance: &mut Chance) -> Option<Action> {
    let on = !chance.one_in(4);
    ready(world, chance).map(|id| Action::Accept(id, on))
}

fn transfer(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = ready(world, chance)?;
    let site = world.consoles[usize::from(id)].site;
    let served = |at: usize| {
        let assigned = |machine: &edgewise::conversation::Conversation| {
            matches!(machine.head().standing, Standing::Assigned { .. })
        };
        let talk = &world.talks[at];
        talk.site == world.desks[site].object.name
            && talk.object.machine.as_ref().is_some_and(assigned)
    };
    let talk = find(chance, world.talks.len(), served)?;
    let person = find(chance, world.people.len(), |at| world.people[at].site == site)?;
    Some(Action::Transfer(id, talk, person))
}

fn take(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = ready(world, chance)?;
    let name = &world.desks[world.consoles[usize::from(id)].site].object.name;
    let talk = find(chance, world.talks.len(), |at| world.talks[at].site == *name)?;
    Some(Action::Take(id, talk))
}

/// Whoever is asked answers, mostly yes; now and then somebody else does.
fn answer(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = ready(world, chance)?;
    let console = &world.consoles[usize::from(id)];
    let me = &world.people[console.person].agent.id;
    let router = world.desks[console.site].object.machine.as_ref()?;
    let bold = chance.one_in(20);
    let asked = |at: usize| {
        let offer = router.chat(&world.talks[at].id).and_then(|chat| chat.offer());
        offer.is_some_and(|offer| bold || offer.agent == *me)
    };
    let talk = find(chance, world.talks.len(), asked)?;
    Some(Action::Answer(id, talk, !chance.one_in(4)))
}

fn hand_back(world: &World, chance: &mut Chance) -> Option<Action> {
    match transfer(world, chance)? {
        Action::Transfer(id, talk, _) => Some(Action::HandBack(id, talk)),
        _ => None,
    }
}

fn invite(world: &World, chance: &mut Chance) -> Option<Action> {
    match transfer(world, chance)? {
        Action::Transfer(id, talk, to) => Some(Action::Invite(id, talk, to)),
        _ => None,
    }
}

fn leave(world: &World, chance: &mut Chance) -> Option<Action> {
    match transfer(world, chance)? {
        Action::Transfer(id, talk, _) => Some(Action::Leave(id, talk)),
        _ => None,
    }
}

fn ready_again(world: &World, chance: &mut Chance) -> Option<Action> {
    ready(world, chance).map(Action::Ready)
}

fn active(world: &World, chance: &mut Chance) -> Option<Action> {
    ready(world, chance).map(Action::Active)
}

fn capacity(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.people.len(), |_| true)?;
    Some(Action::Capacity(id, chance.between(1, 5) as u8))
}

fn cut_tab(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.tabs.len(), |at| world.tabs[at].link.is_some())?;
    Some(Action::CutTab(id, cut(chance)))
}

fn cut_console(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.consoles.len(), |at| world.consoles[at].link.is_some())?;
    Some(Action::CutConsole(id, cut(chance)))
}

fn close_tab(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.tabs.len(), |at| world.tabs[at].open)?;
    Some(Action::CloseTab(id, cut(chance)))
}

fn close_console(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.consoles.len(), |at| world.consoles[at].open)?;
    Some(Action::CloseConsole(id, cut(chance)))
}

fn freeze(world: &World, chance: &mut Chance) -> Option<Action> {
    if chance.one_in(2) {
        return live(world, chance).map(Action::Freeze);
    }
    ready(world, chance).map(Action::FreezeConsole)
}

fn sleep(world: &World, chance: &mut Chance) -> Option<Action> {
    let idle = |place| world.under_way(place).is_none();
    place(world, chance, idle).map(Action::Sleep)
}

fn kill(world: &World, chance: &mut Chance) -> Option<Action> {
    place(world, chance, |_| true).map(Action::Kill)
}

fn break_next(world: &World, chance: &mut Chance) -> Option<Action> {
    let count = chance.below(12) as u8;
    let fault = match chance.below(4) {
        0 => Fault::Before,
        1 => Fault::Write(count),
        _ => Fault::After(count / 2),
    };
    place(world, chance, |_| true).map(|place| Action::Break(place, fault))
}

fn restore(world: &World, chance: &mut Chance) -> Option<Action> {
    let id = find(chance, world.talks.len(), |_| true)?;
    let has = world.talks[usize::from(id)].snapshot.is_some();
    Some(if has && chance.one_in(4) { Action::Restore(id) } else { Action::Snapshot(id) })
}

fn wait(_: &World, chance: &mut Chance) -> Option<Action> {
    let long = match chance.below(20) {
        0 => 60_000,
        1..5 => 10_000,
        _ => 1_000,
    };
    Some(Action::Wait(chance.between(1, long) as u32))
}

fn jump(_: &World, chance: &mut Chance) -> Option<Action> {
    let far = chance.pick(&[1_000, 60_000, 600_000]);
    let by = chance.between(1, far) as i32;
    Some(Action::Jump(if chance.one_in(2) { by } else { -by }))
}
