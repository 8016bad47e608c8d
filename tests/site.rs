//! The rules of a site: set-up, sign-in, team, origins; on its real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::id::{DepartmentId, FieldId};
use edgewise::limits;
use edgewise::protocol::api::{ErrorCode, NewAgent, Role, SetUp};
use edgewise::protocol::file::{FileKind, FileRules};
use edgewise::protocol::site::{SiteAnswer, SiteRequest};
use edgewise::protocol::widget::{
    Choice, Field, FieldKind, Form, FormAnswers, FormName, Phrase, WidgetSettings,
};
use edgewise::site::Answer;
use edgewise::store::Sql;
use support::site::*;
use support::*;

#[test]
fn a_site_that_was_never_made_answers_nothing_and_stores_nothing() {
    let mut world = World::new();
    assert_eq!(code(world.sign_in("a@b.c", "password")), ErrorCode::NotFound);
    let visit = SiteRequest::Visit(visit("https://shop.example", true));
    assert_eq!(code(world.ask(visit)), ErrorCode::NotFound);
    assert_eq!(world.sql.count("SELECT count(*) FROM sqlite_master"), 0);
}

#[test]
fn set_up_makes_the_owner_once_and_the_same_again_goes_on() {
    let (mut world, secret) = World::made();
    let Ok(SiteAnswer::Me(me)) = world.me(&secret) else { panic!("signed in") };
    assert_eq!((me.role, me.email.as_str()), (Role::Owner, "owner@example.com"));
    secret_of(world.ask(SiteRequest::Create(set_up())));
    let other = SetUp { email: "eve@example.com".into(), ..set_up() };
    assert_eq!(code(world.ask(SiteRequest::Create(other))), ErrorCode::AlreadySetUp);
    let wrong = SetUp { password: "something else".into(), ..set_up() };
    assert_eq!(code(world.ask(SiteRequest::Create(wrong))), ErrorCode::AlreadySetUp);
    assert_eq!(world.sql.count("SELECT count(*) FROM member"), 1);
}

#[test]
fn what_people_enter_is_checked_at_the_bound_and_one_past() {
    let check = |change: &dyn Fn(&mut SetUp), ok: bool| {
        let mut asked = set_up();
        change(&mut asked);
        let mut world = World::new();
        let answer = world.ask(SiteRequest::Create(asked.clone()));
        assert_eq!(answer.is_ok(), ok, "{asked:?}: {answer:?}");
        if !ok {
            assert_eq!(code(answer), ErrorCode::BadRequest);
            assert_eq!(world.sql.count("SELECT count(*) FROM sqlite_master"), 0);
        }
    };
    let min = limits::PASSWORD_MIN_CHARS;
    check(&|asked| asked.password = "字".repeat(min), true);
    check(&|asked| asked.password = "字".repeat(min - 1), false);
    check(&|asked| asked.password = "x".repeat(limits::PASSWORD_MAX_CHARS + 1), false);
    check(&|asked| asked.name = "字".repeat(limits::NAME_CHARS), true);
    check(&|asked| asked.name = "字".repeat(limits::NAME_CHARS + 1), false);
    check(&|asked| asked.name = "  ".into(), false);
    check(&|asked| asked.name = "a\nb".into(), false);
    check(&|asked| asked.email = "nobody".into(), false);
    check(&|asked| asked.email = "a@b@c".into(), false);
    check(&|asked| asked.email = format!("{}@b.c", "a".repeat(limits::EMAIL_CHARS)), false);
    check(&|asked| asked.origins = vec!["shop.example".into()], false);
    check(&|asked| asked.origins = vec!["https://a.example".into(); limits::ORIGINS + 1], false);
    check(&|asked| asked.origins.clear(), true);
}

#[test]
fn wrong_passwords_are_answered_alike_and_the_account_rests_after_too_many() {
    let (mut world, _) = World::made();
    assert_eq!(
        code(world.sign_in("nobody@example.com", "correct horse")),
        ErrorCode::WrongCredentials
    );
    for _ in 0..limits::SIGN_IN_TRIES {
        assert_eq!(code(world.sign_in("owner@example.com", "wrong")), ErrorCode::WrongCredentials);
    }
    let right = |world: &mut World| world.sign_in("OWNER@example.com", "correct horse");
    assert_eq!(code(right(&mut world)), ErrorCode::TooManyTries);
    world.seconds += limits::SIGN_IN_REST.0 / 1_000;
    secret_of(right(&mut world));
}

