//! The output: a table of steps, a progress bar on a terminal, and error messages.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use indicatif::{BinaryBytes, ProgressBar, ProgressStyle};
use medseal::ledger::Entry;
use medseal::share::{Published, Step};

use crate::arguments::Request;

/// Maximum width of the table, in columns.
const WIDTH: u16 = 120;

/// Each step with its duration and its result.
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

    /// Runs a step, and records its duration and its result.
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

    /// Records a step that was timed elsewhere.
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

    /// Records the steps of a publication, with their results.
    pub(crate) fn published(
        &mut self,
        times: StepTimes,
        published: &Published,
        entry: &Entry,
        request: &Request,
    ) {
        let statement = entry.statement();
        let (keys, index) = (statement.key.to_bytes().len(), statement.index.to_bytes().len());
        let envelope = statement.envelope.as_ref().map_or(0, |envelope| envelope.to_bytes().len());
        let signature = entry.signature().to_bytes().len();
        for (step, time) in times.finish() {
            let (name, result) = match step {
                Step::Seal => (
                    "seal the record",
                    format!("{} in, {} out", bytes(published.length), bytes(published.sealed_length)),
                ),
                Step::Digest => {
                    ("compute the digests", format!("record digest {}", short(&published.digest)))
                }
                Step::Wrap => ("wrap the record key", format!("{} under {}", bytes(keys), request.access)),
                Step::Index => {
                    let (keywords, padded) = (request.keywords.len(), statement.index.len());
                    let result = format!("{keywords} keywords, padded to {padded}: {}", bytes(index));
                    ("index the keywords", result)
                }
                Step::Envelope => ("seal digests to the hospital", bytes(envelope).to_string()),
                Step::Sign => ("sign anonymously", format!("{} for {}", bytes(signature), statement.claim)),
                Step::Store => ("store the sealed record", format!("objects/{}", short(&published.address))),
                Step::Append => (
                    "validate and append the entry",
                    format!("entry {}, {}", short(&published.place.id), bytes(entry.to_bytes().len())),
                ),
                other => ("publish", other.to_string()),
            };
            let who = if step == Step::Append { "ledger node" } else { "owner" };
            self.row(who, name, time, &result);
        }
    }

    /// Prints the table, and the paths of the files below it.
    pub(crate) fn print(
        &self,
        request: &Request,
        published: &Published,
        copy: Option<&Path>,
    ) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", self.table)?;
        writeln!(out, "today          {}, in UTC", request.today)?;
        if let Some(copy) = copy {
            writeln!(out, "opened copy    {}", copy.display())?;
        }
        let sealed = request.store.directory().join(published.address.as_str());
        writeln!(out, "sealed record  {}", sealed.display())?;
        out.flush()
    }
}

/// The start of each step of publishing.
pub(crate) struct StepTimes(Vec<(Step, Instant)>);

impl StepTimes {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn begin(&mut self, step: Step) {
        if self.0.last().is_none_or(|(last, _)| *last != step) {
            self.0.push((step, Instant::now()));
        }
    }

    fn finish(self) -> Vec<(Step, Duration)> {
        let end = Instant::now();
        let ends = self.0.iter().skip(1).map(|(_, begin)| *begin).chain([end]);
        self.0.iter().zip(ends).map(|((step, begin), end)| (*step, end - *begin)).collect()
    }
}

/// A progress bar over `total` bytes, or over an unknown number; hidden unless
/// stderr is a terminal.
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
        // Both templates are constants that parse; the default style would only be plainer.
        let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(bar.with_style(style).with_message(what))
    }

    /// Shows the number of bytes done. Never cancels.
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
    BinaryBytes(count.try_into().unwrap_or(u64::MAX))
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

/// Returns the first digits of a long value.
pub(crate) fn short(long: &impl Display) -> String {
    long.to_string().chars().take(16).chain(['…']).collect()
}

pub(crate) fn expect(holds: bool, otherwise: impl Into<String>) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::new(otherwise)) }
}

/// An error message on stderr, of one line.
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Adds the failed operation to an error.
pub(crate) trait At<T> {
    fn at(self, what: impl Display) -> Result<T, Failure>;
}

impl<T, E: Display> At<T> for Result<T, E> {
    fn at(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
