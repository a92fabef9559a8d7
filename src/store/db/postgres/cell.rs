//! Values on the wire: what goes to PostgreSQL and what comes from there.

use std::error::Error;

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::ValueRef;

use crate::store::db::params::Value;

type Answer<T> = Result<T, Box<dyn Error + Sync + Send>>;

/// A value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'c> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'c str),
    Blob(&'c [u8]),
}

impl<'c> Cell<'c> {
    pub fn is_null(self) -> bool {
        self == Self::Null
    }

    /// Truth is 1 or 0.
    pub fn integer(self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(value) } else { None }
    }

    pub fn real(self) -> Option<f64> {
        match self {
            Self::Real(value) => Some(value),
            Self::Integer(value) => Some(value as f64),
            _ => None,
        }
    }

    pub fn text(self) -> Option<&'c str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }

    pub fn blob(self) -> Option<&'c [u8]> {
        if let Self::Blob(value) = self { Some(value) } else { None }
    }
}

impl<'c> TryFrom<ValueRef<'c>> for Cell<'c> {
    type Error = rusqlite::Error;

    fn try_from(value: ValueRef<'c>) -> Result<Self, rusqlite::Error> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            ValueRef::Text(_) => Self::Text(value.as_str()?),
            ValueRef::Blob(value) => Self::Blob(value),
        })
    }
}

impl<'c> FromSql<'c> for Cell<'c> {
    fn from_sql(kind: &Type, raw: &'c [u8]) -> Answer<Self> {
        Ok(match *kind {
            Type::BOOL => Self::Integer(bool::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Self::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Self::Integer(i64::from_sql(kind, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Text(<&str as FromSql>::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Answer<Self> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::FLOAT8 | Type::BYTEA)
            || <&str as FromSql>::accepts(kind)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Answer<IsNull> {
        match self {
            Value::Null(_) => Ok(IsNull::Yes),
            Value::Integer(value) => value.to_sql(kind, out),
            Value::Real(value) => value.to_sql(kind, out),
            Value::Text(value) => value.as_ref().to_sql(kind, out),
            Value::Blob(value) => value.as_ref().to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}
