//! A folder for the shop's file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;

/// A new folder among the system's temporary ones, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> anyhow::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = || {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            format!("pockyt-demo-{}-{number}", std::process::id())
        };
        // Somebody else's folder is not used, and not removed.
        for path in (0..100).map(|_| std::env::temp_dir().join(name())) {
            match std::fs::create_dir(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                made => {
                    made.with_context(|| format!("cannot make the folder {}", path.display()))?;
                    return Ok(Self(path));
                }
            }
        }
        anyhow::bail!("the temporary folder is full of demos that did not end")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is small, and in a temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_and_gone_afterwards() {
        let (one, two) = (Folder::new().unwrap(), Folder::new().unwrap());
        assert_ne!(one.path(), two.path());
        let path = one.path().to_owned();
        std::fs::write(path.join("file"), "").unwrap();
        drop(one);
        assert!(!path.exists() && two.path().exists());
    }
}
