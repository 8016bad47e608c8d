//! The rules that a site can set for its desk (docs/routing.md), and what peers are known to get
//! wrong. Names cite what must hold whatever happens (R) or rules of the protocol (D).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::id::{DepartmentId, Generation, Skill};
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::api::{ErrorCode, Role};
use edgewise::protocol::desk::{Away, DeskClientFrame, DeskServerFrame};
use edgewise::protocol::frames::Context;
use edgewise::protocol::peer::{ToConversation, ToRouter};
use edgewise::protocol::routing::*;
use edgewise::protocol::widget::Presence;
use edgewise::routing::{Effect, Router, Shift, State, To};
use edgewise::time::Millis;
use proptest::prelude::*;
use support::desk::*;
use support::*;

fn id(text: &str) -> DepartmentId {
    DepartmentId::parse(text).unwrap()
}

fn skill(text: &str) -> Skill {
    Skill::parse(text).unwrap()
}

fn department(name: &str) -> Department {
    Department { id: id(name), ..Department::default() }
}

/// Two departments, entered by the page.
fn two() -> RoutingSettings {
    let page = |name: &str| PageRule {
        contains: format!("/{name}"),
        department: id(name),
        skills: vec![],
        priority: None,
    };
    RoutingSettings {
        departments: vec![department("sales"), department("support")],
        pages: vec![page("sales"), page("support")],
        ..RoutingSettings::default()
    }
}

/// One department with these rules.
fn one(rules: Department) -> World {
    World::with(RoutingSettings { departments: vec![rules], ..RoutingSettings::default() })
}

fn offering() -> World {
    one(Department { mode: Mode::Offer, ..Department::default() })
}

fn profile(departments: &[&str], skills: &[&str], languages: &[&str]) -> Profile {
    Profile {
        departments: departments.iter().map(|one| id(one)).collect(),
        skills: skills.iter().map(|one| skill(one)).collect(),
        languages: languages.iter().map(|one| (*one).to_owned()).collect(),
    }
}

impl World {
    fn presence(&self) -> Presence {
        self.router.presence(at(self.clock))
    }

    fn come(&mut self, name: &str, page: &str, locale: &str) -> Vec<Effect> {
        let context = Context { page: page.into(), locale: locale.into(), ..Context::default() };
        self.come_with(name, context)
    }

    fn come_with(&mut self, name: &str, context: Context) -> Vec<Effect> {
        let (conversation, since) = (conversation_id(name), at(self.clock));
        let generation = Generation(0);
        let tell = ToRouter::Waiting { conversation, since, generation, context };
        self.turn(|router, now| router.handle_tell(now, tell))
    }

    fn can(&mut self, name: &str, capacity: u32, profile: Profile) {
        let who = agent(name);
        self.turn(|router, now| router.handle_profile(now, who, capacity, profile).unwrap());
    }

    fn answer(&mut self, name: &str, conversation: &str, yes: bool) -> Vec<Effect> {
        let conversation = conversation_id(conversation);
        let frame = DeskClientFrame::Answer { conversation, yes };
        self.frame(&agent_session(1, name, Role::Agent, 5), frame)
    }

    fn hand_back(&mut self, name: &str, conversation: &str, to: Option<&str>) -> Vec<Effect> {
        let frame = DeskClientFrame::HandBack {
            conversation: conversation_id(conversation),
            department: to.map(id),
            note: Some(" wants a refund ".into()),
        };
        self.frame(&agent_session(1, name, Role::Agent, 5), frame)
    }

    /// Who is asked about a conversation.
    fn asked(&self, name: &str) -> Option<String> {
        let chat = self.router.chat(&conversation_id(name))?;
        Some(chat.offer()?.agent.as_str().to_owned())
    }

    fn is_parked(&self, name: &str) -> bool {
        let chat = self.router.chat(&conversation_id(name)).unwrap();
        matches!(chat.state, State::Parked { .. })
    }

    fn last(&self) -> Decision {
        self.router.decisions().last().unwrap().clone()
    }

    fn why_not(&self, name: &str) -> Option<WhyNot> {
        let decision = self.last();
        decision.others.iter().find(|one| one.agent == agent_id(name)).map(|one| one.why)
    }

    fn agent(&self, name: &str) -> edgewise::routing::Agent {
        self.router.agents().find(|one| one.who.id == agent_id(name)).unwrap().clone()
    }
}

#[test]
fn a_visitor_goes_to_the_department_of_the_page_and_only_to_its_agents() {
    let mut world = World::with(two());
    world.can("sam", 5, profile(&["sales"], &[], &[]));
    world.can("tom", 5, profile(&["support"], &[], &[]));
    world.on_duty("sam", 5);
    world.on_duty("tom", 5);
    world.come("c1", "https://x.example/support/a", "en");
    assert_eq!(world.owner("c1").as_deref(), Some("tom"));
    assert_eq!(world.last().because, Because::OnlyOne);
    assert_eq!(world.why_not("sam"), Some(WhyNot::OtherDepartment));
    world.come("c2", "https://x.example/", "en");
    assert_eq!(world.owner("c2").as_deref(), Some("sam"), "no rule fits: the first department");
    let chosen = Context { department: Some(id("support")), ..Context::default() };
    world.come_with("c3", chosen);
    assert_eq!(world.owner("c3").as_deref(), Some("tom"), "a choice is above all pages");
    let unknown = Context { department: Some(id("nowhere")), ..Context::default() };
    world.come_with("c4", unknown);
    assert_eq!(world.owner("c4").as_deref(), Some("sam"));
}

