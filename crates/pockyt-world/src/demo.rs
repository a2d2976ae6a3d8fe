//! Plays the stories one after another and counts how they ended.

use sha2::{Digest as _, Sha256};

use crate::narrator::Narrator;
use crate::stage::Stage;
use crate::stories;

/// How a demo went.
#[derive(Debug)]
pub struct Report {
    /// How many stories were played.
    pub played: usize,
    /// How many of them ended otherwise than they must.
    pub failed: usize,
    /// What the mock wrote down, JSON lines, story after story.
    pub journal: Vec<String>,
}

/// Plays all stories, or one.
///
/// What is told and what is written down depend on the seed only.
///
/// # Errors
///
/// There is no story of this number, or the machine does not give a socket.
pub async fn play(seed: u64, only: Option<u32>, narrator: &Narrator) -> anyhow::Result<Report> {
    let stories: Vec<_> =
        stories::all().into_iter().filter(|story| only.is_none_or(|number| number == story.number)).collect();
    let numbers =
        || stories::all().iter().map(|story| story.number.to_string()).collect::<Vec<_>>().join(", ");
    anyhow::ensure!(!stories.is_empty(), "there is no story of this number; there are {}", numbers());
    narrator
        .title(&format!("The mock Pockyt and a small shop, on loopback, seed {seed}. Times are virtual."));
    let mut report = Report { played: 0, failed: 0, journal: Vec::new() };
    for story in stories {
        narrator.title("");
        narrator.title(&format!("Story {}. {}", story.number, story.title));
        let stage = Stage::set(seed, narrator).await?;
        let ended = (story.play)(&stage).await;
        report.played += 1;
        match ended {
            Ok(()) => stage.say("ended as it must"),
            Err(error) => {
                report.failed += 1;
                stage.say(format!("FAILED: {error:#}"));
            }
        }
        report.journal.extend(stage.mock.journal_lines());
    }
    narrator.title("");
    narrator.title(&format!("journal: {} entries, sha256 {}", report.journal.len(), digest(&report.journal)));
    narrator.title(&format!(
        "{} stories played: {} ended as they must, {} did not",
        report.played,
        report.played - report.failed,
        report.failed
    ));
    Ok(report)
}

fn digest(lines: &[String]) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(line);
        hasher.update("\n");
    }
    hex::encode(hasher.finalize())
}
