//! The files of the repository that the rules look at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The text of every Rust, Markdown and TOML file, and the paths of all others, relative to the root.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    texts: BTreeMap<PathBuf, String>,
    others: Vec<PathBuf>,
}

impl Tree {
    /// Reads everything below the root but build output and hidden folders.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let is_hidden = name.starts_with('.') && name != ".ci" && name != ".config";
                if path.is_dir() {
                    if !is_hidden && name != "target" {
                        folders.push(path);
                    }
                } else {
                    tree.add(root, &path)?;
                }
            }
        }
        Ok(tree)
    }

    fn add(&mut self, root: &Path, path: &Path) -> anyhow::Result<()> {
        let relative = path.strip_prefix(root)?.to_owned();
        if matches!(path.extension().and_then(|e| e.to_str()), Some("rs" | "md" | "toml")) {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            self.texts.insert(relative, text);
        } else {
            self.others.push(relative);
        }
        Ok(())
    }

    /// The files with this extension, in the order of their paths.
    pub(super) fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&Path, &str)> {
        self.texts
            .iter()
            .filter(move |(path, _)| path.extension().is_some_and(|e| e == extension))
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// The text of a Rust, Markdown or TOML file.
    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.texts.keys().chain(&self.others).any(|file| file.starts_with(path))
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let texts = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
        Self { texts: texts.collect(), others: Vec::new() }
    }
}
