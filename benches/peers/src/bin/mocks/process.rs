//! A server in a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pockyt_peers::Error;

use crate::rivals::{ROLE, Rival};

/// It ends when it is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    /// From before it was started until it said that it listens.
    pub started_in: Duration,
}

impl Process {
    /// Starts the mock.
    ///
    /// # Errors
    ///
    /// It does not start, or says something else first than where it listens.
    pub fn mock(program: &Path, options: &[impl AsRef<OsStr>]) -> Result<Self, Error> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options).stderr(Stdio::null());
        Self::start(command)
    }

    /// Starts this program as one of the others.
    ///
    /// # Errors
    ///
    /// It does not start, or says something else first than where it listens.
    pub fn rival(rival: Rival) -> Result<Self, Error> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([ROLE, rival.name()]);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self, Error> {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        let read = BufReader::new(out).read_line(&mut line);
        let started_in = began.elapsed();
        let address = line.trim().strip_prefix("listening on http://").and_then(|text| text.parse().ok());
        let mut process = Self { child, address: ([127, 0, 0, 1], 0).into(), started_in };
        read?;
        process.address = address.ok_or_else(|| format!("it says {line:?}"))?;
        Ok(process)
    }

    /// How long its threads have been on a processor, the ended ones left out.
    ///
    /// # Errors
    ///
    /// This is not Linux, or it is no longer there.
    pub fn on_cpu(&self) -> Result<Duration, Error> {
        let mut total = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            total += text.split_whitespace().next().ok_or("no such figure")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    /// Its resident memory in bytes.
    ///
    /// # Errors
    ///
    /// This is not Linux, or it is no longer there.
    pub fn memory(&self) -> Result<u64, Error> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no such figure")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