#[test]
fn r4_a_visitor_behind_is_served_when_the_first_can_have_nobody() {
    let mut settings = two();
    settings.pages[0].skills = vec![skill("tax")];
    let mut world = World::with(settings);
    world.on_duty("sam", 1);
    world.come("c1", "/sales", "en");
    world.come("c2", "/support", "en");
    assert_eq!(world.owner("c1"), None, "nobody knows about tax");
    assert_eq!(world.owner("c2").as_deref(), Some("sam"));
    world.can("sam", 2, profile(&[], &["tax"], &[]));
    assert_eq!(world.owner("c1").as_deref(), Some("sam"), "and now somebody does");
}

#[test]
fn the_same_language_comes_first_and_may_be_required() {
    let mut world = World::new();
    world.can("ana", 5, profile(&[], &[], &["en"]));
    world.can("zoe", 5, profile(&[], &[], &["zh"]));
    world.on_duty("ana", 5);
    world.on_duty("zoe", 5);
    world.come("c1", "", "zh-CN");
    assert_eq!(world.owner("c1").as_deref(), Some("zoe"));
    assert_eq!(
        (world.last().because, world.why_not("ana")),
        (Because::Language, Some(WhyNot::OtherLanguage),)
    );
    world.come("c2", "", "fr");
    assert_eq!(world.owner("c2").as_deref(), Some("ana"), "nobody speaks it: the least loaded");
    let mut world = one(Department { language: LanguageRule::Required, ..Department::default() });
    world.can("ana", 5, profile(&[], &[], &["en"]));
    world.on_duty("ana", 5);
    world.come("c1", "", "zh");
    world.come("c2", "", "en-GB");
    assert_eq!((world.owner("c1"), world.owner("c2").as_deref()), (None, Some("ana")));
}

#[test]
fn d4_load_is_relative_to_capacity() {
    let mut world = World::new();
    world.on_duty("big", 4);
    world.on_duty("wee", 1);
    for name in ["c1", "c2", "c3"] {
        world.come(name, "", "en");
    }
    let owners = ["c1", "c2", "c3"].map(|name| world.owner(name).unwrap());
    assert_eq!(owners, ["big", "wee", "big"]);
    world.on_duty("mid", 2);
    world.come("c4", "", "en");
    assert_eq!(world.owner("c4").as_deref(), Some("mid"));
    assert_eq!(world.last().because, Because::LeastLoaded);
    assert_eq!(world.why_not("big"), Some(WhyNot::MoreLoaded));
    assert_eq!(world.why_not("wee"), Some(WhyNot::Full));
}

#[test]
fn r10_round_robin_gives_each_in_turn_whatever_the_load() {
    let mut world = one(Department { policy: Policy::RoundRobin, ..Department::default() });
    for name in ["ana", "bob", "eve"] {
        world.on_duty(name, 9);
    }
    let mut given = Vec::new();
    for number in 0..6 {
        let name = format!("c{number}");
        world.come(&name, "", "en");
        given.push(world.owner(&name).unwrap());
        if number == 0 {
            world.close("c0");
        }
    }
    assert_eq!(given, ["ana", "bob", "eve", "ana", "bob", "eve"]);
    assert_eq!(
        (world.last().because, world.why_not("bob")),
        (Because::Turn, Some(WhyNot::LaterInTurn),)
    );
}

#[test]
fn r10_equal_agents_differ_by_at_most_one() {
    let mut world = World::new();
    for name in ["ana", "bob", "eve"] {
        world.on_duty(name, 9);
    }
    for number in 0..20 {
        world.come(&format!("c{number}"), "", "en");
        let loads = ["ana", "bob", "eve"].map(|name| world.router.load(&agent_id(name)));
        assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1, "{loads:?}");
    }
}

#[test]
fn who_comes_back_gets_the_last_agent_and_who_asks_for_somebody_that_one() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.come("c1", "", "en");
    world.on_duty("bob", 5);
    world.close("c1");
    for name in ["c2", "c3"] {
        world.come(name, "", "en");
    }
    world.close("c2");
    world.close("c3");
    world.come("c1", "", "en");
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
    assert_eq!(world.last().because, Because::LastAgent);
    assert_eq!(world.why_not("bob"), Some(WhyNot::NotAskedFor));
    let asks = Context { agent: Some(agent_id("ana")), ..Context::default() };
    world.come_with("c4", asks.clone());
    assert_eq!(world.owner("c4").as_deref(), Some("ana"), "though bob has less to do");
    assert_eq!(world.last().because, Because::Named);
    world.accept("ana", false);
    world.come_with("c5", asks);
    assert_eq!(world.owner("c5").as_deref(), Some("bob"), "who is away is not waited for");
}

#[test]
fn r9_priority_counts_as_waiting_and_so_nobody_waits_for_ever() {
    let mut settings = two();
    settings.priority_worth_s = 60;
    settings.pages[1].priority = Some(2);
    settings.pages[1].department = id("sales");
    let mut world = World::with(settings);
    world.come("low", "/sales", "en");
    world.pass(100);
    world.come("high", "/support", "en");
    assert_eq!(world.queue(), ["high", "low"], "120 s ahead");
    world.pass(20);
    world.come("late", "/support", "en");
    assert_eq!(world.queue(), ["high", "low", "late"], "the low one has waited longer than that");
    world.restart();
    world.come("last", "/sales", "en");
    assert_eq!(world.queue(), ["high", "low", "late", "last"], "R5: each behind its equals");
}

#[test]
fn r5_those_who_come_in_one_moment_keep_their_order() {
    let mut world = World::new();
    for number in 0..5 {
        let (conversation, since) = (conversation_id(&format!("c{number}")), at(0));
        let (generation, context) = (Generation(0), Context::default());
        let tell = ToRouter::Waiting { conversation, since, generation, context };
        world.router.handle_tell(at(0), tell);
    }
    assert_eq!(world.queue(), ["c0", "c1", "c2", "c3", "c4"]);
}

