//! What a visitor's browser tells of where they are, and the page of who they are. Nothing rests on
//! it but what agents see, and which department is asked.

use super::{Conversation, Effect, To};
use crate::limits;
use crate::protocol::frames::{About, Context, ServerFrame};
use crate::protocol::session::{Draft, Holder, Session};

/// What came with a hello.
pub(super) type Told = (Option<Context>, Option<About>);

impl Conversation {
    /// Remembers it, for the router and through hibernation; a row is written only when it changed
    /// and somebody has written.
    pub(super) fn keep_told(&mut self, from: &Session, told: Told) -> Vec<Effect> {
        let (context, about) = match from.holder {
            Holder::Agent { .. } => (None, None),
            _ => told,
        };
        let context = context.map(|context| Context {
            locale: cut(&context.locale, limits::LOCALE_CHARS),
            page: cut(&context.page, limits::PAGE_CHARS),
            ..context
        });
        if self.is_empty() {
            let draft = Draft {
                epoch: self.head.epoch.clone(),
                context: context.unwrap_or_default(),
                about: About::default().with(about.unwrap_or_default()),
            };
            return vec![Effect::Draft { session: from.id, draft }];
        }
        let context = context.unwrap_or_else(|| self.head.context.clone());
        let about = self.head.about.clone().with(about.unwrap_or_default());
        let (moved, learned) = (context != self.head.context, about != self.head.about);
        (self.head.context, self.head.about) = (context, about);
        let mut effects = Vec::with_capacity(2);
        if moved || learned {
            effects.push(Effect::Save(self.head.clone()));
        }
        if learned {
            let frame = ServerFrame::About { about: self.head.about.clone() };
            effects.push(Effect::Send { to: To::LiveAgents, frame });
        }
        effects
    }

    /// With the first message, what was said before it counts.
    pub(super) fn take_draft(&mut self, from: &Session) {
        if let (true, Some(draft)) = (self.is_empty(), &from.draft) {
            let Draft { epoch, context, about } = draft.clone();
            (self.head.epoch, self.head.context, self.head.about) = (epoch, context, about);
        }
    }

    /// What an agent who joins is told of the visitor, when there is anything.
    pub(super) fn about_for(&self, from: &Session) -> Option<ServerFrame> {
        let agent = matches!(from.holder, Holder::Agent { .. });
        let about = (agent && self.head.about != About::default()).then_some(&self.head.about);
        about.map(|about| ServerFrame::About { about: about.clone() })
    }
}

impl About {
    /// What is known with these news: later facts replace earlier ones, and what was done is kept
    /// once. What is too much is left out: of facts the new ones, of what was done the oldest.
    fn with(mut self, news: About) -> Self {
        for (name, text) in news.attributes {
            let (name, text) =
                (plain(&name, limits::FACT_NAME_CHARS), plain(&text, limits::FACT_CHARS));
            self.learn(name, text);
        }
        for (at, text) in news.tracked {
            let text = plain(&text, limits::FACT_CHARS);
            if !text.is_empty() {
                self.tracked.insert(at, text);
            }
        }
        while self.tracked.len() > limits::FACTS || self.bytes() > limits::ABOUT_BYTES {
            self.tracked.pop_first();
        }
        self
    }

    fn learn(&mut self, name: String, text: String) {
        let before = self.attributes.remove(&name);
        if text.is_empty() || name.is_empty() {
            return;
        }
        self.attributes.insert(name.clone(), text);
        if self.attributes.len() > limits::FACTS || self.fact_bytes() > limits::ABOUT_BYTES {
            self.attributes.remove(&name);
            self.attributes.extend(before.map(|text| (name, text)));
        }
    }

    fn bytes(&self) -> usize {
        self.fact_bytes() + self.tracked.values().map(String::len).sum::<usize>()
    }

    fn fact_bytes(&self) -> usize {
        self.attributes.iter().map(|(name, text)| name.len() + text.len()).sum()
    }
}

/// One line of at most so many characters.
fn plain(text: &str, chars: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut(spaced.trim(), chars)
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
