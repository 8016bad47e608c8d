//! Visitors who leave the agent's word unanswered (docs/routing.md, Silent visitors): what the
//! conversation does by its clock, and what the desk makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::Effect;
use edgewise::id::Generation;
use edgewise::limits;
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::{DeskClientFrame, DeskState};
use edgewise::protocol::event::{Author, Body};
use edgewise::protocol::frames::Status;
use edgewise::protocol::peer::{IdleRule, ToConversation, ToRouter};
use edgewise::protocol::routing::*;
use edgewise::routing::State;
use edgewise::time::Millis;
use support::talk::{ana, appended};
use support::*;

type Talk = support::talk::World;
type Desk = support::desk::World;

const IDLE_S: i64 = limits::IDLE_S as i64;

/// A conversation in which Ana has answered.
fn answered() -> Talk {
    let mut talk = Talk::new();
    talk.send(&visitor(1), "m1", "hello");
    talk.assign("ana", 1);
    talk.send(&ana(2), "a1", "which one?");
    talk
}

fn kinds(effects: &[Effect]) -> Vec<(Author, Body)> {
    appended(effects).into_iter().map(|event| (event.author, event.body)).collect()
}

fn tells(effects: &[Effect]) -> Vec<ToRouter> {
    let told = |effect: &Effect| match effect {
        Effect::Tell(tell) => Some(tell.clone()),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

fn numbered(generation: u32) -> (edgewise::id::ConversationId, Generation) {
    (conversation_id("c"), Generation(generation))
}

#[test]
fn a_visitor_who_does_not_answer_is_asked_then_the_conversation_is_closed() {
    let mut talk = answered();
    let said = talk.clock;
    let asked = talk.ring();
    assert_eq!(talk.clock - said, IDLE_S, "to the second");
    assert_eq!(kinds(&asked), [(Author::System, Body::Idle)]);
    let (conversation, generation) = numbered(1);
    assert_eq!(tells(&asked), [ToRouter::Idle { conversation, generation }]);
    assert!(matches!(talk.status(), Status::Assigned { .. }), "the agent is still theirs");
    talk.restart();
    let closed = talk.ring();
    assert_eq!(talk.clock - said, 2 * IDLE_S);
    assert_eq!(kinds(&closed), [(Author::System, Body::Closed)]);
    let (conversation, generation) = numbered(1);
    let moment = at(talk.clock);
    let reply_s = tells(&closed).into_iter().find_map(|tell| match tell {
        ToRouter::Closed { reply_s, .. } => reply_s,
        _ => None,
    });
    assert!(reply_s.is_some(), "the answer counts, whoever ends it");
    let told = ToRouter::Closed { conversation, at: moment, generation, reply_s };
    assert_eq!(tells(&closed), [told]);
    assert_eq!(talk.status(), Status::Closed);
    assert_eq!(talk.machine.next_timer(at(talk.clock)), None);
}

#[test]
fn one_who_writes_in_time_is_asked_nothing_and_one_who_was_asked_is_back() {
    let mut talk = answered();
    talk.clock += IDLE_S - 5;
    let effects = talk.send(&visitor(1), "m2", "the blue one");
    assert_eq!(tells(&effects), [], "a message tells the desk nothing");
    talk.clock += IDLE_S;
    assert_eq!(talk.look_at_clock(), [], "who waits for the agent is not silent");
    talk.send(&ana(2), "a2", "there you are");
    talk.ring();
    talk.restart();
    let (conversation, generation) = numbered(1);
    let back = talk.send(&visitor(1), "m3", "thanks");
    assert_eq!(tells(&back), [ToRouter::Back { conversation, generation }]);
    assert_eq!(kinds(&back).len(), 1, "the thread has the message and no more");
    let again = talk.send(&visitor(1), "m4", "really");
    assert_eq!(tells(&again), [], "once");
    assert_eq!(talk.machine.next_timer(at(0)), Some(at(IDLE_S)), "and it may begin anew");
}

#[test]
fn a_helper_who_comes_or_leaves_answers_nobody() {
    for restarts in [false, true] {
        let mut talk = answered();
        for helpers in [vec![agent("bob")], vec![]] {
            talk.tell(ToConversation::Helpers { generation: Generation(1), helpers });
        }
        if restarts {
            talk.restart();
        }
        let asked = talk.ring();
        assert_eq!(kinds(&asked), [(Author::System, Body::Idle)], "it is the visitor's turn still");
        let mut waits = Talk::new();
        waits.send(&visitor(1), "m1", "hello");
        waits.assign("ana", 1);
        let helpers = vec![agent("bob")];
        waits.tell(ToConversation::Helpers { generation: Generation(1), helpers });
        if restarts {
            waits.restart();
        }
        waits.clock += 2 * IDLE_S;
        assert_eq!(waits.look_at_clock(), [], "and here it is the agent's");
    }
}

#[test]
fn an_agent_who_writes_after_the_question_gives_the_visitor_more_time() {
    let mut talk = answered();
    talk.ring();
    talk.send(&ana(2), "a2", "I will leave this open");
    let since = talk.clock;
    talk.restart();
    let closed = talk.ring();
    assert_eq!(talk.clock - since, IDLE_S);
    assert_eq!(kinds(&closed), [(Author::System, Body::Closed)], "nobody is asked twice");
}

#[test]
fn the_alarm_never_rings_too_late_however_seldom_it_is_set() {
    // Set when the agent comes, and then only when it rings.
    let mut talk = Talk::new();
    talk.send(&visitor(1), "m1", "hello");
    talk.assign("ana", 1);
    let mut alarm = talk.machine.next_timer(at(talk.clock)).unwrap();
    for number in 0..40 {
        talk.clock += 7 * (number % 5) + 60;
        while at(talk.clock) >= alarm {
            assert_eq!(kinds(&talk.look_at_clock()), [], "they talk");
            alarm = talk.machine.next_timer(at(talk.clock)).unwrap();
        }
        talk.send(&visitor(1), &format!("v{number}"), "?");
        talk.send(&ana(2), &format!("a{number}"), "!");
        assert!(alarm <= talk.machine.next_timer(at(talk.clock)).unwrap());
    }
}

#[test]
fn it_can_be_switched_off_wholly_or_in_part() {
    let assigned = |ask_s, close_s| {
        let mut talk = Talk::new();
        talk.send(&visitor(1), "m1", "hello");
        let (agent, generation) = (agent("ana"), Generation(1));
        let idle = IdleRule { ask_s, close_s };
        talk.tell(ToConversation::Assigned { agent, generation, idle, helpers: vec![] });
        talk.send(&ana(2), "a1", "which one?");
        talk
    };
    let talk = assigned(0, 5);
    assert_eq!(talk.machine.next_timer(at(talk.clock)), None);
    let mut talk = assigned(5, 0);
    assert_eq!(kinds(&talk.ring()), [(Author::System, Body::Idle)]);
    assert_eq!(talk.machine.next_timer(at(talk.clock)), None, "asked, and left open");
    talk.send(&ana(2), "a2", "still here if you need me");
    assert_eq!(talk.machine.next_timer(at(talk.clock)), None, "nobody is asked twice");
    let back = talk.send(&visitor(1), "m2", "back");
    assert_eq!(tells(&back).len(), 1, "the mail rings the alarm, which looks at the clock");
    assert_eq!(talk.machine.next_timer(at(talk.clock)), Some(at(talk.clock + 5)));
}

#[test]
fn a_new_agent_begins_with_a_visitor_who_is_not_silent() {
    let mut talk = answered();
    talk.ring();
    talk.assign("bob", 2);
    assert_eq!(tells(&talk.send(&visitor(1), "m2", "hello bob")), [], "nobody was told of bob");
    talk.tell(ToConversation::Requeued { generation: Generation(3) });
    assert_eq!(talk.machine.next_timer(at(talk.clock)), None, "who waits is not silent");
}

/// What the conversation says of its visitor.
fn falls_silent(desk: &mut Desk, id: &str) {
    let (conversation, generation) = (conversation_id(id), desk.generation(id));
    let tell = ToRouter::Idle { conversation, generation };
    desk.turn(|router, now| router.handle_tell(now, tell));
}

fn is_back(desk: &mut Desk, id: &str) -> Vec<edgewise::routing::Effect> {
    let (conversation, generation) = (conversation_id(id), desk.generation(id));
    let tell = ToRouter::Back { conversation, generation };
    desk.turn(|router, now| router.handle_tell(now, tell))
}

fn is_silent(desk: &Desk, id: &str) -> bool {
    let chat = desk.router.chat(&conversation_id(id)).unwrap();
    matches!(chat.state, State::Idle { .. })
}

fn load(desk: &Desk, name: &str) -> u32 {
    desk.router.load(&agent_id(name))
}

fn last(desk: &Desk) -> (Made, Because) {
    let decision = desk.router.decisions().last().unwrap();
    (decision.made, decision.because)
}

#[test]
fn r4_the_place_of_a_silent_visitor_goes_to_the_next_at_once() {
    let mut desk = Desk::new();
    desk.on_duty("ana", 1);
    desk.wait("c1");
    desk.wait("c2");
    falls_silent(&mut desk, "c1");
    assert_eq!(desk.owner("c2").as_deref(), Some("ana"));
    assert!(is_silent(&desk, "c1"));
    let entry = desk.router.chat(&conversation_id("c1")).unwrap().entry();
    let DeskState::Assigned { agent, idle } = entry.state else { panic!("{entry:?}") };
    assert_eq!((agent.id, idle), (agent_id("ana"), Some(at(desk.clock))), "consoles see whose");
    desk.restart();
    falls_silent(&mut desk, "c1");
    assert_eq!(load(&desk, "ana"), 1, "R11: twice is once");
}

#[test]
fn r2_who_is_back_takes_the_place_again_or_stands_in_front() {
    let mut desk = Desk::new();
    desk.on_duty("ana", 1);
    desk.wait("c1");
    falls_silent(&mut desk, "c1");
    assert_eq!(load(&desk, "ana"), 0);
    let effects = is_back(&mut desk, "c1");
    assert_eq!(support::desk::told(&effects, "c1").len(), 0, "the conversation goes on as it was");
    assert_eq!((desk.owner("c1").as_deref(), load(&desk, "ana")), (Some("ana"), 1));
    assert_eq!(last(&desk), (Made::Resumed, Because::Wrote));

    falls_silent(&mut desk, "c1");
    desk.wait("c2");
    desk.wait("c3");
    let effects = is_back(&mut desk, "c1");
    assert_eq!(desk.queue(), ["c1", "c3"], "in front, and not silently on top");
    assert_eq!(load(&desk, "ana"), 1);
    assert!(matches!(
        support::desk::told(&effects, "c1")[0],
        ToConversation::Requeued { generation: Generation(2) }
    ));
    desk.close("c2");
    assert_eq!(desk.owner("c1").as_deref(), Some("ana"), "the last agent, once there is room");
}

#[test]
fn r6_a_silent_visitor_of_a_gone_agent_needs_nobody_before_they_are_back() {
    let mut desk = Desk::new();
    desk.on_duty("ana", 2);
    desk.wait("c1");
    desk.wait("c2");
    falls_silent(&mut desk, "c1");
    desk.leave("ana");
    desk.pass(i64::from(limits::GRACE_S) + 1);
    assert_eq!(desk.queue(), ["c2"], "R7: who talks goes back to the queue");
    assert!(is_silent(&desk, "c1"));
    desk.on_duty("bob", 5);
    is_back(&mut desk, "c1");
    assert_eq!(desk.owner("c1").as_deref(), Some("bob"));
    falls_silent(&mut desk, "c1");
    desk.turn(|router, now| router.handle_removed(now, &agent_id("bob")));
    assert_eq!(desk.queue(), ["c1", "c2"], "R18: who is out keeps not even the silent");
}

#[test]
fn r13_late_news_of_a_silence_does_nothing() {
    let mut desk = Desk::new();
    desk.on_duty("ana", 5);
    desk.arrive("bob", 5);
    desk.wait("c1");
    let generation = desk.generation("c1");
    let transfer = DeskClientFrame::Transfer {
        conversation: conversation_id("c1"),
        to: agent_id("bob"),
        note: None,
    };
    falls_silent(&mut desk, "c1");
    desk.frame(&agent_session(1, "ana", Role::Agent, 5), transfer);
    assert_eq!(desk.owner("c1").as_deref(), Some("bob"), "a silent one can be handed over");
    for tell in [
        ToRouter::Idle { conversation: conversation_id("c1"), generation },
        ToRouter::Back { conversation: conversation_id("c1"), generation },
    ] {
        assert_eq!(desk.turn(|router, now| router.handle_tell(now, tell)), []);
    }
    assert_eq!(load(&desk, "bob"), 1);
}

#[test]
fn the_end_of_a_silent_visitor_gives_its_agent_no_time_for_notes() {
    let rules = Department { wrap_up_s: 30, ..Department::default() };
    let departments = vec![rules];
    let mut desk = Desk::with(RoutingSettings { departments, ..RoutingSettings::default() });
    desk.on_duty("ana", 1);
    desk.wait("c1");
    falls_silent(&mut desk, "c1");
    desk.close("c1");
    let wrap_up = |desk: &Desk| -> Option<Millis> { desk.router.agents().next().unwrap().wrap_up };
    assert_eq!(wrap_up(&desk), None, "they have had others since");
    desk.wait("c2");
    desk.close("c2");
    assert!(wrap_up(&desk).is_some());
}