#[test]
fn r3_an_offer_goes_to_one_agent_who_takes_it() {
    let mut world = offering();
    world.on_duty("ana", 1);
    world.on_duty("bob", 1);
    world.come("c1", "", "en");
    world.come("c2", "", "en");
    world.come("c3", "", "en");
    assert_eq!(
        ["c1", "c2", "c3"].map(|one| world.asked(one)),
        [Some("ana".into()), Some("bob".into()), None,]
    );
    assert_eq!(world.router.load(&agent_id("ana")), 1, "R2: what is asked takes a place");
    assert_eq!(world.queue(), ["c1", "c2", "c3"], "and keeps its own in the queue");
    let effects = world.answer("ana", "c1", true);
    let (agent, generation, idle) = (agent("ana"), Generation(1), idle_rule());
    let assigned = ToConversation::Assigned { agent, generation, idle, helpers: vec![] };
    assert_eq!(told(&effects, "c1"), [&assigned]);
    assert_eq!(world.last().because, Because::Accepted);
    let late = world.answer("bob", "c1", true);
    assert_eq!(rejection(&late), Some(Rejection::OfferOver), "R12: one winner");
    let again = world.answer("ana", "c1", true);
    assert_eq!(rejection(&again), Some(Rejection::OfferOver), "R11: once");
}

#[test]
fn r11_who_declines_is_not_asked_again_at_once_and_the_place_stays() {
    let mut world = offering();
    world.on_duty("ana", 1);
    world.on_duty("bob", 1);
    world.come("c1", "", "en");
    world.answer("ana", "c1", false);
    assert_eq!(world.asked("c1").as_deref(), Some("bob"));
    assert!(world.agent("ana").accepting, "a decline is no absence");
    world.answer("bob", "c1", false);
    assert_eq!(world.asked("c1"), None);
    world.come("c2", "", "en");
    assert_eq!(world.queue(), ["c1", "c2"]);
    assert!(world.asked("c2").is_some(), "R4: others are asked about who comes behind");
    world.answer("ana", "c2", true);
    world.pass(limits::OFFER_REST.0 / 1_000 + 1);
    assert_eq!(world.asked("c1").as_deref(), Some("bob"), "R9: asked again after a rest");
}

#[test]
fn a_missed_offer_makes_away_and_three_tell_the_admins() {
    let mut world = offering();
    let mut told_admins = 0;
    for miss in 1..=3 {
        world.on_duty("ana", 1);
        world.come(&format!("c{miss}"), "", "en");
        let due = world.router.next_timer().unwrap();
        assert!(due > at(world.clock), "still asked");
        let effects = world.pass(21);
        assert_eq!(world.agent("ana").away, Some(Away::Missed));
        assert!(world.asked("c1").is_none() && world.owner("c1").is_none());
        told_admins += effects
            .iter()
            .filter(|effect| {
                matches!(
                    effect,
                    Effect::Send {
                        to: To::Admins,
                        frame: DeskServerFrame::Missing { misses: 3, .. }
                    },
                )
            })
            .count();
        let late = world.answer("ana", "c1", true);
        assert_eq!(rejection(&late), Some(Rejection::OfferOver), "R12: too late");
        world.pass(61);
    }
    assert_eq!(told_admins, 1);
    assert_eq!(world.queue(), ["c1", "c2", "c3"], "and everybody kept the place");
    world.on_duty("ana", 1);
    world.answer("ana", "c1", true);
    assert_eq!(world.agent("ana").misses, 0, "an answer forgets the misses");
}

#[test]
fn r17_who_leaves_frees_the_offer_and_an_agent_who_goes_passes_it_on() {
    let mut world = offering();
    world.on_duty("ana", 1);
    world.come("c1", "", "en");
    world.come("c2", "", "en");
    world.close("c1");
    assert_eq!(world.asked("c2").as_deref(), Some("ana"));
    world.on_duty("bob", 1);
    world.leave("ana");
    assert_eq!(world.asked("c2").as_deref(), Some("bob"), "at once, without a grace");
    assert_eq!(world.agent("ana").misses, 0, "which is no miss");
    world.accept("bob", false);
    assert_eq!(world.asked("c2"), None);
}

#[test]
fn in_a_manual_department_agents_take_and_out_of_turn_is_written_down() {
    let mut world = one(Department { mode: Mode::Manual, ..Department::default() });
    world.on_duty("ana", 5);
    for name in ["c1", "c2", "c3"] {
        world.come(name, "", "en");
    }
    assert_eq!(world.queue().len(), 3, "nobody is assigned");
    let take = |name| DeskClientFrame::Take { conversation: conversation_id(name) };
    world.frame(&agent_session(1, "ana", Role::Agent, 5), take("c2"));
    assert_eq!(world.last().because, Because::TookOutOfTurn);
    world.frame(&agent_session(1, "ana", Role::Agent, 5), take("c1"));
    assert_eq!(world.last().because, Because::TookNext);
    let rules = RoutingSettings { agents_take: false, ..world.router.settings().clone() };
    world.turn(|router, now| router.handle_settings(now, rules, &utc).unwrap());
    world.come("c4", "", "en");
    let refused = world.frame(&agent_session(1, "ana", Role::Agent, 5), take("c4"));
    assert_eq!(rejection(&refused), Some(Rejection::Forbidden));
    let allowed = world.frame(&agent_session(1, "ana", Role::Admin, 5), take("c4"));
    assert_eq!(rejection(&allowed), None, "supervisors may");
}

