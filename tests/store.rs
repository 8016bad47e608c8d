//! The contract of the store, on real SQLite with the production SQL: what goes in comes out, mail
//! is applied once and in order, and a failure leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::{Care, Effect, Head, Last, Log, Standing, Tail};
use edgewise::id::{Chain, DepartmentId, FileId, Generation, Seq, SiteId, TellId};
use edgewise::limits;
use edgewise::protocol::event::{Author, Body, Event};
use edgewise::protocol::file::{FileKind, FileRef};
use edgewise::protocol::frames::{About, Context, Marks, Place};
use edgewise::protocol::peer::{Delivery, Numbered, ToConversation, ToRouter};
use edgewise::protocol::widget::{Answer, FieldKind};
use edgewise::store::{ConversationStore, DeploymentStore, Mail, RouterStore, Sql, StoreError};
use edgewise::time::Millis;
use support::*;

fn migrated() -> HostSql {
    let sql = HostSql::new();
    ConversationStore::new(&sql).migrate().unwrap();
    sql
}

fn event(number: u32, author: Author, body: Body) -> Event {
    let chain = Chain::new(u64::MAX - u64::from(number));
    Event { seq: Seq(number), at: at(1), author, body, chain }
}

#[test]
fn every_kind_of_event_comes_back_as_it_went_in() {
    let sql = migrated();
    let store = ConversationStore::new(&sql);
    let text = "\u{0}'\"; DROP TABLE event; -- 字 🙂\u{202e}".to_owned();
    let message = |id: &str| Body::Message { client_id: client_id(id), text: text.clone() };
    let answers = vec![Answer { kind: FieldKind::Text, label: text.clone(), text: text.clone() }];
    let attached = |id: &str, size: Option<(u32, u32)>| {
        let (width, height) = (size.map(|size| size.0), size.map(|size| size.1));
        let id = FileId::parse(id).unwrap();
        let file =
            FileRef { id, kind: FileKind::Image, bytes: u32::MAX, width, height, small: true };
        Body::File { client_id: client_id("m2"), text: text.clone(), file }
    };
    let bodies = [
        (Author::Visitor, message("m1")),
        (Author::System, Body::Assigned { agent: agent("ana") }),
        (Author::Agent(agent("ana")), message("m1")),
        (Author::System, Body::Requeued),
        (Author::Agent(agent("ana")), Body::Closed),
        (Author::Visitor, Body::Reopened),
        (Author::Visitor, attached("f1", None)),
        (Author::Agent(agent("ana")), attached("f1", Some((640, 480)))),
        (Author::Visitor, Body::Rated { good: true, comment: "-+ 字".into() }),
        (Author::Visitor, Body::Rated { good: false, comment: String::new() }),
        (Author::Visitor, Body::Filled { client_id: client_id("f1"), answers }),
        (Author::System, Body::Joined { agent: agent("bob") }),
        (Author::System, Body::Left { agent: agent("bob") }),
        (Author::System, Body::Idle),
    ];
    let events: Vec<Event> =
        (1u32..).zip(bodies).map(|(number, (author, body))| event(number, author, body)).collect();
    let effects: Vec<Effect> = events.iter().cloned().map(Effect::Append).collect();
    store.apply(at(1), &effects).unwrap();
    assert_eq!(store.read(Seq(0)).unwrap(), events);
    assert_eq!(store.read(Seq(4)).unwrap(), events[4..]);
    assert_eq!(store.event(Seq(6)).unwrap().as_ref(), Some(&events[5]));
    assert_eq!(store.event(Seq(15)).unwrap(), None);
    let (chain, last) = (events[13].chain, Last::Asked);
    assert_eq!(store.load().unwrap().1, Tail { seq: Seq(14), chain, at: at(1), last });
}

#[test]
fn p3_what_a_restored_sender_tells_is_new_to_its_receiver() {
    let (sender, receiver) = (migrated(), migrated());
    let heard = |from: &HostSql, now: i64| {
        let parcel = Mail(from).parcels(at(now)).unwrap().pop().unwrap();
        let letter: Delivery<ToRouter> = serde_json::from_str(&parcel.letter("c1")).unwrap();
        Mail(from).delivered(&parcel).unwrap();
        Mail(&receiver).fresh(letter).unwrap()
    };
    let put = |from, now| Mail(from).put(at(now), "demo", None, &waiting("c1")).unwrap();
    let backup = sender.copy();
    for now in [1_000, 1_000, 999] {
        put(&sender, now);
    }
    assert_eq!(heard(&sender, 2_000).len(), 3, "also when the clock stands still or goes back");
    put(&backup, 3_000);
    assert_eq!(heard(&backup, 3_000), [waiting("c1")]);
}

