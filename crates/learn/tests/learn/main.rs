//! The catalogue against scikit-learn, against hard data, and against its own promises.

#[cfg(test)]
mod data;
#[cfg(test)]
mod families;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_ensembles;
#[cfg(test)]
mod golden_models;
#[cfg(test)]
mod hard_data;
#[cfg(test)]
mod hard_targets;
#[cfg(test)]
mod linear_golden;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod no_target;
#[cfg(test)]
mod no_target_golden;
#[cfg(test)]
mod promises;
