//! The rules of a conversation (docs/protocol.md, H, S and L), on its real store. Names cite rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::{Effect, Standing, To};
use edgewise::id::{DepartmentId, Generation, Seq};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::event::{Author, Body, Side};
use edgewise::protocol::frames::{About, ClientFrame, Context, Place, ServerFrame, Status};
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::session::{Draft, Session, Stage};
use edgewise::protocol::widget::{Answer, FieldKind, Filled};
use edgewise::store::{ConversationStore, Sql};
use proptest::prelude::*;
use std::collections::HashMap;
use support::talk::*;
use support::*;

#[test]
fn h1_the_first_frame_must_be_hello() {
    let mut world = World::new();
    let new = Session { stage: Stage::New, ..visitor(1) };
    let effects = world.send(&new, "m1", "hi");
    let close = Effect::Close { session: new.id, code: CloseCode::HelloRequired };
    assert_eq!(effects, [close]);
    assert_eq!(world.machine.last_seq(), Seq(0));
}

#[test]
fn h2_hello_is_answered_by_the_state_and_makes_the_session_live() {
    let mut world = World::new();
    let new = Session { stage: Stage::New, ..visitor(1) };
    let effects = world.hello(&new, 0, None);
    let sent = frames(&effects, &new);
    let ServerFrame::Welcome { you, last_seq, reset, status, .. } = &sent[0] else { panic!() };
    assert_eq!((you, *last_seq, *reset), (&Author::Visitor, Seq(0), false));
    assert_eq!(*status, Status::Closed);
    assert_eq!(batch_of(&effects, &new), (vec![], true));
    assert!(effects.contains(&Effect::Advance { session: new.id, stage: Stage::Live }));
}

#[test]
fn h3_a_long_history_comes_in_batches_and_the_session_is_live_only_after_the_last() {
    let mut world = World::new();
    let total = limits::BATCH_EVENTS as u32 + 1;
    for number in 1..=total {
        world.send(&visitor(1), &format!("m{number}"), "hi");
    }
    let late = Session { stage: Stage::New, ..ana(2) };
    let effects = world.hello(&late, 0, None);
    let (seqs, done) = batch_of(&effects, &late);
    assert_eq!((seqs.len(), done), (limits::BATCH_EVENTS, false));
    assert!(effects.contains(&Effect::Advance { session: late.id, stage: Stage::CatchingUp }));
    let catching_up = Session { stage: Stage::CatchingUp, ..ana(2) };
    let news = world.send(&visitor(1), "late", "hi");
    assert_eq!(frames(&news, &catching_up), [], "no live event may overtake the batches");
    let after = *seqs.last().unwrap();
    let (rest, done) = batch_of(&world.hello(&catching_up, after, Some("e1")), &catching_up);
    assert_eq!((rest, done), (vec![total, total + 1], true));
}

#[test]
fn h3_a_batch_is_bounded_by_bytes_and_always_leads_on() {
    let mut world = World::new();
    let text = "é".repeat(limits::TEXT_CHARS);
    for number in 1..=40 {
        world.send(&visitor(1), &format!("m{number}"), &text);
    }
    let mut after = 0;
    let mut seen = Vec::new();
    loop {
        let (seqs, done) = batch_of(&world.hello(&visitor(1), after, Some("e1")), &visitor(1));
        assert!(seqs.len() * text.len() <= limits::BATCH_BYTES, "{} events", seqs.len());
        after = *seqs.last().expect("a batch before the end has events");
        seen.extend(seqs);
        if done {
            break;
        }
    }
    assert_eq!(seen, (1..=40).collect::<Vec<u32>>());
}

