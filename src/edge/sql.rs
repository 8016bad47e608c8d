//! The [`Sql`] of a Durable Object.

use crate::store::{Row, Sql, StoreError, Value};
use js_sys::{Function, Reflect};
use std::cell::RefCell;
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::{JsCast, JsValue};
use worker::{SqlStorage, SqlStorageValue, State, Storage};

/// The database of this object.
pub struct ObjectSql {
    sql: SqlStorage,
    storage: Storage,
}

impl ObjectSql {
    /// The database behind an object's state.
    pub fn new(state: &State) -> Self {
        let storage = state.storage();
        Self { sql: storage.sql(), storage }
    }

    fn exec(&self, sql: &str, args: &[Value]) -> Result<worker::SqlCursor, StoreError> {
        let args: Vec<JsValue> = args.iter().map(js_value).collect();
        self.sql.exec_raw(sql, args).map_err(store_error)
    }
}

impl Sql for ObjectSql {
    fn run(&self, sql: &str, args: &[Value]) -> Result<(), StoreError> {
        self.exec(sql, args).map(drop)
    }

    fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for row in self.exec(sql, args)?.raw() {
            let values: Result<Vec<Value>, StoreError> =
                row.map_err(store_error)?.into_iter().map(rust_value).collect();
            rows.push(Row::new(values?));
        }
        Ok(rows)
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
            let failed = outcome.as_ref().err().map(|error| JsValue::from(error.0.as_str()));
            *result.borrow_mut() = Some(outcome);
            failed.map_or(Ok(JsValue::UNDEFINED), Err)
        };
        let thrown = {
            let closure: ScopedClosure<dyn FnMut() -> Result<JsValue, JsValue>> =
                ScopedClosure::borrow_mut_assert_unwind_safe(&mut body);
            let raw: &JsValue = self.storage.as_raw().as_ref();
            let transact: Function = Reflect::get(raw, &"transactionSync".into())
                .and_then(JsCast::dyn_into)
                .map_err(thrown_error)?;
            transact.call1(raw, closure.as_ref()).err()
        };
        match (result.into_inner(), thrown) {
            (Some(Err(error)), _) => Err(error),
            // The work was done and the commit failed: nothing of it counts.
            (_, Some(error)) => Err(thrown_error(error)),
            (Some(done), None) => done,
            (None, None) => Err(StoreError("transactionSync did not run".into())),
        }
    }
}

fn js_value(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Int(number) => JsValue::from(*number as f64),
        Value::Text(text) => JsValue::from(text.as_str()),
    }
}

fn rust_value(value: SqlStorageValue) -> Result<Value, StoreError> {
    match value {
        SqlStorageValue::Null => Ok(Value::Null),
        SqlStorageValue::Integer(number) => Ok(Value::Int(number)),
        SqlStorageValue::Float(number) if number.fract() == 0.0 => Ok(Value::Int(number as i64)),
        SqlStorageValue::String(text) => Ok(Value::Text(text)),
        _ => Err(StoreError("a column of an unexpected type".into())),
    }
}

fn store_error(error: worker::Error) -> StoreError {
    StoreError(error.to_string())
}

fn thrown_error(error: JsValue) -> StoreError {
    StoreError(format!("{error:?}"))
}
