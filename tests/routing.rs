//! The rules of the desk (docs/protocol.md, D), on its real store. Names cite rules of the
//! protocol; the checks after every step are what must hold whatever happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::id::{ConversationId, Generation};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::desk::{DeskClientFrame, DeskServerFrame};
use edgewise::protocol::frames::{Context, Place};
use edgewise::protocol::identity::Person;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::session::{Session, Stage};
use edgewise::routing::{Effect, To};
use proptest::prelude::*;
use support::desk::*;
use support::*;

#[test]
fn d1_the_first_frame_is_hello_and_its_answer_the_whole_desk() {
    let mut world = World::new();
    world.wait("c1");
    let new = Session { stage: Stage::New, ..agent_session(7, "ana", Role::Agent, 5) };
    let effects = world.frame(&new, DeskClientFrame::Accept { on: true });
    assert_eq!(effects, [Effect::Close { session: new.id, code: CloseCode::HelloRequired }]);
    let effects = world.frame(&new, DeskClientFrame::Hello {});
    let desk = effects.iter().find_map(|effect| match effect {
        Effect::Send {
            to: To::Session(id),
            frame: DeskServerFrame::Desk { you, agents, conversations, .. },
        } if *id == new.id => Some((you, agents, conversations)),
        _ => None,
    });
    let (you, agents, conversations) = desk.expect("a desk");
    assert_eq!(you, &agent_id("ana"));
    assert!(agents[0].online && !agents[0].accepting);
    assert_eq!(conversations.len(), 1);
    assert!(effects.contains(&Effect::Advance { session: new.id, stage: Stage::Live }));
}

#[test]
fn d3_a_waiting_visitor_goes_at_once_to_the_agent_who_begins_to_accept() {
    let mut world = World::new();
    world.arrive("ana", 5);
    let effects = world.wait("c1");
    let place = Place { position: 1, staffed: false, ..Place::default() };
    assert_eq!(told(&effects, "c1"), [&ToConversation::Place { place }]);
    let effects = world.accept("ana", true);
    let agent = agent("ana");
    let (generation, idle) = (Generation(1), idle_rule());
    let assigned = ToConversation::Assigned { agent, generation, idle, helpers: vec![] };
    assert_eq!(told(&effects, "c1"), [&assigned]);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
}

#[test]
fn d4_the_least_loaded_then_the_longest_idle_gets_the_next() {
    let mut world = World::new();
    world.on_duty("bob", 3);
    world.on_duty("ana", 3);
    for id in ["c1", "c2", "c3", "c4"] {
        world.wait(id);
    }
    let owners = ["c1", "c2", "c3", "c4"].map(|id| world.owner(id).unwrap());
    assert_eq!(owners, ["bob", "ana", "bob", "ana"], "bob has been idle longer");
    world.close("c1");
    world.wait("c5");
    assert_eq!(world.owner("c5").as_deref(), Some("bob"), "least loaded first");
}

#[test]
fn d4_beyond_all_capacity_visitors_wait_in_order_and_move_up_as_places_free_up() {
    let mut world = World::new();
    world.on_duty("ana", 2);
    for id in ["c1", "c2", "c3", "c4", "c5"] {
        world.wait(id);
    }
    assert_eq!(world.queue(), ["c3", "c4", "c5"]);
    let effects = world.close("c2");
    assert_eq!(world.owner("c3").as_deref(), Some("ana"));
    let first = Place { position: 1, staffed: true, ..Place::default() };
    assert_eq!(told(&effects, "c4"), [&ToConversation::Place { place: first }]);
    assert_eq!(world.queue(), ["c4", "c5"]);
}

#[test]
fn d3_a_paused_agent_keeps_the_present_ones_and_gets_no_new() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.accept("ana", false);
    world.wait("c2");
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
    assert_eq!(world.queue(), ["c2"]);
}

#[test]
fn d6_a_lost_agent_gets_nothing_new_and_keeps_the_present_ones_for_the_grace_period() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.wait("c2");
    world.leave("ana");
    world.wait("c3");
    assert_eq!(world.queue(), ["c3"]);
    world.pass(i64::from(limits::GRACE_S) - 3);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"), "still within grace");
    let due = world.router.next_timer().expect("a timer");
    assert!(due > at(world.clock) && due <= at(world.clock + 3));
    let effects = world.pass(3);
    let requeued = ToConversation::Requeued { generation: Generation(2) };
    assert_eq!(told(&effects, "c1")[0], &requeued);
    assert_eq!(world.queue(), ["c1", "c2", "c3"], "to the front, in the order they had");
    world.restart();
    world.on_duty("bob", 5);
    assert_eq!(world.owner("c1").as_deref(), Some("bob"));
}

