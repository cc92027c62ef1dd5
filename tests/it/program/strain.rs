//! Clients that take nothing, that never end, and that are too many, against the program itself: its
//! memory stays flat, others are served meanwhile, and pages leave.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use hyper::StatusCode;

use super::manned::Manned;
use super::scene::Folder;

/// By how much the server may grow, in KiB; what is sent to it is far more.
const GROWTH: u64 = 160 * 1024;
const MIB: usize = 1 << 20;
/// Clients that send most of a file and then nothing.
const STUCK: usize = 150;
/// Clients of each other kind.
const EACH: usize = 20;
/// File descriptors of a server that has few.
const DESCRIPTORS: u64 = 200;

fn connect(manned: &Manned) -> TcpStream {
    let tcp = TcpStream::connect(manned.url.trim_start_matches("http://")).unwrap();
    for set in [TcpStream::set_read_timeout, TcpStream::set_write_timeout] {
        set(&tcp, Some(Duration::from_secs(60))).unwrap();
    }
    tcp
}

/// A request of Ada's, without its end.
fn head(manned: &Manned, line: &str, more: &str) -> String {
    let host = manned.url.trim_start_matches("http://");
    let session = manned.ada.session.as_deref().unwrap();
    let own = format!("host: {host}\r\norigin: http://{host}\r\ncookie: __Host-muster={session}");
    format!("{line} HTTP/1.1\r\n{own}\r\n{more}\r\n")
}

/// What was answered, where the system did not throw it away with the connection.
fn answer(mut tcp: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tcp.read_to_end(&mut bytes); // a reset ends it too
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends most of a file, and keeps the connection.
fn stuck(manned: &Manned) -> TcpStream {
    let mut tcp = connect(manned);
    let kind = "content-type: multipart/form-data; boundary=b\r\ncontent-length: 2000000\r\n";
    tcp.write_all(head(manned, "POST /plan", kind).as_bytes()).unwrap();
    let _ = tcp.write_all(&vec![b'x'; 19 * MIB / 10]); // refused: there is no room for it
    tcp
}

/// Sends a form that never ends.
fn endless(manned: &Manned) -> String {
    let mut tcp = connect(manned);
    let kind = "content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n";
    tcp.write_all(head(manned, "POST /session", kind).as_bytes()).unwrap();
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    while tcp.write_all(chunk.as_bytes()).is_ok() {}
    answer(tcp)
}

/// Asks for an address of a megabyte.
fn long_address(manned: &Manned) -> String {
    let mut tcp = connect(manned);
    let _ = tcp.write_all(head(manned, &format!("GET /{}", "x".repeat(MIB)), "").as_bytes());
    answer(tcp)
}

/// Asks again and again, and takes nothing.
fn takes_nothing(manned: &Manned, path: &str) -> TcpStream {
    let mut tcp = connect(manned);
    tcp.write_all(head(manned, &format!("GET {path}"), "").repeat(20).as_bytes()).unwrap();
    tcp
}

/// A number out of what the kernel tells of a process.
fn status(pid: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// For how long a process has computed, in hundredths of a second.
fn computed(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_ends_or_takes_nothing_costs_little_memory_and_holds_up_nobody() {
    let manned = Manned::serve(Folder::new(), |folder| folder.command(&["serve"])).await;
    let (pid, incident) = (manned.muster.id(), manned.incident());
    let before = status(pid, "VmRSS:");

    let mut held: Vec<TcpStream> = (0..STUCK).map(|_| stuck(&manned)).collect();
    for path in ["/status", incident, &format!("{incident}/live?since=0")] {
        held.extend((0..EACH).map(|_| takes_nothing(&manned, path)));
    }
    std::thread::scope(|threads| {
        let endless: Vec<_> = (0..EACH).map(|_| threads.spawn(|| endless(&manned))).collect();
        for said in endless.into_iter().map(|thread| thread.join().unwrap()) {
            let refused = said.contains(" 413 ") || said.contains(" 503 ");
            assert!(refused || said.is_empty(), "{said}");
        }
    });
    for _ in 0..EACH {
        let said = long_address(&manned);
        assert!(said.is_empty() || said.contains(" 414 ") || said.contains(" 431 "), "{said}");
    }

    let note = [("id", "01930000-0000-7000-8000-00000000e001"), ("kind", "note"), ("text", "ok")];
    let noted = manned.ask_form(&format!("{incident}/entries"), &note).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.body);
    for path in ["/status", incident] {
        assert_eq!(manned.ask("GET", path).await.status, StatusCode::OK, "{path}");
    }
    let grown = status(pid, "VmHWM:").saturating_sub(before);
    println!("grown by {} MiB", grown / 1024);
    assert!(grown < GROWTH, "grown by {grown} KiB");
}

/// Reads one answer of a connection that is kept.
fn one_answer(tcp: &mut TcpStream) -> String {
    let mut bytes = vec![0; 64 * 1024];
    let n = tcp.read(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..n]).into_owned()
}

fn limit(pid: u32, soft: u64) {
    let limit = format!("--nofile={soft}:{DESCRIPTORS}");
    let done = Command::new("prlimit").args(["--pid", &pid.to_string(), &limit]).status().unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_few_file_descriptors_pages_leave_while_all_connections_are_taken() {
    let few = |folder: &Folder| {
        let mut shell = Command::new("sh");
        let line = format!("ulimit -n {DESCRIPTORS} && exec \"$0\" serve");
        shell.args(["-c", &line, env!("CARGO_BIN_EXE_muster")]);
        folder.surround(&mut shell);
        shell
    };
    let manned = Manned::serve(Folder::new(), few).await;
    let pid = manned.muster.id();
    assert!(manned.folder.log().contains("leaves room for 72 connections at once"));

    let mut kept = connect(&manned);
    kept.write_all(head(&manned, "GET /healthz", "").as_bytes()).unwrap();
    assert!(one_answer(&mut kept).contains("200 OK"));
    let waits = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n";
    let held: Vec<TcpStream> = (0..DESCRIPTORS)
        .map(|_| {
            let mut tcp = connect(&manned);
            tcp.write_all(head(&manned, "POST /session", waits).as_bytes()).unwrap();
            tcp
        })
        .collect();
    let id = "01930000-0000-7000-8000-00000000bbbb";
    let form = [("id", id), ("kind", "real"), ("level", "1")];
    let form = manned.ada.form("/incidents", &form);
    let kind = waits.replace("99", &form.len().to_string());
    kept.write_all((head(&manned, "POST /incidents", &kind) + &form).as_bytes()).unwrap();
    let declared = one_answer(&mut kept);
    assert!(declared.contains("303 See Other"), "{declared}");
    manned.sink.wait_for(2).await;
    drop(held);
    manned.heals().await;

    limit(pid, 10); // less than are in use: the system gives it none
    let (begun, used) = (Instant::now(), computed(pid));
    let waiting = takes_nothing(&manned, "/status");
    manned.folder.wait_for_log("a connection can't be taken");
    while begun.elapsed() < Duration::from_secs(2) {
        tokio::task::yield_now().await;
    }
    let used = computed(pid) - used;
    assert!(used < 100, "it computed {used} hundredths of 2 s in vain");
    limit(pid, DESCRIPTORS);
    manned.heals().await;
    drop(waiting);
}
