//! Where something came from and what came of it, followed from link to link.

use std::collections::HashSet;

use assay_core::dataset::DatasetVersion;
use assay_core::lineage::{
    LINEAGE_SCHEMA, Lineage, LineageEdge, LineageFocus, LineageKind, LineageNode, Relation,
};
use assay_core::reference::Reference;
use assay_core::registry::ModelVersion;
use assay_core::replay::ReplaySummary;
use assay_core::run::RunSummary;
use assay_core::words::count;
use assay_core::{Code, DatasetName, RunId};

use crate::error::{Attempt, Cause};
use crate::search::encoded;
use crate::{Error, Lab};

impl Lab {
    /// Everything that the focus came from, back to the files, and everything that came of it.
    pub fn lineage(&self, about: &LineageFocus) -> Result<Lineage, Error> {
        self.trace(about)
            .attempt(|| format!("show the lineage of `{about}`"))
    }

    fn trace(&self, about: &LineageFocus) -> Result<Lineage, Cause> {
        let mut graph = Graph {
            lab: self,
            nodes: Vec::new(),
            edges: Vec::new(),
            done: HashSet::new(),
        };
        let focus = match about {
            LineageFocus::Dataset(dataset) => {
                let version = self.store.dataset_version(dataset)?;
                graph.above_version(&version)?;
                graph.below_version(&version)?
            }
            LineageFocus::Run(run) => {
                let run = self.store.run(run)?;
                graph.above_run(&run)?;
                graph.below_run(&run)?
            }
            LineageFocus::Model(model) => {
                let model = self.store.model_version(model)?;
                graph.above_model(&model)?;
                graph.below_model(&model)?
            }
            LineageFocus::Replay(replay_id) => {
                let (report, _) = self.store.replay(replay_id)?;
                let all = match &report.model {
                    Some(model) => self.store.replays_of(model)?,
                    None => self.store.replays()?,
                };
                let replay = all.iter().find(|replay| replay.replay_id == *replay_id);
                let replay = replay.ok_or_else(|| {
                    Cause::said(Code::NotFound, format!("there is no replay `{replay_id}`"))
                })?;
                graph.above_replay(replay)?;
                graph.replay(replay)
            }
        };
        graph.nodes.sort_by_key(|node| (node.kind, node.created_ms));
        Ok(Lineage {
            schema: LINEAGE_SCHEMA,
            focus,
            nodes: graph.nodes,
            edges: graph.edges,
        })
    }
}

struct Graph<'a> {
    lab: &'a Lab,
    nodes: Vec<LineageNode>,
    edges: Vec<LineageEdge>,
    /// What was followed up or down already: versions can be restored from each other more than once.
    done: HashSet<(bool, String)>,
}