#[test]
fn h4_a_client_of_a_history_that_went_on_differently_is_reset() {
    let mut world = World::new();
    for id in ["m1", "m2", "m3"] {
        world.send(&visitor(1), id, "before the backup was restored");
    }
    let held = [1, 2, 3].map(|seq| world.chain(seq));
    // The backup of the first message comes back, and others write on.
    world.sql.run("DELETE FROM event WHERE seq > 1", &[]).unwrap();
    world.restart();
    for id in ["m4", "m5", "m6"] {
        world.send(&visitor(1), id, "after it was restored");
    }
    let reset = |world: &mut World, after: u32, chain| {
        let effects = world.hello_with(&visitor(1), after, Some("e1"), chain);
        match frames(&effects, &visitor(1))[0] {
            ServerFrame::Welcome { reset, .. } => (reset, batch_of(&effects, &visitor(1)).0),
            _ => panic!("a welcome"),
        }
    };
    assert_eq!(reset(&mut world, 1, held[0]), (false, vec![2, 3, 4]), "what is shared is kept");
    for after in [2, 3] {
        let chain = held[after as usize - 1];
        assert_eq!(reset(&mut world, after, chain), (true, vec![1, 2, 3, 4]), "after {after}");
    }
    assert_eq!(reset(&mut world, 3, None), (true, vec![1, 2, 3, 4]), "no chain, no trust");
    let effects = world.send(&visitor(1), "m2", "before the backup was restored");
    assert_eq!(ack_of(&effects, &visitor(1)), Some(Seq(5)), "sent again, it is stored again");
}

#[test]
fn h4_a_client_of_another_history_is_reset() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hi");
    world.send(&visitor(1), "m2", "hi");
    let mut check = |after, epoch_of: Option<&str>, reset: bool, events: Vec<u32>| {
        let effects = world.hello(&visitor(1), after, epoch_of);
        let ServerFrame::Welcome { reset: got, .. } = frames(&effects, &visitor(1))[0] else {
            panic!("no welcome")
        };
        assert_eq!(got, reset, "after {after}, epoch {epoch_of:?}");
        assert_eq!(batch_of(&effects, &visitor(1)).0, events);
    };
    check(0, None, false, vec![1, 2]);
    check(0, Some("e0"), false, vec![1, 2]);
    check(1, Some("e1"), false, vec![2]);
    check(2, Some("e1"), false, vec![]);
    check(3, Some("e1"), true, vec![1, 2]);
    check(1, Some("e0"), true, vec![1, 2]);
    check(1, None, true, vec![1, 2]);
}

#[test]
fn s1_a_message_is_stored_then_acknowledged_then_shown_to_the_others() {
    let mut world = World::new();
    let effects = world.send(&visitor(1), "m1", "hello");
    let [event] = appended(&effects).try_into().unwrap();
    assert_eq!((event.seq, &event.author), (Seq(1), &Author::Visitor));
    assert_eq!(ack_of(&effects, &visitor(1)), Some(Seq(1)));
    let shown =
        |to: &Session| frames(&effects, to).contains(&ServerFrame::Event { event: event.clone() });
    assert!(!shown(&visitor(1)), "the sender has the ack");
    assert!(shown(&visitor(2)), "the visitor's other tab");
    assert!(shown(&ana(3)));
    let order = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let stored = order(|effect| matches!(effect, Effect::Append(_)));
    let acked =
        order(|effect| matches!(effect, Effect::Send { frame: ServerFrame::Ack { .. }, .. }));
    let sent =
        order(|effect| matches!(effect, Effect::Send { frame: ServerFrame::Event { .. }, .. }));
    assert!(stored < acked && acked < sent);
}

#[test]
fn s2_the_same_message_again_gets_the_same_ack_and_changes_nothing() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.send(&visitor(1), "m2", "again");
    for tab in [1, 7] {
        let effects = world.send(&visitor(tab), "m1", "hello");
        assert_eq!(effects.len(), 1, "{effects:?}");
        assert_eq!(ack_of(&effects, &visitor(tab)), Some(Seq(1)));
    }
    world.restart();
    assert_eq!(ack_of(&world.send(&visitor(1), "m1", "hello"), &visitor(1)), Some(Seq(1)));
    assert_eq!(world.machine.last_seq(), Seq(2));
}

#[test]
fn s2_the_scope_of_an_id_is_the_participant() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    let effects = world.send(&ana(2), "m1", "hello");
    assert_eq!(ack_of(&effects, &ana(2)), Some(Seq(3)));
}

#[test]
fn s2_an_agents_stored_message_is_acknowledged_even_after_a_transfer() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    world.send(&ana(2), "a1", "hi");
    world.assign("bob", 2);
    assert_eq!(ack_of(&world.send(&ana(2), "a1", "hi"), &ana(2)), Some(Seq(3)));
    let refused = world.send(&ana(2), "a2", "more");
    assert_eq!(rejection_of(&refused, &ana(2)), Some(Rejection::NotAssigned));
}

#[test]
fn s3_the_same_id_with_another_text_is_refused() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    let effects = world.send(&visitor(1), "m1", "other");
    assert_eq!(rejection_of(&effects, &visitor(1)), Some(Rejection::IdReused));
    assert_eq!(appended(&effects), []);
}