#[test]
fn a_right_password_forgets_the_wrong_ones() {
    let (mut world, _) = World::made();
    for _ in 0..3 {
        for _ in 0..limits::SIGN_IN_TRIES - 1 {
            code(world.sign_in("owner@example.com", "wrong"));
        }
        secret_of(world.sign_in("owner@example.com", "correct horse"));
    }
}

#[test]
fn a_sign_in_ends_when_it_is_signed_out_idle_or_old() {
    let (mut world, secret) = World::made();
    let other = secret_of(world.sign_in("owner@example.com", "correct horse"));
    world.ask(SiteRequest::SignOut { secret: secret.clone() }).unwrap();
    assert_eq!(code(world.me(&secret)), ErrorCode::SignInRequired);
    assert!(world.me(&other).is_ok(), "the other sign-in goes on");
    let idle = limits::SIGN_IN_IDLE.0 / 1_000;
    for _ in 0..2 {
        world.seconds += idle;
        assert!(world.me(&other).is_ok(), "each use keeps it");
    }
    world.seconds += idle + 1;
    assert_eq!(code(world.me(&other)), ErrorCode::SignInRequired);
    let third = secret_of(world.sign_in("owner@example.com", "correct horse"));
    let begun = world.seconds;
    while world.seconds - begun + idle <= limits::SIGN_IN_MAX.0 / 1_000 {
        world.seconds += idle;
        assert!(world.me(&third).is_ok());
    }
    world.seconds += idle;
    assert_eq!(code(world.me(&third)), ErrorCode::SignInRequired, "however often it is used");
}

#[test]
fn only_hashes_of_secrets_and_passwords_are_stored() {
    let (world, secret) = World::made();
    for sql in ["SELECT hash FROM login", "SELECT password FROM member"] {
        let stored = world.sql.rows(sql, &[]).unwrap().pop().unwrap().text().unwrap();
        assert!(!stored.contains(&secret) && !stored.contains("correct horse"), "{stored}");
    }
}

#[test]
fn the_team_grows_by_the_table_of_rights() {
    let (mut world, owner) = World::made();
    let member = world.add(&owner, new_agent("Ana@Example.com", Role::Agent));
    assert!(matches!(member, Ok(SiteAnswer::Added(added)) if added.email == "ana@example.com"));
    let again = world.add(&owner, new_agent("ana@example.com", Role::Agent));
    assert_eq!(code(again), ErrorCode::EmailTaken);
    let ana = secret_of(world.sign_in("ana@example.com", "battery staple"));
    let refused = world.add(&ana, new_agent("bob@example.com", Role::Agent));
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let refused = world.add(&owner, new_agent("bob@example.com", Role::Owner));
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let refused = world.add("not a secret", new_agent("bob@example.com", Role::Agent));
    assert_eq!(code(refused), ErrorCode::SignInRequired);
    let team = world.ask(SiteRequest::Team { secret: ana });
    assert!(matches!(team, Ok(SiteAnswer::Team { members }) if members.len() == 2));
    for capacity in [0, limits::CAPACITY_MAX + 1] {
        let agent = NewAgent { capacity, ..new_agent("c@example.com", Role::Agent) };
        assert_eq!(code(world.add(&owner, agent)), ErrorCode::BadRequest);
    }
}

#[test]
fn t1_the_widget_is_for_the_sites_own_origins() {
    let (mut world, _) = World::made();
    let mut ask =
        |origin: &str, own: bool| world.ask(SiteRequest::Visit(visit(origin, own))).is_ok();
    assert!(ask("https://chat.example", true), "the worker's own pages are allowed");
    let mut check = |origin: &str, ok: bool| assert_eq!(ask(origin, false), ok, "{origin}");
    check("https://shop.example", true);
    check("http://127.0.0.1:8787", true);
    check("https://evil.example", false);
    check("null", false);
}

fn phrase(text: &str) -> Phrase {
    Phrase { text: text.into(), ..Phrase::default() }
}

fn field(id: &str, kind: FieldKind, required: bool) -> Field {
    let id = FieldId::parse(id).unwrap();
    Field { id, kind, required, label: Phrase::default(), choices: Vec::new() }
}

