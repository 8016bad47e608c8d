// Mistakes in what objects owe each other, and in what they do with sockets, turns and alarms.

const mail = 'src/store/mail.rs';
const object = 'src/edge/conversation_object.rs';
const handlers = 'src/edge/handlers.rs';
const sockets = 'src/edge/sockets.rs';
const faults = 'tests/worker/faults.test.ts';

export const OBJECTS = [
  {
    name: 'acknowledged-before-it-is-written',
    breaks: 'D5',
    first: 'tests/worker/talk.test.ts',
    edits: [
      {
        file: object,
        find: 'let turn = self.turn(|machine, store| store.take_frame(machine, now, from, frame));',
        replace: `if let ClientFrame::Send { client_id, .. } = &frame {
            let ack = crate::protocol::frames::ServerFrame::Ack {
                client_id: client_id.clone(),
                seq: self.keeper.look(|machine| machine.last_seq().next()).unwrap_or_default(),
                at: now,
                chain: Default::default(),
            };
            if let Ok(post) = Post::of(std::iter::once(&ack)) {
                self.room.send(&self.state, &post, |one| one.id == from.id);
            }
        }
        let turn = self.turn(|machine, store| store.take_frame(machine, now, from, frame));`,
      },
    ],
  },
  {
    name: 'tell-is-applied-twice',
    breaks: 'D10',
    first: 'tests/store.rs',
    quick: true,
    edits: [{ file: mail, find: 'if last > heard {', replace: 'if last < heard {' }],
  },
  {
    name: 'failed-delivery-is-forgotten',
    breaks: 'D10',
    first: 'tests/store.rs',
    edits: [
      {
        file: mail,
        find: 'let due = now.after(pause(failures));',
        replace: 'let due = now.after(pause(failures));\n        self.delivered(parcel)?;',
      },
    ],
  },
  {
    name: 'delivered-before-the-answer',
    breaks: 'D10',
    first: faults,
    edits: [
      {
        file: 'src/edge/carry.rs',
        find: 'let outcomes = join_all(posts).await;',
        replace: `parcels.iter().try_for_each(|parcel| mail.delivered(parcel))?;
    let outcomes = join_all(posts).await;`,
      },
    ],
  },
  {
    name: 'alarm-is-not-set-again',
    breaks: 'D10',
    first: faults,
    edits: [
      {
        file: handlers,
        find: 'let next = self.next(self.timer(now));',
        replace: 'let next = Ok(None);',
      },
    ],
  },
  {
    name: 'lost-alarm-is-relied-on',
    breaks: 'D10',
    first: 'src/lib.rs',
    edits: [
      { file: 'src/alarm.rs', find: 'stands >= now && stands <= due', replace: 'stands <= due' },
    ],
  },
  {
    name: 'stale-close-counts',
    breaks: 'D10',
    first: 'tests/routing.rs',
    edits: [
      {
        file: 'src/routing/hand.rs',
        find: 'if chat.generation != generation ||',
        replace: 'if chat.generation < generation ||',
      },
    ],
  },
  {
    name: 'sleep-forgets-who-said-hello',
    breaks: 'D1',
    first: 'tests/worker/hibernation.test.ts',
    edits: [
      {
        file: sockets,
        find: 'note(&self.socket, &session)?;\n        self.session',
        replace: 'self.session',
      },
    ],
  },
  {
    name: 'fault-leaves-its-session-open',
    breaks: 'D5',
    first: faults,
    edits: [
      {
        file: object,
        find: 'self.room.close(&self.state, from.id, CloseCode::Fault);',
        replace: '',
      },
    ],
  },
  {
    name: 'burst-is-dropped-by-a-close',
    breaks: 'D1',
    first: 'tests/worker/talk.test.ts',
    edits: [
      {
        file: handlers,
        find: 'awake.take_now();\n        awake.room.sockets.forget(&awake.state, &socket);',
        replace: 'awake.room.sockets.forget(&awake.state, &socket);',
      },
    ],
  },
  {
    name: 'close-without-a-time-to-return',
    breaks: 'D7',
    first: faults,
    edits: [
      {
        file: sockets,
        find: 'CloseCode::Fault => RetryWindow::after(limits::FAULT_REST).to_string(),',
        replace: 'CloseCode::Fault => String::new(),',
      },
    ],
  },
  {
    name: 'one-frame-of-a-row-is-refused',
    breaks: 'D7',
    first: 'tests/worker/refusals.test.ts',
    edits: [
      {
        file: sockets,
        find: 'Err((code, reason)) => {\n                    socket.close(code, &reason);',
        replace: `Err((CloseCode::SlowDown, _)) => None,
                Err((code, reason)) => {
                    socket.close(code, &reason);`,
      },
    ],
  },
  {
    name: 'polled-frames-come-twice',
    breaks: 'D9',
    first: 'tests/worker/polling.test.ts',
    edits: [
      {
        file: 'src/edge/polls.rs',
        find: 'std::mem::take(&mut polled.queue)',
        replace: 'polled.queue.clone()',
      },
    ],
  },
];
