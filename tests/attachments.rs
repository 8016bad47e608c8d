//! The rules of attachments (docs/protocol.md, F), on the real store. Names cite rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::auth::secret;
use edgewise::conversation::{Effect, Log};
use edgewise::id::{FileId, Generation, Seq};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::event::{Author, Body};
use edgewise::protocol::file::{FileKind, FileRef};
use edgewise::protocol::frames::ClientFrame;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::session::Session;
use edgewise::store::{Begun, ConversationStore};
use support::talk::*;
use support::*;

fn file_id(author: &Author, id: &str) -> FileId {
    secret::file_of(author, &client_id(id)).unwrap()
}

fn file(author: &Author, id: &str) -> FileRef {
    let id = file_id(author, id);
    let (kind, width, height) = (FileKind::Image, Some(4), Some(3));
    FileRef { id, kind, bytes: 9, width, height, small: false }
}

/// What the entry does for a file that comes well.
fn put(world: &World, author: &Author, id: &str) {
    let store = ConversationStore::new(&world.sql);
    let file = file(author, id);
    let begun = store.files().begin(at(world.clock), &file.id, 9).unwrap();
    assert_eq!(begun, Begun::Welcome);
    assert_eq!(store.files().finish(at(world.clock), &file).unwrap(), Some(file));
}

fn attach(world: &mut World, from: &Session, id: &str, name: &str) -> Vec<Effect> {
    world.frame(from, ClientFrame::Attach { client_id: client_id(id), text: name.into() })
}

/// The moment at which a file stored now is dropped, in seconds.
fn over(world: &World) -> i64 {
    world.clock + limits::FILE_WAIT.0 / 1_000
}

#[test]
fn f5_a_file_becomes_an_event_once_and_is_remembered_by_its_id() {
    let mut world = World::new();
    let (visitor, author) = (visitor(1), Author::Visitor);
    put(&world, &author, "m1");
    let effects = attach(&mut world, &visitor, "m1", "lamp.jpg");
    assert_eq!(ack_of(&effects, &visitor), Some(Seq(1)));
    let file = file(&author, "m1");
    let body = Body::File { client_id: client_id("m1"), text: "lamp.jpg".into(), file };
    assert_eq!(appended(&effects)[0].body, body);
    world.restart();
    let again = attach(&mut world, &visitor, "m1", "lamp.jpg");
    assert_eq!(ack_of(&again, &visitor), Some(Seq(1)));
    assert_eq!(appended(&again), []);
    let reused = Some(Rejection::IdReused);
    let other = attach(&mut world, &visitor, "m1", "other.jpg");
    assert_eq!(rejection_of(&other, &visitor), reused);
    assert_eq!(rejection_of(&world.send(&visitor, "m1", "lamp.jpg"), &visitor), reused);
    world.send(&visitor, "m2", "a text");
    assert_eq!(rejection_of(&attach(&mut world, &visitor, "m2", "a text"), &visitor), reused);
    let stored = ConversationStore::new(&world.sql).read(Seq(0)).unwrap();
    assert_eq!((stored.len(), &stored[0].body), (2, &body));
}

#[test]
fn f5_only_what_lies_ready_can_be_sent_and_only_by_whom_it_is_from() {
    let mut world = World::new();
    let visitor = visitor(1);
    let missing = Some(Rejection::FileMissing);
    let none = attach(&mut world, &visitor, "m1", "lamp.jpg");
    assert_eq!(rejection_of(&none, &visitor), missing);
    let store = ConversationStore::new(&world.sql);
    let id = file_id(&Author::Visitor, "m1");
    assert_eq!(store.files().begin(at(0), &id, 9).unwrap(), Begun::Welcome);
    let begun = attach(&mut world, &visitor, "m1", "lamp.jpg");
    assert_eq!(rejection_of(&begun, &visitor), missing, "it is on its way");
    world.send(&visitor, "m0", "hello");
    world.assign("ana", 1);
    let author = ana(2).holder.author();
    put(&world, &author, "m2");
    assert_eq!(rejection_of(&attach(&mut world, &visitor, "m2", "x"), &visitor), missing);
    assert_eq!(ack_of(&attach(&mut world, &ana(2), "m2", "x"), &ana(2)), Some(Seq(3)));
    let bob = agent_session(3, "bob", Role::Agent, 5);
    put(&world, &bob.holder.author(), "m3");
    let refused = attach(&mut world, &bob, "m3", "x");
    assert_eq!(rejection_of(&refused, &bob), Some(Rejection::NotAssigned));
}

#[test]
fn f5_a_helper_sends_files_and_an_answer_may_be_one() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hello");
    world.assign("ana", 1);
    let bob = agent_session(3, "bob", Role::Agent, 5);
    let (generation, helpers) = (Generation(1), vec![agent("bob")]);
    world.tell(ToConversation::Helpers { generation, helpers });
    put(&world, &bob.holder.author(), "b1");
    world.clock = 40;
    assert!(ack_of(&attach(&mut world, &bob, "b1", "plan.jpg"), &bob).is_some());
    let effects = world.frame(&ana(2), ClientFrame::Close {});
    let replies: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Tell(ToRouter::Closed { reply_s, .. }) => Some(*reply_s),
            _ => None,
        })
        .collect();
    assert_eq!(replies, [Some(40)]);
}