#[test]
fn s6_texts_are_bounded_at_the_limit_and_one_past() {
    let mut world = World::new();
    let mut check = |text: String, code: Option<Rejection>| {
        let effects = world.send(&visitor(1), &format!("m{}", text.len()), &text);
        assert_eq!(rejection_of(&effects, &visitor(1)), code, "{} characters", text.len());
        assert_eq!(appended(&effects).is_empty(), code.is_some());
    };
    check(String::new(), Some(Rejection::TextEmpty));
    check(" \n\t".into(), Some(Rejection::TextEmpty));
    check("字".repeat(limits::TEXT_CHARS), None);
    check("字".repeat(limits::TEXT_CHARS + 1), Some(Rejection::TextTooLong));
}

#[test]
fn s7_only_the_assigned_agent_may_send() {
    let mut world = World::new();
    let refused = world.send(&ana(2), "a1", "hi");
    assert_eq!(rejection_of(&refused, &ana(2)), Some(Rejection::NotAssigned));
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    assert!(ack_of(&world.send(&ana(2), "a1", "hi"), &ana(2)).is_some());
    let bob = agent_session(3, "bob", Role::Owner, 5);
    let refused = world.send(&bob, "b1", "hi");
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned));
}

#[test]
fn s8_typing_reaches_other_people_only_and_is_not_stored() {
    let mut world = World::new();
    let effects = world.frame(&visitor(1), ClientFrame::Typing { on: true });
    let typing = ServerFrame::Typing { who: Author::Visitor, on: true };
    assert_eq!(frames(&effects, &ana(2)), [typing]);
    assert_eq!(frames(&effects, &visitor(1)), []);
    assert_eq!(frames(&effects, &visitor(9)), [], "the visitor's other tab");
    assert_eq!(effects.len(), 1);
}

#[test]
fn s9_read_marks_only_rise_and_never_above_the_log() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    let mut check = |from: &Session, seen, shown: Option<(Side, u32)>| {
        let effects = world.frame(from, ClientFrame::Seen { seq: Seq(seen) });
        let mark = frames(&effects, &visitor(99)).into_iter().find_map(|frame| match frame {
            ServerFrame::Seen { side, seq } => Some((side, seq.0)),
            _ => None,
        });
        assert_eq!(mark, shown, "seen {seen}");
    };
    check(&ana(2), 1, Some((Side::Agent, 1)));
    check(&ana(2), 1, None);
    check(&ana(2), 99, Some((Side::Agent, 2)));
    check(&ana(2), 1, None);
    check(&agent_session(3, "bob", Role::Agent, 5), 2, None);
    check(&visitor(1), 2, Some((Side::Visitor, 2)));
    world.restart();
    assert_eq!(world.machine.head().seen.agent, Seq(2));
}

#[test]
fn s10_closing_is_for_the_assigned_agent_and_frees_them_once() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    let refused = world.frame(&visitor(1), ClientFrame::Close {});
    assert_eq!(rejection_of(&refused, &visitor(1)), Some(Rejection::NotAssigned), "nobody's yet");
    world.assign("ana", 4);
    let bob = agent_session(3, "bob", Role::Agent, 5);
    let refused = world.frame(&bob, ClientFrame::Close {});
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned));
    let effects = world.frame(&ana(2), ClientFrame::Close {});
    let told = effects.iter().any(|effect| {
        matches!(effect, Effect::Tell(ToRouter::Closed { generation, .. }) if generation.0 == 4)
    });
    assert!(told, "{effects:?}");
    assert_eq!(world.status(), Status::Closed);
    assert_eq!(world.frame(&ana(2), ClientFrame::Close {}), []);
}

#[test]
fn s10_the_visitor_ends_what_an_agent_serves() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 4);
    let effects = world.frame(&visitor(1), ClientFrame::Close {});
    let told = effects.iter().any(|effect| {
        matches!(effect, Effect::Tell(ToRouter::Closed { generation, .. }) if generation.0 == 4)
    });
    assert!(told, "{effects:?}");
    assert!(matches!(&appended(&effects)[..], [event] if event.author == Author::Visitor));
    assert_eq!(world.status(), Status::Closed);
    assert_eq!(world.frame(&visitor(1), ClientFrame::Close {}), []);
}

