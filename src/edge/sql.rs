//! The [`Sql`] of a Durable Object. Crossing from WASM into JavaScript is what a statement costs,
//! so the texts of statements cross once, and the two statements that store a message have
//! bindings of their own shape.

use crate::store::{Arg, Row, Sql, StoreError, Value};
use js_sys::{Array, Function, Reflect};
use std::cell::RefCell;
use std::collections::HashMap;
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
    #[wasm_bindgen(method, catch, js_name = exec)]
    fn exec_3_2(
        this: &Database,
        sql: &JsValue,
        a: f64,
        b: f64,
        c: f64,
        d: &str,
        e: &str,
    ) -> Result<Cursor, JsValue>;
    #[wasm_bindgen(method, catch, js_name = exec)]
    fn exec_3_4(
        this: &Database,
        sql: &JsValue,
        a: f64,
        b: f64,
        c: f64,
        d: &str,
        e: &str,
        f: &str,
        g: &str,
    ) -> Result<Cursor, JsValue>;

    /// What a query answers with.
    type Cursor;
    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Result<Cursor, JsValue>;
    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> Result<Array, JsValue>;
}

/// The database of this object.
pub struct ObjectSql {
    storage: JsValue,
    database: Database,
    /// Statements by address and length of their text, which is a constant of the program.
    statements: RefCell<HashMap<(*const u8, usize), JsValue>>,
}

impl ObjectSql {
    /// The database behind an object's state.
    pub fn new(state: &State) -> Self {
        let storage: JsValue = AsRef::<JsValue>::as_ref(state.storage().as_raw()).clone();
        let database = Reflect::get(&storage, &"sql".into()).unwrap_or_default();
        Self { storage, database: database.unchecked_into(), statements: RefCell::default() }
    }

    fn exec(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Cursor, StoreError> {
        use Arg::{Int, Text};
        let mut statements = self.statements.borrow_mut();
        let sql = statements.entry((sql.as_ptr(), sql.len())).or_insert_with(|| JsValue::from(sql));
        let float = |number: i64| number as f64;
        let done = match *args {
            [Int(a), Int(b), Int(c), Text(d), Text(e)] => {
                self.database.exec_3_2(sql, float(a), float(b), float(c), d, e)
            }
            [Int(a), Int(b), Int(c), Text(d), Text(e), Text(f), Text(g)] => {
                self.database.exec_3_4(sql, float(a), float(b), float(c), d, e, f, g)
            }
            _ => self.database.exec(sql, &args.iter().map(js_value).collect()),
        };
        done.map_err(store_error)
    }
}

impl Sql for ObjectSql {
    fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        self.exec(sql, args).map(drop)
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
