//! Several algorithms as one: their weighted mean, or a last model over what they say.

pub mod members;
mod stacking;
mod voting;

pub use members::{AUTO, Member};
pub use stacking::StackingParams;
pub(crate) use stacking::fit as fit_stacking;
pub use voting::VotingParams;
pub(crate) use voting::fit as fit_voting;

use std::collections::BTreeMap;

use assay_core::model::Model;
use assay_core::train::{ParamRange, ParamValue, ProblemKind};
use assay_core::{Cancelled, Target};

use crate::params::Resolved;
use crate::{Error, Training, catalogue};

/// The problems that an algorithm solves with these parameters: an ensemble those that all its members do.
///
/// # Errors
/// [`Error::UnknownAlgorithm`].
pub fn problems(
    algorithm: &str,
    params: &BTreeMap<String, ParamValue>,
) -> Result<Vec<ProblemKind>, Error> {
    let entry = catalogue::algorithm(algorithm)?;
    let mut problems = entry.problems.to_vec();
    for info in entry.params() {
        if let (ParamRange::Algorithms { .. }, Some(ParamValue::Text(text))) =
            (info.range, params.get(&info.name))
        {
            for member in members::read(text) {
                let of_member = catalogue::algorithm(member.algorithm)?.problems;
                problems.retain(|problem| of_member.contains(problem));
            }
        }
    }
    Ok(problems)
}

/// The members that a parameter names, or those for the target.
fn of_param(
    params: &Resolved,
    name: &str,
    target: &Target,
    (of_classes, of_numbers): (&[&'static str], &[&'static str]),
) -> Result<Vec<Member>, Error> {
    let named = members::read(params.text(name)?);
    if !named.is_empty() {
        return Ok(named);
    }
    let usual = match target {
        Target::Classes { .. } => of_classes,
        Target::Values(_) | Target::Nothing { .. } => of_numbers,
    };
    Ok(usual.iter().copied().map(Member::new).collect())
}

/// One member, whose steps and curves nobody hears: those of its ensemble count.
fn fit_member(number: usize, member: &Member, training: &Training<'_>) -> Result<Model, Error> {
    let task = training.task.without_steps();
    let training = Training {
        // Two members of one kind are not the same twice.
        seed: training.seed.wrapping_add(number as u64),
        task: &task,
        ..*training
    };
    crate::fit(member.algorithm, &member.params, &training).map_err(|error| match error {
        Error::Cancelled(Cancelled) => Error::Cancelled(Cancelled),
        error => Error::InMember {
            member: member.algorithm.to_owned(),
            source: Box::new(error),
        },
    })
}