#[test]
fn after_a_close_there_is_time_for_notes() {
    let mut world = one(Department { wrap_up_s: 60, ..Department::default() });
    world.on_duty("ana", 5);
    world.come("c1", "", "en");
    world.close("c1");
    world.come("c2", "", "en");
    assert_eq!(world.owner("c2"), None);
    world.restart();
    world.pass(61);
    assert_eq!(world.owner("c2").as_deref(), Some("ana"), "the time is over");
    world.close("c2");
    world.come("c3", "", "en");
    assert_eq!(world.owner("c3"), None);
    world.frame(&agent_session(1, "ana", Role::Agent, 5), DeskClientFrame::Ready {});
    assert_eq!(world.owner("c3").as_deref(), Some("ana"), "the notes are written");
}

#[test]
fn handing_back_goes_to_the_front_of_the_named_queue_with_a_note_and_not_to_the_giver() {
    let mut world = World::with(two());
    world.on_duty("ana", 1);
    world.come("c1", "/sales", "en");
    world.come("c2", "/support", "en");
    let effects = world.hand_back("ana", "c1", Some("support"));
    assert_eq!(told(&effects, "c1")[0], &ToConversation::Requeued { generation: Generation(2) });
    assert_eq!(world.owner("c2").as_deref(), Some("ana"), "the giver gets the next, not the same");
    let chat = world.router.chat(&conversation_id("c1")).unwrap();
    assert_eq!(chat.department, id("support"));
    assert_eq!(chat.note.as_ref().map(|note| note.text.as_str()), Some("wants a refund"));
    world.on_duty("bob", 1);
    assert_eq!(world.owner("c1").as_deref(), Some("bob"));
    let unknown = world.hand_back("bob", "c1", Some("nowhere"));
    assert_eq!(rejection(&unknown), Some(Rejection::UnknownDepartment));
    let others = world.hand_back("ana", "c1", None);
    assert_eq!(rejection(&others), Some(Rejection::NotAssigned));
    for (length, fits) in [(limits::NOTE_CHARS, true), (limits::NOTE_CHARS + 1, false)] {
        let note = Some("x".repeat(length));
        let frame = DeskClientFrame::Transfer {
            conversation: conversation_id("c1"),
            to: agent_id("bob"),
            note,
        };
        world.arrive("eve", 1);
        let frame = match frame {
            DeskClientFrame::Transfer { conversation, note, .. } => {
                DeskClientFrame::Transfer { conversation, to: agent_id("eve"), note }
            }
            other => other,
        };
        let owner = world.owner("c1").unwrap();
        let done = world.frame(&agent_session(1, &owner, Role::Agent, 5), frame);
        assert_eq!(
            rejection(&done),
            (!fits).then_some(Rejection::NoteTooLong).filter(|_| owner != "eve")
        );
    }
}

#[test]
fn the_fallback_serves_when_nobody_is_on_duty_or_after_a_time() {
    let mut settings = two();
    settings.departments[0].fallback = Some(id("support"));
    let mut world = World::with(settings.clone());
    world.can("tom", 1, profile(&["support"], &[], &[]));
    world.come("c1", "/sales", "en");
    assert_eq!(world.owner("c1"), None);
    world.on_duty("tom", 1);
    assert_eq!(world.owner("c1").as_deref(), Some("tom"), "nobody sells");
    settings.departments[0].fallback_after_s = Some(90);
    let mut world = World::with(settings);
    world.can("tom", 1, profile(&["support"], &[], &[]));
    world.can("sam", 1, profile(&["sales"], &[], &[]));
    world.on_duty("tom", 1);
    world.on_duty("sam", 1);
    world.come("c1", "/sales", "en");
    world.come("c2", "/sales", "en");
    world.pass(80);
    assert_eq!(world.owner("c2"), None, "somebody sells, though all are busy");
    world.restart();
    world.pass(11);
    assert_eq!(world.owner("c2").as_deref(), Some("tom"));
    let moved = world.router.decisions().find(|one| one.made == Made::Moved).unwrap();
    assert_eq!(moved.because, Because::WaitedLong);
}

#[test]
fn r11_who_is_let_in_from_outside_goes_on_to_the_fallback_in_the_same_turn() {
    let mut settings = two();
    settings.departments[0] =
        Department { queue_max: Some(1), fallback: Some(id("support")), ..department("sales") };
    let mut world = World::with(settings);
    world.can("tom", 1, profile(&["support"], &[], &[]));
    for name in ["c1", "c2", "c3"] {
        world.come(name, "/sales", "en");
    }
    assert!(world.is_parked("c2") && world.is_parked("c3"));
    world.on_duty("tom", 1);
    for name in ["c1", "c2", "c3"] {
        let chat = world.router.chat(&conversation_id(name)).unwrap();
        assert_eq!(chat.department, id("support"), "{name}: nobody sells");
    }
    assert_eq!(world.queue(), ["c2", "c3"]);
}

#[test]
fn a_full_queue_parks_and_takes_in_again_in_order() {
    let mut world = one(Department { queue_max: Some(2), ..Department::default() });
    for name in ["c1", "c2", "c3", "c4"] {
        world.come(name, "", "en");
    }
    assert_eq!(world.queue(), ["c1", "c2"]);
    assert!(world.is_parked("c3") && world.is_parked("c4"));
    world.pass(2);
    let outside = world.router.chat(&conversation_id("c3")).unwrap().state.clone();
    assert!(matches!(outside, State::Parked { told: Some(place), .. } if place.position == 0));
    world.restart();
    world.on_duty("ana", 1);
    assert_eq!(world.queue(), ["c2", "c3"], "one is served, one may enter");
    world.arrive("bob", 1);
    let take = DeskClientFrame::Take { conversation: conversation_id("c4") };
    world.frame(&agent_session(1, "bob", Role::Agent, 1), take);
    assert_eq!(world.owner("c4").as_deref(), Some("bob"), "who is parked can be taken");
}

