//! Times: the operation and its floor alternate, and the least time of each counts.

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::operations::Judge;

const BUDGET: Duration = Duration::from_millis(2000);
const ROUNDS: Range<usize> = 5..400;

pub(crate) struct Times {
    pub(crate) rows: Vec<Value>,
    filter: String,
    once: bool,
}

impl Times {
    /// Measures the operations whose name contains the filter. If `once` is true, runs each once,
    /// only to see that it runs.
    pub(crate) fn new(filter: String, once: bool) -> Self {
        println!("{:<26} {:>9} {:>14} {:>14} {:>7}", "operation", "n", "time, us", "floor, us", "ratio");
        Self { rows: Vec::new(), filter, once }
    }
}

impl Judge for Times {
    fn compare_with<I, T>(
        &mut self,
        operation: &str,
        n: usize,
        mut input: impl FnMut() -> I,
        mut work: impl FnMut(I) -> T,
        mut floor: impl FnMut(),
    ) {
        if !operation.contains(&self.filter) {
            return;
        }
        let (mut least, mut least_floor) = (Duration::MAX, Duration::MAX);
        let begin = Instant::now();
        let mut round = 0;
        while round < ROUNDS.start || (begin.elapsed() < BUDGET && round < ROUNDS.end) {
            let made = input();
            let start = Instant::now();
            black_box(work(made));
            least = least.min(start.elapsed());
            let start = Instant::now();
            floor();
            least_floor = least_floor.min(start.elapsed());
            round += 1;
            if self.once {
                break;
            }
        }
        let (ns, floor_ns) = (least.as_nanos() as f64, least_floor.as_nanos() as f64);
        let ratio = ns / floor_ns;
        println!("{operation:<26} {n:>9} {:>14.1} {:>14.1} {ratio:>7.2}", ns / 1e3, floor_ns / 1e3);
        let (ns, floor_ns) = (ns as u64, floor_ns as u64);
        self.rows
            .push(json!({"operation": operation, "n": n, "ns": ns, "floor_ns": floor_ns, "ratio": ratio}));
    }
}
