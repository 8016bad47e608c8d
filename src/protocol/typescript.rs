//! `client/frames.ts` is written from the Rust types. This test fails when it drifts; with
//! `EDGEWISE_WRITE_TYPES=1` (that is `npm run types`) it writes the file.

use super::close::CloseCode;
use super::{Rejection, api, desk, event, file, frames, identity, picture, poll, routing, widget};
use crate::id::{
    AgentId, Chain, ClientId, ConversationId, DepartmentId, Epoch, FieldId, FileId, PictureId, Seq,
    SiteId, Skill,
};
use crate::limits;
use crate::time::Millis;
use std::fmt::Write as _;
use ts_rs::{Config, TS};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/client/frames.ts");
const HEAD: &str =
    "// Written from src/protocol by `npm run types`. Change the Rust types, not this.\n";

macro_rules! declare {
    ($out:ident: $($type:ty),* $(,)?) => {
        $(write_type::<$type>(&mut $out);)*
    };
}

fn write_type<T: TS>(out: &mut String) {
    let config = Config::new().with_large_int("number");
    for line in T::docs().unwrap_or_default().trim().lines() {
        out.push_str(line);
        out.push('\n');
    }
    writeln!(out, "export {}", T::decl(&config)).unwrap();
}

fn name(code: CloseCode) -> String {
    let mut snake = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn rendered() -> String {
    let mut out = HEAD.to_owned();
    declare!(out: SiteId, ConversationId, AgentId, ClientId, Epoch, Seq, Chain, Millis);
    declare!(out: FileId, file::FileKind, file::FileRef, file::FileRules);
    declare!(out: Rejection, event::AgentRef, event::Author, event::Side, event::Body);
    declare!(out: event::Event, frames::Context, frames::Place, frames::Status, frames::Marks);
    declare!(out: frames::About, frames::ClientFrame, frames::ServerFrame);
    declare!(out: DepartmentId, Skill, routing::RoutingSettings, routing::Department);
    declare!(out: routing::Mode, routing::Policy, routing::LanguageRule, routing::PageRule);
    declare!(out: routing::Hours, routing::Opening, routing::AgentRouting, routing::Profile);
    declare!(out: routing::Decision, routing::Made, routing::Because, routing::Other);
    declare!(out: PictureId, picture::Pictures, api::SiteSettings);
    declare!(out: routing::WhyNot, desk::Away, desk::DepartmentRef, desk::Note, desk::Offer);
    declare!(out: desk::RosterEntry, desk::DeskState, desk::DeskEntry);
    declare!(out: desk::DeskClientFrame, desk::DeskServerFrame);
    declare!(out: api::ErrorCode, api::ApiError, api::Role, api::SetUp, api::SetUpState);
    declare!(out: api::SignIn, api::Me, api::NewAgent, api::TeamMember, api::TicketRequest);
    declare!(out: api::RemoveAgent);
    declare!(out: api::Ticket, api::VisitorHello, api::VisitorWelcome);
    declare!(out: identity::Person, identity::IdentityMethod, identity::IdentityState);
    declare!(out: identity::IdentityChange, identity::IdentityAct, identity::IdentityChanged);
    declare!(out: FieldId, widget::WidgetSettings, widget::Form, widget::Field, widget::FieldKind);
    declare!(out: widget::Choice, widget::Phrase, widget::FormName, widget::FormAnswers);
    declare!(out: widget::Answer, widget::Lobby, widget::Asked);
    declare!(out: poll::Poll, poll::PollAnswer, poll::PollClose);
    out.push_str("/** Why a socket is closed, and whether coming back helps (rule C1). */\n");
    out.push_str("export const closeCodes = {\n");
    for code in CloseCode::ALL {
        let (name, number, retry) = (name(code), code.code(), code.retry());
        writeln!(out, "  {name}: {{ code: {number}, retry: {retry} }},").unwrap();
    }
    let last = CloseCode::ALL.iter().filter(|code| !code.retry());
    let last: Vec<_> = last.map(|code| code.code().to_string()).collect();
    out.push_str("} as const;\n/** Those after which coming back would not help. */\n");
    writeln!(out, "export const finalCodes: readonly number[] = [{}];", last.join(", ")).unwrap();
    out.push_str("// Bounds that a client keeps by itself; alone, too, where there is no room.\n");
    let bounds = [
        ("textChars", limits::TEXT_CHARS),
        ("nameChars", limits::NAME_CHARS),
        ("emailChars", limits::EMAIL_CHARS),
        ("phoneChars", limits::PHONE_CHARS),
        ("localeChars", limits::LOCALE_CHARS),
        ("pageChars", limits::PAGE_CHARS),
        ("factNameChars", limits::FACT_NAME_CHARS),
        ("factChars", limits::FACT_CHARS),
        ("facts", limits::FACTS),
        ("passwordMinChars", limits::PASSWORD_MIN_CHARS),
        ("capacityMax", limits::CAPACITY_MAX as usize),
        ("noteChars", limits::NOTE_CHARS),
        ("answerChars", limits::ANSWER_CHARS),
        ("formFields", limits::FORM_FIELDS),
        ("phraseChars", limits::PHRASE_CHARS),
        ("fileNameChars", limits::FILE_NAME_CHARS),
        ("fileMibMax", limits::FILE_MIB_MAX as usize),
        ("smallSide", limits::SMALL_SIDE as usize),
    ];
    for (name, value) in bounds {
        writeln!(out, "export const {name} = {value};").unwrap();
    }
    let names = bounds.map(|(name, _)| name).join(", ");
    writeln!(out, "export const limits = {{ {names} }} as const;").unwrap();
    out
}

#[test]
fn the_typescript_types_are_those_of_rust() {
    let rendered = rendered();
    if std::env::var_os("EDGEWISE_WRITE_TYPES").is_some() {
        std::fs::write(PATH, &rendered).unwrap();
    }
    let present = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(present == rendered, "client/frames.ts is not what the Rust types say: npm run types");
}