#[test]
fn the_limit_of_a_department_is_kept_beside_capacity() {
    let mut settings = two();
    settings.departments[0].per_agent = Some(1);
    let mut world = World::with(settings);
    world.on_duty("ana", 5);
    world.come("c1", "/sales", "en");
    world.come("c2", "/sales", "en");
    world.come("c3", "/support", "en");
    assert_eq!((world.owner("c2"), world.owner("c3").as_deref()), (None, Some("ana")));
    world.close("c1");
    assert_eq!(world.owner("c2").as_deref(), Some("ana"));
}

fn vienna(_: &str, at: Millis) -> Option<i32> {
    // 2026: summer time from 29 March to 25 October, 01:00 UTC.
    let summer = Millis(1_774_746_000_000)..Millis(1_792_890_000_000);
    Some(if summer.contains(&at) { 120 } else { 60 })
}

/// A moment of 2026 in UTC.
fn utc_of(day: i64, hour: i64, minute: i64) -> Millis {
    Millis(1_767_225_600_000 + ((day * 24 + hour) * 60 + minute) * 60_000)
}

fn office(week: &[(u32, u32, u32)], holidays: &[&str]) -> Hours {
    Hours {
        zone: "Europe/Vienna".into(),
        week: week
            .iter()
            .map(|(day, from, to)| Opening { day: *day, from: *from, to: *to })
            .collect(),
        holidays: holidays.iter().map(|day| (*day).to_owned()).collect(),
    }
}

#[test]
fn hours_are_right_across_changes_of_the_clock() {
    let weekdays: Vec<_> = (1..=5).map(|day| (day, 540, 1_020)).collect();
    let check = |hours: &Hours, now, open, until| {
        let shift = Shift::at(hours, now, &vienna);
        assert_eq!((shift.open, shift.until), (open, until), "{now:?}");
    };
    let hours = office(&weekdays, &["2026-04-06"]);
    // Friday 27 March 2026 is day 85 of the year, counted from 0.
    check(&hours, utc_of(85, 15, 59), true, Some(utc_of(85, 16, 0)));
    let monday = utc_of(88, 7, 0); // 09:00 in summer time
    check(&hours, utc_of(85, 16, 0), false, Some(monday));
    check(&hours, monday, true, Some(utc_of(88, 15, 0)));
    // Good Friday evening: the Monday after is a holiday, so Tuesday it is.
    check(&hours, utc_of(92, 16, 0), false, Some(utc_of(96, 7, 0)));
    // In autumn, back to winter time: Friday 23 October is day 295.
    check(&hours, utc_of(295, 15, 0), false, Some(utc_of(298, 8, 0)));
    // An opening in the hour that does not exist (02:30 on 29 March) opens when the clock skips.
    let night = office(&[(7, 150, 300)], &[]);
    check(&night, utc_of(86, 12, 0), false, Some(utc_of(87, 1, 30)));
    // In the hour that is there twice (02:30 on 25 October) it opens the first time.
    check(&night, utc_of(297, 0, 0), false, Some(utc_of(297, 0, 30)));
    // Day and night: it never changes, but is looked at again.
    let always: Vec<_> = (1..=7).map(|day| (day, 0, 1_440)).collect();
    let shift = Shift::at(&office(&always, &[]), utc_of(10, 0, 0), &vienna);
    assert!(shift.open && shift.opens.is_none());
    check(&office(&[], &[]), utc_of(10, 0, 0), false, None);
}

#[test]
fn outside_of_hours_visitors_are_parked_until_it_opens() {
    let hours = office(&[(1, 540, 1_020), (2, 540, 1_020)], &[]);
    let mut world = World::new();
    let rules = Department { hours: Some(hours), ..Department::default() };
    let rules = RoutingSettings { departments: vec![rules], ..RoutingSettings::default() };
    let monday = utc_of(4, 0, 0); // 5 January 2026
    world.clock = (monday.0 - at(0).0) / 1_000;
    world.turn(|router, now| router.handle_settings(now, rules, &vienna).unwrap());
    world.come("c1", "", "en");
    world.come("c2", "", "en");
    assert!(world.is_parked("c1") && world.is_parked("c2"));
    world.pass(2);
    let chat = world.router.chat(&conversation_id("c1")).unwrap().clone();
    let opens = utc_of(4, 8, 0);
    assert!(
        matches!(chat.state, State::Parked { told: Some(place), .. }
        if place.opens == Some(opens) && !place.staffed),
        "{:?}",
        chat.state
    );
    assert_eq!(world.router.next_timer(), Some(opens), "R6: parked with a timer");
    world.arrive("ana", 1);
    world.accept("ana", true);
    assert!(world.is_parked("c1"), "early birds do not open the door");
    let closed = Presence { opens: Some(opens), ..Presence::default() };
    assert_eq!(world.presence(), closed, "nor are they there for visitors");
    world.restart();
    world.wake_at(opens, &vienna);
    let there = Presence { online: true, team: vec![agent("ana")], ..Presence::default() };
    assert_eq!(world.presence(), there);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"));
    assert_eq!(world.queue(), ["c2"]);
    world.wake_at(utc_of(4, 16, 0), &vienna);
    assert_eq!(world.agent("ana").away, Some(Away::ShiftOver));
    let tomorrow = Presence { opens: Some(utc_of(5, 8, 0)), ..Presence::default() };
    assert_eq!(world.presence(), tomorrow);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"), "what began goes on");
    assert!(world.is_parked("c2"), "who is left waits for the morning");
    world.wake_at(utc_of(5, 8, 0), &vienna);
    assert_eq!(world.queue(), ["c2"]);
    let late = |name| world.router.chat(&conversation_id(name)).unwrap().out_of_hours;
    assert!(late("c1") && late("c2"), "how long they waited says nothing of the office");
    assert_eq!(world.presence(), Presence::default(), "open, and nobody there");
}

