//! Finding the notices of one key.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use crate::{Identity, NoticeId, Route};

/// Under which hash which notices are. Never pruned.
///
/// What was hashed is with the notices, and so is the last word on what is the same. So an entry is small, and
/// a table that grows moves numbers only.
#[derive(Debug, Default)]
pub(super) struct Known {
    first: HashMap<Hash, NoticeId, BuildHasherDefault<AsItIs>>,
    /// Those in conflict with the first, and what meets by chance.
    further: HashMap<Hash, Vec<NoticeId>>,
}

/// Of what makes a message the same as others, but for its fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hash(u64);

/// Makes hashes, with a secret of its own, so that nobody can choose keys that meet. Clones make the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Hashing(RandomState);

impl Hashing {
    pub(super) fn hash(&self, route: &Route, identity: &Identity) -> Hash {
        let (kind, tenant) = (route.kind(), route.tenant().as_str());
        Hash(match identity {
            Identity::Clean { key, .. } => self.0.hash_one((kind, tenant, key)),
            Identity::Doubtful(digest) => self.0.hash_one((kind, tenant, digest)),
        })
    }
}

impl Known {
    /// The notices under this hash, in the order in which they were added.
    pub(super) fn under(&self, hash: Hash) -> impl Iterator<Item = NoticeId> {
        let further = if self.further.is_empty() { None } else { self.further.get(&hash) };
        self.first.get(&hash).copied().into_iter().chain(further.into_iter().flatten().copied())
    }

    pub(super) fn add(&mut self, hash: Hash, id: NoticeId) {
        match self.first.entry(hash) {
            Entry::Vacant(free) => {
                free.insert(id);
            }
            Entry::Occupied(_) => self.further.entry(hash).or_default().push(id),
        }
    }
}

/// A `Hash` needs no further hashing.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a hash is one number")
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
