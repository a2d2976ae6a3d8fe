//! Bodies as they might come: fields removed, retyped, reordered, and joined by others.

use pockyt_model::{Envelope, OperationSpec};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A member as it is written, and its name as it is meant.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    written: String,
    pub(crate) value: String,
}

impl Member {
    fn plain(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), written: format!("\"{name}\""), value: value.into() }
    }
}

/// A body and what was put into it.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) text: String,
    /// The members of the whole body.
    pub(crate) envelope: Vec<Member>,
    /// The members of the result, and where it is.
    pub(crate) result: Vec<Member>,
    pub(crate) path: String,
}

/// Other names of fields that views know.
const ALIASES: [&str; 18] = [
    "accountStatus",
    "amount",
    "authenticationUrl",
    "authorization",
    "currency",
    "customerBelongsTo",
    "noncestr",
    "oldTransactionId",
    "refundTransactionId",
    "refundTransactionNo",
    "refundYuansferId",
    "retMsg",
    "sign",
    "status",
    "timestamp",
    "transaction",
    "transactionStatus",
    "yuansferId",
];

const VALUES: [&str; 38] = [
    r#""13.00""#,
    "13.00",
    "499000.00",
    r#""USD""#,
    r#""success""#,
    r#""297553638241892410""#,
    "297553638241892410",
    r#""2020-10-12 21:38:16""#,
    r#""alipay""#,
    r#""120""#,
    "120",
    "-0",
    "0.10",
    "1E400",
    "-1e-400",
    "12345678901234567890123456789012345678901234567890.5",
    "null",
    "true",
    "false",
    r#""""#,
    r#"" ""#,
    r#""\ud800""#,
    r#""\udc00\ud800 x""#,
    r#""\u00e9\/\n""#,
    "\"é\u{2028}\"",
    r#""NaN""#,
    r#""1e3""#,
    "[]",
    "{}",
    "[ 1 , 2 ]",
    "[null]",
    "[[{}]]",
    r#"{ "a" : 1 }"#,
    r#"{"a":1,"a":2}"#,
    r#"[{"amount":"1","amount":"2"}]"#,
    r#"[{"refundAmount":2.50,"currency":"usd","refundTransactionId":7},{"refundAmount":"x"}]"#,
    r#"[{"accountToken":null,"status":"ACTIVE","timestamp":"\ud800"}]"#,
    r#"{"customerNo":"no number!","email":"\ud800"}"#,
];

/// As meant, and as written.
const UNKNOWN: [(&str, &str); 8] = [
    ("somethingNew", r#""somethingNew""#),
    ("é", r#""é""#),
    ("é", r#""\u00e9""#),
    ("", r#""""#),
    ("a\"b", r#""a\"b""#),
    ("a.b[0]", r#""a.b[0]""#),
    ("AMOUNT", r#""\u0041MOUNT""#),
    ("amount ", r#""amount ""#),
];

const BLANKS: [&str; 4] = ["", " ", "\n\t", "\r\n  "];

fn value() -> impl Strategy<Value = String> {
    select(&VALUES[..]).prop_map(str::to_owned)
}

fn unknown() -> impl Strategy<Value = Member> {
    (select(&UNKNOWN[..]), value()).prop_map(|((name, written), value)| Member {
        name: name.to_owned(),
        written: written.to_owned(),
        value,
    })
}

fn known(names: Vec<&'static str>) -> impl Strategy<Value = Vec<Member>> {
    let count = names.len();
    vec(option::weighted(0.6, value()), count).prop_map(move |values| {
        let given = names.iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| Member::plain(name, value)).collect()
    })
}

fn unique(members: Vec<Member>) -> Vec<Member> {
    let mut kept: Vec<Member> = Vec::new();
    for member in members {
        if kept.iter().all(|other| other.name != member.name) {
            kept.push(member);
        }
    }
    kept
}

fn write(members: &[Member], blank: &str) -> String {
    let write = |m: &Member| format!("{blank}{}{blank}:{blank}{}{blank}", m.written, m.value);
    format!("{{{}}}", members.iter().map(write).collect::<Vec<_>>().join(","))
}

/// Where the result may stand: in one of these members, or beside `ret_code`.
pub(crate) fn places(envelope: Envelope) -> Vec<Option<&'static str>> {
    match envelope {
        Envelope::In(names) => names.iter().copied().map(Some).collect(),
        Envelope::Open(names) => names.iter().copied().map(Some).chain([None]).collect(),
        _ => vec![None],
    }
}

fn body(path: String, result: Option<Vec<Member>>, envelope: Vec<Member>, blank: &str) -> Body {
    let text = write(&envelope, blank);
    Body { text, result: result.unwrap_or_else(|| envelope.clone()), envelope, path }
}

/// A body that `spec`'s operation takes for an acceptance.
pub(crate) fn accepted(spec: &'static OperationSpec) -> impl Strategy<Value = Body> {
    let names: Vec<_> = spec.answer.iter().map(|field| field.name).collect();
    let aliases = vec(select(&ALIASES[..]), 0..10).prop_flat_map(known);
    let members = (known(names), aliases, vec(unknown(), 0..4))
        .prop_map(|(known, aliases, unknown)| unique([known, aliases, unknown].concat()))
        .prop_shuffle();
    let around = (vec(unknown(), 0..3), option::of(value()));
    (members, around, select(places(spec.envelope)), select(&BLANKS[..])).prop_flat_map(
        move |(result, (unknown, message), place, blank)| {
            let code = Member::plain("ret_code", "\"000100\"");
            let message = message.map(|value| Member::plain("ret_msg", value));
            let mut envelope: Vec<_> = [code].into_iter().chain(message).chain(unknown).collect();
            // In the body itself a member of such a name would be taken for the result, and a repeated name
            // refuses the whole.
            let taken = |m: &Member| places(spec.envelope).contains(&Some(m.name.as_str()));
            match place {
                Some(place) => envelope.push(Member::plain(place, write(&result, blank))),
                None => envelope.extend(result.iter().filter(|m| !taken(m)).cloned()),
            }
            let path = place.map_or("$".to_owned(), |place| format!("$.{place}"));
            let result = place.map(|_| result);
            Just(unique(envelope))
                .prop_shuffle()
                .prop_map(move |envelope| body(path.clone(), result.clone(), envelope, blank))
        },
    )
}