/// A form with a field of each kind and a consent.
fn settings() -> WidgetSettings {
    let choice = |value: &str, label| Choice { value: value.into(), label: phrase(label) };
    let fields = vec![
        field("name", FieldKind::Name, true),
        field("mail", FieldKind::Email, true),
        field("phone", FieldKind::Phone, false),
        Field { label: phrase("What is it about?"), ..field("about", FieldKind::Text, false) },
        Field {
            choices: vec![choice("sales", "Sales"), choice("help", "Help")],
            ..field("team", FieldKind::Department, false)
        },
    ];
    let before = Form { fields, consent: phrase("You may keep this.") };
    WidgetSettings { color: "#0b7285".into(), before, ..WidgetSettings::default() }
}

impl World {
    fn set_widget(&mut self, secret: &str, settings: WidgetSettings) -> Answer {
        let settings = Box::new(settings);
        self.ask(SiteRequest::SetWidget { secret: secret.to_owned(), settings })
    }

    fn fill(&mut self, answers: &[(&str, &str)], consent: bool) -> Answer {
        let answers = answers
            .iter()
            .map(|(id, text)| (FieldId::parse(id).unwrap(), (*text).to_owned()))
            .collect();
        let form =
            FormAnswers { client_id: client_id("f1"), form: FormName::Before, answers, consent };
        self.ask(SiteRequest::CheckForm(form))
    }
}

#[test]
fn a_form_is_checked_by_the_settings_and_the_error_names_the_field() {
    let (mut world, secret) = World::made();
    assert_eq!(code(world.fill(&[], true)), ErrorCode::NotFound, "no form, no answers");
    world.set_widget(&secret, settings()).unwrap();
    let good = [("name", " Vik "), ("mail", "vik@example.com")];
    let Ok(SiteAnswer::Filled(filled)) = world.fill(&good, true) else { panic!("in order") };
    let texts: Vec<&str> = filled.answers.iter().map(|answer| answer.text.as_str()).collect();
    assert_eq!(texts, ["Vik", "vik@example.com", "✓ You may keep this."]);
    assert_eq!(filled.department, None);
    let mut check = |changes: &[(&str, &str)], consent, field: &str| {
        let mut answers = good.to_vec();
        answers.retain(|(id, _)| !changes.iter().any(|(changed, _)| changed == id));
        answers.extend(changes);
        match (world.fill(&answers, consent), field) {
            (Ok(_), "") => {}
            (Err(error), _) if error.field.as_deref() == Some(field) => {}
            (answer, _) => panic!("{changes:?}: {answer:?}"),
        }
    };
    let long = "字".repeat(limits::ANSWER_CHARS + 1);
    let bound = long.strip_suffix("字").unwrap();
    check(&[("name", "  ")], true, "name");
    check(&[("name", &long)], true, "name");
    check(&[("name", "a\nb")], true, "name");
    check(&[("mail", "nobody")], true, "mail");
    check(&[], false, "consent");
    check(&[("phone", "+43 (1) 234-5")], true, "");
    check(&[("phone", "call me")], true, "phone");
    check(&[("phone", &"1".repeat(limits::PHONE_CHARS))], true, "");
    check(&[("phone", &"1".repeat(limits::PHONE_CHARS + 1))], true, "phone");
    check(&[("about", bound)], true, "");
    check(&[("about", &long)], true, "about");
    check(&[("about", "two\nlines")], true, "");
    check(&[("about", "\u{0}")], true, "about");
    check(&[("team", "nobody")], true, "team");
    check(&[("stray", "x")], true, "stray");
    let team = [good[0], good[1], ("team", "help")];
    let Ok(SiteAnswer::Filled(filled)) = world.fill(&team, true) else { panic!("in order") };
    assert_eq!(filled.department, DepartmentId::parse("help"));
    assert!(filled.answers.iter().any(|answer| answer.text == "Help"), "agents read its label");
}

