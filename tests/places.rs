//! What waiting visitors are told of their place (docs/routing.md, What is told of places).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::limits;
use edgewise::protocol::frames::Place;
use edgewise::protocol::peer::ToRouter;
use edgewise::routing::{Chat, Effect, State};
use support::desk::*;
use support::*;

#[test]
fn d5_the_front_hears_of_a_move_at_once_and_everybody_in_rounds() {
    let mut world = World::new();
    let count = limits::PLACES_AT_ONCE + limits::PLACES_PER_ROUND * 2 + 7;
    for number in 0..count {
        world.quick_wait(&format!("c{number:04}"));
    }
    let tells = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::Tell { .. })).count()
    };
    let rounds = |world: &mut World| {
        let mut told = Vec::new();
        while world.router.next_timer().is_some_and(|due| due <= at(world.clock + 1)) {
            assert!(told.len() < 99, "the rounds end");
            told.push(tells(&world.pass(0)));
        }
        told
    };
    rounds(&mut world);
    assert!(world.places().into_iter().eq((1..).take(count)), "every single place");
    let effects = world.arrive_and_take("ana", "c0000");
    assert_eq!(tells(&effects), 1 + limits::PLACES_AT_ONCE, "the visitor, and the front");
    let told = rounds(&mut world);
    assert!(told.iter().all(|count| *count <= limits::PLACES_PER_ROUND), "{told:?}");
    assert_eq!(told.iter().sum::<usize>(), count - 1 - limits::PLACES_AT_ONCE, "each once");
    assert!(world.places().into_iter().eq((1..).take(count - 1)));
    world.on_duty("bob", 1);
    world.leave("bob");
    rounds(&mut world);
    let unstaffed = |chat: &Chat| {
        matches!(chat.state, State::Waiting { told: Some(Place { staffed: false, .. }), .. })
    };
    assert_eq!(world.router.chats().filter(|chat| unstaffed(chat)).count(), count - 2);
}

#[test]
fn d5_moves_of_one_second_are_told_once_and_who_comes_hears_at_once() {
    let mut world = World::new();
    world.on_duty("ana", 2);
    for number in 0..9 {
        world.wait(&format!("c{number}"));
    }
    world.pass(9);
    let closed = |id: &str, world: &World| ToRouter::Closed {
        conversation: conversation_id(id),
        at: at(0),
        generation: world.generation(id),
        reply_s: None,
    };
    let tell = closed("c0", &world);
    let first = world.quick(|router, now| router.handle_tell(now, tell));
    assert_eq!(told(&first, "c8").len(), 1, "at once");
    world.clock -= 1;
    let tell = closed("c1", &world);
    let second = world.quick(|router, now| router.handle_tell(now, tell));
    assert_eq!(told(&second, "c3").len(), 1, "whose turn it is has an agent");
    assert_eq!(told(&second, "c8").len(), 0, "the others hear of it soon");
    world.clock -= 1;
    let third = world.quick_wait("c9");
    assert_eq!(told(&third, "c9").len(), 1, "nobody writes without an answer");
    let last = world.pass(0);
    assert_eq!(told(&last, "c8").len(), 1);
    assert!(world.places().into_iter().eq(1..7), "and then all is exact");
}

#[test]
fn only_the_newest_place_waits_in_the_outbox() {
    let mut world = World::new();
    world.on_duty("ana", 1);
    for id in ["c1", "c2", "c3", "c4"] {
        world.wait(id);
    }
    world.close("c1");
    world.close("c2");
    let sql = "SELECT count(*) FROM outbox WHERE peer = 'c4' AND latest = 'place'";
    assert_eq!(world.sql.count(sql), 1);
}
