//! Describes the machine of a measurement, as far as it is known.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

/// Returns date, processor, load, compiler and revision. A machine whose load is well above zero is
/// busy with other work.
pub(crate) fn machine() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let changed = if said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty() {
        ""
    } else {
        ", changed"
    };
    json!({
        "date": said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        "processor": model.map_or("not known", |(_, name)| name.trim()),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "load": load.split(' ').next().unwrap_or_default(),
        "system": said("uname", &["-sr"]),
        "compiler": said("rustc", &["-V"]),
        "revision": said("git", &["rev-parse", "--short", "HEAD"]) + changed,
    })
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().into())
}