#[test]
fn an_agent_who_does_nothing_for_long_is_away_where_the_site_says_so() {
    let rules = |away_after_s| RoutingSettings { away_after_s, ..RoutingSettings::default() };
    let active = |world: &mut World, name: &str| {
        world.frame(&agent_session(1, name, Role::Agent, 5), DeskClientFrame::Active {});
    };
    let mut world = World::new();
    world.on_duty("ana", 1);
    world.on_duty("bob", 5);
    world.come("c1", "", "en");
    world.pass(9_999);
    assert!(world.agent("ana").accepting, "not by default");
    world.turn(|router, now| router.handle_settings(now, rules(600), &utc).unwrap());
    world.pass(400);
    assert!(world.agent("ana").accepting, "counted from when the site has said so");
    active(&mut world, "bob");
    world.restart();
    let due = world.router.next_timer().unwrap();
    assert!(due > at(world.clock) && due <= at(world.clock + 200), "R15");
    world.pass(201);
    let ana = world.agent("ana");
    assert_eq!((ana.accepting, ana.away), (false, Some(Away::Idle)));
    assert!(world.agent("bob").accepting);
    assert_eq!(world.owner("c1").as_deref(), Some("ana"), "who is away keeps what they have");
    active(&mut world, "ana");
    assert!(!world.agent("ana").accepting, "back by choice only");
    world.accept("ana", true);
    world.pass(400);
    assert_eq!(world.agent("bob").away, Some(Away::Idle), "600 s after bob was last active");
    assert!(world.agent("ana").accepting);
}

#[test]
fn an_agent_who_does_nothing_loses_what_they_are_asked_and_no_miss_is_counted() {
    let offers = Department { mode: Mode::Offer, offer_s: 900, ..Department::default() };
    let (departments, away_after_s) = (vec![offers], 60);
    let rules = RoutingSettings { departments, away_after_s, ..RoutingSettings::default() };
    let mut world = World::with(rules);
    world.on_duty("ana", 1);
    world.come("c1", "", "en");
    world.pass(61);
    assert_eq!((world.asked("c1"), world.agent("ana").misses), (None, 0));
    assert_eq!(world.agent("ana").away, Some(Away::Idle));
}

#[test]
fn r18_who_is_taken_out_of_the_team_gives_everything_back_at_once() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.come("c1", "", "en");
    world.come("c2", "", "en");
    world.present.remove(&agent_id("ana"));
    let effects = world.turn(|router, now| router.handle_removed(now, &agent_id("ana")));
    assert_eq!(told(&effects, "c1")[0], &ToConversation::Requeued { generation: Generation(2) });
    assert_eq!(world.queue(), ["c1", "c2"]);
    assert_eq!(world.router.agents().count(), 0);
    world.restart();
}

#[test]
fn r2_a_lowered_capacity_drops_nobody_and_adds_nobody() {
    let mut world = World::new();
    world.on_duty("ana", 3);
    for name in ["c1", "c2", "c3"] {
        world.come(name, "", "en");
    }
    world.quick(|router, now| {
        router.handle_profile(now, agent("ana"), 1, Profile::default()).unwrap()
    });
    assert_eq!(world.router.load(&agent_id("ana")), 3);
    let (conversation, since) = (conversation_id("c4"), at(99));
    let (generation, context) = (Generation(0), Context::default());
    let tell = ToRouter::Waiting { conversation, since, generation, context };
    world.quick(|router, now| router.handle_tell(now, tell));
    assert_eq!(world.owner("c4"), None);
    for name in ["c1", "c2"] {
        let generation = world.generation(name);
        let conversation = conversation_id(name);
        let tell = ToRouter::Closed { conversation, at: at(100), generation, reply_s: None };
        world.quick(|router, now| router.handle_tell(now, tell));
        assert_eq!(world.owner("c4"), None, "still at the bound");
    }
    world.close("c3");
    assert_eq!(world.owner("c4").as_deref(), Some("ana"));
}

/// Whether rules that were changed so are refused, and for which field.
fn check_rules(change: fn(&mut RoutingSettings), wrong: Option<&str>) {
    let mut rules = two();
    change(&mut rules);
    let mut router = Router::default();
    let before = router.settings().clone();
    let only_utc = |zone: &str, _| (zone == "UTC").then_some(0);
    let answer = router.handle_settings(at(1), rules, &only_utc);
    let field = answer.err().map(|refusal| refusal.field.unwrap_or_default());
    assert_eq!(field.as_deref(), wrong);
    assert_eq!(*router.settings() == before, wrong.is_some(), "refused and taken in part");
}

