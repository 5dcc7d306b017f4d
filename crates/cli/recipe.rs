//! `assay recipe suggest | list | show | save | import | export | delete`

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::recipe::Recipe;
use assay_core::recipes::{RecipeSummary, RecipeVersion};
use assay_core::reference::Reference;
use assay_lab::{Cause, Error, Lab};
use serde_json::Value;

use crate::output::{Output, count, plural, table};

#[derive(clap::Subcommand)]
pub enum Command {
    /// The recipe that training would use for a target, as JSON
    Suggest {
        dataset: Reference,
        /// The column to predict
        #[arg(long, value_name = "COL")]
        target: String,
        /// Save it under this name too
        #[arg(long, value_name = "NAME")]
        save: Option<String>,
    },
    /// The recipes of the lab
    List,
    /// The steps of a recipe, `name` or `name@version`
    Show { recipe: Reference },
    /// Save the recipe that a run was trained with
    Save {
        name: String,
        /// The run, its id, the beginning of it, or its name
        #[arg(long)]
        run: String,
    },
    /// Take a recipe from a JSON file
    Import {
        file: PathBuf,
        /// The recipe's name, else that of the file
        #[arg(long)]
        name: Option<String>,
    },
    /// Write a recipe as a JSON file
    Export { recipe: Reference, file: PathBuf },
    /// Take a recipe out of the list; `assay undo` brings it back
    Delete { name: String },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Suggest {
                dataset,
                target,
                save,
            } => {
                let recipe = lab.suggest_recipe(dataset, target)?;
                if let Some(name) = save {
                    lab.save_recipe(name, &recipe)?;
                }
                output.result(&recipe, steps);
            }
            Self::List => output.result(&lab.recipes()?, |recipes| list(recipes)),
            Self::Show { recipe } => output.result(&lab.recipe(recipe)?, show),
            Self::Save { name, run } => {
                let run_id = lab.find_run(run)?.run_id;
                output.result(&lab.save_recipe_of_run(name, &run_id)?, saved);
            }
            Self::Import { file, name } => {
                let text = std::fs::read_to_string(file).map_err(|error| {
                    Error::new(
                        format!("read the recipe {}", file.display()),
                        Cause::io(file, error),
                    )
                })?;
                let file_name = file.file_name().unwrap_or_default().to_string_lossy();
                let recipe = lab.import_recipe(&file_name, &text, name.as_deref())?;
                output.result(&recipe, saved);
            }
            Self::Export { recipe, file } => {
                let text = lab.export_recipe(recipe)?;
                lab.write_recipe_text(&text, Some(file))?;
                output.result(&text, |_| format!("wrote {}", file.display()));
            }
            Self::Delete { name } => {
                lab.delete_recipe(name)?;
                output.result(name, |name| {
                    format!("deleted the recipe {name}; `assay undo` brings it back")
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn saved(found: &RecipeVersion) -> String {
    let n_steps = found.recipe.steps.len() as u64;
    format!(
        "{}@{}, {}",
        found.name,
        found.version,
        plural(n_steps, "step")
    )
}

fn show(found: &RecipeVersion) -> String {
    format!("{}\n\n{}", saved(found), steps(&found.recipe))
}

fn list(recipes: &[RecipeSummary]) -> String {
    let rows = recipes
        .iter()
        .map(|recipe| {
            vec![
                recipe.name.clone(),
                recipe.version.to_string(),
                recipe.n_versions.to_string(),
                count(u64::from(recipe.n_inputs)),
                count(u64::from(recipe.n_steps)),
            ]
        })
        .collect();
    table(
        &["recipe", "version", "of", "columns", "steps"],
        rows,
        &[1, 2, 3, 4],
    )
}

/// Steps by the names they have in the file, so that what is read here can be written there.
fn steps(recipe: &Recipe) -> String {
    let rows = recipe
        .steps
        .iter()
        .filter_map(|step| match serde_json::to_value(step) {
            Ok(Value::Object(step)) => Some(step),
            _ => None,
        })
        .map(|mut step| {
            let name = step.remove("step").as_ref().map(word).unwrap_or_default();
            let columns = step
                .remove("columns")
                .as_ref()
                .map(word)
                .unwrap_or_default();
            let settings: Vec<String> = step
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| format!("{key} {}", word(value)))
                .collect();
            vec![name, columns, settings.join(", ")]
        })
        .collect();
    let mut text = table(&["step", "columns", "with"], rows, &[]);
    for left_out in &recipe.left_out {
        text.push_str(&format!(
            "\nnot used: {}, {}",
            left_out.column, left_out.reason
        ));
    }
    text
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.values().map(word).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
