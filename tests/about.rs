//! What a page says of its visitor (docs/protocol.md, H6), on the real store; and whom they chose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::conversation::Effect;
use edgewise::id::{DepartmentId, Seq};
use edgewise::limits;
use edgewise::protocol::frames::{About, ClientFrame, Context, ServerFrame};
use edgewise::protocol::peer::ToRouter;
use edgewise::protocol::session::{Session, Stage};
use edgewise::protocol::widget::Filled;
use edgewise::store::ConversationStore;
use support::talk::*;
use support::*;

fn facts(pairs: &[(&str, &str)]) -> About {
    let pair = |(name, text): &(&str, &str)| ((*name).into(), (*text).into());
    About { attributes: pairs.iter().map(pair).collect(), ..About::default() }
}

fn tracked(done: &[(i64, &str)]) -> About {
    let tracked = done.iter().map(|(moment, text)| (at(*moment), (*text).into())).collect();
    About { tracked, ..About::default() }
}

fn says(world: &mut World, from: &Session, about: About) -> Vec<Effect> {
    let after = if from.stage == Stage::New { Seq(0) } else { world.machine.last_seq() };
    let context = Some(Context::default());
    let frame = ClientFrame::Hello { after, epoch: None, chain: None, context, about: Some(about) };
    world.frame(from, frame)
}

fn told(effects: &[Effect], to: &Session) -> Option<About> {
    frames(effects, to).into_iter().find_map(|frame| match frame {
        ServerFrame::About { about } => Some(about),
        _ => None,
    })
}

#[test]
fn h6_agents_hear_what_the_page_says_and_what_changes_of_it() {
    let mut world = World::new();
    let begun = says(&mut world, &visitor(1), facts(&[("plan", "free")]));
    assert!(!begun.iter().any(Effect::is_stored), "who only looks stores nothing: {begun:?}");
    world.restart();
    world.send(&with_draft(visitor(1), &begun), "m1", "hi");
    world.restart();
    let joins = Session { stage: Stage::New, ..ana(2) };
    let effects = world.hello(&joins, 0, None);
    assert_eq!(told(&effects, &joins), Some(facts(&[("plan", "free")])), "after a restart, too");

    let effects = says(&mut world, &visitor(1), facts(&[("plan", "pro"), ("seats", "5")]));
    let both = facts(&[("plan", "pro"), ("seats", "5")]);
    assert_eq!(told(&effects, &ana(2)), Some(both.clone()));
    assert_eq!(told(&effects, &visitor(1)), None, "visitors do not hear it");
    let again = says(&mut world, &visitor(1), facts(&[("seats", "5")]));
    assert!(told(&again, &ana(2)).is_none(), "nothing new");
    assert!(!again.iter().any(Effect::is_stored), "and no row: {again:?}");
    let effects = says(&mut world, &visitor(1), facts(&[("seats", "")]));
    assert_eq!(told(&effects, &ana(2)), Some(facts(&[("plan", "pro")])), "taken away");
    let effects = says(&mut world, &ana(2), facts(&[("plan", "mine")]));
    assert_eq!(told(&effects, &ana(2)), Some(facts(&[("plan", "pro")])), "an agent says nothing");
}

#[test]
fn h6_what_was_done_is_kept_once_and_in_order() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hi");
    says(&mut world, &visitor(1), tracked(&[(5, "paid"), (2, "looked")]));
    let more = tracked(&[(5, "paid"), (3, "added"), (4, " ")]);
    let effects = says(&mut world, &visitor(1), more);
    assert_eq!(told(&effects, &ana(2)), Some(tracked(&[(2, "looked"), (3, "added"), (5, "paid")])));
}

#[test]
fn h6_too_much_is_left_out_and_what_cannot_be_read_is_a_space() {
    let mut world = World::new();
    world.send(&visitor(1), "m1", "hi");
    let long = "字".repeat(limits::FACT_CHARS + 1);
    let odd = facts(&[("a\u{0}b", "x\ny"), ("long", &long), ("", "nameless")]);
    let about = told(&says(&mut world, &visitor(1), odd), &ana(2)).unwrap();
    let cut = &long[..long.len() - "字".len()];
    assert_eq!(about, facts(&[("a b", "x y"), ("long", cut)]));

    let names: Vec<String> = (0..limits::FACTS + 5).map(|number| format!("n{number:02}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let steps: Vec<_> = (0..limits::FACTS as i64 + 5).map(|number| (number, "step")).collect();
    let tracked = tracked(&steps).tracked;
    let news = About { tracked, ..facts(&many) };
    let about = told(&says(&mut world, &visitor(1), news), &ana(2)).unwrap();
    assert_eq!(about.attributes.len(), limits::FACTS);
    assert!(about.attributes.contains_key("long"), "what is known stays");
    assert_eq!(about.tracked.len(), limits::FACTS);
    assert!(!about.tracked.contains_key(&at(4)), "the oldest go: {about:?}");
}

#[test]
fn h6_it_fits_beside_a_socket_whatever_is_said() {
    let mut world = World::new();
    let wide = "🙂".repeat(limits::FACT_CHARS);
    let names: Vec<String> = (0..limits::FACTS).map(|number| format!("n{number:02}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), wide.as_str())).collect();
    let steps: Vec<_> = (0..20).map(|number| (number, wide.as_str())).collect();
    let about = About { tracked: tracked(&steps).tracked, ..facts(&many) };
    let effects = says(&mut world, &visitor(1), about);
    let session = with_draft(visitor(1), &effects);
    let kept = serde_json::to_string(&session.draft).unwrap().len();
    assert!((1_000..8_192).contains(&kept), "{kept} bytes");
}

#[test]
fn s12_whom_the_visitor_chose_is_asked_again_wherever_no_page_names_another() {
    let mut world = World::new();
    let asked = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Tell(ToRouter::Waiting { context, .. }) => Some(context.department.clone()),
            _ => None,
        })
    };
    let store = ConversationStore::new(&world.sql);
    let department = DepartmentId::parse("sales");
    let filled = Filled { client_id: client_id("f1"), answers: vec![], department };
    let effects = store.take_form(&mut world.machine, at(1), &visitor(1), filled).unwrap();
    assert_eq!(asked(&effects), Some(DepartmentId::parse("sales")));
    world.assign("ana", 1);
    // Another page, which names no department.
    says(&mut world, &visitor(1), About::default());
    world.restart();
    world.frame(&ana(2), ClientFrame::Close {});
    let effects = world.send(&visitor(1), "m1", "again");
    assert_eq!(asked(&effects), Some(DepartmentId::parse("sales")));
    world.assign("ana", 9);
    let department = DepartmentId::parse("support");
    let context = Some(Context { department, ..Context::default() });
    let after = world.machine.last_seq();
    let hello = ClientFrame::Hello { after, epoch: None, chain: None, context, about: None };
    world.frame(&visitor(1), hello);
    world.frame(&ana(2), ClientFrame::Close {});
    let effects = world.send(&visitor(1), "m2", "and here");
    assert_eq!(asked(&effects), Some(DepartmentId::parse("support")), "the page's word counts");
    assert_eq!(world.sql.count("SELECT count(*) FROM head WHERE chosen = 'sales'"), 1);
}
