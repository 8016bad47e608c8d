//! The frames of a turn on their way out. For each text that crosses into JavaScript the platform
//! decodes bytes, which costs as much as reading the message did; so the frames of a turn cross as
//! one text, and each is cut from it there, however many receivers it has.

use crate::protocol::encode::{self, Outgoing};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use worker::Result;

/// The frames of one turn.
pub struct Post {
    text: String,
    /// The same text, once it has crossed; undefined when there is nothing to send.
    crossed: JsValue,
    /// Where each frame ends, in bytes and in UTF-16 units.
    ends: Vec<(usize, u32)>,
    gone: Cell<usize>,
}

/// One frame of a [`Post`].
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The frame.
    pub text: &'a str,
    /// The text it is cut from in JavaScript.
    pub crossed: &'a JsValue,
    /// Its first UTF-16 unit there.
    pub from: u32,
    /// The one after its last.
    pub to: u32,
}

impl Post {
    /// Writes frames.
    pub fn of<'a, F: Outgoing + 'a>(frames: impl Iterator<Item = &'a F>) -> Result<Self> {
        let (mut text, mut ends) = (String::new(), Vec::new());
        let mut units = 0;
        for frame in frames {
            let begin = text.len();
            encode::write(&mut text, frame)?;
            units += units_of(text.get(begin..).unwrap_or_default());
            ends.push((text.len(), units));
        }
        let crossed = if ends.is_empty() { JsValue::UNDEFINED } else { JsValue::from(&text) };
        Ok(Self { text, crossed, ends, gone: Cell::default() })
    }

    /// Sends the next frame, in the order they were given in.
    pub fn next(&self, send: impl FnOnce(Part<'_>)) {
        let at = self.gone.replace(self.gone.get() + 1);
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let (begin, from) = before.copied().unwrap_or_default();
        if let Some(&(end, to)) = self.ends.get(at) {
            let text = self.text.get(begin..end).unwrap_or_default();
            send(Part { text, crossed: &self.crossed, from, to });
        }
    }
}

/// How long a text is in JavaScript.
pub fn units_of(text: &str) -> u32 {
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    u32::try_from(units).unwrap_or(u32::MAX)
}
