//! What an owner shows of the site, and agents of themselves; on its real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use edgewise::auth::secret::{decode_bytes, encode};
use edgewise::limits;
use edgewise::protocol::api::{ErrorCode, Role, SiteSettings};
use edgewise::protocol::picture::{Picture, Subject};
use edgewise::protocol::site::{SiteAnswer, SiteRequest};
use edgewise::site::Answer;
use support::site::*;

#[test]
fn name_and_origins_can_be_changed_by_those_who_may() {
    let (mut world, owner) = World::made();
    let read = |world: &mut World| match world.ask(SiteRequest::Site { secret: owner.clone() }) {
        Ok(SiteAnswer::Site(settings)) => settings,
        other => panic!("{other:?}"),
    };
    let origins = vec!["https://New.example/".to_owned(), "http://localhost:*".to_owned()];
    let asked = SiteSettings { name: " Shop & Co ".into(), origins };
    let set = |secret: &str, settings: &SiteSettings| SiteRequest::SetSite {
        secret: secret.to_owned(),
        settings: settings.clone(),
    };
    world.add(&owner, new_agent("ben@example.com", Role::Agent)).unwrap();
    let ben = secret_of(world.sign_in("ben@example.com", "battery staple"));
    let before = read(&mut world);
    assert_eq!(code(world.ask(set(&ben, &asked))), ErrorCode::Forbidden);
    let bad = SiteSettings { origins: vec!["shop".into()], ..asked.clone() };
    assert_eq!(code(world.ask(set(&owner, &bad))), ErrorCode::BadRequest);
    let nameless = SiteSettings { name: " ".into(), ..asked.clone() };
    assert_eq!(code(world.ask(set(&owner, &nameless))), ErrorCode::BadRequest);
    assert_eq!(read(&mut world), before, "nothing of it was taken");
    world.ask(set(&owner, &asked)).unwrap();
    let now = read(&mut world);
    assert_eq!(now.name, "Shop & Co");
    assert_eq!(now.origins, ["https://new.example", "http://localhost:*"]);
}

/// One red pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ_pLvAAAAAElFTkSuQmCC";

#[test]
fn a_logo_is_the_owners_and_a_face_ones_own() {
    let (mut world, owner) = World::made();
    world.add(&owner, new_agent("ben@example.com", Role::Agent)).unwrap();
    let ben = secret_of(world.sign_in("ben@example.com", "battery staple"));
    let set = |secret: &str, of, body: Option<&str>| SiteRequest::SetPicture {
        secret: secret.to_owned(),
        of,
        body: body.map(str::to_owned),
    };
    let pictures = |answer: Answer| match answer {
        Ok(SiteAnswer::Pictures(pictures)) => pictures,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(world.ask(set(&ben, Subject::Logo, Some(PNG)))), ErrorCode::Forbidden);
    let now = pictures(world.ask(set(&ben, Subject::Me, Some(PNG))));
    let [(agent, id)] = &now.faces.iter().collect::<Vec<_>>()[..] else { panic!("{now:?}") };
    let (agent, id) = ((*agent).clone(), (*id).clone());
    let stored = world.ask(SiteRequest::Picture { id: id.clone() });
    let wanted = Picture { kind: "image/png".into(), body: PNG.into() };
    assert!(
        matches!(&stored, Ok(SiteAnswer::Picture(picture)) if *picture == wanted),
        "{stored:?}"
    );

    // The same picture is one, for whomever it is, until nobody has it.
    let now = pictures(world.ask(set(&owner, Subject::Logo, Some(PNG))));
    assert_eq!(now.logo.as_ref(), Some(&id));
    assert_eq!(world.sql.count("SELECT count(*) FROM picture_body"), 1);
    let now = pictures(world.ask(set(&owner, Subject::Logo, None)));
    assert_eq!((now.logo, now.faces.len()), (None, 1));
    assert!(world.ask(SiteRequest::Picture { id: id.clone() }).is_ok());
    world.ask(SiteRequest::RemoveAgent { secret: owner, agent }).unwrap();
    assert_eq!(code(world.ask(SiteRequest::Picture { id })), ErrorCode::NotFound);
}

#[test]
fn what_is_no_small_picture_is_refused() {
    let (mut world, owner) = World::made();
    let mut refused = |body: &[u8]| {
        let body = Some(encode(body));
        let request = SiteRequest::SetPicture { secret: owner.clone(), of: Subject::Logo, body };
        world.ask(request).err().map(|error| error.code)
    };
    let png = decode_bytes(PNG).unwrap();
    assert_eq!(refused(&png), None);
    assert_eq!(
        refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Some(ErrorCode::TypeNotAllowed)
    );
    assert_eq!(refused(b"GIF89a\x01\0\x01\0\0\0\0;"), Some(ErrorCode::TypeNotAllowed));
    assert_eq!(refused(b""), Some(ErrorCode::TypeNotAllowed));
    assert_eq!(refused(&png[..png.len() - 1]), Some(ErrorCode::TypeNotAllowed), "cut short");
    let more = [&png[..], b"secret"].concat();
    assert_eq!(refused(&more), Some(ErrorCode::HasMetadata), "something behind its end");
    let mut wide = png.clone();
    wide[18..20].copy_from_slice(&(limits::PICTURE_SIDE as u16 + 1).to_be_bytes());
    assert_eq!(refused(&wide), Some(ErrorCode::TooLarge));
    let large = [&png[..], &vec![0; limits::PICTURE_BYTES]].concat();
    assert_eq!(refused(&large), Some(ErrorCode::TooLarge));
}
