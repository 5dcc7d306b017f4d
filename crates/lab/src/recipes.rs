//! Recipes with a name: saved, listed, taken from runs and files.

use std::path::Path;

use assay_core::RunId;
use assay_core::code::Code;
use assay_core::ids::check_name;
use assay_core::recipe::{RECIPE_SCHEMA, Recipe};
use assay_core::recipes::{RecipeSummary, RecipeText, RecipeVersion};
use assay_core::reference::{Reference, Selector};

use crate::charts::write_file;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// By name.
    pub fn recipes(&self) -> Result<Vec<RecipeSummary>, Error> {
        self.store
            .recipes()
            .attempt(|| "list the recipes".to_owned())
    }

    /// `name` or `name@version`.
    pub fn recipe(&self, recipe: &Reference) -> Result<RecipeVersion, Error> {
        self.recipe_of(recipe)
            .attempt(|| format!("show the recipe `{recipe}`"))
    }

    pub(crate) fn recipe_of(&self, recipe: &Reference) -> Result<RecipeVersion, Cause> {
        let version = match &recipe.selector {
            Selector::Latest => None,
            Selector::Version(version) => Some(*version),
            Selector::Alias(_) => return Err(no_recipe(recipe)),
        };
        self.store
            .recipe(&recipe.name, version)?
            .ok_or_else(|| no_recipe(recipe))
    }

    /// Saves it as the newest version of its name. A recipe equal to the newest makes no version.
    pub fn save_recipe(&self, name: &str, recipe: &Recipe) -> Result<RecipeVersion, Error> {
        self.save_recipe_as(name, recipe)
            .attempt(|| format!("save the recipe `{name}`"))
    }

    /// Saves the recipe that a run was trained with.
    pub fn save_recipe_of_run(&self, name: &str, run_id: &RunId) -> Result<RecipeVersion, Error> {
        self.save_trained(name, run_id)
            .attempt(|| format!("save the recipe of the run {run_id} as `{name}`"))
    }

    fn save_trained(&self, name: &str, run_id: &RunId) -> Result<RecipeVersion, Cause> {
        let record = self.store.run_parts(run_id)?.record.ok_or_else(|| {
            Cause::with_hint(
                Code::Precondition,
                "it was not trained here, or did not finish",
                "`assay runs list` shows the runs that finished",
            )
        })?;
        self.save_recipe_as(name, &record.recipe)
    }

    fn save_recipe_as(&self, name: &str, recipe: &Recipe) -> Result<RecipeVersion, Cause> {
        check_name(name)?;
        if recipe.schema > RECIPE_SCHEMA {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!(
                    "its format {} is newer than this Assay knows ({RECIPE_SCHEMA})",
                    recipe.schema
                ),
                "open it with the Assay that wrote it",
            ));
        }
        Ok(self.store.save_recipe(name, recipe, self.act())?)
    }

    /// Takes it out of the list. Its versions stay, and the runs that were trained with them.
    pub fn delete_recipe(&self, name: &str) -> Result<(), Error> {
        self.store
            .delete_recipe(name, self.act())
            .attempt(|| format!("delete the recipe `{name}`"))
    }

    /// Saves the recipe of a file's text. Without a name it has the file's, less its ending.
    pub fn import_recipe(
        &self,
        file_name: &str,
        text: &str,
        name: Option<&str>,
    ) -> Result<RecipeVersion, Error> {
        self.import_recipe_text(file_name, text, name)
            .attempt(|| format!("read the recipe {file_name}"))
    }

    fn import_recipe_text(
        &self,
        file_name: &str,
        text: &str,
        name: Option<&str>,
    ) -> Result<RecipeVersion, Cause> {
        let recipe = read_recipe(text)?;
        let stem = Path::new(file_name)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let name = name.map_or_else(|| stem.unwrap_or_default(), str::to_owned);
        check_name(&name).map_err(|error| {
            Cause::with_hint(Code::Invalid, error.to_string(), "name it with --name")
        })?;
        self.save_recipe_as(&name, &recipe)
    }

    /// A recipe as the text of a file.
    pub fn export_recipe(&self, recipe: &Reference) -> Result<RecipeText, Error> {
        let attempted = || format!("export the recipe `{recipe}`");
        let found = self.recipe_of(recipe).attempt(attempted)?;
        let mut text = serde_json::to_string_pretty(&found.recipe).attempt(attempted)?;
        text.push('\n');
        Ok(RecipeText {
            file_name: format!("{}.json", found.name),
            text,
        })
    }

    /// Writes a text to a file; without a path nothing.
    pub fn write_recipe_text(&self, text: &RecipeText, path: Option<&Path>) -> Result<(), Error> {
        let Some(path) = path else { return Ok(()) };
        write_file(path, text.text.as_bytes())
            .map(|_| ())
            .attempt(|| format!("write {}", path.display()))
    }
}

/// The recipe of a file's text.
pub fn read_recipe(text: &str) -> Result<Recipe, Cause> {
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| {
        Cause::with_hint(
            Code::Invalid,
            format!("it is not a recipe: {error}"),
            "`assay recipe export` writes a file to begin with",
        )
    })
}

fn no_recipe(recipe: &Reference) -> Cause {
    Cause::with_hint(
        Code::NotFound,
        format!("there is no recipe `{recipe}`"),
        "`assay recipe list` shows what there is; `assay recipe suggest` makes one from a data set",
    )
}
