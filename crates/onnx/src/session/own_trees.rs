//! Many rows through a graph with trees: ONNX Runtime before and after them, our own walk between.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::Tensor;

use super::cut::{Cut, cut, walked};
use super::feed::Feed;
use super::forest::Forest;
use super::open;
use crate::error::Error;

/// Rows from which on two smaller graphs and a walk are faster than the whole graph.
pub const ROWS_AT_LEAST: usize = 64;

#[derive(Debug)]
pub struct OwnTrees {
    forests: Vec<Forest>,
    head: Part,
    tail: Part,
    n_threads: usize,
}

#[derive(Debug)]
struct Part {
    session: Mutex<Session>,
    inputs: HashSet<String>,
}

impl OwnTrees {
    /// `None` for a graph without trees that we can walk, or whose parts the runtime does not take.
    pub fn open(environment: &Environment, bytes: &[u8], n_threads: usize) -> Option<Self> {
        let Cut {
            forests,
            head,
            tail,
        } = cut(bytes)?;
        Some(Self {
            forests,
            head: Part::open(environment, &head, n_threads)?,
            tail: Part::open(environment, &tail, n_threads)?,
            n_threads,
        })
    }

    /// What the whole graph answers for the rows `start..end`, to `take`.
    pub fn run(
        &self,
        feeds: &[Feed<'_>],
        (start, end): (usize, usize),
        take: impl FnOnce(&SessionOutputs<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut head = self
            .head
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let features = head
            .run(self.head.feed(feeds, start, end)?)
            .map_err(|error| failed(&error))?;
        let mut inputs = self.tail.feed(feeds, start, end)?;
        for forest in &self.forests {
            let (shape, rows) = features
                .get(&forest.input)
                .ok_or_else(|| Error::Run(format!("no value `{}`", forest.input)))?
                .try_extract_tensor::<f32>()
                .map_err(|error| failed(&error))?;
            let n_columns = match **shape {
                [n_rows, n_columns] if n_rows as usize == end - start => n_columns as usize,
                _ => return Err(Error::Run("the features are no table of rows".to_owned())),
            };
            let sums = forest
                .sums(rows, n_columns, self.n_threads)
                .ok_or_else(|| {
                    Error::Run("the trees ask for more features than there are".to_owned())
                })?;
            let sums = Tensor::from_array(([end - start, forest.n_targets], sums))
                .map_err(|error| failed(&error))?;
            inputs.push((Cow::from(walked(&forest.output)), sums.into()));
        }
        drop(features);
        drop(head);
        let mut tail = self
            .tail
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let outputs = tail.run(inputs).map_err(|error| failed(&error))?;
        take(&outputs)
    }
}

impl Part {
    fn open(environment: &Environment, bytes: &[u8], n_threads: usize) -> Option<Self> {
        let session = open(environment, bytes, n_threads).ok()?;
        let inputs = session.inputs().iter().map(|input| input.name().to_owned());
        Some(Self {
            inputs: inputs.collect(),
            session: Mutex::new(session),
        })
    }

    fn feed<'a>(
        &self,
        feeds: &'a [Feed<'a>],
        start: usize,
        end: usize,
    ) -> Result<Vec<(Cow<'a, str>, SessionInputValue<'a>)>, Error> {
        feeds
            .iter()
            .filter(|feed| self.inputs.contains(feed.name))
            .map(|feed| {
                let tensor = feed.tensor(start, end).map_err(|error| failed(&error))?;
                Ok((Cow::from(feed.name), tensor))
            })
            .collect()
    }
}

fn failed(error: &ort::Error) -> Error {
    Error::Run(error.message().to_owned())
}