#[test]
fn d6_an_agent_who_returns_in_time_keeps_everything() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.leave("ana");
    world.restart();
    world.pass(10);
    world.arrive("ana", 5);
    world.pass(i64::from(limits::GRACE_S) + 1);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
    world.wait("c2");
    assert_eq!(world.owner("c2").as_deref(), Some("ana"), "and still accepts");
}

#[test]
fn d7_transfer_is_for_the_assigned_agent_or_an_admin_and_needs_room() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    world.arrive("bob", 1);
    world.arrive("eve", 5);
    let transfer =
        |to| DeskClientFrame::Transfer { conversation: conversation_id("c1"), to, note: None };
    let by = |name, role| agent_session(1, name, role, 5);
    let to = |name| transfer(agent_id(name));
    let refused = world.frame(&by("eve", Role::Agent), to("bob"));
    assert_eq!(rejection(&refused), Some(Rejection::NotAssigned));
    let refused = world.frame(&by("ana", Role::Agent), to("nobody"));
    assert_eq!(rejection(&refused), Some(Rejection::AgentUnavailable));
    let effects = world.frame(&by("ana", Role::Agent), to("bob"));
    assert_eq!(rejection(&effects), None);
    assert_eq!(world.owner("c1").as_deref(), Some("bob"), "accepting is not asked of bob");
    world.wait("c2");
    let other = DeskClientFrame::Transfer {
        conversation: conversation_id("c2"),
        to: agent_id("bob"),
        note: None,
    };
    let refused = world.frame(&by("ana", Role::Agent), other);
    assert_eq!(rejection(&refused), Some(Rejection::AgentUnavailable), "bob is full");
    world.frame(&by("eve", Role::Admin), to("eve"));
    assert_eq!(world.owner("c1").as_deref(), Some("eve"));
    let unknown = DeskClientFrame::Transfer {
        conversation: conversation_id("c9"),
        to: agent_id("bob"),
        note: None,
    };
    let refused = world.frame(&by("ana", Role::Agent), unknown);
    assert_eq!(rejection(&refused), Some(Rejection::UnknownConversation));
}

#[test]
fn p3_a_conversation_that_was_put_back_hears_again_who_serves_it() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    let before = world.generation("c1");
    let again = world.wait("c1");
    let generation = world.generation("c1");
    assert!(generation > before);
    let (agent, idle) = (agent("ana"), idle_rule());
    assert_eq!(
        told(&again, "c1"),
        [&ToConversation::Assigned { agent, generation, idle, helpers: vec![] }]
    );
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
}

#[test]
fn d7_take_is_for_waiting_conversations_and_has_one_winner() {
    let mut world = World::new();
    world.arrive("ana", 1);
    world.arrive("bob", 1);
    world.wait("c1");
    world.wait("c2");
    let take = |id| DeskClientFrame::Take { conversation: conversation_id(id) };
    let by = |name| agent_session(1, name, Role::Agent, 1);
    assert_eq!(rejection(&world.frame(&by("ana"), take("c2"))), None);
    let refused = world.frame(&by("bob"), take("c2"));
    assert_eq!(rejection(&refused), Some(Rejection::NotWaiting));
    let refused = world.frame(&by("ana"), take("c1"));
    assert_eq!(rejection(&refused), Some(Rejection::AgentUnavailable), "ana is full");
    assert_eq!(world.owner("c2").as_deref(), Some("ana"));
}

#[test]
fn d8_the_desk_lists_what_was_closed_last_and_forgets_what_is_older_still() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    for number in 0..limits::CLOSED_KEPT + 3 {
        let id = format!("c{number}");
        world.wait(&id);
        let generation = world.generation(&id);
        let (conversation, moment) = (conversation_id(&id), at(number as i64));
        let tell = ToRouter::Closed { conversation, at: moment, generation, reply_s: None };
        world.quick(|router, now| router.handle_tell(now, tell));
    }
    assert_eq!(world.router.chats().count(), limits::CLOSED_KEPT);
    assert_eq!(world.sql.count("SELECT count(*) FROM chat") as usize, limits::CLOSED_KEPT);
    assert!(world.router.chat(&conversation_id("c2")).is_none());
    let hello = agent_session(2, "ana", Role::Agent, 5);
    let effects = world.frame(&hello, DeskClientFrame::Hello {});
    let listed = effects.iter().find_map(|effect| match effect {
        Effect::Send { frame: DeskServerFrame::Desk { conversations, .. }, .. } => {
            Some(conversations.iter().map(|one| one.since).min())
        }
        _ => None,
    });
    let oldest = limits::CLOSED_KEPT + 3 - limits::CLOSED_LISTED;
    assert_eq!(listed, Some(Some(at(oldest as i64))));
    assert_eq!(world.router.decisions().count(), limits::DECISIONS_KEPT);
    world.restart();
}

