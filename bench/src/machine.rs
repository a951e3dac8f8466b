//! What machine a figure belongs to. Reads `/proc`; says "unknown" where there is none.

use std::fs;
use std::process::Command;

/// One line: date, processor, memory, versions.
pub(crate) fn when_and_where() -> String {
    let date = output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]);
    let commit = output("git", &["rev-parse", "--short", "HEAD"]);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = line_of("/proc/cpuinfo", "model name");
    let memory = line_of("/proc/meminfo", "MemTotal");
    let postgres = output("postgres", &["--version"]);
    let redis = output("redis-server", &["--version"]);
    let nats = output("nats-server", &["--version"]);
    format!(
        "{date}, commit {commit}; {cores} cores ({model}), {memory}; {postgres}; {redis}; {nats}"
    )
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().take(4).collect();
    if words.is_empty() {
        format!("{program} unknown")
    } else {
        words.join(" ")
    }
}

fn line_of(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with(key))
        .and_then(|line| line.split_once(':'));
    line.map_or_else(
        || format!("{key} unknown"),
        |(_, value)| value.trim().to_owned(),
    )
}

/// Resident memory of a process in bytes.
pub(crate) fn resident(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
