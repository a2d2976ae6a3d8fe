//! That no `success` leaves before the sync that covers it, and what a power cut or a full disk leaves.
//!
//! A killed process leaves its writes to the system, which may still bring them to the disk; a machine without
//! power does not. So here a library stands between the process and the C library.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use fastrand::Rng;
use pockyt_mock::{Builder, ClockMode, MockPockyt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::child::{Moment, Process, Said};
use crate::folder::Folder;
use crate::pockyt::{Event, Pockyt};
use crate::program::{Mode, Task};

/// Compiles both libraries, once: what stands before the disk is the one of pockyt-store's own tests.
fn libraries() -> &'static Path {
    static BOTH: OnceLock<PathBuf> = OnceLock::new();
    BOTH.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = ["tests/durability/wire.c", "../pockyt-store/tests/sqlite/shim.c"];
        let compiled = sources.map(|source| {
            let source = here.join(source);
            let name = format!("{}-{}.so", source.file_stem().unwrap().display(), std::process::id());
            let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let mut compiler = Command::new("cc");
            compiler.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).arg("-ldl");
            assert!(compiler.status().expect("a C compiler, as for SQLite itself").success());
            library.display().to_string()
        });
        compiled.join(":").into()
    })
}

/// A listener that handles nothing, the mock that sends to it, and what is between it and its disk.
struct Scene {
    socket: TcpListener,
    tell: UnboundedSender<Event>,
    events: UnboundedReceiver<Event>,
    pockyt: Pockyt,
    task: Task,
}

impl Scene {
    async fn set(builder: Builder, database: PathBuf, batch: usize) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let (tell, events) = unbounded_channel();
        let pockyt = Pockyt::start(builder, socket.local_addr().unwrap(), Some(tell.clone())).await;
        let task = Task { database, mode: Mode::NotAtAll, life: 1, known: 0, batch, last: false };
        Self { socket, tell, events, pockyt, task }
    }

    fn start(&self, shims: &[(&str, &Path)]) -> Process {
        let shims = [&[("LD_PRELOAD", libraries())], shims].concat();
        Process::start(&self.task, &self.socket, &self.tell, &shims)
    }

    async fn orders(&mut self, number: usize) -> Vec<String> {
        let mut orders = Vec::new();
        for _ in 0..number {
            orders.push(self.pockyt.order().await);
        }
        orders
    }

    /// Customers pay all at once; the process is killed when so many notifications are answered.
    async fn hear(&mut self, orders: usize, shims: &[(&str, &Path)], answers: usize) -> Said {
        let orders = self.orders(orders).await;
        let process = self.start(shims);
        self.pockyt.pay(&orders).await;
        process.until(Moment::Answers(answers), &mut self.events).await
    }
}

