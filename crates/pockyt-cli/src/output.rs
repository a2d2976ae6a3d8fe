//! What people and programs read: plain standard output, coloured verdicts, notes on standard error.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::json;

/// How a verdict is shown on a terminal.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// See [`GOOD`].
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
/// See [`GOOD`].
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Writes bytes as they are and flushes.
pub(crate) fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes one line of JSON.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut line = json::to_vec(value)?;
    line.push(b'\n');
    Ok(print(&line)?)
}

/// Writes a word in a style, on a terminal, and the rest of the line.
pub(crate) fn print_verdict(style: Style, word: &str, rest: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{style}{word}{style:#}: {}", printable(rest))?;
    out.flush()
}

/// Says something that does not change the outcome, on standard error.
pub(crate) fn note(text: &str) {
    say(AnsiColor::Cyan.on_default().bold(), "note", text);
}

/// Says that something is unwise, on standard error.
pub(crate) fn warn(text: &str) {
    say(DOUBTFUL, "warning", text);
}

/// Says why the program failed, on standard error.
pub(crate) fn error(text: &str) {
    say(BAD, "error", text);
}

fn say(style: Style, kind: &str, text: &str) {
    // Nobody is left to tell when standard error cannot be written.
    let _ = writeln!(anstream::stderr().lock(), "{style}{kind}{style:#}: {}", printable(text));
}

/// A text from a message for a terminal: what could move the cursor, or turn the text around, is escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_is_escaped_and_letters_are_not() {
        assert_eq!(printable("a\u{1b}[31m\nb\u{9b}2J"), "a\\u{1b}[31m\\nb\\u{9b}2J");
        assert_eq!(printable("x\u{202e}y\u{61c}"), "x\\u{202e}y\\u{61c}");
        assert_eq!(printable("café ไทย \"q\" \\"), "café ไทย \"q\" \\");
    }
}
