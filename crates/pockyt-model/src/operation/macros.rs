//! How operations are written down: a request by its fields, an answer by its accessors.

/// Defines a request: its type, constructor, setters, and what is known of it as data.
///
/// A field with `= "wireName"` is one field of that name; one without is a type that is several fields.
/// `new` are arguments of the constructor, `always` have a default and are sent in any case, `fixed` have
/// one value only.
macro_rules! request {
    (
        $(#[$meta:meta])*
        $name:ident answers $answer:ident {
            name: $op:literal,
            path: $path:literal $(| $alias:literal)*,
            effect: $effect:ident,
            settlement: $settlement:ident,
            confidence: $confidence:ident,
            envelope: $envelope:expr,
            source: $source:literal,
            unknown: $unknown:literal,
        }
        $(#[$new_meta:meta])*
        new {
            $( $(#[$required_meta:meta])* $required:ident: $required_ty:ty $(= $required_wire:literal)?, )*
        }
        $(always {
            $( $(#[$always_meta:meta])* $always:ident: $always_ty:ty = $always_wire:literal, else $default:expr; )*
        })?
        $(fixed {
            $( $fixed_wire:literal = $fixed_value:literal, )*
        })?
        optional {
            $( $(#[$optional_meta:meta])* $optional:ident: $optional_ty:ty $(= $optional_wire:literal)?, )*
        }
    ) => {
        $(#[$meta])*
        ///
        #[doc = concat!("`POST ", $path, "`.", $(" Also known as `", $alias, "`.",)* " Source: ", $source, ".")]
        #[derive(Clone, Debug)]
        pub struct $name {
            $( $required: $required_ty, )*
            $($( $always: $always_ty, )*)?
            $( $optional: Option<$optional_ty>, )*
        }

        impl $name {
            $(#[$new_meta])*
            #[allow(clippy::new_without_default, reason = "requests with nothing to say are rare")]
            pub fn new($( $required: impl Into<$required_ty> ),*) -> Self {
                Self {
                    $( $required: $required.into(), )*
                    $($( $always: $default, )*)?
                    $( $optional: None, )*
                }
            }

            $($(
                $(#[$always_meta])*
                pub fn $always(mut self, $always: $always_ty) -> Self {
                    self.$always = $always;
                    self
                }
            )*)?

            $(
                $(#[$required_meta])*
                pub fn $required(&self) -> &$required_ty {
                    &self.$required
                }
            )*

            $(
                $(#[$optional_meta])*
                pub fn $optional(mut self, $optional: $optional_ty) -> Self {
                    self.$optional = Some($optional);
                    self
                }
            )*
        }

        impl $crate::Operation for $name {
            type Answer = $answer;

            const SPEC: $crate::OperationSpec = $crate::OperationSpec {
                name: $op,
                path: $path,
                path_aliases: &[$($alias),*],
                effect: $crate::Effect::$effect,
                settlement: $crate::Settlement::$settlement,
                confidence: $crate::Confidence::$confidence,
                source: $source,
                unknown: $unknown,
                fields: &[
                    $( $crate::operation::macros::request!(@group true, $required_ty $(, $required_wire)?), )*
                    $($( $crate::operation::macros::request!(@group true, $always_ty, $always_wire), )*)?
                    $($( $crate::operation::macros::request!(@group true, &str, $fixed_wire), )*)?
                    $( $crate::operation::macros::request!(@group false, $optional_ty $(, $optional_wire)?), )*
                ],
                envelope: { use $crate::Envelope::*; $envelope },
                answer: <$answer as $crate::operation::View>::FIELDS,
                request_type: stringify!($name),
                answer_type: stringify!($answer),
            };

            #[allow(unused_variables, reason = "some requests have no fields of their own")]
            fn write_params<'a>(&'a self, params: &mut $crate::Params<'a>) {
                $(
                    let value = &self.$required;
                    $crate::operation::macros::request!(@write params, value $(, $required_wire)?);
                )*
                $($( params.push($always_wire, $crate::params::Text::text(&self.$always)); )*)?
                $($( params.push($fixed_wire, $fixed_value); )*)?
                $(
                    if let Some(value) = &self.$optional {
                        $crate::operation::macros::request!(@write params, value $(, $optional_wire)?);
                    }
                )*
            }
        }
    };
    (@group $required:literal, $ty:ty, $wire:literal) => {
        $crate::FieldGroup { required: $required, fields: &[$crate::operation::needed($wire)] }
    };
    (@group $required:literal, $ty:ty) => {
        $crate::FieldGroup { required: $required, fields: <$ty as $crate::params::Part>::FIELDS }
    };
    (@write $params:ident, $value:ident, $wire:literal) => {
        $params.push($wire, $crate::params::Text::text($value))
    };
    (@write $params:ident, $value:ident) => {
        $crate::params::Part::write($value, $params)
    };
}
pub(crate) use request;

/// Defines a view: a struct that keeps the result as it came, and an accessor for each known field.
///
/// `required` fields fail when absent, `optional` ones are `None`, a `list` is empty, and an `object` is
/// `None`.
macro_rules! view {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$field_meta:meta])* $method:ident: $presence:ident $ty:ty = $wire:literal $(| $alias:literal)*, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            result: $crate::Object,
        }

        /// Shows which order it is about and its state, and of other fields nothing.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.result.show(stringify!($name), f)
            }
        }

        impl $name {
            $(
                $(#[$field_meta])*
                ///
                /// # Errors
                ///
                #[doc = concat!("`", $wire, "` cannot be read as this type, or is absent and must not be.")]
                pub fn $method(&self) -> $crate::operation::macros::view!(@type $presence $ty) {
                    $crate::operation::macros::view!(@read $presence $ty, self, $wire $(, $alias)*)
                }
            )*

            /// The result as it came, unknown fields included.
            pub fn result(&self) -> &$crate::Object {
                &self.result
            }

            /// The whole body as it came.
            pub fn envelope(&self) -> $crate::Object {
                self.result.root()
            }
        }

        impl $crate::operation::View for $name {
            const FIELDS: &'static [$crate::FieldSpec] =
                &[$( $crate::operation::macros::view!(@spec $presence $wire) ),*];

            fn from_object(result: $crate::Object) -> Self {
                Self { result }
            }

            fn result(&self) -> &$crate::Object {
                &self.result
            }
        }
    };
    (@type required $ty:ty) => { Result<$ty, $crate::FieldError> };
    (@type optional $ty:ty) => { Result<Option<$ty>, $crate::FieldError> };
    (@type list $ty:ty) => { Result<Vec<$ty>, $crate::DecodeError> };
    (@type object $ty:ty) => { Result<Option<$ty>, $crate::DecodeError> };
    (@read required $ty:ty, $self:ident, $($wire:literal),*) => { $self.result.required(&[$($wire),*]) };
    (@read optional $ty:ty, $self:ident, $($wire:literal),*) => { $self.result.optional(&[$($wire),*]) };
    (@read list $ty:ty, $self:ident, $($wire:literal),*) => {{
        let items = $self.result.first_list(&[$($wire),*])?;
        Ok(items.into_iter().map(<$ty as $crate::operation::View>::from_object).collect())
    }};
    (@read object $ty:ty, $self:ident, $wire:literal) => {
        Ok($self.result.object($wire)?.map(<$ty as $crate::operation::View>::from_object))
    };
    (@spec required $wire:literal) => { $crate::operation::needed($wire) };
    (@spec optional $wire:literal) => { $crate::operation::maybe($wire) };
    (@spec list $wire:literal) => { $crate::operation::maybe($wire) };
    (@spec object $wire:literal) => { $crate::operation::maybe($wire) };
}
pub(crate) use view;
