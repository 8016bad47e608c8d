//! A trap ends the instance of WASM, where a panic unwinds: memory ran out, or a compiler is at
//! fault. The next call makes a new instance and the objects in it anew, but the platform keeps
//! their sockets, and what they had in hand is lost: frames, and what was stored and not sent yet.
//! Whatever comes next would pass it, so the sockets of these objects are closed with 4500: their
//! clients come back, say what they have and see what is.

use super::sockets;
use crate::protocol::close::CloseCode;
use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::State;

#[wasm_bindgen(module = "/src/edge/trap.js")]
extern "C" {
    #[wasm_bindgen(js_name = prepareForTraps)]
    fn prepare_for_traps(code: u16, reason: &str, touch: &JsValue);
    #[wasm_bindgen(js_name = revive)]
    fn revive(state: &JsValue);
    #[wasm_bindgen(js_name = beginWork)]
    fn begin_work(state: &JsValue);
    #[wasm_bindgen(js_name = endWork)]
    fn end_work();
    #[wasm_bindgen(js_name = afterPass)]
    fn act_after_pass(state: &JsValue, act: &JsValue);
}

thread_local! {
    static PREPARED: Cell<bool> = const { Cell::new(false) };
    /// JavaScript would notice that this work ends by a trap.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// To be called when an object is made, which may be in the place of one that a trap has ended.
pub fn prepare(state: &State) {
    if !PREPARED.replace(true) {
        let code = CloseCode::Fault;
        let touch = Closure::<dyn Fn()>::new(|| {}).into_js_value();
        prepare_for_traps(code.code(), &sockets::reason(code), &touch);
    }
    revive(state.as_raw().as_ref());
}

/// Does the work of an object. Work within it is guarded with it.
pub fn guarded<T>(state: &State, work: impl FnOnce() -> T) -> T {
    if GUARDED.get() {
        return work();
    }
    begin_work(state.as_raw().as_ref());
    let done = knowing(work);
    end_work();
    done
}

/// Does work that is guarded. A panic may pass through it.
fn knowing<T>(work: impl FnOnce() -> T) -> T {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            GUARDED.set(false);
        }
    }
    GUARDED.set(true);
    let _end = End;
    work()
}

/// Does something once this pass of the event loop is over. An object with a timer does not sleep,
/// so what it holds until then is lost to a trap only.
pub fn after_pass(state: &State, act: impl FnOnce() + 'static) {
    let act = AssertUnwindSafe(act);
    let act = Closure::once_into_js(move || {
        let act = act;
        knowing(act.0);
    });
    act_after_pass(state.as_raw().as_ref(), &act);
}
