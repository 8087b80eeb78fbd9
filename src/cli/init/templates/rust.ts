import type { PlannedFile, Starter } from "../shapes.ts";

const http = (name: string): readonly PlannedFile[] => [
  {
    path: "Cargo.toml",
    // The program is named after the package, and aac starts ./target/release/app.
    text: `# ${name}\n[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n`,
  },
  // Kept with the code, so that a build with --locked works from the start.
  { path: "Cargo.lock", text: `version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n` },
  {
    path: "src/main.rs",
    text: String.raw`//! ${name}: answers POST /ask (the question as plain text) and GET /health, with nothing but the standard library.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, io, thread};

const MAX_HEAD: u64 = 16 * 1024;
const MAX_BODY: usize = 1024 * 1024;
const SIGINT: i32 = 2;
const SIGTERM: i32 = 15;

static STOPPING: AtomicBool = AtomicBool::new(false);

// The standard library has no signals; the C library that it is linked with has.
extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

extern "C" fn on_signal(_number: i32) {
    STOPPING.store(true, Ordering::SeqCst);
}

fn variable(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_string())
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// One JSON line on standard output: aac logs shows it.
fn log(level: &str, message: &str) {
    let levels = ["trace", "debug", "info", "warn", "error", "fatal"];
    let rank = |name: &str| levels.iter().position(|one| *one == name).unwrap_or(2);
    if rank(level) < rank(&variable("LOG_LEVEL", "info")) {
        return;
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
    println!("{{\"time\":{seconds:.3},\"level\":{},\"message\":{}}}", quote(level), quote(message));
}

fn model() -> (String, String) {
    (variable("AAC_MODEL_PROVIDER", "none"), variable("AAC_MODEL_NAME", "none"))
}

/// Call your model here. Until then the answer says which model it would be.
fn answer(question: &str) -> String {
    let (provider, name) = model();
    format!("{name} of {provider} would answer: {question}")
}

fn route(method: &str, path: &str, body: &str) -> (&'static str, String) {
    let (provider, name) = model();
    let model = format!("{{\"provider\":{},\"name\":{}}}", quote(&provider), quote(&name));
    match (method, path) {
        ("GET", "/health") => ("200 OK", String::from(r#"{"status":"ok","agent":"${name}"}"#)),
        ("GET", "/") => ("200 OK", format!("{{\"agent\":\"${name}\",\"model\":{model}}}")),
        ("POST", "/ask") => ("200 OK", format!("{{\"answer\":{},\"model\":{model}}}", quote(&answer(body)))),
        _ => ("404 Not Found", String::from(r#"{"error":"not found"}"#)),
    }
}

fn handle(mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?.take(MAX_HEAD + MAX_BODY as u64));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    let mut head = 0;
    loop {
        let mut line = String::new();
        head += reader.read_line(&mut line)? as u64;
        if line.trim().is_empty() || head > MAX_HEAD {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
    }
    let mut body = vec![0; length.min(MAX_BODY)];
    reader.read_exact(&mut body)?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    log("debug", &format!("{method} {path}"));
    let (status, text) = route(method, path, &String::from_utf8_lossy(&body));
    let size = text.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n{text}"
    )
}

fn main() -> io::Result<()> {
    unsafe {
        signal(SIGTERM, on_signal);
        signal(SIGINT, on_signal);
    }
    let port = variable("PORT", "8080");
    let listener = TcpListener::bind(format!("0.0.0.0:{port}"))?;
    log("info", &format!("listening on port {port}"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                if let Err(error) = handle(stream) {
                    log("debug", &format!("request failed: {error}"));
                }
            });
        }
    });
    // The listener waits in its own thread, so that a signal is seen without one more request.
    while !STOPPING.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(100));
    }
    log("info", "stopped");
    Ok(())
}
`,
  },
];

export const rust: Starter = { ignore: ["/target/"], templates: { http } };
