//! A headless Chromium, spoken to through pipes in its own protocol (JSON messages that end in a zero).

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Chromium {
    process: Child,
    folder: PathBuf,
    input: File,
    messages: Receiver<Value>,
    calls: Cell<u64>,
}

pub(crate) struct Tab<'a> {
    browser: &'a mut Chromium,
    session: String,
}

impl Chromium {
    pub(crate) fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let name = format!("chromium-{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let (input, output) = (folder.join("in"), folder.join("out"));
        assert!(Command::new("mkfifo").args([&input, &output]).status().unwrap().success());
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        // Without a browser nobody would open the other ends of the pipes.
        let is_there = Command::new(&program).arg("--version").stdout(Stdio::null()).status().is_ok();
        assert!(is_there, "there is no {program}; the variable CHROMIUM names the browser");
        // The shell opens the pipes as 3 and 4, which is where the browser looks for them.
        let process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$IN\" 4>\"$OUT\"", &program])
            .args(["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            // Tests may run as root, where its sandbox does not; it opens pages of this test alone.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .env("IN", &input)
            .env("OUT", &output)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = OpenOptions::new().write(true).open(&input).unwrap();
        let output = BufReader::new(File::open(&output).unwrap());
        let (tell, messages) = channel();
        std::thread::spawn(move || {
            output
                .split(0)
                .map_while(Result::ok)
                .filter_map(|message| serde_json::from_slice(&message).ok())
                .try_for_each(|message| tell.send(message))
        });
        Self { process, folder, input, messages, calls: Cell::new(0) }
    }

    pub(crate) fn open(&mut self, url: &str) -> Tab<'_> {
        let target = self.call(None, "Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.call(None, "Target.attachToTarget", &attach);
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let mut tab = Tab { browser: self, session };
        tab.call("Page.enable", &json!({}));
        tab.load(url);
        tab
    }

    fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> u64 {
        let id = self.calls.get() + 1;
        self.calls.set(id);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        id
    }

    fn call(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        let id = self.send(session, method, params);
        let answer = self.wait_for(|message| message["id"] == id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn wait_for(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the browser says nothing");
            if is_it(&message) {
                return message;
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Tab<'_> {
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        let session = self.session.clone();
        self.browser.call(Some(&session), method, params)
    }

    pub(crate) fn load(&mut self, url: &str) {
        let session = self.session.clone();
        self.browser.send(Some(&session), "Page.navigate", &json!({"url": url}));
        self.browser.wait_for(|message| message["method"] == "Page.loadEventFired");
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", &json!({"expression": expression, "returnByValue": true}));
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    pub(crate) fn press(&mut self, key: &str) {
        for params in strokes(key) {
            self.call("Input.dispatchKeyEvent", &params);
        }
    }

    /// Presses a key that leads to another page.
    pub(crate) fn press_and_load(&mut self, key: &str) {
        let session = self.session.clone();
        // Not waited for one by one: the page may be gone before the key is released.
        for params in strokes(key) {
            self.browser.send(Some(&session), "Input.dispatchKeyEvent", &params);
        }
        self.browser.wait_for(|message| message["method"] == "Page.loadEventFired");
    }

    pub(crate) fn look(&mut self, width: u32, height: u32, scheme: &str) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &features);
    }

    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        base64(picture["data"].as_str().unwrap())
    }

    /// The contrast of an element's text, as the accessibility guidelines (WCAG 2) reckon it.
    pub(crate) fn contrast(&mut self, selector: &str) -> f64 {
        let expression = r"(() => {
            const channels = text => text.match(/[\d.]+/g).map(Number);
            const light = rgb => rgb.slice(0, 3)
                .map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
            let element = document.querySelector(SELECTOR);
            const text = light(channels(getComputedStyle(element).color));
            let ground = [0, 0, 0, 0];
            while (ground.length == 4 && ground[3] == 0) {
                ground = channels(getComputedStyle(element).backgroundColor);
                element = element.parentElement;
            }
            const [a, b] = [text, light(ground)].sort((a, b) => b - a);
            return (a + 0.05) / (b + 0.05);
        })()";
        self.eval(&expression.replace("SELECTOR", &json!(selector).to_string())).as_f64().unwrap()
    }
}

fn strokes(key: &str) -> [Value; 2] {
    let (code, text) = match key {
        "Enter" => (13, "\r"),
        _ => (9, ""),
    };
    let stroke = |kind: &str| json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
    [stroke("keyDown"), stroke("keyUp")]
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().filter_map(digit).collect();
    let join = |chunk: &[u8]| {
        let bits =
            chunk.iter().fold(0u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - chunk.len()));
        bits.to_be_bytes()[1..chunk.len()].to_vec()
    };
    digits.chunks(4).flat_map(join).collect()
}
