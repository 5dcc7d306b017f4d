//! THE list of commands. A command is in it or does not exist: dispatch, the TypeScript map and the test that every
//! command has a snapshot are generated from it.

/// Calls `$apply!` with every command: `reply "name" (Request) -> Response, reads [kinds] => handler;`
///
/// `reads` names the kinds whose change makes an answer stale; a command without kinds acts, or its answer never
/// changes. `bytes` commands answer with bytes and have no response type.
#[macro_export]
macro_rules! with_commands {
    ($apply:ident) => {
        $apply! {
            json "lab.status" (Nothing) -> LabStatus, reads [Lab, Datasets, Runs, Models, Replays, Jobs, Trash, Servers] => handlers::lab_status;
            json "lab.create" (LabPath) -> LabStatus, reads [] => handlers::lab_create;
            json "lab.open" (LabPath) -> LabStatus, reads [] => handlers::lab_open;
            json "lab.doctor" (DoctorRequest) -> DoctorReport, reads [] => handlers::lab_doctor;
            json "lab.undo" (Nothing) -> Undone, reads [] => handlers::lab_undo;
            json "server.show" (Nothing) -> OwnServer, reads [Lab, Servers] => handlers::server_show;
            json "server.switch" (SwitchServer) -> OwnServer, reads [] => handlers::server_switch;
            json "tokens.list" (Nothing) -> Vec<AccessToken>, reads [Lab, Tokens] => handlers::tokens_list;
            json "tokens.issue" (NewAccessToken) -> IssuedToken, reads [] => handlers::tokens_issue;
            json "tokens.revoke" (TokenName) -> Vec<AccessToken>, reads [] => handlers::tokens_revoke;
            json "trash.list" (Nothing) -> Vec<TrashItem>, reads [Lab, Trash] => handlers::trash_list;
            json "trash.delete" (TrashRequest) -> Nothing, reads [] => handlers::trash_delete;
            json "trash.restore" (TrashRequest) -> Nothing, reads [] => handlers::trash_restore;
            json "trash.empty" (Nothing) -> TrashEmptied, reads [] => handlers::trash_empty;
            json "search" (SearchRequest) -> SearchAnswer, reads [Lab, Datasets, Runs, Models, Replays] => handlers::search;
            json "demo.start" (Nothing) -> JobStarted, reads [] => handlers::demo_start;

            json "datasets.list" (Nothing) -> Vec<DatasetSummary>, reads [Lab, Datasets, Expectations, Runs] => handlers::datasets_list;
            json "datasets.show" (ByDataset) -> DatasetDetail, reads [Lab, Datasets, Expectations, Runs, Replays] => handlers::datasets_show;
            json "datasets.profile" (ByDataset) -> Profile, reads [Lab, Datasets] => handlers::datasets_profile;
            bytes "datasets.rows" (RowsRequest), reads [Lab, Datasets] => handlers::datasets_rows;
            json "datasets.preview" (PreviewRequest) -> ImportPreview, reads [Lab] => handlers::datasets_preview;
            json "datasets.import" (ImportSpec) -> JobStarted, reads [] => handlers::datasets_import;

            json "datasets.tag" (TagRequest) -> DatasetDetail, reads [] => handlers::datasets_tag;
            json "datasets.restore" (ByDataset) -> DatasetVersion, reads [] => handlers::datasets_restore;
            json "datasets.diff" (DiffRequest) -> Option<VersionDiff>, reads [Lab, Datasets] => handlers::datasets_diff;
            json "datasets.compare" (DiffRequest) -> JobStarted, reads [] => handlers::datasets_compare;
            json "datasets.export" (ExportDataset) -> JobStarted, reads [] => handlers::datasets_export;
            bytes "datasets.set_aside" (ByDataset), reads [Lab, Datasets] => handlers::datasets_set_aside;
            json "datasets.save_set_aside" (ExportDataset) -> Written, reads [] => handlers::datasets_save_set_aside;
            json "lineage.show" (LineageRequest) -> Lineage, reads [Lab, Datasets, Runs, Models, Replays] => handlers::lineage_show;
            json "watches.list" (Nothing) -> Vec<WatchedFolder>, reads [Lab, Watches] => handlers::watches_list;
            json "watches.add" (WatchRequest) -> Vec<WatchedFolder>, reads [] => handlers::watches_add;
            json "watches.remove" (WatchRequest) -> Vec<WatchedFolder>, reads [] => handlers::watches_remove;

            json "expectations.list" (Nothing) -> Vec<SuiteSummary>, reads [Lab, Expectations] => handlers::expectations_list;
            json "expectations.show" (ExpectationsRequest) -> ExpectationsView, reads [Lab, Datasets, Expectations] => handlers::expectations_show;
            json "expectations.catalogue" (Nothing) -> Vec<RuleInfo>, reads [] => handlers::expectations_catalogue;
            json "expectations.suggest" (ByDataset) -> Suite, reads [Lab, Datasets] => handlers::expectations_suggest;
            json "expectations.save" (SaveSuite) -> Suite, reads [] => handlers::expectations_save;
            json "expectations.check" (CheckRequest) -> CheckReport, reads [] => handlers::expectations_check;
            json "expectations.history" (ByDataset) -> Vec<CheckSummary>, reads [Lab, Datasets, Expectations] => handlers::expectations_history;
            json "expectations.report" (ByCheck) -> CheckReport, reads [Lab, Datasets, Expectations] => handlers::expectations_report;
            json "expectations.import" (ImportSuite) -> ImportedSuite, reads [] => handlers::expectations_import;
            json "expectations.export" (ExportSuite) -> SuiteText, reads [] => handlers::expectations_export;
            json "expectations.junit" (JunitRequest) -> SuiteText, reads [] => handlers::expectations_junit;

            json "algorithms.list" (Nothing) -> Vec<AlgorithmInfo>, reads [] => handlers::algorithms_list;
            json "metrics.list" (Nothing) -> Vec<MetricInfo>, reads [] => handlers::metrics_list;
            json "recipes.suggest" (RecipeRequest) -> Recipe, reads [Lab, Datasets] => handlers::recipes_suggest;
            json "recipes.list" (Nothing) -> Vec<RecipeSummary>, reads [Lab, Recipes] => handlers::recipes_list;
            json "recipes.show" (ByRecipe) -> RecipeVersion, reads [Lab, Recipes] => handlers::recipes_show;
            json "recipes.save" (SaveRecipe) -> RecipeVersion, reads [] => handlers::recipes_save;
            json "recipes.save_run" (SaveRecipeOfRun) -> RecipeVersion, reads [] => handlers::recipes_save_run;
            json "recipes.delete" (RecipeName) -> Nothing, reads [] => handlers::recipes_delete;
            json "recipes.import" (ImportRecipe) -> RecipeVersion, reads [] => handlers::recipes_import;
            json "recipes.export" (ExportRecipe) -> RecipeText, reads [] => handlers::recipes_export;
            json "training.start" (TrainSpec) -> JobStarted, reads [] => handlers::training_start;

            json "experiments.list" (Nothing) -> Vec<ExperimentSummary>, reads [Lab, Runs] => handlers::experiments_list;
            json "runs.list" (RunQuery) -> RunPage, reads [Lab, Runs, Models] => handlers::runs_list;
            json "runs.follow" (RunChangesRequest) -> RunChanges, reads [] => handlers::runs_follow;
            json "runs.fields" (FieldsRequest) -> Vec<FieldInfo>, reads [Lab, Runs] => handlers::runs_fields;
            json "runs.values" (ValuesRequest) -> Vec<FieldValue>, reads [Lab, Runs] => handlers::runs_values;
            json "runs.change" (RunsChange) -> RunsChanged, reads [] => handlers::runs_change;
            json "runs.trash" (Nothing) -> RunTrash, reads [Lab, Trash] => handlers::runs_trash;
            json "runs.purge" (PurgeRuns) -> RunsPurged, reads [] => handlers::runs_purge;
            bytes "runs.curves" (CurvesRequest), reads [Lab, Runs] => handlers::runs_curves;
            json "runs.show" (ByRun) -> RunDetail, reads [Lab, Runs, Models] => handlers::runs_show;
            json "runs.result" (ResultRequest) -> RunResult, reads [Lab, Runs] => handlers::runs_result;
            json "runs.reproduce" (ByRun) -> JobStarted, reads [] => handlers::runs_reproduce;
            json "runs.recognise" (RunsAt) -> RecognisedRuns, reads [] => handlers::runs_recognise;
            json "runs.import" (RunImportSpec) -> JobStarted, reads [] => handlers::runs_import;
            json "runs.export" (RunExportSpec) -> JobStarted, reads [] => handlers::runs_export;
            json "runs.compare" (ByRuns) -> Comparison, reads [Lab, Runs, Models] => handlers::runs_compare;

            json "charts.spec" (ChartRequest) -> ChartSpec, reads [Lab, Datasets, Runs, Replays] => handlers::charts_spec;
            bytes "charts.render" (RenderRequest), reads [Lab, Datasets, Runs, Replays] => handlers::charts_render;
            json "charts.save" (SaveChart) -> Written, reads [] => handlers::charts_save;
            json "charts.open" (OpenChart) -> Nothing, reads [] => handlers::charts_open;

            json "models.list" (Nothing) -> Vec<ModelSummary>, reads [Lab, Models] => handlers::models_list;
            json "models.show" (ByModel) -> ModelDetail, reads [Lab, Models, Replays, Audit, Expectations] => handlers::models_show;
            json "models.registered" (ByModelName) -> RegisteredModel, reads [Lab, Models] => handlers::models_registered;
            json "models.register" (RegisterRequest) -> ModelVersion, reads [] => handlers::models_register;
            json "models.gate" (GateRequest) -> GateReport, reads [Lab, Models, Expectations] => handlers::models_gate;
            json "models.promote" (PromoteRequest) -> GateReport, reads [] => handlers::models_promote;
            json "models.rollback" (RollbackRequest) -> Rollback, reads [] => handlers::models_rollback;
            json "models.card" (ByModel) -> ModelCard, reads [Lab, Models] => handlers::models_card;
            json "models.set_card" (SetModelCard) -> ModelCard, reads [] => handlers::models_set_card;
            json "models.alias" (AliasRequest) -> RegisteredVersion, reads [] => handlers::models_alias;
            json "models.verify" (ByModel) -> VerifyReport, reads [] => handlers::models_verify;
            json "models.import" (ModelImportSpec) -> JobStarted, reads [] => handlers::models_import;
            json "models.diff" (ModelDiffRequest) -> Option<ModelDiff>, reads [Lab, Models, Datasets] => handlers::models_diff;
            json "models.compare" (ModelDiffRequest) -> JobStarted, reads [] => handlers::models_compare;
            json "models.graph" (GraphRequest) -> OnnxGraph, reads [Lab, Models] => handlers::models_graph;
            json "models.tensor" (TensorRequest) -> Option<TensorStatistics>, reads [Lab, Models] => handlers::models_tensor;
            json "models.predict" (PredictSpec) -> JobStarted, reads [] => handlers::models_predict;
            json "models.try" (TryModel) -> PredictAnswer, reads [] => handlers::models_try;
            json "serving.models" (Nothing) -> Vec<ServedModel>, reads [Lab, Models, Trash] => handlers::serving_models;
            json "keys.list" (Nothing) -> SigningKeys, reads [Lab] => handlers::keys_list;
            json "keys.new" (NewKey) -> SigningKeys, reads [] => handlers::keys_new;
            json "keys.trust" (TrustKey) -> SigningKeys, reads [] => handlers::keys_trust;
            json "models.sign" (ByModel) -> SignatureReport, reads [] => handlers::models_sign;
            json "models.shrink" (ShrinkSpec) -> JobStarted, reads [] => handlers::models_shrink;
            json "models.push" (PushRequest) -> Moved, reads [] => handlers::models_push;
            json "models.offers" (SharedFolder) -> Vec<OfferedVersion>, reads [Lab, Models] => handlers::models_offers;
            json "models.pull" (PullRequest) -> Vec<Moved>, reads [] => handlers::models_pull;
            json "models.export" (ExportRequest) -> Written, reads [] => handlers::models_export;

            json "replays.preview" (ReplayPreviewRequest) -> ReplayPreview, reads [Lab, Models] => handlers::replays_preview;
            json "replays.start" (ReplaySpec) -> JobStarted, reads [] => handlers::replays_start;
            json "replays.list" (Nothing) -> Vec<ReplaySummary>, reads [Lab, Replays] => handlers::replays_list;
            json "replays.show" (ByReplay) -> DriftReport, reads [Lab, Replays] => handlers::replays_show;
            json "replays.judge" (JudgeReplay) -> DriftReport, reads [Lab, Replays] => handlers::replays_judge;
            json "replays.distribution" (DistributionRequest) -> ColumnShapes, reads [Lab, Replays] => handlers::replays_distribution;
            json "replays.cell" (CellRequest) -> CellDetail, reads [Lab, Replays] => handlers::replays_cell;
            bytes "reports.html" (ReportRequest), reads [Lab, Datasets, Runs, Models, Replays] => handlers::reports_html;
            json "reports.save" (SaveReport) -> Written, reads [] => handlers::reports_save;

            json "jobs.list" (Nothing) -> Vec<Job>, reads [Lab, Jobs] => handlers::jobs_list;
            json "jobs.show" (ByJob) -> Job, reads [Lab, Jobs] => handlers::jobs_show;
            json "jobs.cancel" (ByJob) -> Nothing, reads [] => handlers::jobs_cancel;
        }
    };
}
