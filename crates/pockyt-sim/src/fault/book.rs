//! The faults that are set, what they hit, and which never hit anything.

use std::collections::BTreeMap;

use super::{ConnectionFault, Fault, FaultKind, FaultProfile, NotificationFault};

/// What is known of a request when it arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) path: &'a str,
    pub(crate) operation: Option<&'static str>,
    /// The merchant number it gives, believed or not.
    pub(crate) merchant_no: Option<&'a str>,
    /// Its number among the merchant's requests.
    pub(crate) number: Option<u64>,
}

#[derive(Default)]
pub(crate) struct Book {
    faults: Vec<Fault>,
    /// How often each of them hit.
    hits: Vec<u32>,
    /// Delivery attempts, by merchant.
    sent: BTreeMap<String, u64>,
    profile: FaultProfile,
    seed: u64,
}

impl Book {
    /// Nothing is set; what the profile says strikes by itself.
    pub(crate) fn new(profile: FaultProfile, seed: u64) -> Self {
        Self { profile, seed, ..Self::default() }
    }

    /// As new, but for the memory.
    pub(crate) fn start_over(&mut self, seed: u64) {
        let Self { faults, hits, sent, profile: _, seed: own } = self;
        faults.clear();
        hits.clear();
        for count in sent.values_mut() {
            *count = 0;
        }
        *own = seed;
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.hits.push(0);
    }

    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether nothing can go wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.profile.is_none()
    }

    /// Whether any of them can be told from others by the reference alone.
    pub(crate) fn name_references(&self) -> bool {
        self.faults.iter().any(|fault| fault.reference.is_some() && fault.kind.is_of_calls())
    }

    /// Those that never hit anything.
    pub(crate) fn unfired(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().zip(&self.hits).filter(|(_, hits)| **hits == 0).map(|(fault, _)| fault)
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
        self.hits.clear();
    }

    /// Forgets the faults that name this merchant.
    pub(crate) fn clear_of(&mut self, merchant_no: &str) {
        self.retain(|fault| fault.merchant_no.as_deref() != Some(merchant_no));
    }

    /// Numbers the merchant's deliveries from 1 again.
    pub(crate) fn number_again(&mut self, merchant_no: &str) {
        self.sent.remove(merchant_no);
    }

    /// What strikes a merchant's request of this number by itself.
    pub(crate) fn drawn_for_call(&self, merchant_no: &str, number: u64) -> Option<FaultKind> {
        self.profile.of_call(self.seed, merchant_no, number)
    }

    /// The oldest fault that hits this request; `is_about` says whether it is about a reference.
    pub(crate) fn of_call(
        &mut self,
        arrival: &Arrival<'_>,
        mut is_about: impl FnMut(&str) -> bool,
    ) -> Option<Fault> {
        self.take(|fault| {
            fault.kind.is_of_calls()
                && fault.fits_place(arrival.path, arrival.operation)
                && fault.fits_merchant(arrival.merchant_no)
                && fault.request.is_none_or(|wanted| Some(wanted) == arrival.number)
                && fault.reference.as_deref().is_none_or(&mut is_about)
        })
    }

    /// The oldest fault for which the head of a request is enough.
    pub(crate) fn of_head(&mut self, path: &str, operation: Option<&str>) -> Option<Fault> {
        self.take(|fault| {
            matches!(fault.kind, FaultKind::ResetBeforeRead | FaultKind::ResetDuringRead)
                && fault.is_known_from_the_head()
                && fault.fits_place(path, operation)
        })
    }

    /// The oldest fault of connections.
    pub(crate) fn of_connection(&mut self) -> Option<ConnectionFault> {
        let hit = self.take(|fault| fault.times > 0 && matches!(fault.kind, FaultKind::Connection(_)))?;
        if let FaultKind::Connection(kind) = hit.kind { Some(kind) } else { None }
    }

    /// The oldest fault that hits this delivery attempt.
    pub(crate) fn of_attempt(
        &mut self,
        merchant_no: &str,
        reference: Option<&str>,
        number: u32,
    ) -> Option<NotificationFault> {
        let sent = count_of(&mut self.sent, merchant_no);
        let set = self.take(|fault| {
            fault.times > 0
                && matches!(fault.kind, FaultKind::Notification(_))
                && fault.fits_merchant(Some(merchant_no))
                && fault.reference.as_deref().is_none_or(|wanted| Some(wanted) == reference)
                && fault.attempt.is_none_or(|wanted| wanted == number)
        });
        let Some(hit) = set else { return self.profile.of_attempt(self.seed, merchant_no, sent) };
        if let FaultKind::Notification(kind) = hit.kind { Some(kind) } else { None }
    }

    fn take(&mut self, fits: impl FnMut(&Fault) -> bool) -> Option<Fault> {
        let position = self.faults.iter().position(fits)?;
        let fault = self.faults.get_mut(position)?;
        fault.times = fault.times.saturating_sub(1);
        let hit = fault.clone();
        if let Some(hits) = self.hits.get_mut(position) {
            *hits += 1;
        }
        self.retain(|fault| fault.times > 0);
        Some(hit)
    }

    fn retain(&mut self, mut stays: impl FnMut(&Fault) -> bool) {
        let mut hits = self.hits.iter();
        let mut kept = Vec::new();
        self.faults.retain(|fault| {
            let hits = hits.next().copied().unwrap_or_default();
            let stays = stays(fault);
            if stays {
                kept.push(hits);
            }
            stays
        });
        self.hits = kept;
    }
}

fn count_of(counts: &mut BTreeMap<String, u64>, merchant_no: &str) -> u64 {
    if let Some(count) = counts.get_mut(merchant_no) {
        *count += 1;
        return *count;
    }
    counts.insert(merchant_no.to_owned(), 1);
    1
}
