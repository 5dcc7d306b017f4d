//! Runs carried from a source into the lab, one after the other.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use assay_core::code::Code;
use assay_core::imports::{
    ImportProblem, ImportedExperiment, RunFormat, RunImportReport, RunImportSpec,
};
use assay_core::run::Artifact;
use assay_core::tracking::ExperimentId;
use assay_core::words::count;
use assay_core::{ExperimentName, Task};
use assay_imports::{Keep, RunSource, SourceFile, SourceModel, SourceRun, problem};
use assay_store::{KnownRun, MetricPoint, RunOrigin};

use super::fingerprint::Fingerprint;
use crate::Lab;
use crate::error::Cause;

/// Points that are written at once.
const BATCH_POINTS: usize = 16_384;
/// Bytes of a file that are read at once.
const COPIED_BYTES: usize = 1 << 20;
/// What was left out is listed up to so many; the report counts all.
const MAX_PROBLEMS: usize = 1_000;
const MAX_ID_CHARACTERS: usize = 64;

/// One import on its way.
pub(super) struct Import<'a> {
    lab: &'a Lab,
    task: &'a Task,
    /// Artifacts become links to the files instead of copies.
    links_files: bool,
    format: RunFormat,
    path: String,
    experiment: Option<&'a ExperimentName>,
    /// Of the lab, by their place in the source.
    experiments: HashMap<usize, ExperimentId>,
    touched: BTreeSet<String>,
    report: RunImportReport,
}

impl<'a> Import<'a> {
    pub fn new(
        lab: &'a Lab,
        spec: &'a RunImportSpec,
        source: (&Path, RunFormat),
        links_files: bool,
        task: &'a Task,
    ) -> Self {
        let (path, format) = source;
        Self {
            lab,
            task,
            links_files,
            format,
            path: path.display().to_string(),
            experiment: spec.experiment.as_ref(),
            experiments: HashMap::new(),
            touched: BTreeSet::new(),
            report: RunImportReport::new(format),
        }
    }

    pub fn all(mut self, source: &mut dyn RunSource) -> Result<RunImportReport, Cause> {
        let n_runs = source.n_runs();
        for index in 0..n_runs {
            self.task.check()?;
            self.task.step(
                index as u64,
                n_runs as u64,
                format!("run {} of {n_runs}", index + 1),
            );
            match source.run(index) {
                Ok(found) => self.one(source, index, found)?,
                Err(left_out) => self.tell(left_out),
            }
            for left_out in source.take_problems() {
                self.tell(left_out);
            }
        }
        for found in source.models() {
            self.task.check()?;
            self.model(source, found)?;
        }
        for left_out in source.take_problems() {
            self.tell(left_out);
        }
        for model in source.registered_models() {
            self.task.check()?;
            let added = self
                .lab
                .store
                .import_registered_model(&model, self.lab.act())?;
            self.report.n_model_versions += added.len() as u64;
        }
        for left_out in source.take_problems() {
            self.tell(left_out);
        }
        // those without runs, where experiments are things of their own
        for place in 0..source.experiments().len() {
            let has_id = source.experiments()[place].experiment_id.is_some();
            if has_id && self.experiment.is_none() {
                self.experiment_id(source, place)?;
            }
        }
        self.report.read_as = source.read_as();
        self.report.experiments = self.touched.into_iter().map(ExperimentName).collect();
        let report = self.report;
        let n_read = report.n_new + report.n_updated + report.n_unchanged;
        match report.problems.first() {
            Some(first) if n_read == 0 => Err(Cause::with_hint(
                Code::Invalid,
                format!("nothing in it could be read; {first}"),
                "nothing was changed; look at the file that is named",
            )),
            _ => Ok(report),
        }
    }

