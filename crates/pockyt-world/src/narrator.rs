//! Tells what happens, with the virtual time at which it happens.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Writes lines to standard output, or keeps them.
///
/// What is told depends on the seed only: no ports, no real times.
#[derive(Debug)]
pub struct Narrator {
    aloud: bool,
    lines: Mutex<Vec<String>>,
}

impl Narrator {
    /// Prints each line as it comes.
    pub fn aloud() -> Self {
        Self { aloud: true, lines: Mutex::default() }
    }

    /// Only keeps the lines.
    pub fn silent() -> Self {
        Self { aloud: false, lines: Mutex::default() }
    }

    /// A line without a time.
    pub fn title(&self, text: &str) {
        self.line(text.to_owned());
    }

    /// A line at a virtual time, counted from the start of the story.
    pub fn at(&self, elapsed: Duration, text: &str) {
        let seconds = elapsed.as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        self.line(format!("  {hours}:{minutes:02}:{seconds:02}  {text}"));
    }

    /// Everything told so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[expect(clippy::print_stdout, reason = "the narration is the program's output")]
    fn line(&self, line: String) {
        if self.aloud {
            println!("{line}");
        }
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}
