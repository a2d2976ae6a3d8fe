//! Reading answers and writing requests, beside plain serde_json: into and out of a `Value`, and structs of
//! `String`s that derive. The answers and requests are printed in `cases/decode.rs` and `cases/encode`,
//! and `SECURE_PAY` in `src/lib.rs`.
//!
//! `derive-few` is a struct of the five fields that are read, `derive` of all that the documentation shows.

#![expect(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use model::decode::{self, CHECKOUT, IN_STORE};
use model::encode::{self, Signing, ours::PREPAY};
use pockyt_benches::{key, sorted_secure_pay};
use pockyt_sign::{SigningKey, send};

#[path = "../cases/model.rs"]
mod model;

fn decode_answers(criterion: &mut Criterion) {
    let ours = decode::ours::in_store(IN_STORE).map(|read| read.texts());
    assert_eq!(ours, decode::value_in_store(IN_STORE), "what is refused would be measured as fast");
    let ours = decode::ours::checkout(CHECKOUT).map(|read| read.texts());
    assert_eq!(ours, decode::value_checkout(CHECKOUT), "what is refused would be measured as fast");

    let mut group = criterion.benchmark_group("decode-in-store");
    group.throughput(Throughput::Bytes(IN_STORE.len() as u64));
    group.bench_function("pockyt", |b| b.iter(|| decode::ours::in_store(black_box(IN_STORE))));
    group.bench_function("value", |b| b.iter(|| decode::value_in_store(black_box(IN_STORE))));
    group.bench_function("derive", |b| b.iter(|| decode::derive::in_store(black_box(IN_STORE))));
    group.bench_function("derive-few", |b| b.iter(|| decode::derive::few_in_store(black_box(IN_STORE))));
    group.finish();

    let mut group = criterion.benchmark_group("decode-checkout");
    group.throughput(Throughput::Bytes(CHECKOUT.len() as u64));
    group.bench_function("pockyt", |b| b.iter(|| decode::ours::checkout(black_box(CHECKOUT))));
    group.bench_function("value", |b| b.iter(|| decode::value_checkout(black_box(CHECKOUT))));
    group.bench_function("derive", |b| b.iter(|| decode::derive::checkout(black_box(CHECKOUT))));
    group.bench_function("derive-few", |b| b.iter(|| decode::derive::few_checkout(black_box(CHECKOUT))));
    group.finish();
}

fn encode_in_store(criterion: &mut Criterion) {
    let key = key().expect("the published token is well formed");
    let merchant = encode::ours::merchant().expect("the published numbers are digits");
    let ours = encode::ours::in_store().expect("the fields are of their forms");
    let mut strings = encode::derive::InStore::example();
    let signature = send::sign(&PREPAY, &key).expect("the fields are plain");
    strings.sign_to_json(&key).expect("the fields are plain");
    let signed = || encode::ours::to_signed_json(black_box(&ours), &merchant, &key);
    let value = |signing| encode::value_in_store(black_box(&strings), signing);

    let mut group = criterion.benchmark_group("encode-in-store");
    group.bench_function("pockyt", |b| without_signing(b, &PREPAY, &key, signed));
    group.bench_function("value", |b| b.iter(|| value(Signing::Given(signature.as_str()))));
    group.bench_function("derive", |b| b.iter(|| black_box(&strings).to_json()));
    group.finish();

    let mut group = criterion.benchmark_group("encode-in-store-signed");
    group.bench_function("pockyt", |b| b.iter(signed));
    group.bench_function("value", |b| b.iter(|| value(Signing::With(&key))));
    group.bench_function("derive", |b| b.iter(|| black_box(&mut strings).sign_to_json(&key)));
    group.finish();
}

fn encode_checkout(criterion: &mut Criterion) {
    let key = key().expect("the published token is well formed");
    let merchant = encode::ours::merchant().expect("the published numbers are digits");
    let ours = encode::ours::checkout().expect("the fields are of their forms");
    let mut strings = encode::derive::Checkout::example();
    let signature = send::sign(&sorted_secure_pay(), &key).expect("the fields are plain");
    strings.sign_to_json(&key).expect("the fields are plain");
    let signed = || encode::ours::to_signed_json(black_box(&ours), &merchant, &key);
    let value = |signing| encode::value_checkout(black_box(&strings), signing);

    let mut group = criterion.benchmark_group("encode-checkout");
    group.bench_function("pockyt", |b| without_signing(b, &sorted_secure_pay(), &key, signed));
    group.bench_function("value", |b| b.iter(|| value(Signing::Given(signature.as_str()))));
    group.bench_function("derive", |b| b.iter(|| black_box(&strings).to_json()));
    group.finish();

    let mut group = criterion.benchmark_group("encode-checkout-signed");
    group.bench_function("pockyt", |b| b.iter(signed));
    group.bench_function("value", |b| b.iter(|| value(Signing::With(&key))));
    group.bench_function("derive", |b| b.iter(|| black_box(&mut strings).sign_to_json(&key)));
    group.finish();
}

/// Times what encodes and signs, less signing the same pairs, by turns: the model signs what it writes, and
/// the others are given the signature here.
fn without_signing<T>(
    bencher: &mut Bencher<'_>,
    pairs: &[(&str, &str)],
    key: &SigningKey,
    mut whole: impl FnMut() -> T,
) {
    const TURN: u64 = 64;
    bencher.iter_custom(|times| {
        let (mut both, mut signing) = (Duration::ZERO, Duration::ZERO);
        let mut left = times;
        while left > 0 {
            let turn = left.min(TURN);
            both += timed(turn, &mut whole);
            signing += timed(turn, || send::sign(black_box(pairs), key));
            left -= turn;
        }
        // Criterion refuses a sample of nothing, which an interrupted turn can be.
        both.saturating_sub(signing).max(Duration::from_nanos(1))
    });
}

fn timed<T>(times: u64, mut run: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        black_box(run());
    }
    start.elapsed()
}

criterion_group!(benches, decode_answers, encode_in_store, encode_checkout);
criterion_main!(benches);
