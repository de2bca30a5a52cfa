//! What the example prints.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use indicatif::ProgressBar;

use crate::Result;

/// The greatest width of the table.
const WIDTH: u16 = 120;

/// Each step with its time and result.
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

    /// Runs a step, shows it on a terminal, and records its time and result.
    pub(crate) fn step<T>(
        &mut self,
        who: &str,
        name: &str,
        step: impl FnOnce() -> Result<(T, String)>,
    ) -> Result<T> {
        let bar = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.set_message(format!("{who}: {name}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        let start = Instant::now();
        let done = step();
        bar.finish_and_clear();
        let (value, result) = done.map_err(|error| format!("{who}: {name}: {error}"))?;
        self.number += 1;
        self.table.add_row([
            right(self.number),
            Cell::new(name),
            Cell::new(who),
            right(duration(start.elapsed())),
            Cell::new(result),
        ]);
        Ok(value)
    }

    pub(crate) fn print(&self, below: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}\n{below}", self.table)?;
        Ok(out.flush()?)
    }
}

fn right(text: impl Display) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn duration(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10_000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

/// The first characters of a long text.
pub(crate) fn short(long: &impl Display) -> String {
    long.to_string().chars().take(16).chain(['…']).collect()
}
