//! A lab to try things on, and the smallest documents that fit into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_core::code::Failure;
use assay_core::dataset::{DatasetVersion, ImportOptions, RowGroup, Source};
use assay_core::drift::DriftRule;
use assay_core::expect::{Expectation, Rule, RuleType, Severity, Suite};
use assay_core::parity::{PARITY_SCHEMA, ParityReport};
use assay_core::profile::Histogram;
use assay_core::registry::{ModelVersion, Signature, VersionKey};
use assay_core::replay::{DRIFT_REPORT_SCHEMA, DriftReport, WindowSpec};
use assay_core::run::Artifact;
use assay_core::schema::{Column, ColumnType, Schema};
use assay_core::train::ProblemKind;
use assay_core::{
    Code, DatasetName, ExperimentName, JobId, ModelName, ObjectHash, ReplayId, RunId,
};
use assay_store::{
    Act, FinishedRun, NewDatasetVersion, NewModelVersion, NewOrigin, NewRun, NewTrained, Store,
};

pub const VERSION: &str = "1.2.3";
pub const ACT: Act<'static> = Act {
    actor: "command line",
    at_ms: 1_700_000_000_000,
};

/// Signs nothing.
pub fn unsigned(_sums: &str) -> assay_store::Result<Option<String>> {
    Ok(None)
}

/// Invariant: the store is closed before the folder goes.
pub struct Lab {
    pub store: Store,
    folder: tempfile::TempDir,
}

impl Lab {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("lab"), VERSION, ACT).unwrap();
        Self { store, folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("lab")
    }

    pub fn open_again(&self) -> Store {
        Store::open(&self.path(), VERSION, ACT.at_ms).unwrap()
    }

    /// The folder in which the closed lab stands as `lab`.
    pub fn close(self) -> tempfile::TempDir {
        self.folder
    }

    /// Straight at the database, as somebody else could.
    pub fn sql(&self, sql: &str) {
        sql_on(&self.path(), sql);
    }

    pub fn object(&self, bytes: &[u8]) -> ObjectHash {
        self.store.put_object(bytes).unwrap().0
    }

    /// Rows are told apart by `content`.
    pub fn dataset(&self, name: &str, content: &str) -> (DatasetVersion, bool) {
        let object = self.object(content.as_bytes());
        self.store
            .add_dataset_version(new_dataset(name, content, object), ACT)
            .unwrap()
    }

    pub fn run(&self, number: u128) -> RunId {
        let run = new_run(number);
        self.store.begin_run(run).unwrap().run_id
    }

    pub fn finished_run(&self, number: u128) -> RunId {
        let run_id = self.run(number);
        let end = FinishedRun::new(assay_core::run::RunStatus::Finished, ACT.at_ms + 1);
        self.store.finish_run(&run_id, &end).unwrap();
        run_id
    }

    pub fn model(&self, name: &str, run_id: &RunId) -> ModelVersion {
        let new = new_model(name, run_id, self.object(b"onnx"), self.object(b"sketch"));
        self.store.register(new, ACT).unwrap()
    }

    pub fn replay(&self, number: u64, model: &VersionKey) -> ReplayId {
        let report = drift_report(number, model);
        let shapes = self.object(format!("shapes {number}").as_bytes());
        self.store.save_replay(&report, &shapes, ACT).unwrap();
        report.replay_id
    }
}

impl Lab {
    /// The objects themselves, without what is on its way.
    pub fn objects(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = files(&self.path().join("objects"));
        found.retain(|path, _| !path.starts_with(self.path().join("objects/tmp")));
        found
    }
}

