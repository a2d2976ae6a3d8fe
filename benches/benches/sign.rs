//! Signing a request and verifying a notification, beside the floor and the obvious way.
//!
//! The floor is told the order and hashes only; ours checks the sending or receiving policy, sorts, hashes
//! and compares in constant time.

#![expect(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pockyt_benches::{NOTIFICATION, SECURE_PAY, TOKEN, naive, raw_md5, signed_text};
use pockyt_sign::{ApiToken, SigningKey, Verifier, algorithm, send};

fn key() -> SigningKey {
    SigningKey::new(&ApiToken::new(TOKEN).expect("the published token is well formed"))
}

fn sign(criterion: &mut Criterion) {
    let key = key();
    let text = signed_text(&algorithm::canonical_text(&SECURE_PAY));
    let mut group = criterion.benchmark_group("sign-12-fields");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("pockyt", |b| b.iter(|| send::sign(black_box(&SECURE_PAY), &key)));
    group.bench_function("raw-md5", |b| b.iter(|| raw_md5(black_box(text.as_bytes()))));
    group.bench_function("naive", |b| b.iter(|| naive::sign(black_box(&SECURE_PAY), TOKEN)));
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let verifier = Verifier::new(key());
    let pairs = NOTIFICATION.rsplit_once("verifySign=").expect("the notification is signed").0;
    let text = signed_text(pairs);
    let mut group = criterion.benchmark_group("verify-8-fields");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("pockyt", |b| b.iter(|| verifier.form(black_box(NOTIFICATION.as_bytes())).is_ok()));
    group.bench_function("raw-md5", |b| b.iter(|| raw_md5(black_box(text.as_bytes()))));
    group.bench_function("naive", |b| b.iter(|| naive::verify(black_box(NOTIFICATION), TOKEN)));
    group.finish();
}

criterion_group!(benches, sign, verify);
criterion_main!(benches);
