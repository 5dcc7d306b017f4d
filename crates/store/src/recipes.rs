//! Recipes that have a name, as lines of versions.

use assay_core::event::Kind;
use assay_core::recipe::Recipe;
use assay_core::recipes::{RecipeSummary, RecipeVersion};
use rusqlite::{Connection, params};

use crate::act::Act;
use crate::datasets::next_number;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};
use crate::undo::Step;

impl Store {
    /// Makes it the version of its name that counts. A recipe equal to that one makes no new version. Can be undone.
    pub fn save_recipe(&self, name: &str, recipe: &Recipe, act: Act<'_>) -> Result<RecipeVersion> {
        self.write(act.at_ms, |write| {
            let previous = find(&write.tx, name, None)?;
            if let Some(previous) = &previous
                && previous.recipe == *recipe
            {
                return Ok(previous.clone());
            }
            let saved = RecipeVersion {
                name: name.to_owned(),
                version: next_number(&write.tx, "recipe", name)?,
                saved_ms: act.at_ms,
                recipe: recipe.clone(),
            };
            write.tx.run(
                "INSERT INTO recipe_versions (name, version, saved_ms, doc) VALUES (?1, ?2, ?3, ?4)",
                params![name, saved.version, act.at_ms, to_json(recipe)?],
            )?;
            write.undoable(
                &format!("save of the recipe `{name}`"),
                &Step::Recipe {
                    name: name.to_owned(),
                    version: previous.map(|previous| previous.version),
                },
            )?;
            write.put_recipe(name, Some(saved.version))?;
            write.audit(
                act,
                "recipe.saved",
                &format!("{name}@{}", saved.version),
                &format!("{} steps.", recipe.steps.len()),
            )?;
            Ok(saved)
        })
    }

    /// Takes it out of the list; its versions stay, and runs that name them. Can be undone.
    pub fn delete_recipe(&self, name: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let found =
                find(&write.tx, name, None)?.ok_or_else(|| Error::not_found("recipe", name))?;
            write.undoable(
                &format!("delete of the recipe `{name}`"),
                &Step::Recipe {
                    name: name.to_owned(),
                    version: Some(found.version),
                },
            )?;
            write.put_recipe(name, None)?;
            write.audit(act, "recipe.deleted", name, "")?;
            Ok(())
        })
    }

    /// `version` of `None` is the one that counts. `None`: there is no such recipe or version.
    pub fn recipe(&self, name: &str, version: Option<u32>) -> Result<Option<RecipeVersion>> {
        self.read(|db| find(db, name, version))
    }

    /// By name.
    pub fn recipes(&self) -> Result<Vec<RecipeSummary>> {
        self.read(|db| {
            db.all(
                "SELECT r.name, r.version, v.saved_ms, json_array_length(v.doc, '$.inputs'),
                        json_array_length(v.doc, '$.steps'),
                        (SELECT count(*) FROM recipe_versions o WHERE o.name = r.name)
                 FROM recipes r JOIN recipe_versions v ON v.name = r.name AND v.version = r.version
                 ORDER BY r.name",
                [],
                |row| {
                    Ok(RecipeSummary {
                        name: row.get(0)?,
                        version: row.get(1)?,
                        saved_ms: row.get(2)?,
                        n_inputs: row.get(3)?,
                        n_steps: row.get(4)?,
                        n_versions: row.get(5)?,
                    })
                },
            )
        })
    }
}

impl Write<'_> {
    /// Sets the version that counts; `None` takes the recipe out of the list, its versions stay.
    pub(crate) fn put_recipe(&mut self, name: &str, version: Option<u32>) -> Result<()> {
        match version {
            Some(version) => self.tx.run(
                "INSERT OR REPLACE INTO recipes (name, version) VALUES (?1, ?2)",
                params![name, version],
            )?,
            None => self
                .tx
                .run("DELETE FROM recipes WHERE name = ?1", params![name])?,
        };
        self.changed(Kind::Recipes);
        Ok(())
    }
}

fn find(db: &Connection, name: &str, version: Option<u32>) -> Result<Option<RecipeVersion>> {
    db.first(
        "SELECT version, saved_ms, doc FROM recipe_versions
         WHERE name = ?1 AND version = coalesce(?2, (SELECT version FROM recipes WHERE name = ?1))",
        params![name, version],
        |row| {
            Ok(RecipeVersion {
                name: name.to_owned(),
                version: row.get(0)?,
                saved_ms: row.get(1)?,
                recipe: from_json(&row.get::<_, String>(2)?)?,
            })
        },
    )
}
