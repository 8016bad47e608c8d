//! Objects whose rows an earlier version has written: a deployment brings them up to date, and
//! nobody notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::Standing;
use edgewise::id::{Generation, Seq};
use edgewise::protocol::Rejection;
use edgewise::protocol::api::Role;
use edgewise::protocol::frames::ClientFrame;
use edgewise::routing::{Presence, State};
use edgewise::store::{CONVERSATION_SCHEMA, ConversationStore, RouterStore, Sql};
use support::talk::*;
use support::*;

/// As the first version had them.
const FIRST: &str = include_str!("support/conversation_first.sql");
const MAIL: &str = "
    CREATE TABLE outbox(
        id INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT NOT NULL, latest TEXT, body TEXT NOT NULL);
    CREATE INDEX outbox_peer ON outbox(peer);
    CREATE TABLE outbox_pause(
        peer TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE inbox(source TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID";
const CHAIN: &str = "ALTER TABLE event ADD COLUMN chain INTEGER NOT NULL DEFAULT 0";
const VERSION: &str =
    "CREATE TABLE schema_version(id INTEGER PRIMARY KEY, version INTEGER NOT NULL)";

/// A database of that version with these rows.
fn database(steps: &[&'static str], rows: &[&'static str]) -> HostSql {
    let sql = HostSql::new();
    let statements = steps.iter().flat_map(|step| step.split(';')).map(str::trim);
    for statement in statements.filter(|text| !text.is_empty()).chain([VERSION]) {
        sql.run(statement, &[]).unwrap();
    }
    let version = i64::try_from(steps.len()).unwrap();
    sql.run("INSERT INTO schema_version(id, version) VALUES(1, ?)", &[version.into()]).unwrap();
    for row in rows {
        sql.run(row, &[]).unwrap();
    }
    sql
}

#[test]
fn a_conversation_keeps_its_log_its_agent_and_its_memory_of_ids() {
    let steps = [FIRST, MAIL, CHAIN];
    let sql = database(
        &steps,
        &[
            "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text) VALUES
                (1, 5, 11, 'visitor', '', NULL, 'message', 'm1', 'hello'),
                (2, 6, 12, 'system', 'ana', 'Agent ana', 'assigned', NULL, NULL),
                (3, 7, 13, 'agent', 'ana', 'Agent ana', 'message', 'm1', 'hi')",
            "INSERT INTO head(id, epoch, standing, agent, name, generation, seen_visitor,
                seen_agent, locale, page) VALUES(1, 'e9', 'assigned', 'ana', 'Agent ana', 4, 3, 1,
                'en', '/lamps')",
        ],
    );
    let store = ConversationStore::new(&sql);
    // Whatever reads it first finds what it reads.
    assert_eq!(store.load().unwrap().1.seq, Seq(3));
    let mut machine = store.restore(conversation_id("c"), epoch("other")).unwrap();
    assert_eq!((machine.last_seq(), machine.head().epoch.clone()), (Seq(3), epoch("e9")));
    assert_eq!(machine.head().standing, Standing::Assigned { agent: agent("ana") });
    assert_eq!(machine.head().generation, Generation(4));
    let mut send = |from, id, text: &str| {
        let frame = ClientFrame::Send { client_id: client_id(id), text: text.to_owned() };
        store.take_frame(&mut machine, at(9), from, frame).unwrap()
    };
    let (visitor, ana) = (visitor(1), agent_session(2, "ana", Role::Agent, 5));
    assert_eq!(ack_of(&send(&visitor, "m1", "hello"), &visitor), Some(Seq(1)));
    assert_eq!(ack_of(&send(&ana, "m1", "hi"), &ana), Some(Seq(3)));
    let reused = rejection_of(&send(&visitor, "m1", "other"), &visitor);
    assert_eq!(reused, Some(Rejection::IdReused));
    assert_eq!(ack_of(&send(&visitor, "m2", "more"), &visitor), Some(Seq(4)));
}

/// All tables and indexes, as SQLite notes them; it joins what was added with other white space.
fn tables(sql: &HostSql) -> Vec<String> {
    let noted = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let rows = sql.rows(noted, &[]).unwrap().into_iter();
    rows.map(|mut row| row.text().unwrap().replace(char::is_whitespace, "")).collect()
}

#[test]
fn a_conversation_of_any_earlier_version_gets_the_tables_of_a_new_one() {
    let new = database(&[], &[]);
    ConversationStore::new(&new).migrate().unwrap();
    let newest = tables(&new);
    assert!(newest.iter().any(|table| table.starts_with("CREATETABLEhead(")), "{newest:?}");
    for version in 1..CONVERSATION_SCHEMA.steps.len() {
        let later = &CONVERSATION_SCHEMA.steps[1..version];
        let sql = database(&[&[FIRST], later].concat(), &[]);
        ConversationStore::new(&sql).migrate().unwrap();
        assert_eq!(tables(&sql), newest, "from version {version}");
    }
}

#[test]
fn a_desk_keeps_its_agents_its_queue_and_who_serves_whom() {
    let steps = [include_str!("../src/store/routing.sql"), MAIL];
    let sql = database(
        &steps,
        &[
            "INSERT INTO agent(id, name, capacity, accepting, idle_since, gone_since) VALUES
                ('ana', 'Agent \"A\" ana', 3, 1, 100, NULL), ('bob', 'Agent bob', 5, 0, 90, 95)",
            "INSERT INTO chat(conversation, since, locale, page, generation, state, rank, position,
                staffed, agent, name) VALUES
                ('c1', 10, 'en', '/a', 2, 'assigned', NULL, NULL, NULL, 'ana', 'Agent \"A\" ana'),
                ('c2', 20, 'zh-CN', '/b', 0, 'waiting', 7, 2, 1, NULL, NULL),
                ('c3', 30, 'en', '/c', 0, 'waiting', -1, NULL, NULL, NULL, NULL),
                ('c4', 40, 'en', '/d', 5, 'closed', NULL, NULL, NULL, 'bob', 'Agent bob')",
        ],
    );
    let router = RouterStore::new(&sql).restore().unwrap();
    let agents: Vec<_> = router
        .agents()
        .map(|one| (one.who.id.to_string(), one.capacity, one.accepting, one.presence))
        .collect();
    let gone = Presence::Gone { since: edgewise::time::Millis(95) };
    let wanted = [("ana".into(), 3, true, Presence::Online), ("bob".into(), 5, false, gone)];
    assert_eq!(agents, wanted);
    let state = |id| router.chats().find(|chat| chat.conversation == conversation_id(id)).unwrap();
    assert!(
        matches!(&state("c1").state, State::Assigned { agent } if agent.name.contains("\"A\""))
    );
    assert!(matches!(state("c2").state, State::Waiting { told: Some(_), .. }));
    assert!(state("c3").rank() < state("c2").rank(), "the front of the queue stays the front");
    let last = state("c4").last.as_ref().map(|id| id.as_str());
    assert!(matches!(state("c4").state, State::Closed { .. }) && last == Some("bob"));
    assert_eq!(state("c2").context.locale, "zh-CN");
    assert_eq!(state("c1").generation, Generation(2));
}
