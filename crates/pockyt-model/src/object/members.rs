//! Where the members of objects are in the body they came in.

use std::ops::Range;
use std::sync::Arc;

/// What the objects of one reading share.
pub(super) struct Body {
    text: Text,
    /// Whether any string of it may have escapes: most bodies have none, and need not be searched for them
    /// at each field.
    pub(super) escapes: bool,
    members: Vec<Member>,
}

enum Text {
    Of(Arc<Body>),
    Own {
        text: Box<str>,
        /// The members of the whole.
        outer: Own,
    },
}

pub(super) struct Member {
    pub(super) name: Name,
    pub(super) value: Span,
}

/// A name is nearly always a part of the body as it stands; one with escapes is not.
pub(super) enum Name {
    Escaped(Box<str>),
    Plain(Span),
}

/// A part of a body. Bodies of 4 GiB are refused, so 32 bits hold every place in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// Which members are an object's own: two runs, since those of a result lie between its envelope's.
#[derive(Clone, Copy, Default)]
pub(super) struct Own {
    pub(super) before: Span,
    pub(super) after: Span,
}

impl Body {
    pub(super) fn new(text: &str, members: Vec<Member>, outer: Own) -> Arc<Self> {
        let escapes = memchr::memchr(b'\\', text.as_bytes()).is_some();
        Arc::new(Self { text: Text::Own { text: text.into(), outer }, escapes, members })
    }

    /// The same text, of which other members are known.
    pub(super) fn with(self: &Arc<Self>, members: Vec<Member>) -> Arc<Self> {
        Arc::new(Self { text: Text::Of(self.root().0), escapes: self.escapes, members })
    }

    /// The body that holds the text, and the members of the whole.
    pub(super) fn root(self: &Arc<Self>) -> (Arc<Self>, Own) {
        match &self.text {
            // The owner itself, so this goes no deeper.
            Text::Of(body) => body.root(),
            Text::Own { outer, .. } => (Arc::clone(self), *outer),
        }
    }

    pub(super) fn text(&self) -> &str {
        match &self.text {
            Text::Of(body) => body.text(),
            Text::Own { text, .. } => text,
        }
    }

    pub(super) fn members(&self, own: &Own) -> impl Iterator<Item = &Member> {
        self.run(own.before).iter().chain(self.run(own.after))
    }

    pub(super) fn find(&self, own: &Own, name: &str) -> Option<&Member> {
        let text = self.text();
        let is_named = |member: &&Member| member.name.is(name, text);
        // One after the other, since a chain looks at each step which of the two it is in.
        self.run(own.before).iter().find(is_named).or_else(|| self.run(own.after).iter().find(is_named))
    }

    fn run(&self, run: Span) -> &[Member] {
        self.members.get(run.range()).unwrap_or_default()
    }
}

impl Member {
    pub(super) fn new(name: Name, value: Span) -> Self {
        Self { name, value }
    }
}

impl Name {
    pub(super) fn is(&self, name: &str, body: &str) -> bool {
        match self {
            Self::Escaped(escaped) => **escaped == *name,
            // Most names differ in length, which costs less to see than to take the part.
            Self::Plain(span) => {
                span.len() == name.len() && body.as_bytes().get(span.range()) == Some(name.as_bytes())
            }
        }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start: place(start), end: place(end) }
    }

    /// Where `part`, borrowed from `body`, is in it.
    pub(super) fn within(body: &str, part: &str) -> Self {
        let start = place(part.as_ptr().addr().wrapping_sub(body.as_ptr().addr()));
        Self { start, end: start.wrapping_add(place(part.len())) }
    }

    /// Spans are only ever taken from the text they are used on, so the fallback is never taken.
    pub(super) fn of(self, body: &str) -> &str {
        body.get(self.range()).unwrap_or_default()
    }

    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn end(self) -> usize {
        self.end as usize
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    pub(super) fn len(self) -> usize {
        self.end.wrapping_sub(self.start) as usize
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a body of 4 GiB is refused before any place in it is taken"
)]
fn place(at: usize) -> u32 {
    at as u32
}