impl Graph<'_> {
    fn above_version(&mut self, version: &DatasetVersion) -> Result<(), Cause> {
        let id = self.version(version);
        if !self.done.insert((true, id.clone())) {
            return Ok(());
        }
        let at = |number| Reference::version(version.dataset.as_str(), number);
        // A restored version names its file still, but it came by way of the older version.
        if let Some(number) = version.restored_from {
            let older = self.lab.store.dataset_version(&at(number))?;
            let from = self.version(&older);
            self.edge(from, id.clone(), Relation::RestoredAs);
            self.above_version(&older)?;
        } else {
            let source = &version.source;
            let from = format!("source:{}", source.hash);
            let files = match source.n_files {
                0 | 1 => String::new(),
                n => format!("{n} files, "),
            };
            self.node(LineageNode {
                id: from.clone(),
                kind: LineageKind::Source,
                title: source.file_name.clone(),
                detail: format!(
                    "{files}{} bytes, b3:{}",
                    count(source.size_bytes),
                    source.hash.short()
                ),
                route: None,
                created_ms: Some(version.created_ms),
            });
            self.edge(from, id.clone(), Relation::Imported);
        }
        // The version before is a neighbour: its rows did not become these.
        if let Some(number) = version
            .parent
            .filter(|number| version.restored_from != Some(*number))
        {
            let before = self.lab.store.dataset_version(&at(number))?;
            let from = self.version(&before);
            self.edge(from, id, Relation::FollowedBy);
        }
        Ok(())
    }

    fn below_version(&mut self, version: &DatasetVersion) -> Result<String, Cause> {
        let id = self.version(version);
        if !self.done.insert((false, id.clone())) {
            return Ok(id);
        }
        let reference = crate::dataset_reference(version);
        let detail = self.lab.store.dataset_detail(&reference)?;
        for later in &detail.versions {
            if later.restored_from == Some(version.version) {
                let to = self.version(later);
                self.edge(id.clone(), to, Relation::RestoredAs);
                self.below_version(later)?;
            } else if later.parent == Some(version.version) {
                let to = self.version(later);
                self.edge(id.clone(), to, Relation::FollowedBy);
            }
        }
        for run_id in &detail.runs {
            let run = self.lab.store.run(run_id.as_str())?;
            let to = self.below_run(&run)?;
            self.edge(id.clone(), to, Relation::TrainedOn);
        }
        Ok(id)
    }

    fn above_run(&mut self, run: &RunSummary) -> Result<(), Cause> {
        let id = self.run(run);
        if let Some(dataset) = &run.dataset {
            self.above_dataset(dataset, id, Relation::TrainedOn)?;
        }
        Ok(())
    }

    fn below_run(&mut self, run: &RunSummary) -> Result<String, Cause> {
        let id = self.run(run);
        for key in &run.models {
            let reference = Reference::version(key.model.as_str(), key.version);
            let model = self.lab.store.model_version(&reference)?;
            let to = self.below_model(&model)?;
            self.edge(id.clone(), to, Relation::Registered);
        }
        Ok(id)
    }

    fn above_model(&mut self, model: &ModelVersion) -> Result<(), Cause> {
        let id = self.model(model);
        let Some(trained) = model.trained() else {
            // It came as a file: nothing of this lab is above it.
            return Ok(());
        };
        match found(self.lab.store.run(trained.run_id.as_str()))? {
            Some(run) => {
                let from = self.run(&run);
                self.edge(from, id, Relation::Registered);
                self.above_run(&run)
            }
            None => {
                // The run is in the trash; the model still knows its data.
                let from = self.gone(
                    run_node_id(trained.run_id),
                    LineageKind::Run,
                    trained.run_id.as_str(),
                );
                self.edge(from.clone(), id, Relation::Registered);
                let dataset = Reference::version(trained.dataset.as_str(), trained.dataset_number);
                self.above_dataset(&dataset, from, Relation::TrainedOn)
            }
        }
    }

    fn below_model(&mut self, model: &ModelVersion) -> Result<String, Cause> {
        let id = self.model(model);
        for replay in self.lab.store.replays_of(&model.key())? {
            let to = self.replay(&replay);
            self.edge(id.clone(), to, Relation::Replayed);
        }
        Ok(id)
    }

    fn above_replay(&mut self, replay: &ReplaySummary) -> Result<(), Cause> {
        let id = self.replay(replay);
        let Some(key) = &replay.model else {
            return match &replay.reference {
                Some(dataset) => self.above_dataset(dataset, id, Relation::Replayed),
                None => Ok(()),
            };
        };
        let reference = Reference::version(key.model.as_str(), key.version);
        match found(self.lab.store.model_version(&reference))? {
            Some(model) => {
                let from = self.model(&model);
                self.edge(from, id, Relation::Replayed);
                self.above_model(&model)
            }
            None => {
                let title = key.to_string();
                let from = self.gone(format!("model:{title}"), LineageKind::Model, &title);
                self.edge(from, id, Relation::Replayed);
                Ok(())
            }
        }
    }

    fn above_dataset(
        &mut self,
        dataset: &Reference,
        to: String,
        relation: Relation,
    ) -> Result<(), Cause> {
        match found(self.lab.store.dataset_version(dataset))? {
            Some(version) => {
                let from = self.version(&version);
                self.edge(from, to, relation);
                self.above_version(&version)
            }
            None => {
                let title = dataset.to_string();
                let from = self.gone(title.clone(), LineageKind::Dataset, &title);
                self.edge(from, to, relation);
                Ok(())
            }
        }
    }

    fn version(&mut self, version: &DatasetVersion) -> String {
        let DatasetName(name) = &version.dataset;
        let id = format!("{name}@{}", version.version);
        self.node(LineageNode {
            kind: LineageKind::Dataset,
            title: id.clone(),
            detail: format!(
                "{} rows, {} columns, b3:{}",
                count(version.n_rows),
                version.columns.columns.len(),
                version.content.short()
            ),
            route: Some(format!("/data/{}/{}", encoded(name), version.version)),
            created_ms: Some(version.created_ms),
            id,
        })
    }

    fn run(&mut self, run: &RunSummary) -> String {
        let algorithm = run.params.get("algorithm").map_or("", String::as_str);
        let status = format!("{:?}", run.status).to_lowercase();
        self.node(LineageNode {
            id: run_node_id(&run.run_id),
            kind: LineageKind::Run,
            title: run.name.clone(),
            detail: [algorithm, &status]
                .join(", ")
                .trim_start_matches(", ")
                .to_owned(),
            route: Some(format!("/runs/{}", run.run_id)),
            created_ms: Some(run.started_ms),
        })
    }

    fn model(&mut self, model: &ModelVersion) -> String {
        let title = model.key().to_string();
        self.node(LineageNode {
            id: format!("model:{title}"),
            kind: LineageKind::Model,
            detail: format!("{}, b3:{}", model.algorithm, model.onnx.short()),
            route: Some(format!("/models/{}", encoded(model.model.as_str()))),
            created_ms: Some(model.created_ms),
            title,
        })
    }

    fn replay(&mut self, replay: &ReplaySummary) -> String {
        self.node(LineageNode {
            id: format!("replay:{}", replay.replay_id),
            kind: LineageKind::Replay,
            title: replay.logs.join(", "),
            detail: replay.verdict.clone(),
            route: Some(format!("/replay/{}", replay.replay_id)),
            created_ms: Some(replay.created_ms),
        })
    }

    fn gone(&mut self, id: String, kind: LineageKind, title: &str) -> String {
        self.node(LineageNode {
            id,
            kind,
            title: title.to_owned(),
            detail: "in the trash, or gone".to_owned(),
            route: None,
            created_ms: None,
        })
    }

    fn node(&mut self, node: LineageNode) -> String {
        let id = node.id.clone();
        if !self.nodes.iter().any(|known| known.id == id) {
            self.nodes.push(node);
        }
        id
    }

    fn edge(&mut self, from: String, to: String, relation: Relation) {
        let edge = LineageEdge { from, to, relation };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}

fn run_node_id(run_id: &RunId) -> String {
    format!("run:{run_id}")
}

/// `None` for what is not there.
fn found<T>(outcome: Result<T, assay_store::Error>) -> Result<Option<T>, Cause> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
