// A worker that fails on request: a copy of the sources with faults edited in, built apart. Each
// fault is asked for by a text or by the address of the visitor's page, and comes once for each.

import { pathToFileURL } from 'node:url';

const MODULE = `/// Moments and spans.
pub mod time;
/// Faults on request.
pub mod fault {
    use std::sync::Mutex;
    static KNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    /// Whether \`what\` asks for this fault, and does so for the first time.
    pub fn asked(what: &str, fault: &str) -> bool {
        let Ok(mut known) = KNOWN.lock() else { return false };
        let fresh = what.contains(fault) && !known.iter().any(|one| one == what);
        if fresh {
            known.push(what.to_owned());
        }
        fresh
    }
}`;

const object = 'src/edge/conversation_object.rs';
const router = 'src/edge/router_object.rs';

/** Where each fault is put; the words in quotes ask for it. */
const EDITS = [
  { file: 'src/lib.rs', find: '/// Moments and spans.\npub mod time;', replace: MODULE },
  {
    file: 'src/conversation/mod.rs',
    find: 'let author = from.holder.author();\n        // A message once stored',
    replace: `if crate::fault::asked(&sent.text, "panic while deciding") { panic!("as asked") }
        #[cfg(target_arch = "wasm32")]
        if crate::fault::asked(&sent.text, "trap") { core::arch::wasm32::unreachable() }
        let author = from.holder.author();
        // A message once stored`,
  },
  {
    file: 'src/store/event.rs',
    find: '_ => sql.run(INSERT_OF_VISITOR, &[seq, at, chain, id, text]),',
    replace: `_ => {
                    sql.run(INSERT_OF_VISITOR, &[seq, at, chain, id, text])?;
                    let Body::Message { text, .. } = &event.body else { return Ok(()) };
                    if crate::fault::asked(text, "panic after the write") { panic!("as asked") }
                    match crate::fault::asked(text, "error after the write") {
                        true => Err(StoreError("as asked".into())),
                        false => Ok(()),
                    }
                }`,
  },
  {
    file: object,
    find: 'let (state, room) = (&self.state, &self.room);\n        let post',
    replace: `let (state, room) = (&self.state, &self.room);
        for effect in committed.effects() {
            let Effect::Append(event) = effect else { continue };
            let text = serde_json::to_string(event)?;
            if crate::fault::asked(&text, "panic before the sends") { panic!("as asked") }
            #[cfg(target_arch = "wasm32")]
            if text.contains("stored, then the end") { core::arch::wasm32::unreachable() }
        }
        let post`,
  },
  {
    file: 'src/edge/carry.rs',
    find: 'let posts = parcels.iter().map(|parcel| post_parcel',
    replace: `for parcel in &parcels {
        let letter = parcel.letter(source);
        if (1..=3).any(|nth| crate::fault::asked(&format!("{letter}{nth}"), "fails-thrice")) {
            return Err(StoreError("as asked".into()));
        }
    }
    let posts = parcels.iter().map(|parcel| post_parcel`,
  },
  {
    file: 'src/edge/carry.rs',
    find: 'let stub = stub_of(&parcel.peer)?;',
    replace: `let letter = parcel.letter(source);
    if crate::fault::asked(&letter, "panic-in-the-alarm") { panic!("as asked") }
    let stub = stub_of(&parcel.peer)?;`,
  },
  {
    file: router,
    find: 'let delivery = carry::receive::<ToRouter>(&mut request).await?;',
    replace: `let delivery = carry::receive::<ToRouter>(&mut request).await?;
        let words = format!("{delivery:?}");
        if crate::fault::asked(&words, "panic-at-the-desk") { panic!("as asked") }
        if crate::fault::asked(&words, "no-answer-of-the-desk") {
            std::future::pending::<()>().await;
        }`,
  },
  {
    file: 'src/routing/mod.rs',
    find: 'DeskClientFrame::Take { conversation } => {',
    replace: `DeskClientFrame::Take { conversation } => {
                if conversation.as_str() == "panic" { panic!("as asked") }
                #[cfg(target_arch = "wasm32")]
                if conversation.as_str() == "trap" { core::arch::wasm32::unreachable() }`,
  },
  {
    file: 'src/edge/sockets.rs',
    find: 'self.session.stage != Stage::Ended && now.since',
    replace: `let draft = format!("{:?}", self.session.draft);
        if crate::fault::asked(&draft, "page-that-falls-silent") { return true }
        self.session.stage != Stage::Ended && now.since`,
  },
  {
    file: 'src/limits.rs',
    find: 'pub const DELIVERY_MS: u32 = 10_000;',
    replace: 'pub const DELIVERY_MS: u32 = 500;',
  },
];

/** Builds it, unless it is built; resolves to its folder. */
export async function faulty(): Promise<URL> {
  // The tools are plain JavaScript, of which the compiler knows no types.
  const tools = new URL('../../tools/lib/copies.mjs', import.meta.url).href;
  const { build, copy } = await import(tools);
  return pathToFileURL(`${await build(copy('faulty', EDITS))}/`);
}
