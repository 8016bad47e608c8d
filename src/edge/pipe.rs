//! A file on its way into the bucket: read from the request, looked at, written on, one piece at a
//! time. `worker` has streams of its own, which weigh as much as all of this route; the platform's
//! do the same.

use crate::files::{Facts, Scanner, Trouble};
use crate::protocol::file::FileKind;
use futures::future::{Either, select};
use js_sys::{Object, Promise, Reflect, Uint8Array};
use std::pin::pin;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Bucket, Error, Request};

#[wasm_bindgen]
extern "C" {
    /// A pipe that knows how much will go through it, as the bucket wants to know.
    type FixedLengthStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(length: f64) -> Result<FixedLengthStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &FixedLengthStream) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &FixedLengthStream) -> Writable;

    type Writable;
    #[wasm_bindgen(method, catch, js_name = getWriter)]
    fn writer(this: &Writable) -> Result<Writer, JsValue>;
    type Writer;
    #[wasm_bindgen(method, catch)]
    fn write(this: &Writer, piece: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Writer) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn abort(this: &Writer, reason: &str) -> Result<Promise, JsValue>;

    type Readable;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Readable) -> Result<Reader, JsValue>;
    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Reader, reason: &str) -> Result<Promise, JsValue>;

    /// `env.FILES`, by the one method of which `worker` takes its own streams only.
    type Store;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Store, key: &str, content: &JsValue, how: &Object) -> Result<Promise, JsValue>;
}

/// What became of a file that was sent.
pub enum Piped {
    /// It is stored.
    Whole(Facts),
    /// One lies there already; it stays.
    There,
}

/// Why it is not stored.
pub enum Failed {
    /// It cannot be taken.
    Trouble(Trouble),
    /// It is of a kind that the site does not take.
    Kind,
    /// The network, or the bucket.
    Fault(Error),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<JsValue> for Failed {
    fn from(error: JsValue) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

/// Stores the body of a request, unless something lies there: what was sent once never changes.
///
/// # Errors
/// Then nothing is stored.
pub async fn fill(
    bucket: &Bucket,
    key: &str,
    request: &Request,
    bytes: u32,
    takes: &dyn Fn(FileKind) -> bool,
) -> Result<Piped, Failed> {
    let pipe = FixedLengthStream::new(f64::from(bytes))?;
    let writer = pipe.writable().writer()?;
    let raw: &JsValue = bucket.as_ref();
    let (how, only_if) = (Object::new(), Object::new());
    Reflect::set(&only_if, &"etagDoesNotMatch".into(), &"*".into())?;
    Reflect::set(&how, &"onlyIf".into(), &only_if)?;
    let store: &Store = raw.unchecked_ref();
    let stored = JsFuture::from(store.put(key, &pipe.readable(), &how)?);
    let pumped = pin!(pump(request, &writer, takes));
    match select(pumped, stored).await {
        Either::Left((Ok(facts), stored)) => {
            let stored = stored.await?;
            Ok(if stored.is_null() { Piped::There } else { Piped::Whole(facts) })
        }
        Either::Left((Err(failed), stored)) => {
            // With its pipe the storing fails, too; that is heard here, not by the log.
            if let Ok(aborted) = writer.abort("refused") {
                let _ = JsFuture::from(aborted).await;
            }
            let _ = stored.await;
            Err(failed)
        }
        // It was decided before all had come: something lies there, or the bucket fails.
        Either::Right((stored, _)) => match stored {
            Ok(object) if object.is_null() => Ok(Piped::There),
            Ok(_) => Err(Failed::Fault(Error::RustError("stored before its end".into()))),
            Err(error) => Err(error.into()),
        },
    }
}

async fn pump(
    request: &Request,
    writer: &Writer,
    takes: &dyn Fn(FileKind) -> bool,
) -> Result<Facts, Failed> {
    let source = request.inner().body().ok_or(Trouble::Broken)?;
    let reader = source.unchecked_ref::<Readable>().reader()?;
    let through = through(&reader, takes, Some(writer)).await;
    if through.is_err()
        && let Ok(cancelled) = reader.cancel("refused")
    {
        let _ = JsFuture::from(cancelled).await;
    }
    let facts = through?;
    JsFuture::from(writer.close()?).await?;
    Ok(facts)
}

/// Reads to the end, and hands each piece on once it was looked at.
async fn through(
    reader: &Reader,
    takes: &dyn Fn(FileKind) -> bool,
    writer: Option<&Writer>,
) -> Result<Facts, Failed> {
    let mut scanner = Scanner::default();
    loop {
        let read = JsFuture::from(reader.read()?).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            break;
        }
        let piece: Uint8Array = Reflect::get(&read, &"value".into())?.unchecked_into();
        scanner.feed(&piece.to_vec())?;
        if scanner.kind().is_some_and(|kind| !takes(kind)) {
            return Err(Failed::Kind);
        }
        if let Some(writer) = writer {
            JsFuture::from(writer.write(&piece)?).await?;
        }
    }
    let facts = scanner.finish()?;
    if takes(facts.kind) { Ok(facts) } else { Err(Failed::Kind) }
}

/// Looks through a file that lies there: what it is, and how large.
///
/// # Errors
/// When it is not there, or cannot be taken.
pub async fn look(bucket: &Bucket, key: &str) -> Result<(Facts, u32), Failed> {
    let gone = || Failed::Fault(Error::RustError("a file that lay there is gone".into()));
    let object = bucket.get(key).execute().await?.ok_or_else(gone)?;
    let body = object.body().ok_or_else(gone)?.response_body()?;
    let worker::ResponseBody::Stream(source) = body else { return Err(gone()) };
    let source: JsValue = source.into();
    let reader = source.unchecked_ref::<Readable>().reader()?;
    let facts = through(&reader, &|_| true, None).await?;
    Ok((facts, u32::try_from(object.size()).unwrap_or(u32::MAX)))
}