#[test]
fn s11_the_visitor_rates_once_what_has_ended() {
    let mut world = World::new();
    let rate = |comment: &str| ClientFrame::Rate { good: true, comment: comment.into() };
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    assert_eq!(world.frame(&visitor(1), rate("too early")), []);
    world.frame(&ana(2), ClientFrame::Close {});
    let refused = world.frame(&ana(2), rate("my own work"));
    assert_eq!(rejection_of(&refused, &ana(2)), Some(Rejection::Forbidden));
    let long = "字".repeat(limits::NOTE_CHARS + 1);
    let refused = world.frame(&visitor(1), rate(&long));
    assert_eq!(rejection_of(&refused, &visitor(1)), Some(Rejection::TextTooLong));
    let effects = world.frame(&visitor(1), rate(&long[..long.len() - "字".len()]));
    assert_eq!(appended(&effects).len(), 1, "at the bound");
    assert_eq!(world.frame(&visitor(1), rate("once more")), []);
    world.send(&visitor(1), "m2", "and another thing");
    world.assign("ana", 2);
    world.frame(&visitor(1), ClientFrame::Close {});
    let effects = world.frame(&visitor(1), rate("  short  "));
    let body = Body::Rated { good: true, comment: "short".into() };
    assert!(matches!(&appended(&effects)[..], [event] if event.body == body), "{effects:?}");
    let shown = |effect: &Effect| {
        matches!(effect, Effect::Send { to: To::Live, frame: ServerFrame::Event { .. } })
    };
    assert!(effects.iter().any(shown), "the visitor's tabs and the agents see it");
}

#[test]
fn l6_the_end_tells_how_long_the_first_answer_took() {
    let reply = |effects: &[Effect]| {
        let told = effects.iter().find_map(|effect| match effect {
            Effect::Tell(ToRouter::Closed { reply_s, .. }) => Some(*reply_s),
            _ => None,
        });
        told.expect("the end is told")
    };
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    world.send(&visitor(1), "m2", "anybody?");
    world.clock += 60;
    world.send(&ana(2), "a1", "hi");
    world.clock += 60;
    world.send(&ana(2), "a2", "what is it?");
    world.restart();
    assert_eq!(reply(&world.frame(&ana(2), ClientFrame::Close {})), Some(63), "from m1 to a1");
    world.send(&visitor(1), "m3", "once more");
    world.assign("ana", 2);
    assert_eq!(reply(&world.frame(&ana(2), ClientFrame::Close {})), None, "no answer");
    for number in 0..limits::BATCH_EVENTS {
        world.send(&visitor(1), &format!("n{number}"), "and so on");
    }
    world.assign("ana", 3);
    world.send(&ana(2), "a3", "at last");
    assert_eq!(reply(&world.frame(&ana(2), ClientFrame::Close {})), None, "too far back");
    world.send(&visitor(1), "m5", "once more");
    world.assign("ana", 4);
    world.send(&ana(2), "a4", "at once");
    assert_eq!(reply(&world.frame(&visitor(1), ClientFrame::Close {})), Some(2));
}

#[test]
fn s12_a_form_is_stored_once_and_calls_somebody_as_a_message_does() {
    let mut world = World::new();
    let answer = Answer { kind: FieldKind::Name, label: "Who?".into(), text: "Vik".into() };
    let sales = DepartmentId::parse("sales");
    let filled =
        |id| Filled { client_id: client_id(id), answers: vec![answer.clone()], department: None };
    let fill = |world: &mut World, filled: Filled, draft: Option<Draft>| {
        let store = ConversationStore::new(&world.sql);
        let from = Session { draft, ..visitor(0) };
        store.take_form(&mut world.machine, at(9), &from, filled).unwrap()
    };
    let context = Context { page: "/lamps".into(), ..Context::default() };
    let draft = Draft { epoch: epoch("told"), context, about: About::default() };
    let first = Filled { department: sales.clone(), ..filled("f1") };
    let effects = fill(&mut world, first.clone(), Some(draft));
    let body = Body::Filled { client_id: client_id("f1"), answers: first.answers.clone() };
    assert!(matches!(&appended(&effects)[..], [event] if event.body == body), "{effects:?}");
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Tell(ToRouter::Waiting { context, .. }) => Some(context.clone()),
        _ => None,
    });
    let told = told.expect("somebody is called");
    assert_eq!((told.page.as_str(), told.department), ("/lamps", sales));
    assert_eq!(world.machine.head().epoch, epoch("told"), "the history that the panel was told");
    assert_eq!(fill(&mut world, first.clone(), None), [], "the same again does nothing");
    world.restart();
    assert_eq!(fill(&mut world, first, None), [], "after a restart, too");
    // Who has written meanwhile in another tab loses nothing.
    let effects = fill(&mut world, filled("f2"), None);
    assert_eq!(appended(&effects).len(), 1);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Tell(_))), "they wait already");
    world.assign("ana", 1);
    world.frame(&ana(2), ClientFrame::Close {});
    let effects = fill(&mut world, filled("f3"), None);
    let bodies: Vec<Body> = appended(&effects).into_iter().map(|event| event.body).collect();
    assert!(matches!(&bodies[..], [Body::Reopened, Body::Filled { .. }]), "{bodies:?}");
    assert!(matches!(world.status(), Status::Waiting { .. }));
}