#[test]
fn a_head_comes_back_as_it_went_in() {
    let sql = migrated();
    let store = ConversationStore::new(&sql);
    assert_eq!(store.load().unwrap(), (None, Tail::default()));
    let place = Some(Place { position: 7, staffed: true, ..Place::default() });
    let standings = [
        Standing::Closed,
        Standing::Waiting { place: None },
        Standing::Waiting { place },
        Standing::Assigned { agent: agent("ana") },
    ];
    for standing in standings {
        let head = Head {
            standing,
            generation: Generation(9),
            seen: Marks { visitor: Seq(3), agent: Seq(4) },
            context: Context {
                locale: "zh-CN".into(),
                page: "https://x.example/".into(),
                ..Context::default()
            },
            care: Care { idle: idle_rule(), silent: true, helpers: vec![agent("bob")] },
            about: About {
                attributes: [("plan".into(), "pro".into())].into(),
                tracked: [(at(5), "paid: 9 €".into())].into(),
            },
            chosen: DepartmentId::parse("sales"),
            ..Head::new(epoch("e1"))
        };
        store.apply(at(1), &[Effect::Save(head.clone())]).unwrap();
        assert_eq!(store.load().unwrap().0, Some(head));
    }
}

#[test]
fn h2_a_batch_of_long_forms_is_bounded_as_one_of_messages() {
    let sql = migrated();
    let store = ConversationStore::new(&sql);
    let answer = Answer { kind: FieldKind::Text, label: "?".into(), text: "é".repeat(8_000) };
    for number in 1..=40 {
        let (client_id, answers) = (client_id(&format!("f{number}")), vec![answer.clone()]);
        let filled = event(number, Author::Visitor, Body::Filled { client_id, answers });
        store.apply(at(1), &[Effect::Append(filled)]).unwrap();
    }
    let read = store.read(Seq(0)).unwrap().len();
    assert!(read > 1 && read * answer.text.len() <= limits::BATCH_BYTES, "{read} forms");
    assert_eq!(store.read(Seq(39)).unwrap().len(), 1);
}

#[test]
fn migrating_again_does_nothing_and_keeps_what_is_there() {
    let sql = migrated();
    let store = ConversationStore::new(&sql);
    store.apply(at(1), &[Effect::Save(Head::new(epoch("e1")))]).unwrap();
    store.migrate().unwrap();
    assert!(store.load().unwrap().0.is_some());
}

#[test]
fn a_migration_that_fails_half_way_leaves_nothing_and_can_be_repeated() {
    for failing in 0..8 {
        let sql = HostSql::new();
        sql.fail_after.set(Some(failing));
        assert!(ConversationStore::new(&sql).migrate().is_err(), "write {failing}");
        assert_eq!(sql.count("SELECT count(*) FROM sqlite_master"), 0);
        ConversationStore::new(&sql).migrate().unwrap();
    }
}

fn waiting(id: &str) -> ToRouter {
    let (conversation, context) = (conversation_id(id), Context::default());
    ToRouter::Waiting { conversation, since: at(0), generation: Generation(0), context }
}

fn closed(id: &str) -> ToRouter {
    ToRouter::Closed {
        conversation: conversation_id(id),
        at: at(1),
        generation: Generation(1),
        reply_s: None,
    }
}

fn letter(mail: &Mail<'_, HostSql>, now: Millis) -> Option<Delivery<ToRouter>> {
    let parcel = mail.parcels(now).unwrap().pop()?;
    Some(serde_json::from_str(&parcel.letter("c\"1")).unwrap())
}

#[test]
fn p2_mail_stays_until_it_is_answered_and_keeps_its_order() {
    let sql = migrated();
    let mail = Mail(&sql);
    assert_eq!(mail.due().unwrap(), None);
    mail.put(at(1), "demo", None, &waiting("c1")).unwrap();
    mail.put(at(1), "demo", None, &closed("c1")).unwrap();
    assert_eq!(mail.due().unwrap(), Some(Millis(0)));
    let parcel = mail.parcels(at(0)).unwrap().pop().unwrap();
    let delivery = letter(&mail, at(0)).unwrap();
    assert_eq!(delivery.source, "c\"1");
    let tells: Vec<_> = delivery.tells.into_iter().map(|one| one.tell).collect();
    assert_eq!(tells, [waiting("c1"), closed("c1")]);
    mail.put(at(1), "demo", None, &waiting("c1")).unwrap();
    mail.delivered(&parcel).unwrap();
    let rest = letter(&mail, at(0)).unwrap();
    assert_eq!(rest.tells.len(), 1, "what came during the delivery is still owed");
    assert!(rest.tells[0].id > parcel.last, "ids are never used again");
}

