//! A formula of `and` and `or` over trapdoors, encoded, decoded or prepared.

use crate::codec::{Reader, Writer};
use crate::error::Error;
use crate::limits::{Limit, QUERY_DEPTH, QUERY_PARTS};

const KEYWORD: u8 = 0;
const ALL: u8 = 1;
const ANY: u8 = 2;

/// A gate has at least one part.
#[derive(Clone)]
pub(super) enum Formula<T> {
    Keyword(T),
    All(Vec<Formula<T>>),
    Any(Vec<Formula<T>>),
}

impl<T> Formula<T> {
    pub(super) fn visit<'a>(&'a self, see: &mut impl FnMut(&'a T)) {
        match self {
            Self::Keyword(leaf) => see(leaf),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(see)),
        }
    }

    pub(super) fn try_map<U>(
        &self,
        map: &mut impl FnMut(&T) -> Result<U, Error>,
    ) -> Result<Formula<U>, Error> {
        let mut all =
            |parts: &[Self]| parts.iter().map(|part| part.try_map(map)).collect::<Result<Vec<_>, Error>>();
        Ok(match self {
            Self::Keyword(leaf) => Formula::Keyword(map(leaf)?),
            Self::All(parts) => Formula::All(all(parts)?),
            Self::Any(parts) => Formula::Any(all(parts)?),
        })
    }

    /// Checks the limits on the number of parts and on the depth.
    pub(super) fn check_size(&self) -> Result<(), Error> {
        fn count<T>(formula: &Formula<T>, parts: &mut usize, depth: usize) -> Result<(), Error> {
            begin_part(parts, depth)?;
            match formula {
                Formula::Keyword(_) => Ok(()),
                Formula::All(children) | Formula::Any(children) => {
                    children.iter().try_for_each(|child| count(child, parts, depth + 1))
                }
            }
        }
        count(self, &mut 0, 1)
    }

    pub(super) fn write(&self, w: &mut Writer, leaf: &mut impl FnMut(&T, &mut Writer)) {
        let mut gate = |number, parts: &[Self]| {
            w.u8(number);
            w.count(parts.len());
            parts.iter().for_each(|part| part.write(w, leaf));
        };
        match self {
            Self::All(parts) => gate(ALL, parts),
            Self::Any(parts) => gate(ANY, parts),
            Self::Keyword(keyword) => {
                w.u8(KEYWORD);
                leaf(keyword, w);
            }
        }
    }

    pub(super) fn read<'r>(
        r: &mut Reader<'r>,
        leaf: &mut impl FnMut(&mut Reader<'r>) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        fn part<'r, T>(
            r: &mut Reader<'r>,
            leaf: &mut impl FnMut(&mut Reader<'r>) -> Result<T, Error>,
            parts: &mut usize,
            depth: usize,
        ) -> Result<Formula<T>, Error> {
            begin_part(parts, depth)?;
            let gate = match r.u8()? {
                KEYWORD => return leaf(r).map(Formula::Keyword),
                ALL => Formula::All,
                ANY => Formula::Any,
                _ => return Err(Error::InvalidField),
            };
            match r.count(QUERY_PARTS, Limit::QueryParts)? {
                0 => Err(Error::InvalidField),
                count => {
                    (0..count).map(|_| part(r, leaf, parts, depth + 1)).collect::<Result<_, _>>().map(gate)
                }
            }
        }
        part(r, leaf, &mut 0, 1)
    }
}

fn begin_part(parts: &mut usize, depth: usize) -> Result<(), Error> {
    *parts += 1;
    if *parts > QUERY_PARTS {
        return Err(Error::LimitExceeded(Limit::QueryParts));
    }
    if depth > QUERY_DEPTH {
        return Err(Error::LimitExceeded(Limit::QueryDepth));
    }
    Ok(())
}
