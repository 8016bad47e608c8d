//! Signatures by private keys, checked by the platform: elliptic curves of our own would weigh more
//! than all of our cryptography, and run slower.

use crate::auth::identity::{KeyKind, Signature};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::Result;
use worker::wasm_bindgen_futures::JsFuture;

/// Whether the signature is that of its key. A key that the platform cannot read signs nothing.
pub async fn is_genuine(signature: &Signature) -> Result<bool> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let subtle = Reflect::get(&crypto, &"subtle".into())?;
    let algorithm = algorithm(signature.kind)?;
    let bytes = |bytes: &[u8]| JsValue::from(Uint8Array::from(bytes));
    let usages = Array::of1(&"verify".into());
    let arguments =
        Array::of5(&"spki".into(), &bytes(&signature.spki), &algorithm, &JsValue::FALSE, &usages);
    let Ok(key) = call(&subtle, "importKey", &arguments)?.await else { return Ok(false) };
    let (own, input) = (bytes(&signature.bytes), bytes(signature.input.as_bytes()));
    let arguments = Array::of4(&algorithm, &key, &own, &input);
    // The platform throws at a signature of another length than the algorithm's.
    Ok(call(&subtle, "verify", &arguments)?.await.is_ok_and(|answer| answer.is_truthy()))
}

/// For both calls: each takes of it what it needs.
fn algorithm(kind: KeyKind) -> Result<JsValue> {
    let object = Object::new();
    let set = |name: &str, value: &str| Reflect::set(&object, &name.into(), &value.into());
    match kind {
        KeyKind::Es256 => {
            set("name", "ECDSA")?;
            set("namedCurve", "P-256")?;
            set("hash", "SHA-256")?;
        }
        KeyKind::Eddsa => {
            set("name", "Ed25519")?;
        }
    }
    Ok(object.into())
}

fn call(subtle: &JsValue, name: &str, arguments: &Array) -> Result<JsFuture> {
    let function: Function = Reflect::get(subtle, &name.into())?.dyn_into()?;
    let promise: Promise = function.apply(subtle, arguments)?.dyn_into()?;
    Ok(JsFuture::from(promise))
}
