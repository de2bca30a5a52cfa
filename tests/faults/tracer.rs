//! Traces the system calls of a thread of another process, and makes one of them fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::libc::{
    SYS_fsync, SYS_link, SYS_linkat, SYS_mkdir, SYS_openat, SYS_read, SYS_rename, SYS_statx, SYS_unlink,
    SYS_unlinkat, SYS_write, c_long,
};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// The calls with which a program uses files.
const CALLS: [c_long; 11] = [
    SYS_openat,
    SYS_read,
    SYS_write,
    SYS_statx,
    SYS_fsync,
    SYS_mkdir,
    SYS_link,
    SYS_linkat,
    SYS_rename,
    SYS_unlink,
    SYS_unlinkat,
];
const STDOUT: u64 = 1;
/// The first output of a process.
pub(crate) const GO: &str = "go";

/// The fault at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed before the call is executed.
    KilledBefore,
    /// The process is killed after the call, before it sees the result.
    KilledAfter,
    /// The call is not executed and reports this error.
    Fails(Errno),
    /// The call, a write, takes this many bytes only.
    Short(u64),
}

/// A call that was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) number: c_long,
    /// The file descriptor in its first argument, for calls that have one.
    pub(crate) fd: u64,
    pub(crate) result: i64,
}

impl Call {
    /// Whether it is the answer on standard output.
    pub(crate) fn is_answer(&self) -> bool {
        self.number == SYS_write && self.fd == STDOUT
    }
}

/// The outcome of a process.
#[derive(Debug)]
pub(crate) struct Run {
    /// The file calls of the thread, from the word *go* until its end, including the
    /// faulty one if it returned.
    pub(crate) calls: Vec<Call>,
    /// Whether the fault was injected.
    pub(crate) spoilt: bool,
    /// The lines that the process wrote after the word *go*.
    pub(crate) lines: Vec<String>,
}

/// Runs the test `name` of this program in a separate process, with `variables` in its environment,
/// and injects `fault` at the file call with this number, counted from zero. Answers on standard
/// output and other calls stay unchanged.
///
/// The process says `ready THREAD`, waits for a line, and answers with the line [`GO`]; its file
/// calls are counted from then on.
pub(crate) fn run(name: &str, variables: &[(&str, &str)], fault: Option<(usize, Fault)>) -> Run {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    let thread = loop {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the process ended before it was ready");
        // The test harness writes on the same line.
        if let Some((_, thread)) = line.trim().split_once("ready ") {
            break Pid::from_raw(thread.parse().unwrap());
        }
    };
    if let Err(error) = ptrace::attach(thread) {
        panic!("this test watches a process of its own with ptrace(2), and here that is refused: {error}");
    }
    waitpid(thread, Some(WaitPidFlag::__WALL)).unwrap();
    ptrace::setoptions(thread, Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL).unwrap();
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();

    let (calls, spoilt) = watch(&child, thread, fault);
    child.wait().unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let lines = rest.lines().skip_while(|line| *line != GO).skip(1).map(str::to_owned).collect();
    Run { calls, spoilt, lines }
}

fn watch(child: &Child, thread: Pid, fault: Option<(usize, Fault)>) -> (Vec<Call>, bool) {
    let (mut calls, mut spoilt) = (Vec::new(), false);
    // The process is still reading the word to go.
    let mut gone = false;
    let mut count = 0;
    let mut entered: Option<(Call, Option<Fault>)> = None;
    let mut inside = false;
    let mut pass: Option<Signal> = None;
    loop {
        // If it was killed in the meantime, then the wait says so.
        let _ = ptrace::syscall(thread, pass.take());
        match waitpid(thread, Some(WaitPidFlag::__WALL)) {
            Ok(WaitStatus::PtraceSyscall(_)) => {}
            Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) | Err(_) => return (calls, spoilt),
            Ok(WaitStatus::Stopped(_, signal)) => {
                pass = (signal != Signal::SIGSTOP).then_some(signal);
                continue;
            }
            Ok(_) => continue,
        }
        inside = !inside;
        let Ok(mut registers) = ptrace::getregs(thread) else { continue };
        if inside {
            let number = registers.orig_rax as c_long;
            let call = Call { number, fd: registers.rdi, result: 0 };
            if !gone || !CALLS.contains(&number) {
                gone |= number == SYS_write && registers.rdi == STDOUT;
                continue;
            }
            let mut now = None;
            if !call.is_answer() {
                now = fault.and_then(|(at, fault)| (at == count).then_some(fault));
                count += 1;
            }
            match now {
                Some(Fault::KilledBefore) => {
                    kill(Pid::from_raw(child.id() as i32), Signal::SIGKILL).unwrap();
                    spoilt = true;
                    continue;
                }
                Some(Fault::Fails(_)) => {
                    registers.orig_rax = u64::MAX;
                    ptrace::setregs(thread, registers).unwrap();
                }
                Some(Fault::Short(bytes)) if number == SYS_write && registers.rdx > bytes => {
                    registers.rdx = bytes;
                    ptrace::setregs(thread, registers).unwrap();
                    spoilt = true;
                }
                Some(Fault::Short(_) | Fault::KilledAfter) | None => {}
            }
            entered = Some((call, now));
        } else if let Some((call, now)) = entered.take() {
            match now {
                Some(Fault::KilledAfter) => {
                    kill(Pid::from_raw(child.id() as i32), Signal::SIGKILL).unwrap();
                    spoilt = true;
                }
                Some(Fault::Fails(error)) => {
                    registers.rax = (-i64::from(error as i32)) as u64;
                    ptrace::setregs(thread, registers).unwrap();
                    spoilt = true;
                }
                _ => {}
            }
            calls.push(Call { result: registers.rax as i64, ..call });
        }
    }
}
