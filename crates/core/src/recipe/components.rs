//! Principal components on their way to one feature each.

use std::sync::Arc;

use super::plan::Planned;

/// Of each feature of the columns its difference from the mean, times the weights of a component, added up.
#[derive(Debug, Clone)]
pub struct Components {
    /// Whose features they are made of, in order.
    pub columns: Vec<Planned>,
    /// Per feature of the columns.
    pub means: Arc<[f64]>,
    /// Per component, a weight per feature of the columns. Invariant: each as long as `means`, as many as `features`.
    pub weights: Vec<Arc<[f64]>>,
    pub features: Vec<String>,
}

impl Components {
    pub(super) fn drop(&mut self, place: usize) {
        self.features.remove(place);
        self.weights.remove(place);
    }
}

/// The first of `pca`, `pca2`, `pca3` … whose components would share a name with nothing that is there.
pub fn components_name<'a>(taken: impl Iterator<Item = &'a str> + Clone) -> String {
    let is_free = |name: &String| {
        let prefix = format!("{name}_");
        let mut taken = taken.clone();
        taken.all(|other| other != name && !other.starts_with(&prefix))
    };
    let mut number = 1;
    let mut name = "pca".to_owned();
    while !is_free(&name) {
        number += 1;
        name = format!("pca{number}");
    }
    name
}
