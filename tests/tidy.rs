//! The invariants of ARCHITECTURE.md that a compiler does not hold: which module may know which,
//! what stays out of the pure ones, how long things may grow, and that docs/protocol.md and
//! src/protocol/ change together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MAX_COLUMNS: usize = 100;
const MAX_LINES: usize = 400;
const MAX_FUNCTION_LINES: usize = 70;
const MAX_OBJECT_LINES: usize = 205;

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn short(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap().display().to_string()
}

fn sources() -> Vec<PathBuf> {
    let found = files("src", &["rs"]);
    assert!(found.len() > 30, "src/ was not found");
    found
}

/// The part of a file before its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

#[test]
fn modules_depend_one_way() {
    let forbidden: &[(&str, &[&str])] = &[
        ("src/conversation", &["routing", "site", "store", "auth"]),
        ("src/routing", &["conversation", "site", "store", "auth"]),
        ("src/site", &["conversation", "routing", "store"]),
        ("src/auth", &["conversation", "routing", "site", "store"]),
        ("src/protocol", &["conversation", "routing", "site", "store", "auth", "pace"]),
        ("src/id.rs", &["protocol", "conversation", "routing", "site", "store", "auth"]),
        (
            "src/time.rs",
            &["protocol", "conversation", "routing", "site", "store", "auth", "limits"],
        ),
    ];
    let mut wrong = Vec::new();
    for path in sources() {
        let (name, text) = (short(&path), read(&path));
        for (place, modules) in forbidden.iter().filter(|(place, _)| name.starts_with(place)) {
            for module in *modules {
                if text.contains(&format!("crate::{module}")) {
                    wrong.push(format!("{name} ({place}) uses crate::{module}"));
                }
            }
        }
        if !name.starts_with("src/edge") && text.contains("crate::edge") {
            wrong.push(format!("{name} uses crate::edge"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn widget_and_console_meet_in_the_client_only() {
    let forbidden: &[(&str, &[&str])] = &[
        ("client", &["/widget/", "/console/"]),
        ("widget", &["/console/"]),
        ("console", &["/widget/"]),
    ];
    let mut wrong = Vec::new();
    for (folder, others) in forbidden {
        let found = files(folder, &["ts", "tsx", "vue"]);
        assert!(found.len() > 5, "{folder}/ was not found");
        for path in found {
            let text = read(&path);
            let imports = text.lines().filter(|line| line.contains(" from '"));
            for line in imports.filter(|line| others.iter().any(|other| line.contains(other))) {
                wrong.push(format!("{}: {}", short(&path), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_modules_have_no_platform_clock_chance_or_waiting() {
    let words = [
        "use worker",
        "worker::",
        "async ",
        ".await",
        "SystemTime",
        "Instant",
        "getrandom",
        "console_log",
        "println!",
        "std::env",
        "thread_local",
        "js_sys",
        "wasm_bindgen",
    ];
    let mut wrong = Vec::new();
    for path in sources().iter().filter(|path| !short(path).starts_with("src/edge")) {
        if short(path) == "src/lib.rs" || short(path) == "src/protocol/typescript.rs" {
            continue;
        }
        for line in read(path).lines().filter(|line| !line.trim_start().starts_with("//")) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                wrong.push(format!("{}: {word} in “{}”", short(path), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_committed_effects_are_sent() {
    let mut wrong = Vec::new();
    for path in sources() {
        let (name, text) = (short(&path), read(&path));
        if text.contains("Committed(") && name != "src/edge/commit.rs" {
            wrong.push(format!("{name} makes a Committed by itself"));
        }
        let sends = ["send_with_str", "send_part"];
        if sends.iter().any(|send| text.contains(send)) && name != "src/edge/sockets.rs" {
            wrong.push(format!("{name} sends past edge/sockets.rs"));
        }
    }
    for object in ["conversation_object", "router_object"] {
        let path = Path::new(ROOT).join(format!("src/edge/{object}.rs"));
        let text = read(&path);
        for line in text.lines().filter(|line| line.contains("fn perform")) {
            if !line.contains("Committed<Effect>") {
                wrong.push(format!("{object}: perform takes more than committed effects"));
            }
        }
        assert_eq!(text.matches(".send(").count(), 1, "{object} sends in `perform` only");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_object_opens_with_its_contract() {
    for name in ["conversation", "router", "site", "deployment"] {
        let path = Path::new(ROOT).join(format!("src/edge/{name}_object.rs"));
        let text = read(&path);
        for part in ["**Why**", "**Name**", "**Stores**", "**Requests**", "**Atomic**"] {
            let head = text.lines().take_while(|line| line.starts_with("//!"));
            assert!(head.into_iter().any(|line| line.contains(part)), "{name} lacks {part}");
        }
        assert!(text.lines().count() <= MAX_OBJECT_LINES, "{name}: an object is a thin newtype");
    }
}

#[test]
fn nothing_grows_past_its_ratchet() {
    let endings = ["rs", "ts", "tsx", "vue", "mjs", "css", "sql"];
    let places = ["src", "tests", "client", "widget", "console", "tools", "bench", "brand", "demo"];
    let mut wrong = Vec::new();
    for path in places.iter().flat_map(|place| files(place, &endings)) {
        let (name, text) = (short(&path), read(&path));
        if name == "client/frames.ts" {
            continue; // generated
        }
        let body = without_tests(&text);
        let test = name.starts_with("tests/") || name.contains(".test.");
        if !test && body.lines().count() > MAX_LINES {
            wrong.push(format!("{name}: {} lines", body.lines().count()));
        }
        for (number, line) in text.lines().enumerate() {
            if line.chars().count() > MAX_COLUMNS {
                wrong.push(format!("{name}:{}: {} columns", number + 1, line.chars().count()));
            }
        }
        if name.ends_with(".rs") {
            wrong.extend(long_functions(&name, body));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Functions by their indentation, which rustfmt guarantees: from `fn` to the brace below it.
fn long_functions(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_start();
        let starts = ["fn ", "pub fn ", "pub(super) fn ", "async fn ", "pub async fn "];
        if open.is_none() && starts.iter().any(|start| words.starts_with(start)) {
            open = Some((number, indent, words.chars().take(40).collect()));
        }
        if let Some((start, depth, head)) = &open
            && indent == *depth
            && (words == "}" || words.ends_with(';'))
        {
            // A semicolon ends a declaration without a body, as in a trait.
            if number - start > MAX_FUNCTION_LINES {
                wrong.push(format!("{name}: “{head}” has {} lines", number - start));
            }
            open = None;
        }
    }
    wrong
}

#[test]
fn the_protocol_and_its_document_change_together() {
    let mut hasher = Sha256::new();
    for path in files("src/protocol", &["rs"]) {
        if !short(&path).ends_with("typescript.rs") {
            hasher.update(read(&path));
        }
    }
    let digest = hasher.finalize();
    let print: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let document = read(&Path::new(ROOT).join("docs/protocol.md"));
    assert!(
        document.contains(&format!("`{print}`")),
        "src/protocol/ changed: bring docs/protocol.md up to date, then its fingerprint to {print}"
    );
}

#[test]
fn rules_that_tests_cite_exist() {
    let document = read(&Path::new(ROOT).join("docs/protocol.md"));
    let mut wrong = Vec::new();
    for name in ["conversation", "routing", "store"] {
        let path = Path::new(ROOT).join(format!("tests/{name}.rs"));
        for line in read(&path).lines().filter(|line| line.starts_with("fn ")) {
            let cited = line.trim_start_matches("fn ").split('_').next().unwrap_or_default();
            let digits = cited.get(1..).is_some_and(|rest| rest.parse::<u8>().is_ok());
            if digits && !document.contains(&format!("- {} ", cited.to_uppercase())) {
                wrong.push(format!("tests/{name}.rs cites {cited}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "todo".to_owned() + "!("];
    let endings = ["rs", "ts", "tsx", "vue", "mjs", "md", "toml"];
    let places = ["src", "tests", "client", "widget", "console", "tools", "bench", "docs", "demo"];
    for path in places.iter().flat_map(|place| files(place, &endings)) {
        let text = read(&path);
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{} has a {mark}", short(&path));
        }
    }
}