#[test]
fn i5_a_file_is_a_write_too() {
    let mut world = World::new();
    let unnamed = visitor(1);
    put(&world, &Author::Visitor, "m1");
    world.clock = limits::UNNAMED_SESSION.0 / 1_000 + 1;
    let late = attach(&mut world, &unnamed, "m1", "lamp.jpg");
    assert_eq!(late, [Effect::Close { session: unnamed.id, code: CloseCode::Moved }]);
}

#[test]
fn f5_a_name_has_characters_and_not_too_many() {
    let mut world = World::new();
    let visitor = visitor(1);
    put(&world, &Author::Visitor, "m1");
    let mut refusal = |name: &str| {
        let effects = attach(&mut world, &visitor, "m1", name);
        rejection_of(&effects, &visitor)
    };
    assert_eq!(refusal(" \n"), Some(Rejection::TextEmpty));
    let longest = "字".repeat(limits::FILE_NAME_CHARS);
    assert_eq!(refusal(&format!("{longest}x")), Some(Rejection::TextTooLong));
    assert_eq!(refusal(&longest), None);
}

#[test]
fn f4_what_came_before_is_there_and_does_not_count_twice() {
    let world = World::new();
    let files = ConversationStore::new(&world.sql).files();
    let (author, now) = (Author::Visitor, at(0));
    put(&world, &author, "m1");
    let there = Begun::There(file(&author, "m1"));
    assert_eq!(files.begin(now, &file_id(&author, "m1"), 9).unwrap(), there);
    let begin = |number: u32, bytes| {
        files.begin(now, &file_id(&author, &format!("n{number}")), bytes).unwrap()
    };
    for number in 1..limits::FILES {
        assert_eq!(begin(number, 1), Begun::Welcome, "{number}");
        assert_eq!(begin(number, 1), Begun::Welcome, "{number} again");
    }
    assert_eq!(begin(limits::FILES, 1), Begun::Full);
    files.give_up(now, &file_id(&author, "n1")).unwrap();
    assert_eq!(begin(1, 1), Begun::Going, "its bytes may still be there");
    assert_eq!(files.over(now).unwrap(), [file_id(&author, "n1")]);
    files.forget(&file_id(&author, "n1")).unwrap();
    let rest = u32::try_from(limits::FILES_BYTES).unwrap() - 9 - (limits::FILES - 2);
    assert_eq!(begin(limits::FILES, rest + 1), Begun::Full, "too many bytes");
    assert_eq!(begin(limits::FILES, rest), Begun::Welcome);
}

#[test]
fn f6_what_no_message_carries_is_dropped_and_what_one_carries_stays() {
    let mut world = World::new();
    let author = Author::Visitor;
    for id in ["m1", "m2"] {
        put(&world, &author, id);
    }
    let stored = at(over(&world));
    attach(&mut world, &visitor(1), "m1", "lamp.jpg");
    let store = ConversationStore::new(&world.sql);
    // The router is owed something, too; that is another matter.
    while let Some(parcel) = store.mail().parcels(at(1)).unwrap().pop() {
        store.mail().delivered(&parcel).unwrap();
    }
    assert_eq!(store.due().unwrap(), Some(stored));
    assert_eq!(store.files().over(at(over(&world) - 2)).unwrap(), []);
    let gone = file_id(&author, "m2");
    assert_eq!(store.files().over(stored).unwrap(), std::slice::from_ref(&gone));
    let pause = limits::FILE_PAUSE;
    assert_eq!(store.due().unwrap(), Some(stored.after(pause)), "until it is forgotten");
    let late = ClientFrame::Attach { client_id: client_id("m2"), text: "x".into() };
    let refused = world.frame(&visitor(1), late);
    assert_eq!(rejection_of(&refused, &visitor(1)), Some(Rejection::FileMissing));
    let store = ConversationStore::new(&world.sql);
    assert_eq!(
        store.files().over(stored.after(pause)).unwrap(),
        std::slice::from_ref(&gone),
        "once more"
    );
    store.files().forget(&gone).unwrap();
    assert_eq!(store.due().unwrap(), None);
    store.files().forget(&file_id(&author, "m1")).unwrap();
    assert!(store.file(&author, &client_id("m1")).unwrap().is_some(), "it was sent");
    assert_eq!(store.files().begin(stored, &gone, 9).unwrap(), Begun::Welcome, "anew");
}

#[test]
fn f8_a_small_version_comes_to_a_picture_that_no_message_carries_yet() {
    let mut world = World::new();
    let (visitor, author) = (visitor(1), Author::Visitor);
    let id = file_id(&author, "m1");
    let small = |world: &World| ConversationStore::new(&world.sql).files().note_small(&id).unwrap();
    assert_eq!(small(&world), None, "of nothing");
    put(&world, &author, "m1");
    let whole = FileRef { small: true, ..file(&author, "m1") };
    assert_eq!(small(&world), Some(whole.clone()));
    assert_eq!(small(&world), Some(whole.clone()), "once more is the same");
    let effects = attach(&mut world, &visitor, "m1", "lamp.jpg");
    let told = Body::File { client_id: client_id("m1"), text: "lamp.jpg".into(), file: whole };
    assert_eq!(appended(&effects)[0].body, told);
    assert_eq!(small(&world), None, "what was sent stays as it is");

    let text = FileRef { kind: FileKind::Text, ..file(&author, "m2") };
    let store = ConversationStore::new(&world.sql);
    store.files().begin(at(world.clock), &text.id, 9).unwrap();
    store.files().finish(at(world.clock), &text).unwrap();
    assert_eq!(store.files().note_small(&text.id).unwrap(), None, "of a picture alone");
}
