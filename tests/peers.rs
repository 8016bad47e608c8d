//! What other live chats are known to get wrong with visitors and agents: each class of mistake as
//! a test of ours, over the rules and their real store. What must always hold (R1 to R18 of
//! docs/routing.md) is checked besides after every step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::id::{DepartmentId, Generation, Skill};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::DeskClientFrame;
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::routing::*;
use edgewise::time::Span;
use support::desk::*;
use support::*;

fn take(world: &mut World, name: &str, id: &str) -> Option<Rejection> {
    let frame = DeskClientFrame::Take { conversation: conversation_id(id) };
    rejection(&world.frame(&agent_session(1, name, Role::Agent, 5), frame))
}

fn transfer(world: &mut World, name: &str, id: &str, to: &str) -> Option<Rejection> {
    let (conversation, to) = (conversation_id(id), agent_id(to));
    let frame = DeskClientFrame::Transfer { conversation, to, note: None };
    rejection(&world.frame(&agent_session(1, name, Role::Agent, 5), frame))
}

fn come(world: &mut World, id: &str, context: Context) {
    let (conversation, since) = (conversation_id(id), at(world.clock));
    let generation = Generation(0);
    let tell = ToRouter::Waiting { conversation, since, generation, context };
    world.turn(|router, now| router.handle_tell(now, tell));
}

fn owner<'a>(world: &'a World, id: &str) -> Option<&'a str> {
    let chat = world.router.chat(&conversation_id(id))?;
    chat.holder().map(edgewise::id::AgentId::as_str)
}

fn grace() -> i64 {
    i64::from(limits::GRACE_S)
}

/// Conversations stayed for ever with agents who had gone home.
#[test]
fn chats_do_not_stay_with_agents_who_are_offline() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.wait("c2");
    world.leave("ana");
    world.pass(grace() + 1);
    assert_eq!(world.queue(), ["c1", "c2"]);
    assert_eq!(world.router.load(&agent_id("ana")), 0);
}

/// Automatic assignment chose agents without looking whether they were there.
#[test]
fn nobody_is_given_to_an_agent_who_is_offline() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.leave("ana");
    world.wait("c1");
    assert_eq!(world.queue(), ["c1"], "within the grace, still accepting, and yet not there");
    world.pass(grace() + 1);
    world.wait("c2");
    assert_eq!(world.queue(), ["c1", "c2"]);
    world.arrive("bob", 1);
    assert_eq!(transfer(&mut world, "bob", "c1", "ana"), Some(Rejection::NotAssigned));
    assert_eq!(take(&mut world, "bob", "c1"), None);
    assert_eq!(transfer(&mut world, "bob", "c1", "ana"), Some(Rejection::AgentUnavailable));
}

/// The newest visitor was served before those who had waited longer.
#[test]
fn whoever_came_first_is_served_first() {
    let mut world = World::new();
    let names: Vec<String> = (0..20).map(|number| format!("c{}", 50 - number)).collect();
    names.iter().for_each(|name| drop(world.wait(name)));
    world.restart();
    world.on_duty("ana", 1);
    for name in &names {
        assert_eq!(owner(&world, name), Some("ana"));
        world.close(name);
    }
}

/// Visitors went on waiting though agents had become free: only new messages gave rise to a match.
#[test]
fn a_queue_drains_as_soon_as_there_is_room_whatever_made_it() {
    let mut world = World::new();
    for number in 0..6 {
        world.wait(&format!("c{number}"));
    }
    world.on_duty("ana", 1);
    assert_eq!(owner(&world, "c0"), Some("ana"), "somebody begins to accept");
    world.close("c0");
    assert_eq!(owner(&world, "c1"), Some("ana"), "a chat ends");
    let who = agent("ana");
    let more = |router: &mut edgewise::routing::Router, now| {
        router.handle_profile(now, who, 2, Profile::default()).unwrap()
    };
    world.turn(more);
    assert_eq!(owner(&world, "c2"), Some("ana"), "capacity is raised");
    world.arrive("bob", 1);
    transfer(&mut world, "ana", "c1", "bob");
    assert_eq!(owner(&world, "c3"), Some("ana"), "a chat is handed over");
    world.leave("bob");
    world.pass(grace() + 1);
    world.close("c2");
    assert_eq!(owner(&world, "c1"), Some("ana"), "whoever lost the agent comes first");
}

/// A tab in the background, whose timers browsers slow down to one a minute, made its agent
/// offline.
#[test]
fn a_tab_in_the_background_does_not_make_its_agent_offline() {
    let throttled = Span::seconds(60);
    assert!(limits::LEASE > throttled, "a ping a minute keeps a console alive");
    let mut world = World::new();
    world.on_duty("ana", 5);
    for _ in 0..100 {
        world.pass(throttled.0 / 1_000);
    }
    world.wait("c1");
    assert_eq!(owner(&world, "c1"), Some("ana"), "hours without a frame are no absence");
}

