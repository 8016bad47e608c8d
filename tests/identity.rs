//! Who a visitor is: what a site takes as a proof, which conversation is a person's, and whom that
//! conversation lets in. docs/protocol.md, I; on the real stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/chat_token.rs"]
mod sample;
mod support;

use edgewise::auth::secret::{conversation_after, encode};
use edgewise::conversation::Effect;
use edgewise::id::{ConversationId, SiteId};
use edgewise::limits;
use edgewise::protocol::api::{ErrorCode, NewAgent, Role, SetUp, SignIn};
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::frames::ClientFrame;
use edgewise::protocol::identity::{IdentityAct, IdentityChange, IdentityMethod, Person};
use edgewise::protocol::peer::ToRouter;
use edgewise::protocol::session::{Holder, Session};
use edgewise::protocol::site::{Proof, SiteAnswer, SiteRequest, Visit};
use edgewise::site::{Answer, Fresh, handle};
use edgewise::store::{SiteStore, Sql};
use sample::chat_token;
use support::talk::{World, ack_of, with_draft};
use support::*;

const PASSWORD: &str = "correct horse";

/// A site with an owner who is signed in.
struct Shop {
    sql: HostSql,
    owner: String,
    random: u8,
}

impl Shop {
    fn new() -> Self {
        let mut shop = Self { sql: HostSql::new(), owner: String::new(), random: 0 };
        let set_up = SetUp {
            token: String::new(),
            site: SiteId::parse("shop").unwrap(),
            site_name: "Shop".into(),
            origins: vec!["https://shop.example".into()],
            name: "Olivia".into(),
            email: "owner@example.com".into(),
            password: PASSWORD.into(),
        };
        shop.owner = secret_of(shop.ask(SiteRequest::Create(set_up)));
        shop
    }

    fn ask(&mut self, request: SiteRequest) -> Answer {
        self.random += 1;
        let byte = self.random;
        let store = SiteStore::new(&self.sql);
        let fresh = Fresh { id: [byte; 16], salt: [byte; 16], secret: [byte; 32] };
        self.sql.atomically(|| handle(at(0), request, fresh, &store)).unwrap()
    }

    fn change_by(&mut self, secret: &str, act: IdentityAct) -> Answer {
        let (secret, change) = (secret.to_owned(), IdentityChange { act, key: None });
        self.ask(SiteRequest::ChangeIdentity { secret, change, root: root() })
    }

    fn set_key(&mut self, act: IdentityAct, key: Option<&str>) -> Answer {
        let (secret, key) = (self.owner.clone(), key.map(str::to_owned));
        let change = IdentityChange { act, key };
        self.ask(SiteRequest::ChangeIdentity { secret, change, root: root() })
    }

    fn change(&mut self, act: IdentityAct) -> Answer {
        let owner = self.owner.clone();
        self.change_by(&owner, act)
    }

    fn new_secret(&mut self) -> String {
        match self.change(IdentityAct::NewSecret) {
            Ok(SiteAnswer::IdentityChanged(changed)) => changed.secret.expect("a secret"),
            other => panic!("no secret: {other:?}"),
        }
    }

    fn visit(&mut self, browser: &str, token: Option<String>) -> Answer {
        let proof = token.map(|token| Proof { token, root: root(), genuine: false });
        let conversation = conversation_id(browser);
        let origin = "https://shop.example".to_owned();
        self.ask(SiteRequest::Visit(Visit { origin, own: false, conversation, proof }))
    }

    /// The conversation of an unnamed visitor.
    fn unnamed(&mut self, browser: &str) -> ConversationId {
        match self.visit(browser, None) {
            Ok(SiteAnswer::Visit { conversation, person: None, .. }) => conversation,
            other => panic!("{browser}: {other:?}"),
        }
    }

