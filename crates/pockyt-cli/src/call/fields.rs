//! The parameters of a call, and what is known of those that it takes.

use std::path::Path;

use anyhow::Context as _;
use pockyt_model::{FieldGroup, OperationSpec};
use pockyt_sign::explain::masked;

use crate::body::{self, Format, Pairs};
use crate::exit::usage;
use crate::operations::alternatives;
use crate::output;

pub(super) struct Fields(Pairs);

impl Fields {
    /// Those of a JSON object, then those of the command line.
    pub(super) fn given(params: &[String], json_body: Option<&Path>) -> anyhow::Result<Self> {
        let mut pairs = match json_body {
            None => Pairs::new(),
            Some(path) => {
                let body = body::read(Some(path))?;
                body::pairs(&body, Format::Json).context("the parameters cannot be read")?
            }
        };
        for (place, param) in (1..).zip(params) {
            let Some((name, value)) = param.split_once('=') else {
                return Err(usage(format!("--field {place} is not of the form name=value")));
            };
            if masked(&[(name.to_owned(), "1".to_owned())]).ends_with("=***&") {
                output::warn(&format!(
                    "--field {name}: other users of this machine can read command lines; use --json-body"
                ));
            }
            pairs.push((name.to_owned(), value.to_owned()));
        }
        for (at, (name, value)) in pairs.iter().enumerate() {
            if ["merchantNo", "storeNo"].contains(&name.as_str()) {
                return Err(usage(format!("{name} comes from --merchant")));
            }
            if value.is_empty() {
                return Err(usage(format!("{name} is empty: leave it out")));
            }
            if pairs.iter().take(at).any(|(other, _)| other == name) {
                return Err(usage(format!("{name} is there twice")));
            }
        }
        Ok(Self(pairs))
    }

    pub(super) fn pairs(&self) -> &Pairs {
        &self.0
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// That what the operation always takes is there.
    pub(super) fn check(&self, spec: &OperationSpec) -> anyhow::Result<()> {
        let mut missing = Vec::new();
        for group in spec.fields {
            missing.extend(self.missing(group));
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(usage(format!(
                "{0} lacks {missing}: give --field NAME=VALUE (pockyt operations {0})",
                spec.name
            )));
        }
        let in_path = |name: &str| spec.path.contains(&format!("{{{name}}}"));
        for (name, _) in &self.0 {
            if !spec.fields.is_empty() && spec.field(name).is_none() && !in_path(name) {
                output::note(&format!("no source names {name} as a field of {}; it is sent", spec.name));
            }
        }
        Ok(())
    }

    fn missing(&self, group: &FieldGroup) -> Vec<String> {
        let has = |name: &str| self.text(name).is_some();
        if let Some(names) = alternatives(group) {
            let lacks = group.required && !names.iter().any(|name| has(name));
            return if lacks { vec![one_of(&names)] } else { Vec::new() };
        }
        // An optional group is sent whole or not at all.
        if !group.required && !group.fields.iter().any(|field| has(field.name)) {
            return Vec::new();
        }
        let needed = group.fields.iter().filter(|field| field.required && !has(field.name));
        needed.map(|field| field.name.to_owned()).collect()
    }

    /// A path with its places in braces filled by the fields of their names, which are then no parameters.
    pub(super) fn fill(&mut self, template: &str) -> anyhow::Result<String> {
        let mut path = template.to_owned();
        while let Some((before, name, after)) = place(&path) {
            let value = self.text(name).ok_or_else(|| usage(format!("the path {template} needs {name}")))?;
            if !value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
                return Err(usage(format!(
                    "{name} goes into the path and has other than letters and digits"
                )));
            }
            let filled = format!("{before}{value}{after}");
            let name = name.to_owned();
            self.0.retain(|(own, _)| *own != name);
            path = filled;
        }
        Ok(path)
    }
}

fn place(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn one_of(names: &[&str]) -> String {
    match names {
        [one] => (*one).to_owned(),
        _ => format!("one of {}", names.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::named;

    fn fields(params: &[&str]) -> anyhow::Result<Fields> {
        let params: Vec<_> = params.iter().map(|&param| param.to_owned()).collect();
        Fields::given(&params, None)
    }

    fn checked(operation: &str, params: &[&str]) -> Result<(), String> {
        fields(params).unwrap().check(named(operation).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_an_operation_always_takes_must_be_there() {
        assert_eq!(
            checked("prepay", &["note=x"]),
            Err("prepay lacks one of reference and transactionNo, paymentBarcode: give --field NAME=VALUE \
                 (pockyt operations prepay)"
                .to_owned())
        );
        assert_eq!(checked("prepay", &["transactionNo=1", "paymentBarcode=2", "new=3"]), Ok(()));
        assert_eq!(checked("tran-query", &["reference=1"]), Ok(()));
        assert!(checked("tran-query", &[]).is_err());
        // Nothing is known of its fields.
        assert_eq!(checked("notes-add", &[]), Ok(()));
        assert_eq!(checked("notes-add", &["anything=1"]), Ok(()));
    }

    #[test]
    fn a_group_that_is_optional_is_sent_whole() {
        let base = ["customerNo=1", "timestamp=2"];
        assert_eq!(checked("customers-update", &base), Ok(()));
        let part = [&base[..], &["firstName=Ann"]].concat();
        let error = checked("customers-update", &part).unwrap_err();
        assert!(error.contains("lastName") && error.contains("email"), "{error}");
    }

    #[test]
    fn a_path_is_filled_by_fields_that_are_then_no_parameters() {
        let mut given = fields(&["payorNo=77", "a=1"]).unwrap();
        assert_eq!(given.fill("/v1/payor/upload/{payorNo}").unwrap(), "/v1/payor/upload/77");
        assert_eq!(given.pairs().len(), 1);
        assert!(fields(&["a=1"]).unwrap().fill("/x/{payorNo}").is_err());
        for odd in ["payorNo=../..", "payorNo=a/b", "payorNo={a}", "payorNo=%2e"] {
            assert!(fields(&[odd]).unwrap().fill("/x/{payorNo}").is_err(), "{odd}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_its_name() {
        for (params, words) in [
            (&["a=1", "a=2"][..], "a is there twice"),
            (&["a="], "a is empty"),
            (&["storeNo=1"], "storeNo comes from --merchant"),
            (&["secret"], "--field 1 is not of the form name=value"),
        ] {
            let error = fields(params).err().unwrap().to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{error}");
        }
    }
}
