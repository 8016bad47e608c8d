// What is left to JavaScript when a trap has ended the instance of WASM: src/edge/trap.rs.

let atWork;
/** Objects that hold frames until the end of this pass. */
const gathering = new WeakSet();
let fault;
let touch;

/**
 * How sockets are closed after a trap, when WASM cannot be asked any more; and a function of this
 * instance that does nothing.
 */
export function prepareForTraps(code, reason, nothing) {
  fault = [code, reason];
  touch = nothing;
}

/** An object is made: what one of an instance that has ended had gathered, nothing may pass. */
export function revive(state) {
  if (gathering.has(state)) closeAll(state);
}

/** An object is at work in a handler. If it does not say that it is done, it has trapped. */
export function beginWork(state) {
  atWork = state;
  // The runtime's queueMicrotask leaves five times as much to the garbage collector.
  Promise.resolve().then(lookAtWork);
}

export function endWork() {
  atWork = undefined;
}

function lookAtWork() {
  if (atWork) closeAll(atWork);
  atWork = undefined;
}

/** Does an object's work at the end of this pass, if the instance it belongs to lives then. */
export function afterPass(state, act) {
  gathering.add(state);
  setTimeout(() => {
    gathering.delete(state);
    try {
      // The first call after a trap makes a new instance. Were it `act`, it would run on the new
      // one's memory; from the second call on it is known to be an old one's, and throws.
      touch();
      act();
    } catch (error) {
      console.error(error);
      closeAll(state);
    }
    // Written out: without it workerd waits for a millisecond.
  }, 0);
}

/** A socket has no session any more: what it says from now on counts for nothing. */
function closeAll(state) {
  for (const socket of state.getWebSockets()) {
    try {
      socket.serializeAttachment(null);
      // The next instance counts sessions from the start: this one's number may be another's then.
      socket.edgewiseSession = undefined;
      socket.close(...fault);
    } catch (error) {
      console.error(error);
    }
  }
}