    /// The conversation of a named one.
    fn named(&mut self, browser: &str, secret: &str, id: &str) -> ConversationId {
        match self.visit(browser, Some(token(secret, id))) {
            Ok(SiteAnswer::Visit { conversation, person: Some(person), .. }) => {
                assert_eq!(person.id, id);
                conversation
            }
            other => panic!("{browser} as {id}: {other:?}"),
        }
    }
}

fn secret_of(answer: Answer) -> String {
    match answer {
        Ok(SiteAnswer::SignedIn { secret, .. }) => secret,
        other => panic!("not signed in: {other:?}"),
    }
}

fn code(answer: Answer) -> ErrorCode {
    answer.expect_err("refused").code
}

fn root() -> String {
    encode(&[7; 32])
}

/// As a site's server makes one that follows docs/embed.md.
fn token(secret: &str, id: &str) -> String {
    chat_token(secret, u64::try_from(at(0).0 / 1_000).unwrap(), id, "Ada")
}

fn person(id: &str, name: &str) -> Person {
    Person { id: id.into(), name: Some(name.into()), email: None }
}

fn session_of(id: u32, person: Person) -> Session {
    Session { holder: Holder::Person(person), ..visitor(id) }
}

#[test]
fn the_sample_of_the_document_is_the_one_that_is_tested() {
    let read = |path: &str| {
        std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let sample = format!("```rust\n{}```", read("tests/support/chat_token.rs"));
    assert!(read("docs/embed.md").contains(&sample), "docs/embed.md has another sample");
}

#[test]
fn i2_a_token_counts_only_with_the_secrets_of_its_site() {
    let mut shop = Shop::new();
    let guess = token(&encode(&[1; 32]), "42");
    assert_eq!(code(shop.visit("b", Some(guess.clone()))), ErrorCode::IdentityInvalid);
    let first = shop.new_secret();
    assert_eq!(code(shop.visit("b", Some(guess))), ErrorCode::IdentityInvalid);
    shop.named("b", &first, "42");
    let second = shop.new_secret();
    assert_ne!(first, second);
    shop.named("b", &second, "42");
    shop.named("b", &first, "42");
    shop.change(IdentityAct::EndOldSecret).unwrap();
    assert_eq!(code(shop.visit("b", Some(token(&first, "42")))), ErrorCode::IdentityInvalid);
    shop.change(IdentityAct::Off).unwrap();
    assert_eq!(code(shop.visit("b", Some(token(&second, "42")))), ErrorCode::IdentityInvalid);
    let third = shop.new_secret();
    assert!(third != first && third != second, "what was ended stays ended");
    assert_eq!(code(shop.visit("b", Some(token(&second, "42")))), ErrorCode::IdentityInvalid);
}

#[test]
fn i2_no_secret_is_stored() {
    let mut shop = Shop::new();
    let secret = shop.new_secret();
    let stored = shop.sql.rows("SELECT identity FROM settings", &[]).unwrap();
    let stored = stored.into_iter().next().unwrap().text().unwrap();
    assert!(stored.contains("hs256") && !stored.contains(&secret), "{stored}");
}

const P256: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g
ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
-----END PUBLIC KEY-----
";
const ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
-----END PUBLIC KEY-----";

#[test]
fn i1_a_key_decides_the_algorithm_and_secrets_end_with_it() {
    let mut shop = Shop::new();
    let secret = shop.new_secret();
    let key = IdentityAct::PublicKey;
    let other =
        P256.replace("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQg", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQh");
    for bad in [None, Some(""), Some("MCow"), Some(&P256[..90]), Some(other.as_str())] {
        assert_eq!(code(shop.set_key(key, bad)), ErrorCode::BadRequest, "{bad:?}");
    }
    let stray = shop.set_key(IdentityAct::NewSecret, Some(P256));
    assert_eq!(code(stray), ErrorCode::BadRequest);
    shop.named("b", &secret, "42");
    for (pem, method) in [(P256, IdentityMethod::Es256), (ED25519, IdentityMethod::Eddsa)] {
        match shop.set_key(key, Some(pem)) {
            Ok(SiteAnswer::IdentityChanged(changed)) => {
                let squeezed = |text: &str| text.split_whitespace().collect::<String>();
                let shown = changed.state.key.as_deref().map(squeezed);
                assert_eq!((changed.state.method, shown), (method, Some(squeezed(pem))));
                assert_eq!(changed.secret, None);
            }
            other => panic!("{other:?}"),
        }
        let refused = shop.visit("b", Some(token(&secret, "42")));
        assert_eq!(code(refused), ErrorCode::IdentityInvalid, "{method:?}");
    }
    let again = shop.new_secret();
    assert_ne!(again, secret);
    assert_eq!(code(shop.visit("b", Some(token(&secret, "42")))), ErrorCode::IdentityInvalid);
    shop.named("b", &again, "42");
}

#[test]
fn i3_a_person_has_one_conversation_and_brings_along_that_of_the_first_browser() {
    let mut shop = Shop::new();
    let secret = shop.new_secret();
    let first = shop.unnamed("phone");
    assert_eq!(first, conversation_id("phone"));
    let mine = shop.named("phone", &secret, "42");
    assert_eq!(mine, first, "what was written before goes along");
    assert_eq!(shop.named("laptop", &secret, "42"), mine, "on any browser");
    assert_eq!(shop.unnamed("laptop"), conversation_id("laptop"));
    // Whoever has only the secret is somebody else from now on.
    let after = shop.unnamed("phone");
    assert_eq!(Some(&after), conversation_after(&mine, 1).as_ref());
    let other = shop.named("phone", &secret, "43");
    assert_eq!(other, after, "the next account takes what was written since");
    let third = shop.unnamed("phone");
    assert!(![&mine, &other].contains(&&third));
    assert_eq!(shop.named("phone", &secret, "42"), mine);
    assert_eq!(shop.named("phone", &secret, "43"), other);
    assert_eq!(shop.unnamed("phone"), third, "known persons change nothing");
}

#[test]
fn i5_a_site_may_refuse_who_was_not_named() {
    let mut shop = Shop::new();
    let refused = shop.change(IdentityAct::Require);
    assert_eq!(code(refused), ErrorCode::BadRequest, "nobody could come");
    let secret = shop.new_secret();
    shop.change(IdentityAct::Require).unwrap();
    assert_eq!(code(shop.visit("b", None)), ErrorCode::IdentityRequired);
    assert_eq!(code(shop.visit("b", Some(token("other", "42")))), ErrorCode::IdentityInvalid);
    shop.named("b", &secret, "42");
    shop.change(IdentityAct::Welcome).unwrap();
    shop.unnamed("c");
    shop.change(IdentityAct::Require).unwrap();
    shop.change(IdentityAct::Off).unwrap();
    shop.unnamed("c");
}

#[test]
fn a_owners_and_admins_manage_it_and_nobody_else() {
    let mut shop = Shop::new();
    for (email, role, ok) in [("ana@b.c", Role::Agent, false), ("adi@b.c", Role::Admin, true)] {
        let (name, password) = ("One".to_owned(), PASSWORD.to_owned());
        let agent = NewAgent { name, email: email.into(), password, role, capacity: 5 };
        let secret = shop.owner.clone();
        shop.ask(SiteRequest::AddAgent { secret, agent }).unwrap();
        let sign_in = SignIn { site: None, email: email.into(), password: PASSWORD.into() };
        let secret = secret_of(shop.ask(SiteRequest::SignIn(sign_in)));
        let read = shop.ask(SiteRequest::Identity { secret: secret.clone() });
        let changed = shop.change_by(&secret, IdentityAct::NewSecret);
        assert_eq!((read.is_ok(), changed.is_ok()), (ok, ok), "{role:?}");
    }
    let secret = shop.owner.clone();
    let Ok(SiteAnswer::Identity(state)) = shop.ask(SiteRequest::Identity { secret }) else {
        panic!("the owner reads it");
    };
    assert_eq!((state.method, state.old_secret), (IdentityMethod::Hs256, false));
    let nobody = shop.change_by("no secret", IdentityAct::Off);
    assert_eq!(code(nobody), ErrorCode::SignInRequired);
}

#[test]
fn i4_a_persons_conversation_opens_to_nobody_who_has_only_the_secret() {
    let mut world = World::new();
    let (unnamed, ada) = (visitor(1), session_of(2, person("42", "Ada")));
    world.send(&unnamed, "m1", "before I signed in");
    let effects = world.hello(&ada, 0, None);
    let parts = Effect::CloseUnnamed { code: CloseCode::Moved };
    assert_eq!(effects.first(), Some(&parts), "nothing is sent before it");
    let named = ToRouter::Named { conversation: conversation_id("c"), person: person("42", "Ada") };
    assert!(effects.contains(&Effect::Tell(named)), "{effects:?}");
    world.restart();
    let moved =
        |session: &Session| vec![Effect::Close { session: session.id, code: CloseCode::Moved }];
    assert_eq!(world.hello(&unnamed, 0, None), moved(&unnamed));
    assert_eq!(world.send(&unnamed, "m2", "still here"), moved(&unnamed));
    assert_eq!(world.frame(&unnamed, ClientFrame::Typing { on: true }), moved(&unnamed));
    let other = session_of(3, person("43", "Eve"));
    assert_eq!(world.hello(&other, 0, None), moved(&other), "nor to another person");
    assert!(ack_of(&world.send(&ada, "m3", "it is me"), &ada).is_some());
    let again = world.hello(&ada, 0, None);
    assert!(!again.iter().any(Effect::is_stored), "known already: {again:?}");
    let renamed = session_of(4, person("42", "Ada L."));
    let effects = world.hello(&renamed, 0, None);
    assert!(!effects.contains(&parts));
    assert_eq!(world.machine.head().person, Some(person("42", "Ada L.")));
}

#[test]
fn i5_who_is_not_named_shows_every_hour_that_the_site_still_takes_them() {
    let mut world = World::new();
    let (unnamed, hour) = (visitor(1), limits::UNNAMED_SESSION.0 / 1_000);
    world.send(&unnamed, "m1", "at first");
    world.clock = hour - 1;
    assert_eq!(ack_of(&world.send(&unnamed, "m2", "at the bound"), &unnamed), Some(seq(2)));
    let late = world.send(&unnamed, "m3", "one past");
    assert_eq!(late, [Effect::Close { session: unnamed.id, code: CloseCode::Moved }]);
    let reading = world.hello(&unnamed, 0, None);
    assert!(!reading.iter().any(|one| matches!(one, Effect::Close { .. })), "{reading:?}");
    let ada = session_of(2, person("42", "Ada"));
    assert!(ack_of(&world.send(&ada, "m4", "named long ago"), &ada).is_some());
}

#[test]
fn i4_a_person_is_kept_with_the_first_message_and_told_with_it() {
    let mut world = World::new();
    let ada = session_of(1, person("42", "Ada"));
    let effects = world.hello(&ada, 0, None);
    assert!(!effects.iter().any(Effect::is_stored), "an open panel costs no row");
    let ada = with_draft(ada, &effects);
    let effects = world.send(&ada, "m1", "hello");
    let tells = |effects: &[Effect]| -> Vec<&'static str> {
        let kind = |effect: &Effect| match effect {
            Effect::Tell(ToRouter::Waiting { .. }) => Some("waiting"),
            Effect::Tell(ToRouter::Named { .. }) => Some("named"),
            _ => None,
        };
        effects.iter().filter_map(kind).collect()
    };
    assert_eq!(tells(&effects), ["waiting", "named"]);
    world.restart();
    assert_eq!(world.machine.head().person, Some(person("42", "Ada")));
    assert_eq!(tells(&world.send(&ada, "m2", "anybody?")), [""; 0]);
}