    fn one(
        &mut self,
        source: &mut dyn RunSource,
        index: usize,
        found: SourceRun,
    ) -> Result<(), Cause> {
        if !is_id(found.run.run_id.as_str()) {
            let place = found.run.run_id.to_string();
            self.tell(problem(
                place,
                "the run is left out: this is no id of a run",
            ));
            return Ok(());
        }
        let known = self.lab.store.known_run(&found.run.run_id)?;
        match &known {
            KnownRun::Own => {
                self.report.n_unchanged += 1;
                return Ok(());
            }
            KnownRun::Imported { fingerprint }
                if *fingerprint == self.fingerprint(source, index, &found)? =>
            {
                // what is left out was said at the first import
                source.take_problems();
                self.report.n_unchanged += 1;
                return Ok(());
            }
            _ => {}
        }
        source.take_problems();
        let experiment = self.experiment_id(source, found.experiment)?;
        let files = self.keep_files(&found.files)?;
        self.write(source, index, &found, &files, experiment)?;
        let name = match self.experiment {
            Some(name) => name.to_string(),
            None => source.experiments()[found.experiment].name.clone(),
        };
        self.touched.insert(name);
        match known {
            KnownRun::No => self.report.n_new += 1,
            _ => self.report.n_updated += 1,
        }
        self.report.n_artifacts += files.len() as u64;
        self.report.artifact_bytes += files.iter().map(|file| file.size_bytes).sum::<u64>();
        Ok(())
    }

    fn model(&mut self, source: &dyn RunSource, found: SourceModel) -> Result<(), Cause> {
        let SourceModel {
            experiment,
            mut model,
            files,
        } = found;
        if !is_id(model.model_id.as_str()) {
            let place = model.model_id.to_string();
            self.tell(problem(
                place,
                "the model is left out: this is no id of a model",
            ));
            return Ok(());
        }
        if self.lab.store.knows_logged_model(&model.model_id)? {
            return Ok(());
        }
        model.experiment_id = self.experiment_id(source, experiment)?;
        let files = self.keep_files(&files)?;
        let now = self.lab.environment.now_ms();
        if self.lab.store.import_logged_model(&model, &files, now)? {
            self.report.n_artifacts += files.len() as u64;
            self.report.artifact_bytes += files.iter().map(|file| file.size_bytes).sum::<u64>();
        }
        Ok(())
    }

