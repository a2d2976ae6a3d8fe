//! An old compiler out of Debian's packages, unpacked into a folder and not installed.
//!
//! A release of Debian keeps the Rust that it came with in its main archive, also when a newer one comes with
//! the security updates.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context;

use crate::msrv::compiler::keeps;
use crate::system::{answers, apt, apt_get, is_root, said};

/// The packages that have usr/bin/rustc. The second is the one that browsers are built with.
const COMPILERS: [&str; 2] = ["rustc", "rustc-web"];

/// What links, which a machine that builds this workspace has, from a package or not.
const LINKERS: [&str; 3] = ["gcc", "libc-dev", "binutils"];

/// One package, and which version if that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    name: String,
    version: Option<String>,
}

impl Wanted {
    /// As apt-get and apt-cache take it.
    fn argument(&self) -> String {
        match &self.version {
            Some(version) => format!("{}={version}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Unpacks the compiler and what it needs into the folder. The folder is there only when that is complete.
pub(super) fn unpack(promise: &str, folder: &Path) -> anyhow::Result<()> {
    for program in ["apt-get", "dpkg-deb"] {
        anyhow::ensure!(answers(program, &["--version"]), "there is no {program}");
    }
    let [unfinished, archives] = ["unfinished", "archives"].map(|name| folder.with_file_name(name));
    for old in [&unfinished, &archives, &folder.to_owned()] {
        if old.exists() {
            std::fs::remove_dir_all(old).with_context(|| old.display().to_string())?;
        }
    }
    std::fs::create_dir_all(&archives).with_context(|| archives.display().to_string())?;
    let fetched = fetch(promise, &archives)? || (is_root() && apt(&["update"]) && fetch(promise, &archives)?);
    anyhow::ensure!(fetched, "apt-get does not get it; `apt-get update` as root may help");
    println!("Unpacking into {}; nothing is installed.", folder.display());
    for archive in std::fs::read_dir(&archives)? {
        let archive = archive?.path();
        let [from, to] = [&archive, &unfinished].map(|path| path.display().to_string());
        said("dpkg-deb", &["-x", &from, &to])?;
    }
    std::fs::remove_dir_all(&archives)?;
    std::fs::rename(&unfinished, folder).with_context(|| folder.display().to_string())
}

/// Downloads the archives; `false` when newer lists may help, because there are none or the archive has moved
/// on. Lists without this version are an error: renewing them every time would help nobody.
fn fetch(promise: &str, archives: &Path) -> anyhow::Result<bool> {
    let table = madison()?;
    if table.is_empty() {
        return Ok(false);
    }
    let compiler = compiler(&table, promise)
        .with_context(|| format!("the distribution has no {promise}, but:\n{table}"))?;
    download(&with_dependencies(compiler, record, is_installed)?, archives)
}

fn madison() -> anyhow::Result<String> {
    said("apt-cache", &[&["madison"], &COMPILERS[..]].concat())
}

/// Reads `rustc-web | 1.85.0+dfsg3-1~deb12u3 | http://... Packages`.
fn compiler(table: &str, promise: &str) -> Option<Wanted> {
    table.lines().find_map(|line| {
        let mut columns = line.split('|').map(str::trim);
        let (name, version, archive) = (columns.next()?, columns.next()?, columns.next()?);
        let wanted = || Wanted { name: name.to_owned(), version: Some(version.to_owned()) };
        let fits = COMPILERS.contains(&name) && keeps(version, promise) && archive.ends_with(" Packages");
        fits.then(wanted)
    })
}

/// The package, what it needs of an exact version, and what else it needs that is not installed.
fn with_dependencies(
    first: Wanted,
    mut record: impl FnMut(&Wanted) -> anyhow::Result<String>,
    is_installed: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Wanted>> {
    let mut all = vec![first];
    let mut seen = 0;
    while let Some(package) = all.get(seen).cloned() {
        seen += 1;
        for needed in dependencies(&record(&package)?) {
            let is_known = all.iter().any(|known| known.name == needed.name);
            let is_there = needed.version.is_none() && is_installed(&needed.name);
            if !is_known && !is_there && !LINKERS.contains(&needed.name.as_str()) {
                all.push(needed);
            }
        }
    }
    Ok(all)
}

fn record(package: &Wanted) -> anyhow::Result<String> {
    said("apt-cache", &["show", "--no-all-versions", &package.argument()])
}

/// Reads `Depends: libc6 (>= 2.34), libstd-rust-web-dev (= 1.85.0+dfsg3-1~deb12u3), gcc | clang`. Of
/// alternatives the first; of versions the exact ones, as the rest is true within one distribution.
fn dependencies(record: &str) -> Vec<Wanted> {
    let fields = record.lines().filter_map(|line| line.split_once(": "));
    let depends = fields.filter(|(field, _)| matches!(*field, "Depends" | "Pre-Depends"));
    depends.flat_map(|(_, list)| list.split(',')).filter_map(dependency).collect()
}

fn dependency(text: &str) -> Option<Wanted> {
    let first = text.split('|').next()?;
    let (name, relation) = first.split_once('(').unwrap_or((first, ""));
    let name = name.split(':').next()?.trim().to_owned();
    let version = relation.trim_end().strip_suffix(')').and_then(|relation| relation.strip_prefix("= "));
    (!name.is_empty()).then(|| Wanted { name, version: version.map(|version| version.trim().to_owned()) })
}

fn is_installed(name: &str) -> bool {
    said("dpkg-query", &["-W", "-f=${db:Status-Abbrev}", name]).is_ok_and(|status| status.starts_with("ii"))
}

fn download(packages: &[Wanted], folder: &Path) -> anyhow::Result<bool> {
    let names: Vec<String> = packages.iter().map(Wanted::argument).collect();
    println!("$ apt-get download {}", names.join(" "));
    let mut command = apt_get(&["download"]);
    let status = command.args(&names).current_dir(folder).stdout(Stdio::null()).status();
    Ok(status.context("apt-get did not start")?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, version: Option<&str>) -> Wanted {
        Wanted { name: name.to_owned(), version: version.map(str::to_owned) }
    }

    #[test]
    fn the_promised_version_is_found_beside_newer_and_older_ones() {
        let table = "\
            rustc | 1.85.0+dfsg3-9 | http://deb.debian.org/debian bookworm/main Sources\n\
            rustc-web | 1.96.0+dfsg1-1~deb12u2 | http://deb.debian.org/debian-security bookworm-security/main amd64 Packages\n\
            \x20rustc-web | 1.85.0+dfsg3-1~deb12u3 | http://deb.debian.org/debian bookworm/main amd64 Packages\n\
            \x20    rustc | 1.63.0+dfsg1-2 | http://deb.debian.org/debian bookworm/main amd64 Packages\n";
        assert_eq!(compiler(table, "1.85"), Some(wanted("rustc-web", Some("1.85.0+dfsg3-1~deb12u3"))));
        assert_eq!(compiler(table, "1.63"), Some(wanted("rustc", Some("1.63.0+dfsg1-2"))));
        assert_eq!(compiler(table, "1.86"), None);
        assert_eq!(compiler("", "1.85"), None);
    }

    #[test]
    fn dependencies_are_names_and_exact_versions() {
        let record = "Package: rustc-web\nVersion: 1.85.0-1\nPre-Depends: dpkg (>= 1.17)\nDepends: libc6 (>= 2.34), \
            libstd-rust-web-dev (= 1.85.0-1), gcc:any | clang, binutils (>= 2.26) | x\nRecommends: cargo-web\n\
            Description: Depends on nothing";
        let expected = [
            wanted("dpkg", None),
            wanted("libc6", None),
            wanted("libstd-rust-web-dev", Some("1.85.0-1")),
            wanted("gcc", None),
            wanted("binutils", None),
        ];
        assert_eq!(dependencies(record), expected);
        assert!(dependencies("Package: x\nDepends: \n").is_empty());
    }

    #[test]
    fn what_is_not_installed_is_followed_to_its_end() {
        let record = |package: &Wanted| {
            Ok(match package.name.as_str() {
                "rustc" => "Depends: libc6, libstd (= 1.85.0-1), gcc",
                "libstd" => "Depends: libLLVM, rustc (= 1.85.0-1)",
                "libLLVM" => "Depends: libc6 (>= 2), libz3",
                _ => "Package: leaf",
            }
            .to_owned())
        };
        // An exact version is taken although another of that name is installed.
        let is_installed = |name: &str| matches!(name, "libc6" | "libstd");
        let all = with_dependencies(wanted("rustc", Some("1.85.0-1")), record, is_installed).unwrap();
        let arguments: Vec<String> = all.iter().map(Wanted::argument).collect();
        assert_eq!(arguments, ["rustc=1.85.0-1", "libstd=1.85.0-1", "libLLVM", "libz3"]);
    }

    #[test]
    fn an_unknown_package_is_an_error() {
        let unknown = |_: &Wanted| anyhow::bail!("No packages found");
        assert!(with_dependencies(wanted("rustc", None), unknown, |_| true).is_err());
    }
}
