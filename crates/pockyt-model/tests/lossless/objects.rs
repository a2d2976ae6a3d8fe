//! Objects by themselves: literals, odd names, and bodies made to hurt.

use pockyt_model::operation::TranQuery;
use pockyt_model::{Amount, Answer, Object, Operation, Problem};

fn order(result: &str) -> <TranQuery as Operation>::Answer {
    let body = format!("{{\"ret_code\":\"000100\",\"result\":{result}}}");
    match TranQuery::read_answer(body.as_bytes()).unwrap() {
        Answer::Accepted(order) => order,
        Answer::Refused(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn numbers_keep_their_literal() {
    for literal in ["499000.00", "-0", "1E400", "1e-400", "0.10", "100", "12345678901234567890123456789.5"] {
        let object = Object::parse(format!("{{\"a\": {literal} }}").as_bytes()).unwrap();
        assert_eq!(object.raw("a"), Some(literal));
        assert_eq!(object.text("a").unwrap(), literal);
        assert_eq!(serde_json::to_string(&object).unwrap(), format!("{{\"a\":{literal}}}"));
    }
}

#[test]
fn a_number_that_is_no_amount_is_refused_by_the_amount_only() {
    for literal in ["1E400", "1e-400", "99999999999999999999999999999999"] {
        let order = order(&format!(r#"{{"amount":{literal},"reference":{literal},"status":"success"}}"#));
        assert_eq!(order.amount().unwrap_err().path(), "$.result.amount");
        assert_eq!(order.reference().unwrap().as_deref(), Some(literal));
        assert_eq!(order.result().raw("amount"), Some(literal));
        assert!(order.status().is_ok());
    }
    let order = order(r#"{"amount":499000.00}"#);
    assert_eq!(order.amount().unwrap().as_str(), "499000.00");
    assert_eq!(order.amount().unwrap(), Amount::parse("499000").unwrap());
}

#[test]
fn half_a_pair_of_surrogates_is_an_error_of_its_field_only() {
    let text = r#"{"reference":"\ud800","amount":"1.00","transactionType":"\udc00x","x":"\ud83d\ude00"}"#;
    let order = order(text);
    assert_eq!(order.reference().unwrap_err().path(), "$.result.reference");
    assert!(matches!(order.reference().unwrap_err().problem(), Problem::Malformed(_)));
    assert_eq!(order.transaction_type().unwrap_err().path(), "$.result.transactionType");
    assert_eq!(order.amount().unwrap().as_str(), "1.00");
    assert_eq!(order.result().text("reference"), None);
    assert_eq!(order.result().raw("reference"), Some(r#""\ud800""#));
    assert_eq!(order.result().text("x").unwrap(), "\u{1f600}");
    assert_eq!(serde_json::to_string(order.result()).unwrap(), text);
}

/// Which name was read shows in the path, also when it is not the first one.
#[test]
fn a_malformed_field_under_another_name_is_found_under_that_name() {
    let order = order(r#"{"yuansferId":"no number!","transactionStatus":"\ud800"}"#);
    assert_eq!(order.transaction_no().unwrap_err().path(), "$.result.yuansferId");
    assert_eq!(order.status().unwrap_err().path(), "$.result.transactionStatus");
    let empty = self::order("{}");
    assert_eq!(empty.transaction_no().unwrap_err().path(), "$.result.transactionNo");
}

#[test]
fn names_with_escapes_are_the_names_they_mean() {
    let text = r#"{"\u0061mount":"1.00","a\"b":2,"\u00e9\/":3,"":4,"😀":5,"\ud83d\ude01":6}"#;
    let object = Object::parse(text.as_bytes()).unwrap();
    let names: Vec<_> = object.names().collect();
    assert_eq!(names, ["amount", "a\"b", "é/", "", "😀", "😁"]);
    assert_eq!(object.text("amount").unwrap(), "1.00");
    assert_eq!(object.raw(""), Some("4"));
    let again = Object::parse(serde_json::to_string(&object).unwrap().as_bytes()).unwrap();
    assert_eq!(again.names().collect::<Vec<_>>(), names);
    assert_eq!(order(text).amount().unwrap().as_str(), "1.00");
}

#[test]
fn names_that_occur_twice_are_refused_where_they_are_read() {
    for twice in
        [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#, r#"{"é":1,"\u00e9":1}"#, r#"{"":1,"":1}"#]
    {
        assert_eq!(Object::parse(twice.as_bytes()).unwrap_err().path(), "$", "{twice}");
        let outer = format!("{{\"x\":{twice},\"y\":[{{}},{twice}]}}");
        let outer = Object::parse(outer.as_bytes()).unwrap();
        assert_eq!(outer.object("x").unwrap_err().path(), "$.x");
        assert_eq!(outer.objects("y").unwrap_err().path(), "$.y[1]");
        assert_eq!(outer.raw("x"), Some(twice));
    }
    for once in [r#"{"a":1,"A":1,"a ":1}"#, "{\"e\u{301}\":1,\"\u{e9}\":1}"] {
        assert!(Object::parse(once.as_bytes()).is_ok(), "{once}");
    }
}

#[test]
fn what_is_not_one_object_is_refused() {
    let bad = [
        "",
        " ",
        "null",
        "1",
        r#""a""#,
        "[]",
        "{}{}",
        "{} x",
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        "{'a':1}",
        r#"{"a":01}"#,
        r#"{"a":.5}"#,
        r#"{"a":NaN}"#,
        r#"{"a":1.}"#,
        "{\"a\":\"\n\"}",
        r#"{"a":"\x"}"#,
        r#"{"a":tru}"#,
        r#"{"a":[1,]}"#,
        "\u{feff}{}",
        r#"{"a" 1}"#,
        r#"{"a":1"#,
        "/**/{}",
    ];
    for bad in bad {
        assert_eq!(Object::parse(bad.as_bytes()).unwrap_err().path(), "$", "{bad:?}");
    }
    for bytes in [&b"{\"a\":\"\xff\"}"[..], b"{\"\xc0\x80\":1}", b"\xed\xa0\x80"] {
        assert!(Object::parse(bytes).is_err());
    }
    assert!(Object::parse(b" \r\n\t{ } \n").is_ok());
}

/// `count` members with distinct names, plain or with an escape in each.
fn many(count: usize, escaped: bool) -> String {
    let letter = if escaped { "\\u0061" } else { "a" };
    (0..count).map(|i| format!("\"{letter}{i}\":{i}")).collect::<Vec<_>>().join(",")
}

/// Were every name compared with all before it, this would be thousands of millions of comparisons each
/// time, and the test would not end.
#[test]
fn a_hundred_thousand_members_are_read_and_a_repeated_one_among_them_is_found() {
    const COUNT: usize = 100_000;
    for escaped in [false, true] {
        let members = many(COUNT, escaped);
        let object = Object::parse(format!("{{{members}}}").as_bytes()).unwrap();
        assert_eq!(object.names().count(), COUNT);
        assert_eq!(object.names().last(), Some("a99999"));
        assert_eq!(object.raw("a0"), Some("0"));
        assert_eq!(object.raw("a99999"), Some("99999"));
        let written = serde_json::to_string(&object).unwrap();
        assert_eq!(Object::parse(written.as_bytes()).unwrap().names().count(), COUNT);
        for again in ["a0", "a31", "a32", "a33", "a99999", "\\u0061500"] {
            assert!(Object::parse(format!("{{{members},\"{again}\":1}}").as_bytes()).is_err(), "{again}");
        }
    }
}

/// However many there are, since few and many are searched in different ways.
#[test]
fn repeated_names_are_found_in_objects_of_every_size() {
    for count in 1..70 {
        let members = many(count, false);
        assert_eq!(Object::parse(format!("{{{members}}}").as_bytes()).unwrap().names().count(), count);
        for again in 0..count {
            let twice = format!("{{{members},\"a{again}\":1}}");
            assert!(Object::parse(twice.as_bytes()).is_err(), "{again} among {count}");
        }
    }
}

#[test]
fn a_hundred_thousand_items_of_a_list_are_read() {
    let items = vec![r#"{"refundAmount":0.01}"#; 100_000].join(",");
    let order = order(&format!(r#"{{"amount":"1000.00","status":"success","refundInfo":[{items}]}}"#));
    assert_eq!(order.refunds().unwrap().len(), 100_000);
    assert_eq!(order.refunds().unwrap()[99_999].refund_amount().unwrap().as_str(), "0.01");
}

#[test]
fn deep_nesting_is_kept_as_text_and_never_followed() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        for depth in [16, 1_000, 100_000] {
            let body = format!("{{\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            let object = Object::parse(body.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&object).unwrap(), body);
            // Without its end it is refused.
            let error = Object::parse(&body.as_bytes()[..depth]).map(|_| ()).unwrap_err();
            assert_eq!(error.path(), "$", "{depth} of {open}");
        }
    }
}

#[test]
fn nested_objects_and_lists_are_read_in_place() {
    let text = r#"{"result" : { "a" : [ { "b" : 1.0 } , { } ], "c" : null }, "list":null }"#;
    let object = Object::parse(text.as_bytes()).unwrap();
    let result = object.object("result").unwrap().unwrap();
    assert_eq!(result.as_str(), r#"{ "a" : [ { "b" : 1.0 } , { } ], "c" : null }"#);
    let items = result.objects("a").unwrap();
    assert_eq!(items.iter().map(Object::as_str).collect::<Vec<_>>(), [r#"{ "b" : 1.0 }"#, "{ }"]);
    assert_eq!(items[0].raw("b"), Some("1.0"));
    assert!(result.object("c").unwrap().is_none() && result.object("d").unwrap().is_none());
    assert!(object.objects("list").unwrap().is_empty() && object.objects("none").unwrap().is_empty());
    assert_eq!(result.object("a").unwrap_err().path(), "$.result.a");
    assert_eq!(object.objects("result").unwrap_err().path(), "$.result");
    let mixed = Object::parse(br#"{"a":[{},1]}"#).unwrap();
    assert_eq!(mixed.objects("a").unwrap_err().path(), "$.a[1]");
}

#[test]
fn a_list_costs_what_its_items_cost_and_has_an_end() {
    // Items share what is beside them: 20,000 beside 2,000 members would be gigabytes otherwise.
    let members: String = (0..2_000).map(|i| format!("\"m{i}\":1,")).collect();
    let list = |items: usize| format!(r#"{{{members}"list":[{}]}}"#, vec!["{}"; items].join(","));
    let object = Object::parse(list(20_000).as_bytes()).unwrap();
    assert_eq!(object.objects("list").unwrap().len(), 20_000);
    let error = Object::parse(list(100_001).as_bytes()).unwrap().objects("list").unwrap_err();
    assert_eq!(error.path(), "$.list");
}

#[test]
fn empty_strings_are_absent_where_they_are_no_value() {
    let empty = order(r#"{"transactionNo":"","reference":"","settleCurrency":"","refundInfo":""}"#);
    assert_eq!(empty.settle_currency().unwrap(), None);
    assert_eq!(empty.reference().unwrap().as_deref(), Some(""));
    assert!(empty.refunds().unwrap().is_empty());
    assert_eq!(empty.transaction_no().unwrap_err().problem(), Problem::Missing);
}

#[test]
fn numbers_with_an_exponent_are_exact_and_strings_with_one_are_refused() {
    let table = [("1.0E7", "10000000"), ("1e2", "100"), ("125e-2", "1.25"), ("0e0", "0"), ("-2E1", "-20")];
    for (literal, text) in table {
        let order = order(&format!(r#"{{"amount":{literal}}}"#));
        assert_eq!(order.amount().unwrap().as_str(), text, "{literal}");
        assert_eq!(order.result().raw("amount"), Some(literal));
    }
    for refused in ["\"1.0E7\"", "1e400", "1e-400", "1e99999999999", "true", "1.5e29"] {
        assert!(order(&format!(r#"{{"amount":{refused}}}"#)).amount().is_err(), "{refused}");
    }
}

#[test]
fn debug_repeats_no_prose_of_the_server() {
    let loud =
        order(r#"{"status":"card 4111111111111111\nINFO paid","reference":"r 1","transactionNo":"7"}"#);
    assert_eq!(format!("{loud:?}"), "Transaction { transactionNo: 7, .. }");
}
