//! The tables of choices in the documents, made from the simulator's own data.

use std::fmt::Write as _;

use pockyt_sim::profile::{CHOICES, SETTLED};

/// The switches, in Markdown.
pub fn switches() -> String {
    let mut table =
        String::from("| Switch | What the sources say | Lenient | Strict |\n| --- | --- | --- | --- |\n");
    for choice in CHOICES {
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} |",
            choice.switch, choice.sources, choice.lenient, choice.strict
        );
    }
    table
}

/// What no switch turns, in Markdown.
pub fn settled() -> String {
    let mut table = String::from("| About | What the sources say | Here |\n| --- | --- | --- |\n");
    for settled in SETTLED {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| {} | {} | {} |", settled.about, settled.sources, settled.here);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_both_tables_and_no_other_rows() {
        let document = include_str!("../../../docs/fidelity.md");
        for table in [switches(), settled()] {
            let renew = "renew it with what `cargo run -p pockyt-world -- choices` prints";
            assert!(document.contains(&format!("\n{table}\n")), "docs/fidelity.md lacks\n{table}\n{renew}");
        }
    }
}
