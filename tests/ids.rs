//! The memory of ids (docs/protocol.md, S2), over pages, restarts and failures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::{Digest, Effect, Page};
use edgewise::id::Seq;
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::event::{Author, Body, Event};
use edgewise::protocol::frames::ClientFrame;
use edgewise::store::{ConversationStore, Sql};
use std::collections::BTreeMap;
use support::talk::*;
use support::*;

const PAGE: u32 = limits::PAGE_EVENTS as u32;

fn pages(world: &World) -> Vec<(u32, usize)> {
    let rows = world.sql.rows("SELECT first, digests FROM ids ORDER BY first", &[]).unwrap();
    let page =
        |mut row: edgewise::store::Row| (row.count().unwrap(), row.text().unwrap().len() / 8);
    rows.into_iter().map(page).collect()
}

/// Sends it again and expects the first acknowledgement, and nothing stored.
fn check_known(world: &mut World, number: u32, seq: Seq) {
    let effects = world.send(&visitor(1), &format!("m{number}"), "hi");
    assert_eq!(ack_of(&effects, &visitor(1)), Some(seq), "m{number}");
    assert_eq!(effects.len(), 1, "m{number}: {effects:?}");
}

#[test]
fn s2_ids_are_remembered_over_pages_and_restarts_at_any_point() {
    for rest_every in [u32::MAX, 1, 7, PAGE, PAGE + 1] {
        let mut world = World::new();
        let mut stored = Vec::new();
        for number in 1..=PAGE * 2 + 9 {
            if number % rest_every == 0 {
                world.restart();
            }
            if number % 50 == 0 {
                // Told while the ids are not in memory, or while they are.
                world.assign(if number % 100 == 0 { "ana" } else { "bob" }, number);
            }
            let effects = world.send(&visitor(1), &format!("m{number}"), "hi");
            stored.push((number, ack_of(&effects, &visitor(1)).unwrap()));
        }
        assert!(pages(&world).len() >= 2, "{:?}", pages(&world));
        for _ in 0..2 {
            for (number, seq) in &stored {
                check_known(&mut world, *number, *seq);
            }
            let reused = world.send(&visitor(1), "m1", "other");
            assert_eq!(rejection_of(&reused, &visitor(1)), Some(Rejection::IdReused));
            world.restart();
        }
        // Pages follow each other without a gap, and waking up reads no more than one of them.
        let mut next = 1;
        for (first, count) in pages(&world) {
            assert_eq!(first, next);
            next += count as u32;
        }
        assert!(world.machine.last_seq().0 - next < PAGE);
    }
}

#[test]
fn a_conversation_has_no_tables_before_its_first_message() {
    let sql = HostSql::new();
    let store = ConversationStore::new(&sql);
    let tables = || sql.rows("SELECT name FROM sqlite_master", &[]).unwrap().len();
    let mut machine = store.restore(conversation_id("c"), epoch("e1")).unwrap();
    let hello =
        ClientFrame::Hello { after: Seq(0), epoch: None, chain: None, context: None, about: None };
    for frame in [hello, ClientFrame::Seen { seq: Seq(1) }, ClientFrame::Typing { on: true }] {
        store.take_frame(&mut machine, at(1), &visitor(1), frame).unwrap();
        assert_eq!((tables(), store.due().unwrap()), (0, None));
    }
    let send = ClientFrame::Send { client_id: client_id("m1"), text: "hi".into() };
    store.take_frame(&mut machine, at(2), &visitor(1), send).unwrap();
    assert!(tables() > 0 && store.due().unwrap().is_some());
    let again = store.restore(conversation_id("c"), epoch("other")).unwrap();
    assert_eq!((again.last_seq(), again.head().epoch.clone()), (Seq(1), epoch("e1")));
}

#[test]
fn s2_two_ids_of_one_digest_are_two_messages() {
    let mut seen = BTreeMap::new();
    let (one, other) = (0_u32..)
        .find_map(|number| {
            let digest = Digest::of(&Author::Visitor, &client_id(&format!("m{number}")));
            Some((seen.insert(digest, number)?, number))
        })
        .unwrap();
    let mut world = World::new();
    for _ in 0..2 {
        for (number, seq) in [(one, 1), (other, 2)] {
            let effects = world.send(&visitor(1), &format!("m{number}"), "hi");
            assert_eq!(ack_of(&effects, &visitor(1)), Some(Seq(seq)));
        }
    }
    assert_eq!(world.machine.last_seq(), Seq(2));
}

#[test]
fn s2_a_log_without_pages_is_remembered_too() {
    let mut world = World::new();
    let total = PAGE * 2;
    for number in 1..=total {
        let body = Body::Message { client_id: client_id(&format!("m{number}")), text: "hi".into() };
        let (seq, author, chain) = (Seq(number), Author::Visitor, Default::default());
        let event = Event { seq, at: at(1), author, body, chain };
        ConversationStore::new(&world.sql).apply(at(1), &[Effect::Append(event)]).unwrap();
    }
    world.restart();
    for number in 1..=total {
        check_known(&mut world, number, Seq(number));
    }
    world.send(&visitor(1), "new", "hi");
    assert_eq!(pages(&world), [(1, total as usize + 1)]);
    world.restart();
    check_known(&mut world, 1, Seq(1));
    check_known(&mut world, total, Seq(total));
}

#[test]
fn d5_a_message_whose_page_cannot_be_stored_is_not_stored_either() {
    for failing in 0..2 {
        let mut world = World::new();
        for number in 1..PAGE {
            world.send(&visitor(1), &format!("m{number}"), "hi");
        }
        world.sql.fail_after.set(Some(failing));
        let send = ClientFrame::Send { client_id: client_id("last"), text: "hi".into() };
        let store = ConversationStore::new(&world.sql);
        let turn = store.take_frame(&mut world.machine, at(999), &visitor(1), send);
        assert!(turn.is_err(), "write {failing}");
        world.sql.fail_after.set(None);
        world.restart();
        assert_eq!((world.machine.last_seq(), pages(&world)), (Seq(PAGE - 1), vec![]));
        let again = world.send(&visitor(1), "last", "hi");
        assert_eq!(ack_of(&again, &visitor(1)), Some(Seq(PAGE)));
        assert_eq!(pages(&world), [(1, limits::PAGE_EVENTS)]);
    }
}

#[test]
fn an_unreadable_page_is_an_error_and_not_a_lost_memory() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hi");
    let page = Page { first: Seq(1), digests: vec![Some(Digest(7)), None] };
    ConversationStore::new(&world.sql).apply(at(1), &[Effect::Remember(page)]).unwrap();
    world.sql.run("UPDATE ids SET digests = 'nonsense' || digests", &[]).unwrap();
    world.restart();
    let send = ClientFrame::Send { client_id: client_id("m1"), text: "hi".into() };
    let store = ConversationStore::new(&world.sql);
    assert!(store.take_frame(&mut world.machine, at(9), &visitor(1), send).is_err());
}
