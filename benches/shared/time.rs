//! Measurements of criterion in the shape that nearly all have.

use std::fmt::Display;

use criterion::measurement::WallTime;
use criterion::{BatchSize, Bencher, BenchmarkGroup, BenchmarkId};

/// The name of a measurement, and its size if there are several.
pub(crate) struct Id(String, Option<String>);

impl From<&str> for Id {
    fn from(name: &str) -> Self {
        Self(name.into(), None)
    }
}

impl From<String> for Id {
    fn from(name: String) -> Self {
        Self(name, None)
    }
}

impl<N: Into<String>, S: Display> From<(N, S)> for Id {
    fn from((name, size): (N, S)) -> Self {
        Self(name.into(), Some(size.to_string()))
    }
}

pub(crate) trait Time {
    /// Runs a measurement.
    fn measure(&mut self, id: impl Into<Id>, routine: impl FnMut(&mut Bencher<'_>));

    /// Times `work`.
    fn time<T>(&mut self, id: impl Into<Id>, mut work: impl FnMut() -> T) {
        self.measure(id, |b| b.iter(&mut work));
    }

    /// Times `work` on inputs. Making an input, and dropping what `work` returns, is not measured.
    fn time_on<I, T>(
        &mut self,
        id: impl Into<Id>,
        mut input: impl FnMut() -> I,
        mut work: impl FnMut(I) -> T,
    ) {
        self.measure(id, |b| b.iter_batched(&mut input, &mut work, BatchSize::PerIteration));
    }
}

impl Time for BenchmarkGroup<'_, WallTime> {
    fn measure(&mut self, id: impl Into<Id>, routine: impl FnMut(&mut Bencher<'_>)) {
        let Id(name, size) = id.into();
        match size {
            Some(size) => self.bench_function(BenchmarkId::new(name, size), routine),
            None => self.bench_function(name, routine),
        };
    }
}
