//! The control API's document, held against what the control API does.
//!
//! Every answer that a test gets from the control API is judged by it, in [`super::send`].

use std::sync::LazyLock;

use serde_json::Value;

/// The document as it is served.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).unwrap());

/// The path of the document that a request goes to, if there is one.
pub(crate) fn path_of(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    let mut paths = DOCUMENT["paths"].as_object().unwrap().keys().filter(|template| fits(template));
    // What is written out goes before what stands for anything.
    paths.clone().find(|template| !template.contains('{')).or_else(|| paths.next()).map(String::as_str)
}

pub(crate) fn operation(method: &str, path: &str) -> Option<&'static Value> {
    DOCUMENT["paths"][path_of(path)?].get(method.to_ascii_lowercase())
}

/// Whether the document allows this answer; else why not. What the document does not know may only be refused.
pub(crate) fn check_answer(
    method: &str,
    path: &str,
    status: u16,
    content_type: &str,
    body: &str,
) -> Result<(), String> {
    let Some(operation) = operation(method, path) else {
        let is_refused = matches!(status, 400 | 401 | 403 | 404 | 405);
        let refusal = serde_json::from_str(body).map_err(|error| error.to_string())?;
        check(&refusal, &DOCUMENT["components"]["schemas"]["Problem"])?;
        return if is_refused { Ok(()) } else { Err(format!("not in the document, and answered {status}")) };
    };
    let response =
        operation["responses"].get(status.to_string()).ok_or(format!("{status} is not documented"))?;
    let content = response["content"].get(content_type).ok_or(format!("{content_type} is not documented"))?;
    let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    match content_type {
        "application/x-ndjson" => body.lines().try_for_each(|line| check(&read(line)?, &content["schema"])),
        "application/json" => check(&read(body)?, &content["schema"]),
        _ => Err(format!("nobody here reads {content_type}")),
    }
}

/// Whether a value fits a schema; else where it does not. A keyword that this does not know is an error: it
/// would be a promise that nobody holds.
pub(crate) fn check(value: &Value, schema: &Value) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else { return Err(format!("no schema: {schema}")) };
    for (keyword, wanted) in keywords {
        let fits = match keyword.as_str() {
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/components/schemas/").unwrap();
                check(value, &DOCUMENT["components"]["schemas"][name])
                    .map_err(|error| format!("{name}: {error}"))?;
                true
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                types.iter().any(|one| is_of_type(value, one.as_str().unwrap()))
            }
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "oneOf" => {
                let tried: Vec<_> = wanted.as_array().unwrap().iter().map(|one| check(value, one)).collect();
                if tried.iter().filter(|one| one.is_ok()).count() != 1 {
                    return Err(format!("not exactly one of {}: {value} {tried:?}", tried.len()));
                }
                true
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= wanted.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= wanted.as_i64().unwrap()),
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(item, wanted)?;
                }
                true
            }
            "required" => {
                wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" | "additionalProperties" => members(value, schema).map(|()| true)?,
            "description" => true,
            _ => return Err(format!("an unknown keyword: {keyword}")),
        };
        if !fits {
            return Err(format!("{keyword} {wanted} does not hold for {value}"));
        }
    }
    Ok(())
}

fn members(value: &Value, schema: &Value) -> Result<(), String> {
    for (name, member) in value.as_object().into_iter().flatten() {
        let known = schema["properties"].get(name);
        match known.or(schema.get("additionalProperties")) {
            None | Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Err(format!("{name} is not documented")),
            Some(wanted) => check(member, wanted).map_err(|error| format!("{name}: {error}"))?,
        }
    }
    Ok(())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        _ => false,
    }
}
