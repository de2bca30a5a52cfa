//! placeholder until the policy module lands
/// placeholder
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    offset: usize,
}
impl core::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "at byte {}", self.offset)
    }
}
