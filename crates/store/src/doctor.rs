//! The health of a lab: everything that can be checked, and what can be mended without touching user data.

use assay_core::TimestampMs;
use assay_core::job::JobState;
use assay_core::lab::{DoctorCheck, DoctorReport};
use assay_core::registry::VersionKey;
use assay_core::{ModelName, ObjectHash};
use rusqlite::Connection;

use crate::error::Result;
use crate::objects::hash_of;
use crate::orphans::{self, Removed, entries};
use crate::registry::{check_folder, remove_registered};
use crate::rows::Rows;
use crate::store::Store;
use crate::{audit, jobs, models};

/// A check on its way.
#[derive(Default)]
struct Findings {
    n_checked: u64,
    problems: Vec<String>,
    repaired: Vec<String>,
}

impl Store {
    /// Checks the database, every object against its hash, exported folders, the audit chain, jobs and settings.
    ///
    /// What dead processes left on their way is removed in any case, as it is when a lab is opened. With `repair`,
    /// removes what nothing refers to and ends the jobs of dead processes; user data is never touched. Problems that
    /// were repaired are not among the problems.
    pub fn doctor(
        &self,
        repair: bool,
        is_alive: impl Fn(u32) -> bool,
        now_ms: TimestampMs,
    ) -> DoctorReport {
        let checks = vec![
            check("database integrity", || self.read(integrity)),
            check("links in the database", || self.read(foreign_keys)),
            check("objects", || self.check_objects()),
            check("unfinished files", || self.clear_unfinished()),
            check("objects that nothing refers to", || {
                self.check_orphans(repair)
            }),
            check("exported folders", || self.check_exported(repair)),
            check("audit chain", || self.read(chain)),
            check("jobs", || self.check_jobs(repair, &is_alive, now_ms)),
            check("settings", || {
                self.settings()?;
                Ok(Findings {
                    n_checked: 1,
                    ..Findings::default()
                })
            }),
        ];
        DoctorReport {
            healthy: checks.iter().all(|check| check.problems.is_empty()),
            checks,
        }
    }

    fn check_objects(&self) -> Result<Findings> {
        let referenced: Vec<ObjectHash> =
            self.read(|db| orphans::referenced(db).map(|hashes| hashes.into_iter().collect()))?;
        let mut findings = Findings::default();
        for hash in referenced {
            findings.n_checked += 1;
            let found = std::fs::File::open(self.layout.object(&hash)).and_then(hash_of);
            match found {
                Ok((found, _)) if found == hash => {}
                Ok(_) => findings
                    .problems
                    .push(format!("The object {} was changed.", hash.short())),
                Err(error) => findings.problems.push(format!(
                    "The object {} cannot be read ({error}).",
                    hash.short()
                )),
            }
        }
        findings.problems.sort();
        Ok(findings)
    }

    fn check_orphans(&self, repair: bool) -> Result<Findings> {
        let mut findings = Findings {
            n_checked: orphans::all_objects(&self.layout)?.len() as u64,
            ..Findings::default()
        };
        if repair {
            findings
                .repaired
                .extend(removed_text(self.remove_orphans()?));
        }
        let n_left = self.orphans()?.len();
        if n_left > 0 {
            findings
                .problems
                .push(format!("{n_left} objects are referred to by nothing."));
        }
        Ok(findings)
    }

    fn clear_unfinished(&self) -> Result<Findings> {
        let removed = self.clear_dead_leases()?;
        Ok(Findings {
            n_checked: entries(&self.layout.leases())?.len() as u64,
            problems: Vec::new(),
            repaired: removed_text(removed).into_iter().collect(),
        })
    }

    fn check_exported(&self, repair: bool) -> Result<Findings> {
        let known = self.read(models::version_keys)?;
        let mut findings = Findings::default();
        for key in &known {
            let folder = self.layout.registered(key);
            findings.n_checked += 1;
            if !folder.is_dir() {
                findings
                    .problems
                    .push(format!("{key} has no exported folder; export it again."));
                continue;
            }
            for path in check_folder(&folder)?.damaged {
                findings.problems.push(format!(
                    "`{path}` in the exported folder of {key} is missing or was changed."
                ));
            }
        }
        for key in self.exported()? {
            if known.contains(&key) {
                continue;
            }
            if repair {
                remove_registered(self, &key)?;
                findings.repaired.push(format!(
                    "The folder of {key} was removed: there is no such version."
                ));
            } else {
                findings
                    .problems
                    .push(format!("There is a folder of {key}, but no such version."));
            }
        }
        Ok(findings)
    }

    /// The folders of the registry that look like those of versions.
    fn exported(&self) -> Result<Vec<VersionKey>> {
        let name_of = |path: &std::path::Path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let mut found = Vec::new();
        for model in entries(&self.layout.registry())? {
            for folder in entries(&model)? {
                let number = name_of(&folder).and_then(|name| name.parse().ok());
                if let (Some(model), Some(version)) = (name_of(&model), number) {
                    found.push(VersionKey {
                        model: ModelName(model),
                        version,
                    });
                }
            }
        }
        Ok(found)
    }

    fn check_jobs(
        &self,
        repair: bool,
        is_alive: &impl Fn(u32) -> bool,
        now_ms: TimestampMs,
    ) -> Result<Findings> {
        let mut findings = Findings {
            n_checked: self.read(|db| db.count("SELECT count(*) FROM jobs", []))?,
            ..Findings::default()
        };
        if repair {
            for job in self.interrupt_dead_jobs(is_alive, now_ms)? {
                findings
                    .repaired
                    .push(format!("The job `{}` counts as interrupted.", job.title));
            }
        }
        for job in self.read(|db| jobs::dead_jobs(db, JobState::Running, is_alive))? {
            findings
                .problems
                .push(format!("The process of the job `{}` is gone.", job.title));
        }
        Ok(findings)
    }
}

/// A check that cannot be done is a problem itself.
fn check(name: &str, work: impl FnOnce() -> Result<Findings>) -> DoctorCheck {
    let findings = work().unwrap_or_else(|error| Findings {
        problems: vec![format!("It could not be checked: {error}.")],
        ..Findings::default()
    });
    DoctorCheck {
        name: name.to_owned(),
        n_checked: findings.n_checked,
        problems: findings.problems,
        repaired: findings.repaired,
    }
}

fn integrity(db: &Connection) -> Result<Findings> {
    let mut lines = db.all("PRAGMA integrity_check", [], |row| {
        Ok(row.get::<_, String>(0)?)
    })?;
    lines.retain(|line| line != "ok");
    Ok(Findings {
        n_checked: db.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))? as u64,
        problems: lines,
        repaired: Vec::new(),
    })
}

fn foreign_keys(db: &Connection) -> Result<Findings> {
    let problems = db.all("PRAGMA foreign_key_check", [], |row| {
        let (table, other): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!(
            "A row of `{table}` refers to one of `{other}` that is not there."
        ))
    })?;
    Ok(Findings {
        n_checked: 1,
        problems,
        repaired: Vec::new(),
    })
}

fn chain(db: &Connection) -> Result<Findings> {
    let (n_checked, problems) = match audit::verify(db)? {
        Ok(n_entries) => (n_entries, Vec::new()),
        Err(broken) => (broken.number, vec![format!("The {broken}.")]),
    };
    Ok(Findings {
        n_checked,
        problems,
        repaired: Vec::new(),
    })
}

fn removed_text(removed: Removed) -> Option<String> {
    (removed.n_files > 0).then(|| {
        format!(
            "{} files of {} bytes were removed.",
            removed.n_files, removed.size_bytes
        )
    })
}
