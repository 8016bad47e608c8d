//! The little of SQLite that Edgewise needs.

use crate::id::Chain;
use std::fmt;

/// A database that belongs to one object.
pub trait Sql {
    /// Runs a statement for its effect.
    fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError>;

    /// Runs a query; every row is read before this returns.
    fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Does all of `work` or nothing of it. An `Err` of `work` undoes it.
    fn atomically<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError>;
}

/// A value on its way in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arg<'a> {
    /// NULL.
    Null,
    /// INTEGER; exact up to 2^53, for it travels as a JavaScript number.
    Int(i64),
    /// TEXT.
    Text(&'a str),
}

/// A value on its way out.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// INTEGER; exact up to 2^53, for it travels as a JavaScript number.
    Int(i64),
    /// TEXT.
    Text(String),
}

/// Why the store could not do it. Always a fault of ours or the platform's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "store: {}", self.0)
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    pub(super) fn unreadable(what: &str) -> Self {
        Self(format!("unreadable {what} in a stored row"))
    }
}

/// One row, read column by column from the left.
#[derive(Clone, Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row from its values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// How many bytes the texts of all columns have that are not read yet.
    pub fn text_bytes(&self) -> usize {
        let texts = self.0.as_slice().iter();
        texts.map(|value| if let Value::Text(text) = value { text.len() } else { 0 }).sum()
    }

    /// The next column, a text.
    pub fn text(&mut self) -> Result<String, StoreError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(StoreError::unreadable("text")),
        }
    }

    /// The next column, a text or NULL.
    pub fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(StoreError::unreadable("text")),
        }
    }

    /// The next column, a whole number.
    pub fn int(&mut self) -> Result<i64, StoreError> {
        self.maybe_int()?.ok_or_else(|| StoreError::unreadable("number"))
    }

    /// The next column, a whole number or NULL.
    pub fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(Value::Null) => Ok(None),
            _ => Err(StoreError::unreadable("number")),
        }
    }

    /// The next column, a number that is never negative.
    pub fn count(&mut self) -> Result<u32, StoreError> {
        u32::try_from(self.int()?).map_err(|_| StoreError::unreadable("count"))
    }

    /// The next column, yes or no.
    pub fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Arg<'_> {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<Chain> for Arg<'_> {
    fn from(chain: Chain) -> Self {
        // 53 bits always fit.
        Self::Int(chain.number() as i64)
    }
}

impl From<bool> for Arg<'_> {
    fn from(flag: bool) -> Self {
        Self::Int(flag.into())
    }
}

impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