    fn write(
        &mut self,
        source: &mut dyn RunSource,
        index: usize,
        found: &SourceRun,
        files: &[Artifact],
        experiment: ExperimentId,
    ) -> Result<(), Cause> {
        let origin = RunOrigin {
            format: self.format.words(),
            path: &self.path,
        };
        let mut fingerprint = Fingerprint::of(&found.run)?;
        for file in files {
            fingerprint.file(&file.path, file.object.as_str());
        }
        let task = self.task;
        let n_runs = source.n_runs();
        let mut n_points = 0_u64;
        self.lab.store.import_run(
            experiment,
            &found.run,
            files,
            origin,
            self.lab.environment.now_ms(),
            |put| {
                let mut batch: Vec<MetricPoint> = Vec::new();
                let mut failed = None;
                let mut keep = |key: &str, point: assay_imports::Point| {
                    fingerprint.point(key, point);
                    n_points += 1;
                    batch.push(MetricPoint {
                        key: key.to_owned(),
                        value: point.value,
                        step: point.step,
                        at_ms: point.at_ms,
                    });
                    if batch.len() < BATCH_POINTS {
                        return ControlFlow::Continue(());
                    }
                    let phase =
                        format!("run {} of {n_runs}, {} points", index + 1, count(n_points));
                    task.step(index as u64, n_runs as u64, phase);
                    let outcome = task.check().map_err(Into::into).and_then(|()| put(&batch));
                    batch.clear();
                    match outcome {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(error) => {
                            failed = Some(error);
                            ControlFlow::Break(())
                        }
                    }
                };
                let _ = source.points(index, &mut keep as &mut Keep<'_>);
                if let Some(error) = failed {
                    return Err(error);
                }
                put(&batch)?;
                Ok(fingerprint.finish())
            },
        )?;
        self.report.n_points += n_points;
        Ok(())
    }

    /// Of the run as its source has it now.
    fn fingerprint(
        &self,
        source: &mut dyn RunSource,
        index: usize,
        found: &SourceRun,
    ) -> Result<String, Cause> {
        let mut fingerprint = Fingerprint::of(&found.run)?;
        for file in &found.files {
            self.task.check()?;
            let mut hasher = blake3::Hasher::new();
            // a file that cannot be read was left out before, or the run has changed
            if is_path(&file.path)
                && self
                    .read_file(file, |bytes| {
                        hasher.update(bytes);
                        Ok(())
                    })
                    .is_ok()
            {
                fingerprint.file(&file.path, hasher.finalize().to_hex().as_str());
            }
        }
        let mut keep = |key: &str, point: assay_imports::Point| {
            fingerprint.point(key, point);
            ControlFlow::Continue(())
        };
        let _ = source.points(index, &mut keep as &mut Keep<'_>);
        Ok(fingerprint.finish())
    }

    /// Copies the files into the lab; one that cannot be read is left out.
    fn keep_files(&mut self, files: &[SourceFile]) -> Result<Vec<Artifact>, Cause> {
        let mut kept = Vec::with_capacity(files.len());
        for file in files {
            self.task.check()?;
            if !is_path(&file.path) {
                self.tell(problem(&file.path, "no artifact can have this path"));
                continue;
            }
            if self.links_files {
                match self.lab.store.link_object(&file.file) {
                    Ok((object, size_bytes)) => kept.push(Artifact {
                        path: file.path.clone(),
                        object,
                        size_bytes,
                    }),
                    Err(error) => self.tell(problem(file.file.display().to_string(), error)),
                }
                continue;
            }
            let mut pending = self.lab.store.begin_object()?;
            let read = self.read_file(file, |bytes| std::io::Write::write_all(&mut pending, bytes));
            if let Err(error) = read {
                self.task.check()?;
                self.tell(problem(file.file.display().to_string(), error));
                continue;
            }
            let (object, size_bytes) = pending.commit()?;
            kept.push(Artifact {
                path: file.path.clone(),
                object,
                size_bytes,
            });
        }
        Ok(kept)
    }

    fn read_file(
        &self,
        file: &SourceFile,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut opened = File::open(&file.file)?;
        let mut buffer = vec![0; COPIED_BYTES];
        loop {
            self.task.check().map_err(std::io::Error::other)?;
            match opened.read(&mut buffer)? {
                0 => return Ok(()),
                n => take(buffer.get(..n).unwrap_or_default())?,
            }
        }
    }

    fn experiment_id(
        &mut self,
        source: &dyn RunSource,
        place: usize,
    ) -> Result<ExperimentId, Cause> {
        if let Some(id) = self.experiments.get(&place) {
            return Ok(*id);
        }
        let wanted = match self.experiment {
            Some(name) => ImportedExperiment {
                name: name.to_string(),
                ..ImportedExperiment::default()
            },
            None => source.experiments()[place].clone(),
        };
        let now = self.lab.environment.now_ms();
        let id = self.lab.store.import_experiment(&wanted, now)?;
        self.experiments.insert(place, id);
        Ok(id)
    }

    fn tell(&mut self, left_out: ImportProblem) {
        match self.report.problems.len() {
            0..MAX_PROBLEMS => {
                self.task.warn(left_out.to_string());
                self.report.problems.push(left_out);
            }
            MAX_PROBLEMS => {
                let more = problem("…", "more was left out than is listed");
                self.task.warn(more.to_string());
                self.report.problems.push(more);
            }
            _ => {}
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=MAX_ID_CHARACTERS).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What the lab takes as the path of an artifact.
fn is_path(path: &str) -> bool {
    !path.contains(['\\', '\0'])
}