#[test]
fn p3_a_delivery_applied_before_does_nothing() {
    let sql = migrated();
    let mail = Mail(&sql);
    let tells = |ids: &[i64]| Delivery {
        source: "demo".into(),
        tells: ids
            .iter()
            .map(|id| Numbered { id: TellId(*id), tell: format!("tell {id}") })
            .collect(),
    };
    let check = |ids: &[i64], fresh: &[&str]| {
        assert_eq!(mail.fresh(tells(ids)).unwrap(), fresh, "{ids:?}");
    };
    check(&[1, 2], &["tell 1", "tell 2"]);
    check(&[1, 2], &[]);
    check(&[2, 5, 6], &["tell 5", "tell 6"]);
    check(&[5], &[]);
    check(&[], &[]);
    let other = Delivery { source: "other".into(), tells: tells(&[1]).tells };
    assert_eq!(mail.fresh(other).unwrap(), ["tell 1"], "each sender has its own count");
}

#[test]
fn p4_a_failed_delivery_is_repeated_after_a_pause_that_doubles_to_a_bound() {
    let sql = migrated();
    let mail = Mail(&sql);
    mail.put(at(1), "demo", None, &waiting("c1")).unwrap();
    let mut now = at(0);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        let parcel = mail.parcels(now).unwrap().pop().expect("due now");
        mail.failed(now, &parcel).unwrap();
        let due = mail.due().unwrap().unwrap();
        assert!(mail.parcels(Millis(due.0 - 1)).unwrap().is_empty(), "not before it is due");
        pauses.push(due.since(now).0 / 1_000);
        now = due;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    let parcel = mail.parcels(now).unwrap().pop().unwrap();
    mail.delivered(&parcel).unwrap();
    assert_eq!(mail.due().unwrap(), None);
    mail.put(at(1), "demo", None, &waiting("c1")).unwrap();
    assert_eq!(mail.due().unwrap(), Some(Millis(0)), "the pause is forgotten");
}

#[test]
fn one_silent_receiver_does_not_hold_up_the_others() {
    let sql = migrated();
    let mail = Mail(&sql);
    for peer in ["a", "b"] {
        mail.put(at(1), peer, None, &waiting("c1")).unwrap();
    }
    let parcels = mail.parcels(at(0)).unwrap();
    mail.failed(at(0), &parcels[0]).unwrap();
    let due: Vec<String> =
        mail.parcels(at(0)).unwrap().into_iter().map(|parcel| parcel.peer).collect();
    assert_eq!(due, ["b"]);
}

#[test]
fn parcels_are_bounded() {
    let sql = migrated();
    let mail = Mail(&sql);
    for number in 0..=limits::TELLS_PER_DELIVERY {
        mail.put(at(1), "demo", None, &waiting(&format!("c{number}"))).unwrap();
    }
    let parcel = mail.parcels(at(0)).unwrap().pop().unwrap();
    assert_eq!(parcel.tells.len(), limits::TELLS_PER_DELIVERY);
    for number in 0..=limits::PEERS_PER_RUN {
        mail.put(at(1), &format!("peer{number}"), None, &waiting("c")).unwrap();
    }
    assert_eq!(mail.parcels(at(0)).unwrap().len(), limits::PEERS_PER_RUN);
}

#[test]
fn a_newer_place_takes_the_room_of_an_older_one() {
    let sql = HostSql::new();
    let store = RouterStore::new(&sql);
    store.migrate().unwrap();
    for position in 1..=3 {
        let place = Place { position, staffed: true, ..Place::default() };
        store.mail().put(at(1), "c1", Some("place"), &ToConversation::Place { place }).unwrap();
    }
    let parcel = store.mail().parcels(at(0)).unwrap().pop().unwrap();
    assert_eq!(parcel.tells.len(), 1);
    assert!(parcel.tells[0].1.contains("3"));
}

#[test]
fn atomically_undoes_everything_on_an_error_and_can_be_nested() {
    let sql = migrated();
    let mail = Mail(&sql);
    let failed: Result<(), StoreError> = sql.atomically(|| {
        mail.put(at(1), "demo", None, &waiting("c1"))?;
        sql.atomically(|| mail.put(at(1), "demo", None, &waiting("c2")))?;
        Err(StoreError("no".into()))
    });
    assert!(failed.is_err());
    assert_eq!(sql.count("SELECT count(*) FROM outbox"), 0);
}

#[test]
fn the_first_set_up_and_the_first_key_stay() {
    let sql = HostSql::new();
    let store = DeploymentStore::new(&sql);
    store.migrate().unwrap();
    assert_eq!(store.state("key1").unwrap().signing_key, "key1");
    assert_eq!(store.state("key2").unwrap().signing_key, "key1");
    let site = |id| SiteId::parse(id).unwrap();
    store.set_up(&site("first")).unwrap();
    store.set_up(&site("second")).unwrap();
    assert_eq!(store.state("key3").unwrap().site, Some(site("first")));
}
