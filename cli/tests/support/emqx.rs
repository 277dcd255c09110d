//! A stand-in for EMQX's management API, which answers what a real EMQX was recorded to answer.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

pub(crate) const KEY: &str = "key-of-the-test";
pub(crate) const SECRET: &str = "secret-of-the-test";

/// One recorded request and its answer.
struct Recorded {
    method: String,
    path: String,
    status: u16,
    response: Value,
}

/// What the stand-in is, and what it was asked.
pub(crate) struct State {
    recorded: Vec<Recorded>,
    /// The exhook servers.
    pub(crate) servers: Vec<Value>,
    /// Answers that differ from the recorded ones, by path.
    pub(crate) answers: BTreeMap<String, (u16, Value)>,
    /// Method, path and body of each request that changed something.
    pub(crate) changes: Vec<(String, String, Value)>,
    /// How often an enabled server is still connecting when it is asked for.
    pub(crate) connecting: usize,
}

/// Listens until the test's process ends.
pub(crate) struct StandIn {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl StandIn {
    /// EMQX 5.8.9 without exhook servers.
    pub(crate) fn start() -> Self {
        Self::start_as("5.8.9")
    }

    /// A version of which there is a recording, without exhook servers.
    pub(crate) fn start_as(version: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let state = Arc::new(Mutex::new(State {
            recorded: recorded(version),
            servers: Vec::new(),
            answers: BTreeMap::new(),
            changes: Vec::new(),
            connecting: 0,
        }));
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                thread::spawn(move || serve(&stream, &served));
            }
        });
        Self { url, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    /// Answers `path`, below `/api/v5`, with this.
    pub(crate) fn answer(&self, path: &str, status: u16, body: Value) {
        let path = format!("/api/v5{path}");
        self.state().answers.insert(path, (status, body));
    }
}

fn recorded(version: &str) -> Vec<Recorded> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../tests/data/emqx-rest/emqx-{version}.rest.jsonl"));
    let text = fs::read_to_string(file).expect("the recorded answers");
    text.lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).expect("JSON");
            Recorded {
                method: row["method"].as_str().expect("a method").to_owned(),
                path: row["path"].as_str().expect("a path").to_owned(),
                status: u16::try_from(row["status"].as_u64().expect("a status")).expect("HTTP's"),
                response: row["response"].take(),
            }
        })
        .collect()
}

fn serve(mut stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return;
    };
    let (mut length, mut authorized) = (0, false);
    loop {
        let mut header = String::new();
        let _ = reader.read_line(&mut header);
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().expect("a number"),
            "authorization" => {
                let pair = STANDARD.encode(format!("{KEY}:{SECRET}"));
                authorized = value == format!("Basic {pair}");
            }
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the whole body");
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = state.lock().expect("no test panics with it");
    let (status, answer) = if authorized {
        state.answer(&method, &path, &body)
    } else {
        state.recorded("GET", "/api/v5/exhooks", 401)
    };
    drop(state);
    let text = match answer {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let length = text.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{text}"
    );
}

impl State {
    /// What EMQX answered with this status.
    fn recorded(&self, method: &str, path: &str, status: u16) -> (u16, Value) {
        let found = self
            .recorded
            .iter()
            .find(|row| row.method == method && row.path == path && row.status == status);
        match found {
            Some(row) => (row.status, row.response.clone()),
            None => (
                404,
                json!({"code": "NOT_FOUND", "message": "Request Path Not Found"}),
            ),
        }
    }

    fn answer(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        if method != "GET" {
            self.changes
                .push((method.to_owned(), path.to_owned(), body.clone()));
        }
        if let Some(answer) = self.answers.get(path) {
            return answer.clone();
        }
        if path.ends_with("/hooks") && path != "/api/v5/exhooks/hooks" {
            return self.recorded(method, "/api/v5/exhooks/default/hooks", 200);
        }
        let name = path.strip_prefix("/api/v5/exhooks/");
        let place = |name: &Value| {
            self.servers
                .iter()
                .position(|server| server["name"] == *name)
        };
        match (method, name) {
            ("GET", None) if path == "/api/v5/exhooks" => (200, json!(self.servers)),
            ("POST", None) if path == "/api/v5/exhooks" => {
                if place(&body["name"]).is_some() {
                    return self.recorded("POST", path, 400);
                }
                let server = self.server(body);
                self.servers.push(server.clone());
                (200, server)
            }
            (_, Some(name)) => {
                let Some(place) = place(&json!(name)) else {
                    return self.recorded("GET", "/api/v5/exhooks/nope", 404);
                };
                match method {
                    "PUT" => self.servers[place] = self.server(body),
                    "DELETE" => {
                        self.servers.remove(place);
                        return (204, json!(""));
                    }
                    _ => {}
                }
                if self.connecting > 0 {
                    self.connecting -= 1;
                } else if self.servers[place]["enable"] == true {
                    self.servers[place]["node_status"][0]["status"] = json!("connected");
                    self.servers[place]["hooks"] = self.loaded()["hooks"].clone();
                }
                (200, self.servers[place].clone())
            }
            _ => self.recorded(method, path, 200),
        }
    }

    /// The recorded answer of a server that has loaded two hooks.
    pub(crate) fn loaded(&self) -> Value {
        self.recorded("GET", "/api/v5/exhooks/default", 200).1
    }

    /// A server that has not loaded yet, with EMQX's defaults for what `settings` leave out.
    fn server(&self, settings: &Value) -> Value {
        let enabled = settings["enable"] != false;
        let mut server = self.loaded();
        server["hooks"] = json!([]);
        let status = if enabled { "connecting" } else { "disabled" };
        server["node_status"][0]["status"] = json!(status);
        for (name, value) in settings.as_object().expect("settings") {
            server[name] = value.clone();
        }
        server
    }
}
