//! What holds for the answer of every operation, one body at a time.

use std::collections::BTreeSet;

use pockyt_model::operations;

use super::bodies::places;
use super::readers::{Read, Reader, readers};
use super::views::tables;

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

#[test]
fn the_tables_name_every_operation_every_view_and_every_accessor() {
    let read = set(readers().iter().map(|reader| reader.spec.request_type));
    assert_eq!(read, set(operations().iter().map(|spec| spec.request_type)));
    let tables = tables();
    for (view, table, fields) in &tables {
        assert_eq!(table, fields, "{view}");
    }
    let views = set(tables.iter().map(|(view, ..)| view.rsplit([':', ' ']).next().unwrap()));
    for spec in operations() {
        assert!(views.contains(spec.answer_type), "{}", spec.answer_type);
    }
}

/// An accepted answer of this operation, read: each of its fields with this value.
fn answer(reader: &Reader, value: impl Fn(&str) -> Option<String>) -> Read {
    let names = reader.spec.answer.iter().map(|field| field.name).chain(["somethingNew"]);
    let members: Vec<_> = names.filter_map(|name| Some(format!("\"{name}\":{}", value(name)?))).collect();
    let (members, comma) = (members.join(","), if members.is_empty() { "" } else { "," });
    let body = match places(reader.spec.envelope)[0] {
        Some(place) => format!("{{\"ret_code\":\"000100\",\"{place}\":{{{members}}}}}"),
        None => format!("{{\"ret_code\":\"000100\"{comma}{members}}}"),
    };
    reader.read(body.as_bytes()).unwrap().unwrap()
}

#[test]
fn strings_and_numbers_read_alike() {
    for reader in readers() {
        for literal in ["12345", "499000.00", "0.10", "-1", "0", "1E400", "120"] {
            let string = answer(&reader, |_| Some(format!("\"{literal}\"")));
            let number = answer(&reader, |_| Some(literal.to_owned()));
            // Two values or two errors at one place; their wording may name a column.
            let said = |read: &Read| -> Vec<_> {
                read.seen.iter().map(|s| (s.field, s.outcome.clone().map_err(|(path, _)| path))).collect()
            };
            assert_eq!(said(&string), said(&number), "{}", reader.spec.name);
            for name in reader.spec.answer.iter().map(|field| field.name).chain(["somethingNew"]) {
                assert_eq!(string.result.text(name).unwrap(), literal);
                assert_eq!(number.result.text(name).unwrap(), literal);
                assert_eq!(number.result.raw(name), Some(literal));
            }
        }
    }
}

#[test]
fn absent_and_null_fields_are_missing_where_they_are_required_and_none_elsewhere() {
    for reader in readers() {
        let (absent, null) = (answer(&reader, |_| None), answer(&reader, |_| Some("null".to_owned())));
        assert_eq!(absent.seen, null.seen, "{}", reader.spec.name);
        let missing = absent.seen.iter().filter(|seen| seen.outcome.is_err()).map(|seen| seen.field);
        let required = reader.spec.answer.iter().filter(|field| field.required).map(|field| field.name);
        assert_eq!(set(missing), set(required), "{}", reader.spec.name);
    }
}

#[test]
fn paths_begin_where_the_result_is() {
    for reader in readers() {
        for place in places(reader.spec.envelope) {
            let broken: Vec<_> =
                reader.spec.answer.iter().map(|field| format!("\"{}\":\"\\ud800\"", field.name)).collect();
            let (open, close, at) = match place {
                Some(place) => (format!(",\"{place}\":{{"), "}", format!("$.{place}.")),
                None if broken.is_empty() => continue,
                None => (",".to_owned(), "", "$.".to_owned()),
            };
            let body = format!("{{\"ret_code\":\"000100\"{open}{}{close}}}", broken.join(","));
            let read = reader.read(body.as_bytes()).unwrap().unwrap();
            for seen in &read.seen {
                let (path, _) = seen.outcome.as_ref().unwrap_err();
                assert_eq!(*path, format!("{at}{}", seen.field), "{}", reader.spec.name);
            }
            assert_eq!(read.seen.len(), reader.spec.answer.len());
        }
    }
}

#[test]
fn debug_and_errors_show_nothing_but_orders_amounts_and_states() {
    const MAY_SHOW: [&str; 14] = [
        "amount",
        "autoDebitNo",
        "autoReference",
        "currency",
        "invoiceId",
        "recordNo",
        "reference",
        "refundAmount",
        "refundReference",
        "refundTransactionId",
        "refundTransactionNo",
        "status",
        "transactionNo",
        "transactionStatus",
    ];
    for reader in readers() {
        let read = answer(&reader, |name| Some(format!("\"canary:{name}!\"")));
        for name in reader.spec.answer.iter().map(|field| field.name).chain(["somethingNew"]) {
            let shown = read.shown.contains(&format!("canary:{name}!"));
            assert!(!shown || MAY_SHOW.contains(&name), "{name} in {}", read.shown);
        }
        assert!(!format!("{:?} {:?}", read.result, read.envelope).contains("canary"));
        for (_, message) in read.seen.iter().filter_map(|seen| seen.outcome.as_ref().err()) {
            assert!(!message.contains("canary"), "{message}");
        }
    }
}