/// At every moment, how many syncs of the log there were since the opening, and how many answers had left.
async fn syncs_and_answers(orders: usize, batch: usize) -> Vec<(usize, usize)> {
    let folder = Folder::new();
    let (files, log) = (folder.inner("files"), folder.file("log"));
    let builder = MockPockyt::builder().clock(ClockMode::Real);
    let mut scene = Scene::set(builder, files.join("inbox.db"), batch).await;
    let shims = [("SHIM_FOLDER", &*files), ("SHIM_LOG", &*log), ("WIRE_LOG", &*log)];
    scene.hear(orders, &shims, orders).await;
    let log = std::fs::read_to_string(log).unwrap();
    let opened = log.find("say #open\n").unwrap();
    let mut so_far = (0, 0);
    let count = |line| {
        so_far.0 += usize::from(line == "sync inbox.db-wal");
        so_far.1 += usize::from(line == "answer");
        so_far
    };
    let counted: Vec<_> = log[opened..].lines().map(count).collect();
    assert_eq!(so_far.1, orders, "each answer was seen to leave");
    counted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_commit_each_there_is_a_sync_before_each_answer() {
    for (syncs, answers) in syncs_and_answers(60, 1).await {
        assert!(syncs >= answers, "{answers} answers had left after {syncs} syncs");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_that_come_together_share_a_sync_and_none_is_answered_before_it() {
    let counted = syncs_and_answers(480, 64).await;
    for (syncs, answers) in &counted {
        assert!(syncs * 64 >= *answers, "{answers} answers had left after {syncs} syncs");
    }
    let (syncs, answers) = counted.last().unwrap();
    println!("{answers} notifications, {syncs} syncs");
    assert!(syncs * 4 < *answers, "{answers} answers took {syncs} syncs");
}

/// What is on the disk when the power goes: each file as it was at its last sync, if its name was synced.
fn pull_the_plug(disk: &Path, left: &Path) {
    for name in ["inbox.db", "inbox.db-wal"] {
        if disk.join(format!("{name}.entry")).exists() {
            std::fs::write(left.join(name), std::fs::read(disk.join(name)).unwrap_or_default()).unwrap();
        }
    }
}

/// What is there at the start is on the disk.
fn begin_with(files: &Path, disk: &Path) {
    for file in std::fs::read_dir(files).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        std::fs::copy(files.join(&name), disk.join(&name)).unwrap();
        std::fs::write(disk.join(format!("{name}.entry")), "").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_leaves_everything_that_was_answered() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let folder = Folder::new();
    let mut files = folder.inner("0");
    let builder = MockPockyt::builder().clock(ClockMode::Real).seed(seed);
    let mut scene = Scene::set(builder, files.join("inbox.db"), 64).await;
    for round in 1..=15 {
        let (disk, left) = (folder.inner(&format!("disk-{round}")), folder.inner(&round.to_string()));
        begin_with(&files, &disk);
        scene.task.database = files.join("inbox.db");
        scene.task.batch = [1, 8, 64][rng.usize(..3)];
        let answers = rng.usize(1..=40);
        // An answer of the life before may be heard of only now, and end this one before it has opened.
        scene.hear(40, &[("SHIM_FOLDER", &files), ("SHIM_DISK", &disk)], answers).await;
        pull_the_plug(&disk, &left);
        files = left;
    }
    let answered = scene.pockyt.acknowledged();
    assert!(answered.len() >= 15 && answered.len() < scene.pockyt.ordered(), "{}", answered.len());
    scene.task = Task { database: files.join("inbox.db"), known: 0, last: true, ..scene.task };
    let said = scene.start(&[]).run_to_its_end(&mut scene.events).await;
    for number in &answered {
        assert!(
            said.found.contains_key(&format!("pay/{number}/success")),
            "{number} was answered and is gone"
        );
    }
    println!("{} of {} were answered", answered.len(), scene.pockyt.ordered());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_answers_nothing_and_resends_find_room_again() {
    let folder = Folder::new();
    let (files, full) = (folder.inner("files"), folder.file("full"));
    let mut scene = Scene::set(MockPockyt::builder(), files.join("inbox.db"), 64).await;
    let process = scene.start(&[("WIRE_FOLDER", &files), ("WIRE_FULL", &full)]);
    let orders = scene.orders(20).await;
    let (before, after) = orders.split_at(10);
    scene.pockyt.pay(before).await;
    assert_eq!(scene.pockyt.acknowledged().len(), 10);
    std::fs::write(&full, "").unwrap();
    scene.pockyt.pay(after).await;
    assert_eq!(scene.pockyt.acknowledged().len(), 10);
    for notification in after.iter().flat_map(|number| scene.pockyt.mock.notifications(Some(number))) {
        let [attempt] = &*notification.attempts else { panic!("{:?}", notification.attempts) };
        assert_eq!((attempt.status, notification.acknowledged), (Some(503), false));
    }
    std::fs::remove_file(&full).unwrap();
    scene.pockyt.mock.advance(Duration::from_hours(2)).await;
    assert_eq!(scene.pockyt.acknowledged().len(), 20);
    process.until(Moment::Answers(20), &mut scene.events).await;
    scene.task.last = true;
    let said = scene.start(&[]).run_to_its_end(&mut scene.events).await;
    assert_eq!(said.found.len(), 20);
}
