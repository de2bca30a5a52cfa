//! What the example prints: a table of steps, and a progress bar when somebody is watching.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};

/// Columns of text that the table takes at most.
const WIDTH: u16 = 120;

/// Each step with its time and what came out of it.
pub(crate) struct Report {
    table: Table,
    number: usize,
}

impl Report {
    pub(crate) fn new() -> Self {
        let mut table = Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(WIDTH)
            .set_header(["", "step", "who", "time", "result"]);
        Self { table, number: 0 }
    }

    /// Runs a step, and takes down how long it took and what it says of itself.
    pub(crate) fn step<T, E>(
        &mut self,
        who: &str,
        name: &str,
        step: impl FnOnce() -> Result<(T, String), E>,
    ) -> Result<T, E> {
        let start = Instant::now();
        let (value, result) = step()?;
        self.row(who, name, start.elapsed(), &result);
        Ok(value)
    }

    /// Takes down a step that was timed elsewhere.
    pub(crate) fn row(&mut self, who: &str, name: &str, time: Duration, result: &str) {
        self.number += 1;
        self.table.add_row([
            Cell::new(self.number).set_alignment(CellAlignment::Right),
            Cell::new(name),
            Cell::new(who),
            Cell::new(duration(time)).set_alignment(CellAlignment::Right),
            Cell::new(result),
        ]);
    }

    /// Prints the table, and the closing lines below it.
    pub(crate) fn print(&self, closing: &[String]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", self.table)?;
        closing.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        out.flush()
    }
}

/// A progress bar over `total` bytes, or over an unknown number of them; none unless stderr is a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(what: &'static str, total: Option<u64>) -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let (bar, style) = match total {
            Some(total) => {
                (ProgressBar::new(total), "{msg} [{bar:40}] {bytes}/{total_bytes} {bytes_per_sec} {eta}")
            }
            None => (ProgressBar::new_spinner(), "{msg} {spinner} {bytes} {bytes_per_sec}"),
        };
        // Both templates are constants that parse; with the default style the bar is merely plainer.
        let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(bar.with_style(style).with_message(what))
    }

    /// Takes the number of bytes done; never cancels.
    pub(crate) fn show(&self, bytes_done: u64) -> ControlFlow<()> {
        self.0.set_position(bytes_done);
        ControlFlow::Continue(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

pub(crate) fn bytes(count: impl TryInto<u64>) -> impl Display {
    let count = count.try_into().unwrap_or(u64::MAX);
    let mut size = count as f64;
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if size < 1024.0 {
            break;
        }
        (size, unit) = (size / 1024.0, larger);
    }
    if unit == "B" { format!("{count} B") } else { format!("{size:.1} {unit}") }
}

fn duration(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ..0.1 => "<0.1 ms".to_owned(),
        ..100.0 => format!("{ms:.1} ms"),
        ..10_000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.1} s", ms / 1000.0),
    }
}
