//! Agents whom another has asked into a conversation (docs/protocol.md, D14): what the desk lets
//! them, and what the conversation makes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::id::{ConversationId, Generation};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::desk::DeskClientFrame;
use edgewise::protocol::event::Body;
use edgewise::protocol::peer::ToConversation;
use edgewise::routing::Effect;
use support::desk::{rejection, told};
use support::talk::{ack_of, appended, rejection_of};
use support::*;

type Desk = support::desk::World;
type Talk = support::talk::World;

fn c1() -> ConversationId {
    conversation_id("c1")
}

fn invite(desk: &mut Desk, by: &str, role: Role, to: &str) -> Vec<Effect> {
    let frame = DeskClientFrame::Invite { conversation: c1(), to: agent_id(to) };
    desk.frame(&agent_session(1, by, role, 5), frame)
}

fn leave(desk: &mut Desk, by: &str) -> Vec<Effect> {
    let frame = DeskClientFrame::Leave { conversation: c1() };
    desk.frame(&agent_session(1, by, Role::Agent, 5), frame)
}

fn helpers(desk: &Desk) -> Vec<String> {
    let chat = desk.router.chat(&c1()).unwrap();
    chat.helpers.iter().map(|one| one.id.as_str().to_owned()).collect()
}

/// Ana serves; Bob, Eve and Zoe are there and accept nobody.
fn served() -> Desk {
    let mut desk = Desk::new();
    desk.on_duty("ana", 1);
    desk.wait("c1");
    for name in ["bob", "eve", "zoe"] {
        desk.arrive(name, 1);
    }
    desk
}

#[test]
fn d14_a_helper_takes_no_place_and_changes_no_assignment() {
    let mut desk = served();
    let effects = invite(&mut desk, "ana", Role::Agent, "bob");
    let (generation, helpers_now) = (Generation(1), vec![agent("bob")]);
    let tell = ToConversation::Helpers { generation, helpers: helpers_now };
    assert_eq!(told(&effects, "c1"), [&tell]);
    assert_eq!(desk.owner("c1").as_deref(), Some("ana"));
    assert_eq!((desk.router.load(&agent_id("bob")), desk.generation("c1")), (0, Generation(1)));
    desk.restart();
    assert_eq!(helpers(&desk), ["bob"]);
    assert_eq!(invite(&mut desk, "ana", Role::Agent, "bob"), [], "twice is once");
    assert_eq!(told(&leave(&mut desk, "bob"), "c1").len(), 1);
    assert_eq!(helpers(&desk), [""; 0]);
    assert_eq!(rejection(&leave(&mut desk, "bob")), Some(Rejection::NotAssigned));
}

#[test]
fn d14_who_may_ask_whom() {
    let mut desk = served();
    for (by, role, to, refused) in [
        ("bob", Role::Agent, "eve", Some(Rejection::NotAssigned)),
        ("ana", Role::Agent, "nobody", Some(Rejection::AgentUnavailable)),
        ("ana", Role::Agent, "bob", None),
        ("bob", Role::Agent, "eve", Some(Rejection::NotAssigned)),
        ("eve", Role::Admin, "eve", None),
        ("ana", Role::Agent, "ana", None),
    ] {
        assert_eq!(rejection(&invite(&mut desk, by, role, to)), refused, "{by} asks {to}");
    }
    assert_eq!(helpers(&desk), ["bob", "eve"]);
    desk.leave("zoe");
    let refused = rejection(&invite(&mut desk, "ana", Role::Agent, "zoe"));
    assert_eq!(refused, Some(Rejection::AgentUnavailable), "who is gone");
    for number in 0..limits::HELPERS {
        desk.arrive(&format!("h{number}"), 1);
        let refused = rejection(&invite(&mut desk, "ana", Role::Agent, &format!("h{number}")));
        let full = number + 2 >= limits::HELPERS;
        assert_eq!(refused.is_some(), full, "with {number} more");
    }
    let waiting =
        DeskClientFrame::Invite { conversation: conversation_id("c9"), to: agent_id("bob") };
    let refused = desk.frame(&agent_session(1, "ana", Role::Agent, 5), waiting);
    assert_eq!(rejection(&refused), Some(Rejection::UnknownConversation));
}

#[test]
fn d14_help_goes_with_a_transfer_and_ends_with_a_return_or_a_close() {
    let mut desk = served();
    invite(&mut desk, "ana", Role::Agent, "bob");
    invite(&mut desk, "ana", Role::Agent, "eve");
    let transfer =
        DeskClientFrame::Transfer { conversation: c1(), to: agent_id("bob"), note: None };
    desk.frame(&agent_session(1, "ana", Role::Agent, 1), transfer);
    assert_eq!((desk.owner("c1").as_deref(), helpers(&desk)), (Some("bob"), vec!["eve".into()]));
    desk.turn(|router, now| router.handle_removed(now, &agent_id("eve")));
    assert_eq!(helpers(&desk), [""; 0], "R18");
    invite(&mut desk, "bob", Role::Agent, "zoe");
    desk.close("c1");
    assert_eq!(helpers(&desk), [""; 0]);
    desk.accept("ana", false);
    desk.wait("c1");
    desk.accept("ana", true);
    invite(&mut desk, "ana", Role::Agent, "zoe");
    desk.leave("ana");
    desk.pass(i64::from(limits::GRACE_S) + 1);
    assert_eq!((desk.queue(), helpers(&desk)), (vec!["c1".to_owned()], vec![]));
}

fn help(talk: &mut Talk, generation: u32, names: &[&str]) -> Vec<Body> {
    let helpers = names.iter().map(|name| agent(name)).collect();
    let generation = Generation(generation);
    let effects = talk.tell(ToConversation::Helpers { generation, helpers });
    appended(&effects).into_iter().map(|event| event.body).collect()
}

#[test]
fn s7_a_helper_writes_until_they_leave_and_the_visitor_reads_who_came() {
    let mut talk = Talk::new();
    talk.send(&visitor(1), "m1", "hello");
    talk.assign("ana", 1);
    let bob = agent_session(3, "bob", Role::Agent, 5);
    let refused = talk.send(&bob, "b1", "hi");
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned));
    assert_eq!(help(&mut talk, 1, &["bob"]), [Body::Joined { agent: agent("bob") }]);
    assert_eq!(help(&mut talk, 1, &["bob"]), [], "once");
    talk.restart();
    assert!(ack_of(&talk.send(&bob, "b2", "hi"), &bob).is_some());
    let close = edgewise::protocol::frames::ClientFrame::Close {};
    let refused = talk.frame(&bob, close);
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned), "it is not theirs");
    let bodies = help(&mut talk, 1, &["eve"]);
    let (eve, gone) = (Body::Joined { agent: agent("eve") }, Body::Left { agent: agent("bob") });
    assert_eq!(bodies, [eve, gone]);
    let refused = talk.send(&bob, "b3", "still?");
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned));
}

#[test]
fn l3_news_of_help_of_another_assignment_does_nothing() {
    let mut talk = Talk::new();
    talk.send(&visitor(1), "m1", "hello");
    assert_eq!(help(&mut talk, 0, &["bob"]), [], "nobody serves it");
    talk.assign("ana", 2);
    assert_eq!(help(&mut talk, 1, &["bob"]), []);
    help(&mut talk, 2, &["bob", "eve"]);
    talk.assign_with("bob", Generation(3), &["eve"]);
    let left: Vec<_> = talk.machine.head().care.helpers.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(left, ["eve"], "who serves it helps no more");
    talk.tell(ToConversation::Requeued { generation: Generation(4) });
    assert!(talk.machine.head().care.helpers.is_empty());
}