pub fn sql_on(lab: &Path, sql: &str) {
    rusqlite::Connection::open(lab.join("lab.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

pub fn hash_of(text: &str) -> ObjectHash {
    ObjectHash::new(blake3::hash(text.as_bytes()).to_hex().as_str())
}

pub fn new_dataset(name: &str, content: &str, object: ObjectHash) -> NewDatasetVersion {
    NewDatasetVersion {
        dataset: DatasetName::new(name),
        content: hash_of(content),
        row_groups: vec![RowGroup {
            content: hash_of(content),
            object,
            n_rows: 344,
            size_bytes: content.len() as u64,
        }],
        columns: Schema {
            columns: vec![Column {
                name: "island".to_owned(),
                kind: ColumnType::Text,
                nullable: false,
                form: None,
            }],
        },
        source: Source {
            file_name: "penguins.csv".to_owned(),
            size_bytes: 10,
            hash: hash_of("source"),
            options: ImportOptions::default(),
            n_files: 1,
            set_aside: None,
        },
    }
}

pub fn new_run(number: u128) -> NewRun {
    NewRun {
        run_id: RunId::from_bits(number),
        experiment: ExperimentName::new("default"),
        name: None,
        started_ms: ACT.at_ms,
        params: BTreeMap::from([("algorithm".to_owned(), "random_forest".to_owned())]),
        tags: BTreeMap::new(),
        dataset: Some((DatasetName::new("penguins"), 1)),
        process_id: None,
    }
}

pub fn parity() -> ParityReport {
    ParityReport {
        schema: PARITY_SCHEMA,
        rows: 69,
        max_abs_diff: 1e-7,
        max_rel_diff: 1e-7,
        label_flips: 0,
        tolerance: 1e-5,
        passed: true,
        n_exact: 60,
        log10_differences: Histogram {
            edges: vec![-12.0, 0.0],
            counts: vec![69],
        },
        worst_rows: vec![3],
        parts: None,
        runtime: "onnxruntime".to_owned(),
    }
}

pub fn new_model(
    name: &str,
    run_id: &RunId,
    onnx: ObjectHash,
    reference: ObjectHash,
) -> NewModelVersion {
    NewModelVersion {
        model: ModelName::new(name),
        origin: NewOrigin::Trained(NewTrained {
            run_id: run_id.clone(),
            problem: ProblemKind::Multiclass,
            dataset: DatasetName::new("penguins"),
            dataset_number: 1,
            dataset_version: hash_of("rows"),
            parity: parity(),
            reference,
        }),
        algorithm: "random_forest".to_owned(),
        signature: Signature {
            inputs: Vec::new(),
            outputs: Vec::new(),
        },
        metrics: BTreeMap::from([("test.accuracy".to_owned(), 0.97)]),
        onnx,
        onnx_size_bytes: 4,
        opset: 17,
    }
}

pub fn drift_report(number: u64, model: &VersionKey) -> DriftReport {
    DriftReport {
        schema: DRIFT_REPORT_SCHEMA,
        replay_id: ReplayId::from_bits(number),
        model: Some(model.clone()),
        reference: None,
        problem: Some(ProblemKind::Binary),
        logs: vec!["log.csv".to_owned()],
        rule: DriftRule::default(),
        window: WindowSpec::Rows(336),
        n_rows: 1_000,
        n_reference_rows: 500,
        performance_metric: None,
        performance: None,
        test_performance: None,
        baseline_rows: Default::default(),
        columns: Vec::new(),
        windows: Vec::new(),
        drifted: vec!["vicprice".to_owned()],
        first_drifted_window: Some(2),
        verdict: "Drifted from window 3 on: vicprice".to_owned(),
        warnings: Vec::new(),
        alerts: Vec::new(),
        quality: Vec::new(),
        concept: Vec::new(),
        challenge: None,
        findings: Vec::new(),
        created_ms: ACT.at_ms + number as i64,
        duration_secs: 0.5,
    }
}

pub fn suite(name: &str, rules: usize) -> Suite {
    let rule = Rule::new(
        RuleType::RowCountBetween,
        serde_json::json!({"min_value": 1}),
    );
    let expectation = Expectation::new(rule, Severity::Critical, "");
    Suite::new(name, vec![expectation; rules])
}

pub fn failure() -> Failure {
    Failure {
        code: Code::Invalid,
        attempted: "train on `penguins`".to_owned(),
        wrong: "the target has one value".to_owned(),
        hint: None,
    }
}

pub fn job_id(number: u64) -> JobId {
    JobId::from_bits(number)
}

pub fn key(model: &str, version: u32) -> VersionKey {
    VersionKey {
        model: ModelName::new(model),
        version,
    }
}

/// All files of a folder with their bytes, for comparing before and after.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

pub fn stored_file(path: &str, object: &ObjectHash, size_bytes: u64) -> Artifact {
    Artifact {
        path: path.to_owned(),
        object: object.clone(),
        size_bytes,
    }
}
