//! How accessors are called by name.

use std::fmt::Debug;

use pockyt_model::operation::View;
use pockyt_model::{DecodeError, FieldError, Object};

/// What one accessor said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) field: &'static str,
    /// The value as `Debug` shows it, or where it is and what is wrong with it.
    pub(crate) outcome: Result<String, (String, String)>,
}

pub(crate) trait Walk: View + Debug {
    /// The fields of the table below, in its order.
    const TABLE: &'static [&'static str];

    fn walk(&self, seen: &mut Vec<Seen>);

    fn objects(&self) -> (&Object, Object);
}

pub(crate) trait Fails {
    fn place(&self) -> (String, String);
}

impl Fails for FieldError {
    fn place(&self) -> (String, String) {
        (self.path().to_owned(), self.to_string())
    }
}

impl Fails for DecodeError {
    fn place(&self) -> (String, String) {
        (self.path().to_owned(), self.to_string())
    }
}

pub(crate) fn seen<T: Debug, E: Fails>(field: &'static str, outcome: &Result<T, E>) -> Seen {
    let outcome = outcome.as_ref().map(|value| format!("{value:?}")).map_err(Fails::place);
    Seen { field, outcome }
}

/// `value name = "wire"` for one value, `items name = "wire"` for those that are views themselves.
macro_rules! views {
    ($( $view:ty { $( $kind:ident $method:ident = $wire:literal, )* } )*) => {
        $(
            impl Walk for $view {
                const TABLE: &'static [&'static str] = &[$($wire),*];

                #[allow(unused_variables, reason = "some views have no accessors")]
                fn walk(&self, all: &mut Vec<Seen>) {
                    $( views!(@$kind self, all, $method, $wire); )*
                }

                fn objects(&self) -> (&Object, Object) {
                    (self.result(), self.envelope())
                }
            }
        )*

        /// By the view's name: the fields of its table and those it has accessors for.
        pub(crate) fn tables() -> Vec<(&'static str, &'static [&'static str], Vec<&'static str>)> {
            vec![$( (
                stringify!($view),
                <$view as Walk>::TABLE,
                <$view as View>::FIELDS.iter().map(|field| field.name).collect(),
            ) ),*]
        }
    };
    (@value $self:ident, $all:ident, $method:ident, $wire:literal) => {
        $all.push(seen($wire, &$self.$method()))
    };
    (@items $self:ident, $all:ident, $method:ident, $wire:literal) => {{
        let items = $self.$method();
        $all.push(seen($wire, &items));
        for item in items.into_iter().flatten() {
            item.walk($all);
        }
    }};
}
pub(crate) use views;
