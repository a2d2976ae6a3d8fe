//! The parameters of a request to the control API.

use std::borrow::Cow;

use axum::extract::Request;

use super::problem::Problem;

/// The values of the parameters that the query may have, each at most once. Another one is refused: a
/// misspelt filter would stand for everything.
pub(super) fn asked_for<'a, const N: usize>(
    request: &'a Request,
    parameters: [&str; N],
) -> Result<[Option<Cow<'a, str>>; N], Problem> {
    let mut values = [const { None }; N];
    for (name, value) in pairs(request) {
        let mut places = parameters.iter().zip(&mut values);
        match places.find(|(parameter, _)| **parameter == name) {
            Some((_, place @ None)) => *place = Some(value),
            _ => return Err(unknown(&parameters.join(", "), "each at most once")),
        }
    }
    Ok(values)
}

/// The values of the one parameter that the query may have, as often as it likes.
pub(super) fn all_asked_for<'a>(request: &'a Request, parameter: &str) -> Result<Vec<Cow<'a, str>>, Problem> {
    let value = |(name, value)| {
        if name == parameter { Ok(value) } else { Err(unknown(parameter, "as often as is wanted")) }
    };
    pairs(request).map(value).collect()
}

/// A value that is written as its type is; the reason says what that is.
pub(super) fn read<T: std::str::FromStr>(value: Option<&str>, reason: &str) -> Result<Option<T>, Problem> {
    value.map(|text| text.parse().map_err(|_| Problem::bad_request(reason))).transpose()
}

fn pairs(request: &Request) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
}

fn unknown(parameters: &str, how_often: &str) -> Problem {
    Problem::bad_request(format!("the query may say here: {parameters}, {how_often}"))
}
