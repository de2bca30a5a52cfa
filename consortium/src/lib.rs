//! A ledger that hospitals keep together, and stores for their records: medseal on several machines.

pub mod wire;
