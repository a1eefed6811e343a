//! A headless Chromium, driven over its DevTools protocol: commands and events are JSON on one web socket.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::LIMIT;

/// A page that the browser loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) url: String,
    /// What the answer's `Cache-Status` says; nothing for pages that come from no server.
    pub(crate) cache_status: String,
    /// From the last byte of the request to the last of the answer's head.
    pub(crate) milliseconds: f64,
}

/// A browser with one page and a profile of its own; stopped when it is dropped.
pub(crate) struct Browser {
    process: Child,
    profile: tempfile::TempDir,
    socket: Option<WebSocket<TcpStream>>,
    session: String,
    commands: u64,
    events: Vec<Value>,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let process = Command::new("chromium")
            .args(["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--disable-gpu"])
            // In containers there is often neither a namespace for the sandbox nor enough of /dev/shm.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("`chromium` cannot be started ({error}); install it, e.g. with `apt-get install chromium`")
            });
        let mut browser =
            Self { process, profile, socket: None, session: String::new(), commands: 0, events: Vec::new() };
        browser.connect();
        let target = browser.command("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = text(&browser.command("Target.attachToTarget", &attach)["sessionId"]);
        browser.command("Network.enable", &json!({}));
        browser.command("Page.enable", &json!({}));
        browser
    }

    /// Opens the socket whose port and path the browser writes into its profile.
    fn connect(&mut self) {
        let file = self.profile.path().join("DevToolsActivePort");
        let clock = larder::Clock::system();
        let start = clock.now();
        let said = loop {
            match std::fs::read_to_string(&file) {
                Ok(said) if said.lines().count() >= 2 => break said,
                _ => {}
            }
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("`chromium` ended before it could be asked anything: {status}");
            }
            assert!(clock.now() - start < LIMIT.as_millis() as u64, "`chromium` does not say where it listens");
            std::thread::park_timeout(Duration::from_millis(10));
        };
        let (port, path) = said.split_once('\n').unwrap();
        let address = format!("127.0.0.1:{port}");
        let stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://{address}{}", path.trim()), stream).unwrap();
        self.socket = Some(socket);
    }

    /// Loads a page, as if its address was typed in.
    pub(crate) fn load(&mut self, url: &str) -> Loaded {
        self.events.clear();
        let answer = self.command("Page.navigate", &json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{answer}");
        self.loaded()
    }

    /// Runs a script that makes the browser load a page.
    pub(crate) fn after(&mut self, script: &str) -> Loaded {
        self.events.clear();
        self.run(script);
        self.loaded()
    }

    /// Runs a script in the page, and gives its result as a text.
    pub(crate) fn run(&mut self, script: &str) -> String {
        let answer = self.command("Runtime.evaluate", &json!({ "expression": script, "returnByValue": true }));
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        text(&answer["result"]["value"])
    }

    /// Waits until the page is there, and says how it came.
    fn loaded(&mut self) -> Loaded {
        let clock = larder::Clock::system();
        let start = clock.now();
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            assert!(clock.now() - start < LIMIT.as_millis() as u64, "the page is not there: {:?}", self.events);
            let event = self.read();
            self.events.push(event);
        }
        let document =
            |event: &&Value| event["method"] == "Network.responseReceived" && event["params"]["type"] == "Document";
        let response = &self.events.iter().rfind(document).map_or(&Value::Null, |event| &event["params"]["response"]);
        assert_ne!(response["fromDiskCache"], true, "the browser did not ask the server: {response}");
        let timing = |name: &str| response["timing"][name].as_f64().unwrap_or(0.0);
        Loaded {
            url: text(&response["url"]),
            cache_status: text(&response["headers"]["cache-status"]),
            milliseconds: timing("receiveHeadersEnd") - timing("sendEnd"),
        }
    }

    /// Sends a command, and waits for its result. Events that come before it are kept.
    fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.commands += 1;
        let mut command = json!({ "id": self.commands, "method": method, "params": parameters });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        self.socket.as_mut().unwrap().send(Message::text(command.to_string())).unwrap();
        loop {
            let mut message = self.read();
            if message["id"] == self.commands {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    fn read(&mut self) -> Value {
        loop {
            let message = self.socket.as_mut().unwrap().read();
            if let Message::Text(text) = message.unwrap_or_else(|error| panic!("`chromium` says nothing: {error}")) {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}

impl Drop for Browser {
    /// Asks it to close, since one that is killed leaves processes that still write into its profile for a while.
    fn drop(&mut self) {
        if let Some(socket) = &mut self.socket {
            let _ = socket.get_ref().set_read_timeout(Some(Duration::from_secs(5)));
            let _ = socket.send(Message::text(r#"{"id":0,"method":"Browser.close"}"#));
            while socket.read().is_ok() {}
        }
        for _ in 0..500 {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