#[test]
fn l2_the_first_message_waits_and_a_later_one_reopens() {
    let mut world = World::new();
    let context = Context {
        locale: "zh-CN".into(),
        page: "https://shop.example/".into(),
        ..Context::default()
    };
    let context_told = Some(context.clone());
    let hello = ClientFrame::Hello {
        after: Seq(0),
        epoch: None,
        chain: None,
        context: context_told,
        about: None,
    };
    let drafted = world.frame(&visitor(1), hello);
    assert!(!drafted.iter().any(Effect::is_stored), "who only looks stores nothing: {drafted:?}");
    world.restart();
    let effects = world.send(&with_draft(visitor(1), &drafted), "m1", "hello");
    assert_eq!(world.machine.head().epoch, epoch("e1"), "the one that the client was told");
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Tell(ToRouter::Waiting { context, generation, .. }) => Some((context, generation)),
        _ => None,
    });
    assert_eq!(told, Some((&context, &Generation(0))));
    assert_eq!(appended(&effects).len(), 1);
    let effects = world.send(&visitor(1), "m2", "anyone?");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Tell(_))), "told once");
    world.assign("ana", 1);
    world.frame(&ana(2), ClientFrame::Close {});
    let effects = world.send(&visitor(1), "m3", "one more thing");
    let bodies: Vec<Body> = appended(&effects).into_iter().map(|event| event.body).collect();
    assert!(matches!(bodies[..], [Body::Reopened, Body::Message { .. }]), "{bodies:?}");
    assert_eq!(world.status(), Status::Waiting { place: None });
}

#[test]
fn l3_a_stale_generation_changes_nothing() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 3);
    for generation in [0, 2, 3] {
        assert_eq!(world.assign("bob", generation), [], "generation {generation}");
        let requeued = ToConversation::Requeued { generation: Generation(generation) };
        assert_eq!(world.tell(requeued), []);
    }
    assert_eq!(world.status(), Status::Assigned { agent: agent("ana") });
    world.tell(ToConversation::Requeued { generation: Generation(4) });
    assert_eq!(world.machine.head().standing, Standing::Waiting { place: None });
}

#[test]
fn l3_the_same_agent_again_is_no_event() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    let effects = world.assign("ana", 2);
    assert_eq!((appended(&effects), effects.len()), (vec![], 1), "{effects:?}");
    assert_eq!(world.assign("bob", 2), [], "the number counts all the same");
    world.restart();
    assert_eq!(world.machine.head().generation, Generation(2));
}

#[test]
fn l4_places_are_shown_to_all_when_they_change() {
    let mut world = World::new();
    let place = Place { position: 2, staffed: true, ..Place::default() };
    assert_eq!(world.tell(ToConversation::Place { place }), [], "nobody waits");
    world.send(&visitor(1), "m1", "hello");
    let effects = world.tell(ToConversation::Place { place });
    let status = Status::Waiting { place: Some(place) };
    assert_eq!(frames(&effects, &visitor(1)), [ServerFrame::Status { status: status.clone() }]);
    assert_eq!(world.tell(ToConversation::Place { place }), []);
    world.restart();
    assert_eq!(world.status(), status);
}

