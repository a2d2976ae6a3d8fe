//! The quick look at a request: that each field it gives is right, and that none is missing.
//!
//! An operation knows many fields of which a request gives few. So the walk is over those that are given, and the
//! walk over all those of the catalogue, which knows what to say, is only made when this one finds anything.

use std::sync::LazyLock;

use super::{Params, is_right_by_itself, need};
use crate::catalogue::{Field, Need, Operation, Rule, operations};
use crate::profile::{Profile, Requirements};
use crate::words::Key;

/// Sets of an operation's fields, by their places.
type Set = u64;

/// Whoever gives an operation more fields than a set has room for is told by the compiler.
const _: () = {
    let mut rest = operations();
    while let [operation, others @ ..] = rest {
        assert!(operation.fields.len() <= Set::BITS as usize, "a set of fields has no room for them");
        rest = others;
    }
};

/// The fields of an operation, to be found by their names.
pub(crate) struct Outline {
    /// For each mark of a name the place of the first field that has it.
    first_of_mark: [u8; Key::MARKS],
    lenient: Needed,
    strict: Needed,
}

/// What a request must give.
struct Needed {
    /// All of these.
    each: Set,
    /// Of each of these sets at least one.
    one_of: Vec<Set>,
}

/// Of all operations, in their order.
pub(crate) fn outlines() -> &'static [Outline] {
    static ALL: LazyLock<Vec<Outline>> = LazyLock::new(|| operations().iter().map(Outline::of).collect());
    &ALL
}

impl Outline {
    fn of(operation: &Operation) -> Self {
        let mut first_of_mark = [u8::MAX; Key::MARKS];
        for (place, field) in (0..u8::MAX).zip(operation.fields) {
            if let Some(first) = first_of_mark.get_mut(field.key.mark_number()) {
                *first = place.min(*first);
            }
        }
        let [lenient, strict] = [Requirements::Lenient, Requirements::Strict]
            .map(|requirements| Needed::of(operation.fields, requirements));
        Self { first_of_mark, lenient, strict }
    }

    /// Whether nothing is to be said against any field by itself, nor against one that is not there. `false` says
    /// nothing.
    pub(super) fn is_plainly_filled(
        &self,
        operation: &Operation,
        profile: &Profile,
        params: &Params<'_>,
    ) -> bool {
        let mut given: Set = 0;
        for param in params.all {
            let Some((place, field)) = self.field(operation, param.key, param.name) else { continue };
            let is_again = given & place != 0;
            if is_again || param.value.is_empty() || !is_right_by_itself(field.rule, param.value, profile) {
                return false;
            }
            given |= place;
        }
        let needed = match profile.requirements {
            Requirements::Lenient => &self.lenient,
            Requirements::Strict => &self.strict,
        };
        given & needed.each == needed.each && needed.one_of.iter().all(|set| given & set != 0)
    }

    /// The field of a name, as a set.
    fn field(&self, operation: &Operation, key: Key, name: &str) -> Option<(Set, &'static Field)> {
        let first = usize::from(*self.first_of_mark.get(key.mark_number())?);
        let is_it = |field: &Field| key.is(name, field.key, field.name);
        let field = operation.fields.get(first)?;
        if is_it(field) {
            return Some((1 << first, field));
        }
        let place = first + operation.fields.get(first..)?.iter().position(is_it)?;
        Some((1 << place, operation.fields.get(place)?))
    }
}

impl Needed {
    fn of(fields: &[Field], requirements: Requirements) -> Self {
        let set_of = |names: &[&str]| {
            let named = fields.iter().enumerate().filter(|(_, field)| names.contains(&field.name));
            named.fold(0, |set, (place, _)| set | 1 << place)
        };
        let mut needed = Self { each: 0, one_of: Vec::new() };
        // The signature was judged before, and the fields that it covers come without it.
        let checked = fields.iter().enumerate().filter(|(_, field)| !matches!(field.rule, Rule::Signature));
        for (place, field) in checked {
            match need(field, requirements) {
                Need::EitherIdentifier => needed.one_of.push(set_of(&["transactionNo", "reference"])),
                Need::OneOf(names) => needed.one_of.push(set_of(names)),
                Need::Optional => {}
                Need::Required => needed.each |= 1 << place,
            }
        }
        needed.one_of.dedup();
        needed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select, subsequence};

    use super::super::{Param, first_wrong};
    use super::*;

