//! The [`Sql`] of a Durable Object. Crossing from WASM into JavaScript is what a statement costs,
//! so the texts of statements cross once, and the two shapes of statements that store a message
//! cross in a call of their own (edge/glue.js).

use super::post::units_of;
use crate::store::{Arg, Row, Sql, StoreError, Value};
use js_sys::{Array, Function, Reflect};
use std::cell::RefCell;
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::State;

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage.sql`.
    type Database;
    #[wasm_bindgen(method, catch, variadic, js_name = exec)]
    fn exec(this: &Database, sql: &JsValue, args: &Array) -> Result<Cursor, JsValue>;

    /// What a query answers with.
    type Cursor;
    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Result<Cursor, JsValue>;
    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> Result<Array, JsValue>;
}

#[wasm_bindgen(module = "/src/edge/glue.js")]
extern "C" {
    fn insert2(
        database: &Database,
        sql: &JsValue,
        a: f64,
        b: f64,
        c: f64,
        texts: &str,
        x: u32,
    ) -> JsValue;
    fn insert4(
        database: &Database,
        sql: &JsValue,
        a: f64,
        b: f64,
        c: f64,
        texts: &str,
        x: u32,
        y: u32,
        z: u32,
    ) -> JsValue;
}

/// The database of this object.
pub struct ObjectSql {
    storage: JsValue,
    database: Database,
    /// Statements that have crossed: texts of the program, each known by its address.
    statements: RefCell<Vec<(&'static str, JsValue)>>,
}

impl ObjectSql {
    /// The database behind an object's state.
    pub fn new(state: &State) -> Self {
        let storage: JsValue = AsRef::<JsValue>::as_ref(state.storage().as_raw()).clone();
        let database = Reflect::get(&storage, &"sql".into()).unwrap_or_default();
        Self { storage, database: database.unchecked_into(), statements: RefCell::default() }
    }

    /// Does something with a statement that has crossed.
    fn with<T>(&self, sql: &'static str, act: impl FnOnce(&JsValue) -> T) -> T {
        let mut statements = self.statements.borrow_mut();
        if let Some((_, crossed)) = statements.iter().find(|(text, _)| std::ptr::eq(*text, sql)) {
            return act(crossed);
        }
        let crossed = JsValue::from(sql);
        let done = act(&crossed);
        statements.push((sql, crossed));
        done
    }

    fn exec(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Cursor, StoreError> {
        let args = args.iter().map(js_value).collect();
        self.with(sql, |sql| self.database.exec(sql, &args)).map_err(store_error)
    }
}

impl Sql for ObjectSql {
    fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        use Arg::{Int, Text};
        let float = |number: i64| number as f64;
        let thrown = match *args {
            [Int(a), Int(b), Int(c), Text(d), Text(e)] => {
                let (texts, x) = ([d, e].concat(), units_of(d));
                self.with(sql, |sql| {
                    insert2(&self.database, sql, float(a), float(b), float(c), &texts, x)
                })
            }
            [Int(a), Int(b), Int(c), Text(d), Text(e), Text(f), Text(g)] => {
                let texts = [d, e, f, g].concat();
                let x = units_of(d);
                let y = x + units_of(e);
                let z = y + units_of(f);
                self.with(sql, |sql| {
                    insert4(&self.database, sql, float(a), float(b), float(c), &texts, x, y, z)
                })
            }
            _ => return self.exec(sql, args).map(drop),
        };
        if thrown.is_undefined() { Ok(()) } else { Err(store_error(thrown)) }
    }

    fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        let cursor = self.exec(sql, args)?;
        let rows = cursor.raw().and_then(|raw| raw.to_array()).map_err(store_error)?;
        rows.iter()
            .map(|row| {
                let values: Result<Vec<Value>, StoreError> =
                    row.unchecked_into::<Array>().iter().map(rust_value).collect();
                Ok(Row::new(values?))
            })
            .collect()
    }

    /// `ctx.storage.transactionSync`, which `worker` does not wrap. Consecutive writes commit
    /// together anyway, but only this undoes them when the work fails half-way.
    fn atomically<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let work = RefCell::new(Some(work));
        let result: RefCell<Option<Result<T, StoreError>>> = RefCell::new(None);
        let mut body = || -> Result<JsValue, JsValue> {
            let Some(work) = work.borrow_mut().take() else { return Ok(JsValue::UNDEFINED) };
            let outcome = work();
            // Only a thrown value makes the platform roll back.
            let failed = outcome.as_ref().err().map(|error| JsValue::from(error.to_string()));
            *result.borrow_mut() = Some(outcome);
            failed.map_or(Ok(JsValue::UNDEFINED), Err)
        };
        let thrown = {
            let closure: ScopedClosure<dyn FnMut() -> Result<JsValue, JsValue>> =
                ScopedClosure::borrow_mut_assert_unwind_safe(&mut body);
            let transact: Function = Reflect::get(&self.storage, &"transactionSync".into())
                .and_then(JsCast::dyn_into)
                .map_err(store_error)?;
            transact.call1(&self.storage, closure.as_ref()).err()
        };
        match (result.into_inner(), thrown) {
            (Some(Err(error)), _) => Err(error),
            // The work was done and the commit failed: nothing of it counts.
            (_, Some(error)) => Err(store_error(error)),
            (Some(done), None) => done,
            (None, None) => Err(StoreError("transactionSync did not run".into())),
        }
    }
}

fn js_value(value: &Arg<'_>) -> JsValue {
    match *value {
        Arg::Null => JsValue::NULL,
        Arg::Int(number) => JsValue::from(number as f64),
        Arg::Text(text) => JsValue::from(text),
    }
}

fn rust_value(value: JsValue) -> Result<Value, StoreError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) {
        return Ok(Value::Int(number as i64));
    }
    let text = value.as_string().map(Value::Text);
    text.ok_or_else(|| StoreError("a column of an unexpected type".into()))
}

/// What the platform has thrown, in its own words.
fn store_error(error: JsValue) -> StoreError {
    let message = Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string());
    StoreError(message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}")))
}