#[test]
fn settings_that_do_not_fit_are_refused_and_change_nothing() {
    let check = check_rules;
    check(|_| {}, None);
    check(|rules| rules.departments.clear(), Some("departments"));
    check(|rules| rules.departments = vec![department("a"); 2], Some("departments.1.id"));
    check(
        |rules| rules.departments[0].fallback = Some(id("sales")),
        Some("departments.0.fallback"),
    );
    check(
        |rules| rules.departments[0].fallback = Some(id("nowhere")),
        Some("departments.0.fallback"),
    );
    check(|rules| rules.departments[0].offer_s = 0, Some("departments.0.offer_s"));
    check(|rules| rules.departments[0].priority = limits::PRIORITY_MAX, None);
    check(
        |rules| rules.departments[0].priority = limits::PRIORITY_MAX + 1,
        Some("departments.0.priority"),
    );
    check(|rules| rules.departments[0].queue_max = Some(0), Some("departments.0.queue_max"));
    check(|rules| rules.departments[0].per_agent = Some(0), Some("departments.0.per_agent"));
    check(
        |rules| rules.departments[0].skills = vec![skill("a"); limits::SKILLS + 1],
        Some("departments.0.skills"),
    );
    check(
        |rules| rules.departments[0].name = "x".repeat(limits::NAME_CHARS + 1),
        Some("departments.0.name"),
    );
    check(|rules| rules.grace_s = limits::DESK_TIME_S, None);
    check(|rules| rules.grace_s = limits::DESK_TIME_S + 1, Some("grace_s"));
    check(|rules| rules.misses = 0, Some("misses"));
    check(|rules| rules.pages[0].department = id("nowhere"), Some("pages.0.department"));
    check(|rules| rules.pages[0].contains.clear(), Some("pages.0.contains"));
    check(
        |rules| rules.pages = vec![rules.pages[0].clone(); limits::PAGE_RULES + 1],
        Some("pages"),
    );
}

#[test]
fn hours_that_do_not_fit_are_refused_by_the_name_of_the_field() {
    let check = check_rules;
    fn hours(rules: &mut RoutingSettings, zone: &str, opening: (u32, u32, u32), holiday: &str) {
        let hours = Hours { zone: zone.into(), ..office(&[opening], &[holiday]) };
        rules.departments[0].hours = Some(hours);
    }
    check(|rules| hours(rules, "UTC", (7, 0, 1_440), "2028-02-29"), None);
    check(
        |rules| hours(rules, "Mars/North", (7, 0, 1_440), "2028-02-29"),
        Some("departments.0.hours.zone"),
    );
    check(
        |rules| hours(rules, "UTC", (8, 0, 1_440), "2028-02-29"),
        Some("departments.0.hours.week"),
    );
    check(|rules| hours(rules, "UTC", (7, 60, 60), "2028-02-29"), Some("departments.0.hours.week"));
    check(
        |rules| hours(rules, "UTC", (7, 0, 1_441), "2028-02-29"),
        Some("departments.0.hours.week"),
    );
    check(
        |rules| hours(rules, "UTC", (7, 0, 1_440), "2026-02-29"),
        Some("departments.0.hours.holidays"),
    );
    check(
        |rules| hours(rules, "UTC", (7, 0, 1_440), "26-2-29"),
        Some("departments.0.hours.holidays"),
    );
}

#[test]
fn what_an_agent_cannot_serve_is_refused_by_the_name_of_the_field() {
    let mut world = World::new();
    for (odd, field) in [
        (profile(&["nowhere"], &[], &[]), "profile.departments"),
        (profile(&[], &[], &["EN"]), "profile.languages"),
    ] {
        let refusal = world.router.handle_profile(at(1), agent("ana"), 1, odd).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some(field));
    }
}

#[test]
fn rules_made_from_old_ones_are_refused_and_the_later_save_stands() {
    let mut world = World::new();
    let (ana, bob) = (world.router.settings().clone(), world.router.settings().clone());
    let mut save = |rules: RoutingSettings| {
        let mut code = None;
        world.turn(|router, now| {
            router.handle_settings(now, rules, &utc).unwrap_or_else(|refusal| {
                code = Some(refusal.code);
                Vec::new()
            })
        });
        world.restart();
        (code, world.router.settings().clone())
    };
    let (refused, stands) = save(RoutingSettings { grace_s: 40, ..ana });
    assert_eq!((refused, stands.grace_s, stands.version), (None, 40, Some(1)));
    let (refused, stands) = save(RoutingSettings { grace_s: 50, ..bob });
    assert_eq!((refused, stands.grace_s), (Some(ErrorCode::Outdated), 40));
    let (refused, stands) = save(RoutingSettings { grace_s: 50, ..stands });
    assert_eq!((refused, stands.grace_s, stands.version), (None, 50, Some(2)));
    let (refused, stands) = save(two());
    assert_eq!((refused, stands.version), (None, Some(3)), "without a version, all is replaced");
}

#[test]
fn who_waits_in_a_department_that_is_gone_goes_on_in_the_first() {
    let mut world = World::with(two());
    world.can("tom", 5, profile(&["support"], &[], &[]));
    world.come("c1", "/support", "en");
    let mut rules = two();
    rules.departments.pop();
    rules.pages.pop();
    world.turn(|router, now| router.handle_settings(now, rules, &utc).unwrap());
    world.on_duty("tom", 5);
    assert_eq!(world.owner("c1").as_deref(), Some("tom"), "who served nothing else serves all");
    world.restart();
}

#[test]
fn an_agent_who_comes_back_hears_what_went_to_others_once() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.come("c1", "", "en");
    world.leave("ana");
    world.pass(31);
    world.restart();
    let lost = |world: &mut World| {
        world.present.insert(agent_id("ana"));
        let hello = agent_session(1, "ana", Role::Agent, 5);
        let effects = world.frame(&hello, DeskClientFrame::Hello {});
        effects.iter().find_map(|effect| match effect {
            Effect::Send { frame: DeskServerFrame::Desk { lost, .. }, .. } => Some(*lost),
            _ => None,
        })
    };
    world.accept("ana", false);
    assert_eq!(lost(&mut world), Some(1));
    assert_eq!(lost(&mut world), Some(0));
}

