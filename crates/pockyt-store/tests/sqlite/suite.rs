//! The conformance suite.

use std::sync::Arc;

use pockyt_store::SqliteStore;
use pockyt_store::conformance::{self, Database, model};
use pockyt_store::sqlite::SqliteOptions;
use proptest::prelude::*;

use crate::support::{Folder, block_on};

/// Opened twice, as by two programs.
impl Database for Folder {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        Folder::open(self)
    }
}

/// The folder goes after the store.
fn empty() -> (SqliteStore, Folder) {
    let folder = Folder::new();
    (folder.open(), folder)
}

#[test]
fn passes_the_conformance_suite() {
    let folders = std::sync::Mutex::new(Vec::new());
    block_on(conformance::all(async || {
        let (store, folder) = empty();
        folders.lock().unwrap().push(folder);
        store
    }));
}

#[test]
fn passes_the_suite_one_call_a_transaction_and_shared_by_an_arc() {
    let folders = std::sync::Mutex::new(Vec::new());
    block_on(conformance::all(async || {
        let folder = Folder::new();
        let store = SqliteOptions::new(folder.database()).batch(1).queue(1).open().unwrap();
        folders.lock().unwrap().push(folder);
        Arc::new(store)
    }));
}

#[test]
fn passes_the_suite_of_durable_stores() {
    block_on(conformance::durable(async || Folder::new()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_model_over_any_history(history in model::histories()) {
        let (store, _folder) = empty();
        block_on(model::agrees(&store, &history));
    }
}
