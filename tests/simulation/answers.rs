//! What a conversation must answer, and show, by its log alone.

use super::ledger::Ledger;
use super::socket::Socket;
use super::talk::Talk;
use super::{Checked, violation};
use edgewise::conversation::{Effect, To};
use edgewise::id::Seq;
use edgewise::limits;
use edgewise::protocol::Rejection;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::event::{Author, Body, Event};
use edgewise::protocol::frames::{ClientFrame, ServerFrame};
use edgewise::protocol::peer::IdleRule;
use edgewise::protocol::session::{Session, Stage};
use edgewise::time::{Millis, Span};

impl Talk {
    /// What the answer to a frame must be by the log alone (S1 to S3, S7).
    pub(super) fn check_answer(
        &mut self,
        now: Millis,
        from: &Session,
        frame: &ClientFrame,
        effects: &[Effect],
        before: u32,
    ) -> Checked {
        if let ClientFrame::Hello { after, .. } = frame {
            return self.check_batch(*after, effects);
        }
        let ClientFrame::Send { client_id, text } = frame else { return Ok(()) };
        if from.stage == Stage::New {
            return Ok(());
        }
        let moved = Effect::Close { session: from.id, code: CloseCode::Moved };
        if now.since(from.since) > limits::UNNAMED_SESSION && *effects == [moved] {
            return Ok(()); // I5: it comes back with a new token, and sends again.
        }
        let author = from.holder.author();
        let grew = self.ledger.last() - before;
        let Some(event) = self.ledger.find(&author, client_id) else {
            let refused = effects.iter().any(|effect| {
                matches!(effect, Effect::Send { frame: ServerFrame::Rejected { code, .. }, .. }
                    if *code == Rejection::NotAssigned)
            });
            if grew == 0 && refused && author != Author::Visitor {
                self.ledger.note_refused(client_id);
                return Ok(());
            }
            return violation(format!("S7: {client_id} was neither stored nor refused as it must"));
        };
        let repeated = event.seq.0 <= before;
        let same = matches!(&event.body, Body::Message { text: stored, .. } if stored == text);
        let mine = |effect: &&Effect| matches!(effect, Effect::Send { to: To::Session(_), .. });
        let answer = effects.iter().find(mine).map(|effect| match effect {
            Effect::Send { frame, .. } => frame.clone(),
            _ => unreachable!("only sends were looked for"),
        });
        let wanted = if same {
            ServerFrame::Ack {
                client_id: client_id.clone(),
                seq: event.seq,
                at: event.at,
                chain: event.chain,
            }
        } else {
            let code = Rejection::IdReused;
            ServerFrame::Rejected { client_id: Some(client_id.clone()), code }
        };
        if answer.as_ref() != Some(&wanted) {
            return violation(format!(
                "S1-S3: {client_id} was answered {answer:?}, not {wanted:?}"
            ));
        }
        if repeated && grew > 0 {
            return violation(format!("D2: a repeated {client_id} stored something"));
        }
        Ok(())
    }

    /// H2 and H4: the batch goes on exactly where the client is.
    fn check_batch(&self, after: Seq, effects: &[Effect]) -> Checked {
        let mut first = after.0 + 1;
        for effect in effects {
            let Effect::Send { frame, .. } = effect else { continue };
            match frame {
                ServerFrame::Welcome { reset, last_seq, .. } => {
                    if *reset {
                        first = 1;
                    }
                    if last_seq.0 != self.ledger.last() || first > last_seq.0 + 1 {
                        return violation(format!("H4: welcome says {last_seq}, {reset}"));
                    }
                }
                ServerFrame::Batch { events, done } => {
                    for (event, seq) in events.iter().zip(first..) {
                        if event.seq.0 != seq {
                            return violation(format!("H2: {} in the place of {seq}", event.seq));
                        }
                    }
                    let end = first + events.len() as u32 - 1;
                    if *done != (end == self.ledger.last()) || (!done && events.is_empty()) {
                        return violation(format!("H3: a batch up to {end} says done: {done}"));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The last event of those that change whose turn it is: to come or to leave is no answer.
    fn said(&self, upto: Seq) -> Option<&Event> {
        let mut back = (1..=upto.0).rev().filter_map(|seq| self.ledger.event(seq));
        back.find(|event| !matches!(event.body, Body::Joined { .. } | Body::Left { .. }))
    }

    /// What the clock does is due: an agent's word unanswered for so long, or the question. Who is
    /// assigned to the same agent anew is asked anew.
    pub(super) fn check_clock(
        &mut self,
        now: Millis,
        rule: IdleRule,
        effects: &[Effect],
    ) -> Checked {
        let Some(Effect::Append(event)) =
            effects.iter().find(|one| matches!(one, Effect::Append(_)))
        else {
            return Ok(());
        };
        let asked = std::mem::replace(&mut self.asked, self.generation);
        let before = self.ledger.event(event.seq.0 - 1);
        let silent = before.is_some_and(|before| {
            let closes = event.body == Body::Closed;
            let left = self.said(before.seq).is_some_and(|said| match said.body {
                Body::Idle => self.generation > asked,
                _ => matches!(said.author, Author::Agent(_)),
            });
            let left = left && event.body == Body::Idle;
            let wait = if closes { rule.close_s } else { rule.ask_s };
            let waited = now.since(before.at) >= Span::seconds(wait.into());
            let nothing_said = before.author != Author::Visitor;
            (closes && nothing_said || left) && wait > 0 && waited
        });
        if silent { Ok(()) } else { violation(format!("L5: {event:?} came of no silence")) }
    }
}

/// D5 and H3: what goes to a session is stored, and a live one gets every event, in order, once.
pub(super) fn check_shown<U, D>(
    ledger: &Ledger,
    socket: &mut Socket<U, D>,
    frame: &ServerFrame,
) -> Checked {
    let is_stored = |event: &Event| ledger.event(event.seq.0) == Some(event);
    let live = socket.session.stage == Stage::Live;
    match frame {
        ServerFrame::Batch { events, done } => {
            if let Some(event) = events.iter().find(|event| !is_stored(event)) {
                return violation(format!("D5: a batch shows {event:?}, which is not stored"));
            }
            if *done {
                socket.shown = ledger.last();
            }
        }
        ServerFrame::Event { event } => {
            if !is_stored(event) {
                return violation(format!("D5: {event:?} is shown and not stored"));
            }
            if live && event.seq.0 != socket.shown + 1 {
                return violation(format!("H3: {} is told after {}", event.seq, socket.shown));
            }
            socket.shown = event.seq.0;
        }
        ServerFrame::Ack { client_id, seq, at, chain } => {
            let author = socket.session.holder.author();
            let stored = ledger.find(&author, client_id);
            if stored.is_none_or(|event| (event.seq, event.at, event.chain) != (*seq, *at, *chain))
            {
                return violation(format!("D1: {client_id} is acknowledged at {seq}, not stored"));
            }
            if live && seq.0 > socket.shown + 1 {
                return violation(format!("H3: ack of {seq} after {}", socket.shown));
            }
            socket.shown = socket.shown.max(seq.0);
        }
        ServerFrame::Welcome { .. }
        | ServerFrame::Typing { .. }
        | ServerFrame::Seen { .. }
        | ServerFrame::Status { .. }
        | ServerFrame::About { .. }
        | ServerFrame::Rejected { .. } => {}
    }
    Ok(())
}
