//! What the platform gives: the clock, random bytes, and the APIs that `worker` does not wrap.
//! Each quirk stands here alone, with what was seen.

use super::trap;
use crate::alarm::Alarm;
use crate::limits;
use crate::site::Fresh;
use crate::time::{Millis, Span};
use js_sys::{Function, Promise, Reflect};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::JsFuture;
use worker::{
    Error, Headers, Request, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketRequestResponsePair, console_error, web_sys,
};

/// The time of the last input: the platform's clock stands still while code runs.
pub fn now() -> Millis {
    Millis(js_sys::Date::now() as i64)
}

/// Random bytes. Only to be called inside a handler: there are none at start-up.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::RustError(error.to_string()))?;
    Ok(bytes)
}

/// Random bytes for one request to a site.
pub fn fresh() -> Result<Fresh> {
    Ok(Fresh { id: random()?, salt: random()?, secret: random()? })
}

/// Has `ping` answered with `pong` without waking the object, and a stuck socket handler cut off
/// after `limit`: one that waits for ever keeps its object for ever. That is a timer for each
/// frame, so only objects ask for it whose handlers wait for something.
pub fn prepare_sockets(state: &State, limit: Option<Span>) {
    trap::prepare(state);
    if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
        state.set_websocket_auto_response(&pair);
    }
    if let Some(limit) = limit {
        // Not wrapped by `worker`.
        let limit = JsValue::from(limit.0 as f64);
        let _ = call(state, "setHibernatableWebSocketEventTimeout", &limit);
    }
}

/// The text of a message; a binary one has none.
pub fn text_of(message: WebSocketIncomingMessage) -> Option<String> {
    match message {
        WebSocketIncomingMessage::String(text) => Some(text),
        WebSocketIncomingMessage::Binary(_) => None,
    }
}

/// Sets the object's alarm, when it must be; a failure leaves it unknown, to be set next time.
pub async fn set_alarm(
    state: &State,
    alarm: &Cell<Alarm>,
    now: Millis,
    due: Option<Millis>,
) -> Result<()> {
    match begin_alarm(state, alarm, now, due)? {
        Some(setting) => alarm_set(alarm, setting).await,
        None => Ok(()),
    }
}

/// When an alarm is to ring next: as `next` says, or soon where that or what it has just done has
/// failed. A failure is logged, and not repeated at once, though it be due: where nothing can be
/// stored, it may go on for long. The alarm itself must not fail for it: the platform gives up one
/// that did six times.
pub fn next_ring(
    state: &State,
    now: Millis,
    done: &[Result<()>],
    next: Result<Option<Millis>>,
) -> Option<Millis> {
    let mut due = next.unwrap_or_else(|error| soon(state, now, &error));
    for error in done.iter().filter_map(|done| done.as_ref().err()) {
        due = soon(state, now, error);
    }
    due
}

#[cold]
fn soon(state: &State, now: Millis, error: &Error) -> Option<Millis> {
    let name = state.id().name().unwrap_or_default();
    console_error!("alarm of {name}: {error}");
    Some(now.after(limits::OUTBOX_PAUSE))
}

/// The end of what `begin_alarm` has begun.
pub async fn alarm_set(alarm: &Cell<Alarm>, setting: Promise) -> Result<()> {
    let done = JsFuture::from(setting).await;
    if done.is_err() {
        alarm.set(Alarm::default());
    }
    done.map(drop).map_err(Error::from)
}

/// As `set_alarm`, at once; whether it could be set is `alarm_set`'s to find out.
pub fn begin_alarm(
    state: &State,
    alarm: &Cell<Alarm>,
    now: Millis,
    due: Option<Millis>,
) -> Result<Option<Promise>> {
    let mut known = alarm.get();
    let wait = known.set_for(now, due);
    alarm.set(known);
    let Some(wait) = wait else { return Ok(None) };
    let storage = state.storage();
    let raw: &JsValue = storage.as_raw().as_ref();
    // A number is a moment here, in milliseconds since 1970.
    let moment = JsValue::from(now.after(wait).0 as f64);
    let set: Function = Reflect::get(raw, &"setAlarm".into())?.dyn_into()?;
    Ok(Some(set.call1(raw, &moment)?.dyn_into()?))
}

/// When the platform answered the last ping of this socket; `None` before the first.
pub fn last_ping(state: &State, socket: &WebSocket) -> Option<Millis> {
    // Not wrapped by `worker`; the answer is a Date or null.
    let date = call(state, "getWebSocketAutoResponseTimestamp", socket.as_ref().as_ref())?;
    let date: js_sys::Date = date.dyn_into().ok()?;
    Some(Millis(date.get_time() as i64))
}

/// A request to another object. `worker`'s own builder brings a parser of URLs and the options of
/// image resizing into the worker: 40 KB that nothing here needs.
pub fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<Request> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    let list = Headers::new();
    for (name, value) in headers {
        list.set(name, value)?;
    }
    init.set_headers(list.0.as_ref());
    if let Some(body) = body {
        init.set_body(&JsValue::from(body));
    }
    let made = web_sys::Request::new_with_str_and_init(url, &init);
    made.map(Request::from).map_err(Error::from)
}

/// The same request, given up when its receiver does not answer. An answer that is merely no
/// longer waited for would keep sender and receiver awake for as long as it does not come.
pub fn limited(request: &Request) -> Result<Request> {
    let init = web_sys::RequestInit::new();
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(limits::DELIVERY_MS)));
    let made = web_sys::Request::new_with_request_and_init(request.inner(), &init);
    made.map(Request::from).map_err(Error::from)
}

/// Minutes by which clocks of an IANA zone are ahead of UTC at a moment; `None` when there is no
/// such zone. The platform knows all zones and their history: a table here would weigh more than
/// the whole worker.
#[cold]
pub fn zone_offset(zone: &str, at: Millis) -> Option<i32> {
    let options = js_sys::Object::new();
    let set = |name: &str, value: &str| Reflect::set(&options, &name.into(), &value.into());
    set("timeZone", zone).ok()?;
    set("timeZoneName", "longOffset").ok()?;
    let intl: JsValue = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let arguments = js_sys::Array::of2(&"en".into(), &options);
    let format = Reflect::construct(&class, &arguments).ok()?;
    let write: Function = Reflect::get(&format, &"format".into()).ok()?.dyn_into().ok()?;
    let text = write.call1(&format, &JsValue::from(at.0 as f64)).ok()?.as_string()?;
    parse_offset(&text)
}

/// The offset in a text that ends in GMT, GMT+5:30 or GMT-04:00.
fn parse_offset(text: &str) -> Option<i32> {
    let (_, offset) = text.rsplit_once("GMT")?;
    let Some(sign) = offset.chars().next() else { return Some(0) };
    let sign = if sign == '-' { -1 } else { 1 };
    let mut parts = offset.get(1..)?.split(':').map(str::parse::<i32>);
    let (hours, minutes) = (parts.next()?.ok()?, parts.next().unwrap_or(Ok(0)).ok()?);
    Some(sign * (hours * 60 + minutes))
}

/// The origin a request was sent to, as a browser would write it: scheme, host, port.
pub fn own_origin(request: &Request) -> String {
    let url = request.inner().url();
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map(|at| host + at);
    end.and_then(|end| url.get(..end)).unwrap_or(&url).to_owned()
}

fn call(state: &State, name: &str, argument: &JsValue) -> Option<JsValue> {
    let raw: &JsValue = state.as_raw().as_ref();
    let function: Function = Reflect::get(raw, &name.into()).ok()?.dyn_into().ok()?;
    function.call1(raw, argument).ok()
}
