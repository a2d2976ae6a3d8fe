//! A bounded queue from async callers to plain threads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Callers wait as futures while it is full, threads wait as threads while it is empty.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    /// Callers for whom there was no room.
    waiting: Vec<Waker>,
    /// How many items a thread that waits wants to be woken for.
    wanted: usize,
    closed: bool,
}

/// Nothing is taken any more.
pub(super) struct Closed;

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { items: VecDeque::new(), waiting: Vec::new(), wanted: 1, closed: false };
        Self { state: Mutex::new(state), arrived: Condvar::new(), capacity: capacity.max(1) }
    }

    /// Adds an item when there is room. Dropping the future before it is ready adds nothing.
    pub(super) async fn push(&self, item: T) -> Result<(), Closed> {
        let mut item = Some(item);
        poll_fn(|context| self.poll_push(&mut item, context)).await
    }

    fn poll_push(&self, item: &mut Option<T>, context: &Context<'_>) -> Poll<Result<(), Closed>> {
        let mut state = self.state();
        if state.closed {
            return Poll::Ready(Err(Closed));
        }
        if state.items.len() >= self.capacity {
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
            }
            return Poll::Pending;
        }
        state.items.extend(item.take());
        let enough = state.items.len() >= state.wanted;
        drop(state);
        if enough {
            self.arrived.notify_one();
        }
        Poll::Ready(Ok(()))
    }

    /// Blocks until there is something, and takes up to `most` of it; `None` when the queue was closed and
    /// is empty.
    pub(super) fn take(&self, most: usize) -> Option<Vec<T>> {
        self.take_hoping(most, 1, Duration::ZERO)
    }

    /// The same, but when there is something and less than `hoped`, it waits `patience` for more.
    ///
    /// For one thread at a time.
    pub(super) fn take_hoping(&self, most: usize, hoped: usize, patience: Duration) -> Option<Vec<T>> {
        let mut state = self.state();
        while state.items.is_empty() {
            if state.closed {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let hoped = hoped.min(most).min(self.capacity);
        if state.items.len() < hoped && !state.closed {
            state.wanted = hoped;
            let waited = self.arrived.wait_timeout(state, patience);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            state.wanted = 1;
        }
        let most = most.min(state.items.len());
        let taken = state.items.drain(..most).collect();
        // All of them: a caller that was woken may have been dropped and would not pass it on.
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
        Some(taken)
    }

    /// Takes no more; what is in it can still be taken out.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.arrived.notify_all();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Closes it and throws away what is in it.
    pub(super) fn abandon(&self) {
        self.close();
        let items = std::mem::take(&mut self.state().items);
        drop(items);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while the lock is held, so a poisoned lock does not mean a broken queue.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