#[test]
fn a_stale_close_does_nothing_and_a_repeated_wait_neither() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.wait("c1");
    let stale = ToRouter::Closed {
        reply_s: None,
        conversation: conversation_id("c1"),
        at: at(9),
        generation: Generation(0),
    };
    let effects = world.turn(|router, now| router.handle_tell(now, stale));
    assert_eq!(effects, []);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
    world.accept("ana", false);
    world.wait("c2");
    assert_eq!(world.wait("c2"), []);
}

#[test]
fn a_generation_never_falls_even_for_a_conversation_the_desk_forgot() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    let (conversation, context) = (conversation_id("c1"), Context::default());
    let generation = Generation(41);
    let tell = ToRouter::Waiting { conversation, since: at(0), generation, context };
    world.turn(|router, now| router.handle_tell(now, tell));
    assert_eq!(world.generation("c1"), Generation(42));
}

#[derive(Clone, Debug)]
enum Step {
    Arrive(u8),
    Accept(u8, bool),
    Leave(u8),
    Wait(u8),
    Close(u8),
    Pass(i64),
    Transfer(u8, u8, u8),
    Take(u8, u8),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..3u8).prop_map(Step::Arrive),
        2 => (0..3u8, any::<bool>()).prop_map(|(agent, on)| Step::Accept(agent, on)),
        1 => (0..3u8).prop_map(Step::Leave),
        5 => (0..9u8).prop_map(Step::Wait),
        2 => (0..9u8).prop_map(Step::Close),
        1 => (1..40i64).prop_map(Step::Pass),
        1 => (0..3u8, 0..9u8, 0..3u8).prop_map(|(by, id, to)| Step::Transfer(by, id, to)),
        1 => (0..3u8, 0..9u8).prop_map(|(by, id)| Step::Take(by, id)),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    /// `World::check` holds after every step of any mixture, FIFO among those who never had an
    /// agent included.
    #[test]
    fn capacity_order_and_no_idle_match_hold(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        let name = |agent: u8| format!("agent{agent}");
        let chat = |id: u8| format!("c{id}");
        for step in steps {
            let mut before = world.queue();
            match step {
                Step::Arrive(agent) => world.arrive(&name(agent), u32::from(agent) + 1),
                Step::Accept(agent, on) => { world.accept(&name(agent), on); }
                Step::Leave(agent) => { world.leave(&name(agent)); }
                Step::Wait(id) => { world.wait(&chat(id)); }
                Step::Close(id) => {
                    let wanted = conversation_id(&chat(id));
                    if world.router.chats().any(|one| one.conversation == wanted) {
                        before.retain(|one| *one != chat(id));
                        world.close(&chat(id));
                    }
                }
                Step::Pass(seconds) => { world.pass(seconds); }
                Step::Transfer(by, id, to) => {
                    let conversation = ConversationId::parse(&chat(id)).unwrap();
                    let to = agent_id(&name(to));
                    let by = agent_session(1, &name(by), Role::Agent, 5);
                    world.frame(&by, DeskClientFrame::Transfer { conversation, to, note: None });
                }
                Step::Take(by, id) => {
                    let conversation = conversation_id(&chat(id));
                    let by = agent_session(1, &name(by), Role::Agent, 5);
                    world.frame(&by, DeskClientFrame::Take { conversation });
                    continue; // out of turn by purpose
                }
                Step::Restart => world.restart(),
            }
            // R5: whoever left the queue was in front of everybody who stayed.
            let after = world.queue();
            let stayed: Vec<_> = before.iter().filter(|id| after.contains(id)).collect();
            let left = before.len() - stayed.len();
            prop_assert_eq!(&before[left..].iter().collect::<Vec<_>>(), &stayed);
        }
    }
}

#[test]
fn i6_the_desk_says_who_the_visitor_is_for_as_long_as_it_knows_the_chat() {
    let mut world = World::new();
    let person = Person { id: "42".into(), name: Some("Ada".into()), email: None };
    let named = |world: &mut World| {
        let conversation = conversation_id("c1");
        let tell = ToRouter::Named { conversation, person: person.clone() };
        world.turn(|router, now| router.handle_tell(now, tell))
    };
    assert!(named(&mut world).is_empty(), "of a chat that is not known nothing is told");
    world.wait("c1");
    let shown = |effects: &[Effect]| {
        effects.iter().any(|effect| match effect {
            Effect::Send { frame: DeskServerFrame::Conversations { changed }, .. } => {
                changed.iter().any(|entry| entry.person.as_ref() == Some(&person))
            }
            _ => false,
        })
    };
    assert!(shown(&named(&mut world)));
    assert!(named(&mut world).is_empty(), "told once");
    world.restart();
    world.close("c1");
    assert!(shown(&world.wait("c1")), "still known when the chat is opened again");
}
