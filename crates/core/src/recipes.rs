//! Recipes as a lab keeps them: named lines of versions, and their files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::recipe::Recipe;
use crate::reference::Reference;
use crate::{RunId, TimestampMs};

/// One saved state of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RecipeVersion {
    pub name: String,
    /// 1 for the first; never given twice under a name.
    pub version: u32,
    pub saved_ms: TimestampMs,
    pub recipe: Recipe,
}

/// A line of the list of recipes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecipeSummary {
    pub name: String,
    /// The newest version.
    pub version: u32,
    pub n_versions: u32,
    pub n_inputs: u32,
    pub n_steps: u32,
    pub saved_ms: TimestampMs,
}

/// The text of a recipe's file: JSON that `recipes.import` and `assay train --recipe` read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecipeText {
    /// A name for the file.
    pub file_name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByRecipe {
    /// `name` or `name@version`
    pub recipe: Reference,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveRecipe {
    pub name: String,
    pub recipe: Recipe,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveRecipeOfRun {
    pub name: String,
    pub run_id: RunId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRecipe {
    /// For the sentence when it is no recipe; without its ending it is the name when none is given.
    pub file_name: String,
    /// JSON.
    pub text: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportRecipe {
    /// `name` or `name@version`
    pub recipe: Reference,
    /// Where the text is written as well.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub path: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecipeName {
    pub name: String,
}