#[test]
fn what_owners_set_for_the_widget_is_checked_and_agents_may_only_look() {
    let (mut world, secret) = World::made();
    let mut check = |change: &dyn Fn(&mut WidgetSettings), ok: bool| {
        let mut asked = settings();
        change(&mut asked);
        let answer = world.set_widget(&secret, asked.clone());
        assert_eq!(answer.is_ok(), ok, "{asked:?}: {answer:?}");
    };
    check(&|_| {}, true);
    check(&|asked| asked.color.clear(), true);
    check(&|asked| asked.color = "red".into(), false);
    check(&|asked| asked.greeting = "字".repeat(limits::PHRASE_CHARS), true);
    check(&|asked| asked.greeting = "字".repeat(limits::PHRASE_CHARS + 1), false);
    let fields = |count: usize| {
        let one = |at| field(&format!("f{at}"), FieldKind::Text, false);
        (0..count).map(one).collect::<Vec<_>>()
    };
    check(&|asked| asked.away.fields = fields(limits::FORM_FIELDS), true);
    check(&|asked| asked.away.fields = fields(limits::FORM_FIELDS + 1), false);
    check(&|asked| asked.before.fields[1] = asked.before.fields[0].clone(), false);
    check(&|asked| asked.before.fields[0].id = FieldId::parse("consent").unwrap(), false);
    check(&|asked| asked.before.fields[0].kind = FieldKind::Consent, false);
    check(&|asked| asked.before.fields[0].kind = FieldKind::Choice, false);
    check(&|asked| asked.before.fields[4].choices[0].value = "Not an id".into(), false);
    check(&|asked| asked.before.fields[4].choices[1].value = "sales".into(), false);
    let many = |count| {
        let choice = |at| Choice { value: format!("v{at}"), label: phrase("x") };
        (0..count).map(choice).collect::<Vec<_>>()
    };
    check(&|asked| asked.before.fields[4].choices = many(limits::FORM_CHOICES), true);
    check(&|asked| asked.before.fields[4].choices = many(limits::FORM_CHOICES + 1), false);
    let label = |asked: &mut WidgetSettings, tag: &str| {
        asked.before.consent.others.insert(tag.into(), "Ja".into());
    };
    check(&|asked| label(asked, "de-AT"), true);
    check(&|asked| label(asked, "not a tag"), false);
    let tags = |asked: &mut WidgetSettings, count| {
        (0..count).for_each(|at| label(asked, &format!("x{at}")));
    };
    check(&|asked| tags(asked, limits::PHRASE_LANGUAGES), true);
    check(&|asked| tags(asked, limits::PHRASE_LANGUAGES + 1), false);
    world.set_widget(&secret, settings()).unwrap();
    world.add(&secret, new_agent("ana@example.com", Role::Agent)).unwrap();
    let ana = secret_of(world.sign_in("ana@example.com", "battery staple"));
    let refused = world.set_widget(&ana, WidgetSettings::default());
    assert_eq!(code(refused), ErrorCode::Forbidden);
    let seen = world.ask(SiteRequest::Widget { secret: ana });
    assert!(matches!(seen, Ok(SiteAnswer::Widget(seen)) if *seen == settings()));
}

#[test]
fn admins_say_which_files_the_site_takes() {
    let (mut world, owner) = World::made();
    let taken = |answer: Answer| match answer {
        Ok(SiteAnswer::Files(rules)) => Ok(rules),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    };
    assert_eq!(taken(world.ask(SiteRequest::Files)), Ok(FileRules::default()));
    let rules = FileRules { on: true, max_mib: 3, kinds: vec![FileKind::Pdf] };
    let mut set = |secret: &str, rules: &FileRules| {
        taken(world.ask(SiteRequest::SetFiles { secret: secret.into(), rules: rules.clone() }))
    };
    assert_eq!(set("nobody", &rules), Err(ErrorCode::SignInRequired));
    assert_eq!(set(&owner, &rules), Ok(rules.clone()));
    let none = FileRules { kinds: vec![], ..rules.clone() };
    assert_eq!(set(&owner, &none), Err(ErrorCode::BadRequest));
    world.add(&owner, new_agent("one@example.com", Role::Agent)).unwrap();
    let secret = secret_of(world.sign_in("one@example.com", "battery staple"));
    let asked = SiteRequest::SetFiles { secret, rules: rules.clone() };
    assert_eq!(taken(world.ask(asked)), Err(ErrorCode::Forbidden));
    assert_eq!(taken(world.ask(SiteRequest::Files)), Ok(rules));
}
