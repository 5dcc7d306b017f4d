//! A fitted recipe applied: the same arithmetic as the exported graph.

use assay_core::recipe::{FittedRecipe, Plan};
use assay_core::{Columns, Matrix};

use super::rows::Rows;
use crate::error::Error;

/// Features of the rows given. Everything is computed in f64 (standardising as a subtraction and a division) and rounded to
/// f32 once, at the end.
///
/// # Errors
/// [`Error::NoSuchColumn`]; [`Error::MissingValue`] where no step filled a missing number and the recipe does not keep it; [`Error::NotFinite`] for a
/// value that f32 cannot hold (the graph's cast would make it infinite); [`Error::Recipe`] for a step that does not fit
/// its column.
pub fn apply_recipe(columns: &Columns, recipe: &FittedRecipe) -> Result<Matrix, Error> {
    let rows = Rows::new(columns, &recipe.inputs)?;
    let plan = Plan::of(recipe)?;
    if plan.features() != recipe.features {
        return Err(Error::Recipe(
            "its features are not those that its steps make".to_owned(),
        ));
    }
    rows.matrix(&plan, recipe.missing)
}