#[test]
fn decisions_are_explained_to_whoever_may_hear() {
    let mut world = World::new();
    world.on_duty("ana", 5);
    world.come("c1", "", "en");
    world.come("c2", "", "en");
    let mut ask = |role, about: Option<&str>| {
        let conversation = about.map(conversation_id);
        let by = agent_session(1, "ana", role, 5);
        world.frame(&by, DeskClientFrame::Explain { conversation })
    };
    let list = |effects: Vec<Effect>| {
        effects.into_iter().find_map(|effect| match effect {
            Effect::Send { frame: DeskServerFrame::Decisions { list, .. }, .. } => Some(list),
            _ => None,
        })
    };
    let mine = list(ask(Role::Agent, Some("c1"))).unwrap();
    assert_eq!(mine.iter().map(|one| one.made).collect::<Vec<_>>(), [Made::Assigned, Made::Queued]);
    assert_eq!(list(ask(Role::Admin, None)).unwrap().len(), 4);
    assert_eq!(rejection(&ask(Role::Agent, None)), Some(Rejection::Forbidden));
}

#[test]
fn the_expected_wait_follows_the_pace_of_the_queue() {
    let mut world = World::new();
    world.on_duty("ana", 1);
    for number in 0..8 {
        world.come(&format!("c{number}"), "", "en");
    }
    let wait = |world: &World, name: &str| match &world.router.chat(&conversation_id(name)) {
        Some(edgewise::routing::Chat {
            state: State::Waiting { told: Some(place), .. }, ..
        }) => place.wait_s,
        _ => None,
    };
    assert_eq!(wait(&world, "c7"), None, "nobody knows yet");
    for number in 0..5 {
        world.pass(119);
        world.close(&format!("c{number}"));
    }
    assert_eq!(wait(&world, "c6"), Some(180), "one place takes two minutes, begun ones count");
    assert_eq!(wait(&world, "c7"), Some(300));
    let hello = world.frame(&agent_session(2, "ana", Role::Agent, 1), DeskClientFrame::Hello {});
    let shown = hello.iter().find_map(|effect| match effect {
        Effect::Send { frame: DeskServerFrame::Desk { departments, .. }, .. } => {
            departments[0].pace_ms
        }
        _ => None,
    });
    assert!(shown.is_some_and(|pace| pace / 60_000 == 2), "consoles hear the pace: {shown:?}");
}

#[test]
fn how_long_an_answer_takes_is_the_median_of_a_week() {
    let mut world = World::new();
    world.on_duty("ana", 9);
    let first = world.clock;
    let end = |world: &mut World, name: &str, reply_s: Option<u32>| {
        world.come(name, "", "en");
        let (conversation, generation) = (conversation_id(name), world.generation(name));
        let tell = ToRouter::Closed { conversation, at: at(world.clock), generation, reply_s };
        world.turn(|router, now| router.handle_tell(now, tell));
    };
    for (number, reply_s) in [Some(500), None, None, Some(10)].into_iter().enumerate() {
        end(&mut world, &format!("c{number}"), reply_s);
    }
    assert_eq!(world.presence().reply_s, None, "two are no median");
    end(&mut world, "c9", Some(70));
    world.restart();
    assert_eq!(world.presence().reply_s, Some(70));
    world.come("c9", "", "en");
    assert_eq!(world.presence().reply_s, None, "what goes on again has not ended");
    end(&mut world, "c8", Some(90));
    assert_eq!(world.presence().reply_s, Some(90));
    let since = first - world.clock;
    world.pass(since + limits::REPLIES_WITHIN.0 / 1_000);
    assert_eq!(world.presence().reply_s, Some(90), "at the bound");
    world.pass(1);
    assert_eq!(world.presence().reply_s, None, "a week later");
}

/// A day as numbers: what happens, and to whom.
type Steps = Vec<(u8, u8, u8)>;

fn rules_for_all() -> RoutingSettings {
    let mut settings = two();
    settings.departments[0] = Department {
        mode: Mode::Offer,
        fallback: Some(id("support")),
        fallback_after_s: Some(50),
        queue_max: Some(3),
        wrap_up_s: 15,
        ..department("sales")
    };
    settings.departments[1].policy = Policy::RoundRobin;
    settings.pages[1].priority = Some(1);
    settings
}

/// Plays a day, with a restart after every step or without; the decisions.
fn played(steps: &Steps, restarts: bool) -> Vec<Decision> {
    let mut world = World::with(rules_for_all());
    world.can("a0", 2, profile(&["sales"], &[], &["en"]));
    world.can("a1", 2, profile(&[], &[], &[]));
    for (what, who, whom) in steps {
        let (agent, chat) = (format!("a{}", who % 3), format!("c{}", whom % 7));
        let known = world.router.chat(&conversation_id(&chat)).is_some();
        match what % 9 {
            0 => world.arrive(&agent, 2),
            1 => drop(world.accept(&agent, whom % 3 > 0)),
            2 => drop(world.leave(&agent)),
            3 | 4 => {
                let page = if whom % 2 == 0 { "/sales" } else { "/support" };
                world.come(&chat, page, "en");
            }
            5 if known => drop(world.close(&chat)),
            6 => drop(world.answer(&agent, &chat, who % 2 == 0)),
            7 => drop(world.hand_back(&agent, &chat, None)),
            _ => drop(world.pass(i64::from(*whom) / 4)),
        }
        if restarts {
            world.restart();
        }
    }
    world.router.decisions().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn r14_r16_the_same_day_gives_the_same_decisions_whatever_crashes(
        steps in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..120)
    ) {
        let decisions = played(&steps, false);
        prop_assert_eq!(&decisions, &played(&steps, false), "twice");
        prop_assert_eq!(&decisions, &played(&steps, true), "with restarts");
    }
}