#[test]
fn a_turn_whose_store_fails_leaves_nothing_behind() {
    for failing in 0..4 {
        let mut world = World::new();
        world.send(&visitor(1), "m1", "hello");
        world.assign("ana", 1);
        world.frame(&ana(2), ClientFrame::Close {});
        let before = world.sql.count("SELECT count(*) FROM event");
        let mail = world.sql.count("SELECT count(*) FROM outbox");
        let store = ConversationStore::new(&world.sql);
        world.sql.fail_after.set(Some(failing));
        let send = ClientFrame::Send { client_id: client_id("m2"), text: "more".into() };
        let mut machine = world.machine.clone();
        let outcome = store.take_frame(&mut machine, at(99), &visitor(1), send.clone());
        assert!(outcome.is_err(), "write {failing} should have failed");
        assert_eq!(world.sql.count("SELECT count(*) FROM event"), before);
        assert_eq!(world.sql.count("SELECT count(*) FROM outbox"), mail);
        world.restart();
        assert_eq!(
            ack_of(&world.send(&visitor(1), "m2", "more"), &visitor(1)),
            Some(Seq(before + 2))
        );
    }
}

#[derive(Clone, Debug)]
enum Step {
    Send { tab: u32, id: u8, text: u8 },
    Agent { id: u8 },
    Assign { generation: u32 },
    Close,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..3u32, 0..12u8, 0..2u8).prop_map(|(tab, id, text)| Step::Send { tab, id, text }),
        2 => (0..8u8).prop_map(|id| Step::Agent { id }),
        1 => (0..6u32).prop_map(|generation| Step::Assign { generation }),
        1 => Just(Step::Close),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    /// S2, S3, S4 over any mixture of sends, retries, assignments, closes and restarts: seqs are
    /// dense, every ack is true for ever, nothing is stored twice.
    #[test]
    fn s4_seqs_are_dense_and_acks_are_kept(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        let mut acked: HashMap<(String, String), (Seq, String)> = HashMap::new();
        for step in steps {
            let (from, id, text) = match step {
                Step::Send { tab, id, text } => {
                    (visitor(tab), format!("m{id}"), format!("text {text}"))
                }
                Step::Agent { id } => (ana(9), format!("a{id}"), "answer".to_owned()),
                Step::Assign { generation } => { world.assign("ana", generation); continue }
                Step::Close => { world.frame(&ana(9), ClientFrame::Close {}); continue }
                Step::Restart => { world.restart(); continue }
            };
            let effects = world.send(&from, &id, &text);
            let key = (format!("{:?}", from.holder), id);
            match (ack_of(&effects, &from), acked.get(&key)) {
                (Some(seq), Some((first, body))) => {
                    prop_assert_eq!(seq, *first);
                    prop_assert_eq!(&text, body);
                }
                (Some(seq), None) => { acked.insert(key, (seq, text)); }
                (None, known) => {
                    let code = rejection_of(&effects, &from);
                    let reused = known.is_some_and(|(_, body)| *body != text);
                    let wanted = if reused { Rejection::IdReused } else { Rejection::NotAssigned };
                    prop_assert_eq!(code, Some(wanted));
                }
            }
        }
        world.restart();
        let (seqs, _) = batch_of(&world.hello(&visitor(1), 0, None), &visitor(1));
        let dense: Vec<u32> = (1..=world.machine.last_seq().0).collect();
        prop_assert_eq!(seqs, dense);
        let messages = world.sql.count("SELECT count(*) FROM event WHERE kind = 'message'");
        prop_assert_eq!(messages as usize, acked.len());
        for ((_, id), (seq, text)) in &acked {
            let sql = "SELECT count(*) FROM event WHERE seq = ? AND client_id = ? AND text = ?";
            let args = [seq.0.into(), id.into(), text.into()];
            let mut found = world.sql.rows(sql, &args).unwrap();
            prop_assert_eq!(found.pop().unwrap().count().unwrap(), 1);
        }
    }
}

#[test]
fn to_names_the_right_sessions() {
    let catching_up = Session { stage: Stage::CatchingUp, ..visitor(1) };
    let check = |to: To, session: &Session, meant| {
        assert_eq!(to.includes(session), meant, "{to:?} {session:?}");
    };
    check(To::Live, &visitor(1), true);
    check(To::Live, &catching_up, false);
    check(To::Session(catching_up.id), &catching_up, true);
    check(To::LiveExcept(visitor(1).id), &visitor(1), false);
    check(To::LiveOthers(visitor(1).holder), &visitor(2), false);
    check(To::LiveOthers(visitor(1).holder), &ana(2), true);
    check(To::LiveOthers(ana(2).holder), &ana(5), false);
}