    /// Values that keep one rule and break others.
    const VALUES: [&str; 27] = [
        "",
        "0",
        "1.00",
        "12",
        "123",
        "2030",
        "200043",
        "12345678901",
        "281502629941509300",
        "USD",
        "US",
        "true",
        "YES",
        "alipay",
        "someothervendor",
        "ONLINE",
        "IOS",
        "order 1",
        " order 1 ",
        "https://shop.example/ipn",
        "someone@shop.example",
        "4111111111111111",
        "[]",
        "2026-01-01",
        "20260101",
        "2026-01-01T00:00:00Z",
        "a reference that is longer than some profiles let it be",
    ];

    /// What a field of this rule can be in a request that is right.
    fn right(rule: Rule) -> &'static str {
        let word = |words: &[&'static str]| words.first().copied().unwrap_or_default();
        match rule {
            Rule::Choice(words) | Rule::ChoiceInAnyCase(words) => word(words),
            rule => {
                VALUES.into_iter().find(|value| !value.is_empty() && is_right(rule, value)).unwrap_or("x")
            }
        }
    }

    fn is_right(rule: Rule, value: &str) -> bool {
        is_right_by_itself(rule, value, &Profile::strict())
    }

    fn profile() -> impl Strategy<Value = Profile> {
        (any::<[bool; 3]>(), select(vec![8, 128])).prop_map(|([is_strict, no_empties, listed], most)| {
            Profile {
                requirements: if is_strict { Requirements::Strict } else { Requirements::Lenient },
                refuse_empty_values: no_empties,
                refuse_unlisted_values: listed,
                max_reference_length: most,
                ..Profile::lenient()
            }
        })
    }

    /// Which fields of an operation are given, mostly right, and perhaps one that it does not have.
    fn request() -> impl Strategy<Value = (usize, Vec<(&'static str, &'static str)>)> {
        let places = 0..operations().len();
        places.prop_flat_map(|place| {
            let fields: Vec<&Field> =
                operations()[place].fields.iter().filter(|field| field.rule != Rule::Signature).collect();
            let some = fields.len() / 2..=fields.len();
            let odd = (any::<bool>(), any::<Index>(), select(&VALUES[..]));
            let stranger =
                prop::option::weighted(0.3, select(vec!["merchantName", "amounts", "", "verifySignature"]));
            let given =
                (subsequence(fields, some).prop_shuffle(), prop::collection::vec(odd, 0..3), stranger);
            given.prop_map(move |(fields, odds, stranger)| {
                let mut given: Vec<_> = fields.iter().map(|field| (field.name, right(field.rule))).collect();
                for (is_again, at, value) in odds {
                    let at = at.index(given.len());
                    let name = given[at].0;
                    if is_again { given.push((name, value)) } else { given[at].1 = value }
                }
                given.extend(stranger.map(|name| (name, "USD")));
                (place, given)
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn the_quick_look_says_what_the_walk_over_the_catalogue_says((place, given) in request(), profile in profile()) {
            let operation = &operations()[place];
            let all: Vec<Param<'_>> =
                given.iter().map(|(name, value)| Param { key: Key::of(name), name, value }).collect();
            let params = Params::of(&all);
            let is_plain = outlines()[place].is_plainly_filled(operation, &profile, &params);
            let is_right = first_wrong(operation, &profile, &params).is_ok_and(|wrong| wrong.is_none());
            let is_unusual = given.iter().enumerate().any(|(at, (name, value))| {
                operation.field(name).is_some()
                    && (value.is_empty() || given[..at].iter().any(|(other, _)| other == name))
            });
            prop_assert!(is_right || !is_plain, "{} {given:?}", operation.name);
            prop_assert!(is_plain || is_unusual || !is_right, "{} {given:?}", operation.name);
        }
    }

    #[test]
    fn every_operation_has_requests_that_need_no_second_walk() {
        for (operation, outline) in operations().iter().zip(outlines()) {
            for profile in [Profile::lenient(), Profile::strict()] {
                let fields = operation.fields.iter().filter(|field| field.rule != Rule::Signature);
                let all: Vec<Param<'_>> = fields
                    .map(|field| Param { key: field.key, name: field.name, value: right(field.rule) })
                    .collect();
                let params = Params::of(&all);
                assert!(outline.is_plainly_filled(operation, &profile, &params), "{}", operation.name);
                let fewer = Params::of(all.get(1..).unwrap_or_default());
                assert!(!outline.is_plainly_filled(operation, &profile, &fewer), "{}", operation.name);
            }
        }
    }
}