/// Nobody took over what an agent had left behind.
#[test]
fn a_chat_whose_agent_is_gone_gets_another_one() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.on_duty("bob", 5);
    world.leave("ana");
    let effects = world.pass(grace() + 1);
    assert_eq!(owner(&world, "c1"), Some("bob"));
    let news = told(&effects, "c1");
    assert!(matches!(news[..], [ToConversation::Requeued { .. }, ToConversation::Assigned { .. }]));
}

/// Agents had more chats than they were allowed, by transfers, returns and races.
#[test]
fn nobody_is_ever_above_capacity() {
    let mut world = World::new();
    world.on_duty("ana", 2);
    world.on_duty("bob", 2);
    (0..6).for_each(|number| drop(world.wait(&format!("c{number}"))));
    let load = |world: &World, name| world.router.load(&agent_id(name));
    assert_eq!((load(&world, "ana"), load(&world, "bob")), (2, 2));
    let given = owner(&world, "c0").unwrap().to_owned();
    let other = if given == "ana" { "bob" } else { "ana" };
    let refused = transfer(&mut world, &given, "c0", other);
    assert_eq!(refused, Some(Rejection::AgentUnavailable));
    assert_eq!(take(&mut world, other, "c5"), Some(Rejection::AgentUnavailable));
    world.close("c0");
    world.wait("c0");
    assert_eq!((load(&world, "ana"), load(&world, "bob")), (2, 2), "one who returns is no extra");
    world.leave(other);
    world.arrive(other, 2);
    assert_eq!((load(&world, "ana"), load(&world, "bob")), (2, 2));
}

/// Two agents who took the same visitor at the same moment both had them.
#[test]
fn two_agents_who_take_the_same_visitor_have_one_winner() {
    let mut world = World::new();
    world.arrive("ana", 1);
    world.arrive("bob", 1);
    world.wait("c1");
    assert_eq!(take(&mut world, "ana", "c1"), None);
    assert_eq!(take(&mut world, "bob", "c1"), Some(Rejection::NotWaiting));
    assert_eq!(take(&mut world, "ana", "c1"), Some(Rejection::NotWaiting), "nor twice");
    assert_eq!(world.generation("c1"), Generation(1));
    assert_eq!(owner(&world, "c1"), Some("ana"));
}

/// One visitor whom nobody could serve stopped the whole queue.
#[test]
fn a_visitor_nobody_can_serve_does_not_stop_the_queue() {
    let rules = |name: &str, skill: Option<&str>| Department {
        id: DepartmentId::parse(name).unwrap(),
        skills: skill.map(|one| Skill::parse(one).unwrap()).into_iter().collect(),
        ..Department::default()
    };
    let departments = vec![rules("main", None), rules("tax", Some("tax"))];
    let mut world = World::with(RoutingSettings { departments, ..RoutingSettings::default() });
    let tax = DepartmentId::parse("tax");
    come(&mut world, "c1", Context { department: tax, ..Context::default() });
    come(&mut world, "c2", Context::default());
    world.on_duty("ana", 5);
    assert_eq!((owner(&world, "c1"), owner(&world, "c2")), (None, Some("ana")));
}

/// The timer that gives chats back was a timer of the process: after a restart it never rang.
#[test]
fn timers_outlive_the_process() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.leave("ana");
    world.restart();
    let due = world.router.next_timer().expect("the alarm is known again");
    assert!(due <= at(world.clock).after(Span::seconds(grace())));
    world.pass(grace() + 1);
    assert_eq!(world.queue(), ["c1"]);
}

/// Routing ran when a visitor's browser polled: where the tab slept, nothing was decided.
#[test]
fn nothing_waits_for_a_visitors_browser() {
    let departments = vec![Department { mode: Mode::Offer, ..Department::default() }];
    let mut world = World::with(RoutingSettings { departments, ..RoutingSettings::default() });
    world.wait("c1");
    world.wait("c2");
    // From here on nothing comes of any visitor.
    world.on_duty("ana", 1);
    world.on_duty("bob", 1);
    assert_eq!((owner(&world, "c1"), owner(&world, "c2")), (Some("ana"), Some("bob")));
    world.pass(21);
    assert_eq!((owner(&world, "c1"), owner(&world, "c2")), (None, None), "both have missed");
    world.on_duty("eve", 2);
    assert_eq!((owner(&world, "c1"), owner(&world, "c2")), (Some("eve"), Some("eve")));
}

/// The visitor's page named the agent, and that was that.
#[test]
fn a_visitor_may_ask_for_an_agent_but_does_not_decide() {
    let mut world = World::new();
    world.on_duty("ana", 1);
    let wish = |name: &str| Context { agent: Some(agent_id(name)), ..Context::default() };
    come(&mut world, "c1", wish("bob"));
    assert_eq!(owner(&world, "c1"), Some("ana"), "nobody is called so");
    world.on_duty("eve", 1);
    come(&mut world, "c2", wish("ana"));
    assert_eq!(owner(&world, "c2"), Some("eve"), "who is asked for is full");
    world.close("c2");
    world.accept("eve", false);
    come(&mut world, "c3", wish("eve"));
    assert_eq!(world.queue(), ["c3"], "who is asked for is away");
    world.close("c1");
    assert_eq!(owner(&world, "c3"), Some("ana"), "and the next who is free serves");
}
