//! Signing a request and verifying a notification, beside the floor and the obvious way.
//!
//! The floor is told the order and hashes only; ours checks the sending or receiving policy, sorts, hashes
//! and compares in constant time. The inputs are `SECURE_PAY`, twelve fields of a `secure-pay` request, and
//! `NOTIFICATION`, a body of eight fields, both printed in `src/lib.rs`.

#![expect(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pockyt_benches::{ESCAPED, NOTIFICATION, SECURE_PAY, TOKEN, naive, raw_md5};
use pockyt_benches::{key, notification_text, request_text, sorted_secure_pay};
use pockyt_sign::{Verifier, send};

fn sign(criterion: &mut Criterion) {
    let key = key().expect("the published token is well formed");
    let text = request_text();
    let sorted = sorted_secure_pay();
    let mut group = criterion.benchmark_group("sign-12-fields");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("sorted", |b| b.iter(|| send::sign(black_box(&sorted), &key)));
    group.bench_function("pockyt", |b| b.iter(|| send::sign(black_box(&SECURE_PAY), &key)));
    group.bench_function("raw-md5", |b| b.iter(|| raw_md5(black_box(text.as_bytes()))));
    group.bench_function("naive", |b| b.iter(|| naive::sign(black_box(&SECURE_PAY), TOKEN)));
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let verifier = Verifier::new(key().expect("the published token is well formed"));
    let text = notification_text();
    let mut group = criterion.benchmark_group("verify-8-fields");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("pockyt", |b| b.iter(|| verifier.form(black_box(NOTIFICATION.as_bytes())).is_ok()));
    group.bench_function("escaped", |b| b.iter(|| verifier.form(black_box(ESCAPED.as_bytes())).is_ok()));
    group.bench_function("raw-md5", |b| b.iter(|| raw_md5(black_box(text.as_bytes()))));
    group.bench_function("naive", |b| b.iter(|| naive::verify(black_box(NOTIFICATION), TOKEN)));
    group.finish();
}

criterion_group!(benches, sign, verify);
criterion_main!(benches);
