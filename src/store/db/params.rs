//! Values that travel into a statement.

use std::borrow::Cow;

/// The kinds of columns there are; a missing value has one too, for PostgreSQL wants to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Real,
    Text,
    Blob,
}

/// A value as both databases take it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    Null(Kind),
    Integer(i64),
    Real(f64),
    Text(Cow<'v, str>),
    Blob(Cow<'v, [u8]>),
}

/// What may stand for a parameter.
pub trait ToSql: rusqlite::ToSql {
    fn value(&self) -> Value<'_>;
}

/// A type whose values are all of one kind.
pub trait OfKind {
    const KIND: Kind;
}

/// The parameters of a statement, in the order of their numbers.
pub trait Params {
    fn bound<R>(&self, work: impl FnOnce(&[&dyn ToSql]) -> R) -> R;
}

/// For rusqlite, which binds each as it always did.
pub(super) fn sqlite<'p>(bound: &'p [&'p dyn ToSql]) -> impl rusqlite::Params + 'p {
    rusqlite::params_from_iter(bound.iter().map(|one| *one as &dyn rusqlite::ToSql))
}

impl Value<'_> {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Integer(_) => Kind::Integer,
            Self::Real(_) => Kind::Real,
            Self::Text(_) => Kind::Text,
            Self::Blob(_) => Kind::Blob,
        }
    }
}

macro_rules! value {
    ($type:ty, $kind:ident, $self:ident => $value:expr) => {
        impl ToSql for $type {
            fn value(&self) -> Value<'_> {
                let $self = self;
                Value::$kind($value)
            }
        }

        impl OfKind for $type {
            const KIND: Kind = Kind::$kind;
        }
    };
}

value!(i64, Integer, it => *it);
value!(i32, Integer, it => i64::from(*it));
value!(u32, Integer, it => i64::from(*it));
value!(bool, Integer, it => i64::from(*it));
value!(f64, Real, it => *it);
value!(str, Text, it => Cow::Borrowed(it));
value!(String, Text, it => Cow::Borrowed(it));
value!(Cow<'_, str>, Text, it => Cow::Borrowed(it));
value!([u8; 32], Blob, it => Cow::Borrowed(it));
value!(Vec<u8>, Blob, it => Cow::Borrowed(it));

impl<T: ToSql + ?Sized> ToSql for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: OfKind + ?Sized> OfKind for &T {
    const KIND: Kind = T::KIND;
}

impl<T: ToSql + OfKind> ToSql for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null(T::KIND), ToSql::value)
    }
}

impl Params for [&dyn ToSql; 0] {
    fn bound<R>(&self, work: impl FnOnce(&[&dyn ToSql]) -> R) -> R {
        work(&[])
    }
}

impl<T: ToSql> Params for [T; 1] {
    fn bound<R>(&self, work: impl FnOnce(&[&dyn ToSql]) -> R) -> R {
        work(&[&self[0]])
    }
}

impl Params for Vec<Box<dyn ToSql>> {
    fn bound<R>(&self, work: impl FnOnce(&[&dyn ToSql]) -> R) -> R {
        work(&self.iter().map(|one| &**one).collect::<Vec<_>>())
    }
}

macro_rules! tuple {
    ($($name:ident . $at:tt),+) => {
        impl<$($name: ToSql),+> Params for ($($name,)+) {
            fn bound<R>(&self, work: impl FnOnce(&[&dyn ToSql]) -> R) -> R {
                work(&[$(&self.$at),+])
            }
        }
    };
}

tuple!(A.0, B.1);
tuple!(A.0, B.1, C.2);
tuple!(A.0, B.1, C.2, D.3);
tuple!(A.0, B.1, C.2, D.3, E.4);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8, J.9);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8, J.9, K.10);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8, J.9, K.10, L.11);
