//! One function per command: a typed request to the use case that answers it. No decisions here.

use assay_core::access::{AccessToken, IssuedToken, NewAccessToken, TokenName};
use assay_core::ask::*;
use assay_core::bulk::{PurgeRuns, RunTrash, RunsChange, RunsChanged, RunsPurged};
use assay_core::chart::{ChartRequest, ChartSpec, RenderRequest};
use assay_core::code::Failure;
use assay_core::curves::CurvesRequest;
use assay_core::dataset::{DatasetDetail, DatasetSummary, DatasetVersion, ImportSpec, RowsRequest};
use assay_core::exchange::{Moved, OfferedVersion, PullRequest, PushRequest, SharedFolder};
use assay_core::expect::{CheckReport, ResultFormat, RuleInfo, Suite};
use assay_core::gate::GateReport;
use assay_core::imported_model::ModelImportSpec;
use assay_core::imports::{RecognisedRuns, RunExportSpec, RunImportSpec, RunsAt};
use assay_core::job::{Job, JobSpec};
use assay_core::lab::{DoctorReport, LabStatus, OwnServer, SwitchServer, TrashItem};
use assay_core::lineage::{Lineage, LineageRequest};
use assay_core::metrics::MetricInfo;
use assay_core::model_diff::{ModelDiff, ModelDiffRequest};
use assay_core::onnx_graph::{GraphRequest, OnnxGraph, TensorRequest, TensorStatistics};
use assay_core::preview::{ImportPreview, PreviewRequest};
use assay_core::profile::Profile;
use assay_core::recipe::Recipe;
use assay_core::recipes::*;
use assay_core::registered::{RegisteredModel, RegisteredVersion};
use assay_core::registry::{
    ModelDetail, ModelSummary, ModelVersion, PromoteRequest, Rollback, RollbackRequest,
    VerifyReport,
};
use assay_core::replay::{
    CellDetail, CellRequest, ColumnShapes, DistributionRequest, DriftReport, JudgeReplay,
    ReplayPreview, ReplayPreviewRequest, ReplaySpec, ReplaySummary,
};
use assay_core::result::RunResult;
use assay_core::run::{Comparison, ExperimentSummary, RunDetail};
use assay_core::run_table::*;
use assay_core::scoring::PredictSpec;
use assay_core::serving::{PredictAnswer, ServedModel, TryModel};
use assay_core::signing::{NewKey, SignatureReport, SigningKeys, TrustKey};
use assay_core::suites::*;
use assay_core::train::{AlgorithmInfo, TrainSpec};
use assay_core::variants::ShrinkSpec;
use assay_core::version_diff::{DiffRequest, VersionDiff};
use assay_core::watch::{WatchRequest, WatchedFolder};
use assay_core::{DatasetName, Task};
use assay_lab::{Error, Lab};

use crate::desk::Desk;

type Answer<T> = Result<T, Failure>;

/// Asks the open lab.
fn ask<T>(desk: &Desk, question: impl FnOnce(&Lab) -> Result<T, Error>) -> Answer<T> {
    let lab = desk.lab()?;
    question(&lab).map_err(|error| error.failure())
}

fn begin(desk: &Desk, spec: JobSpec) -> Answer<JobStarted> {
    let job_id = desk
        .lab()?
        .start_job(spec)
        .map_err(|error| error.failure())?;
    Ok(JobStarted { job_id })
}

pub fn lab_status(desk: &Desk, _: Nothing) -> Answer<LabStatus> {
    ask(desk, Lab::status)
}

pub fn server_show(desk: &Desk, _: Nothing) -> Answer<OwnServer> {
    desk.own_server(&*desk.lab()?)
}

pub fn server_switch(desk: &Desk, request: SwitchServer) -> Answer<OwnServer> {
    desk.switch_server(&*desk.lab()?, request)
}

pub fn tokens_list(desk: &Desk, _: Nothing) -> Answer<Vec<AccessToken>> {
    ask(desk, Lab::access_tokens)
}

pub fn tokens_issue(desk: &Desk, request: NewAccessToken) -> Answer<IssuedToken> {
    ask(desk, |lab| lab.issue_token(&request))
}

pub fn tokens_revoke(desk: &Desk, request: TokenName) -> Answer<Vec<AccessToken>> {
    ask(desk, |lab| lab.revoke_token(&request.name))
}

pub fn lab_create(desk: &Desk, request: LabPath) -> Answer<LabStatus> {
    desk.change_lab(|environment| Lab::create(&request.path, environment))?;
    ask(desk, Lab::status)
}

pub fn lab_open(desk: &Desk, request: LabPath) -> Answer<LabStatus> {
    desk.change_lab(|environment| Lab::open(&request.path, environment))?;
    ask(desk, Lab::status)
}

pub fn lab_doctor(desk: &Desk, request: DoctorRequest) -> Answer<DoctorReport> {
    ask(desk, |lab| lab.doctor(request.repair))
}

pub fn lab_undo(desk: &Desk, _: Nothing) -> Answer<Undone> {
    ask(desk, Lab::undo)
}

pub fn trash_list(desk: &Desk, _: Nothing) -> Answer<Vec<TrashItem>> {
    ask(desk, Lab::trash)
}

pub fn trash_delete(desk: &Desk, request: TrashRequest) -> Answer<Nothing> {
    ask(desk, |lab| lab.delete(request.kind, &request.id)).map(|()| Nothing {})
}

pub fn trash_restore(desk: &Desk, request: TrashRequest) -> Answer<Nothing> {
    ask(desk, |lab| lab.restore(request.kind, &request.id)).map(|()| Nothing {})
}

pub fn trash_empty(desk: &Desk, _: Nothing) -> Answer<TrashEmptied> {
    ask(desk, Lab::empty_trash)
}

pub fn search(desk: &Desk, request: SearchRequest) -> Answer<SearchAnswer> {
    ask(desk, |lab| lab.search(&request))
}

pub fn demo_start(desk: &Desk, _: Nothing) -> Answer<JobStarted> {
    begin(desk, JobSpec::Demo)
}

pub fn datasets_list(desk: &Desk, _: Nothing) -> Answer<Vec<DatasetSummary>> {
    ask(desk, Lab::datasets)
}

pub fn datasets_show(desk: &Desk, request: ByDataset) -> Answer<DatasetDetail> {
    ask(desk, |lab| lab.dataset(&request.dataset))
}

pub fn datasets_profile(desk: &Desk, request: ByDataset) -> Answer<Profile> {
    ask(desk, |lab| lab.profile(&request.dataset))
}

pub fn datasets_rows(desk: &Desk, request: RowsRequest) -> Answer<Vec<u8>> {
    ask(desk, |lab| lab.rows(&request))
}

pub fn datasets_preview(desk: &Desk, request: PreviewRequest) -> Answer<ImportPreview> {
    ask(desk, |lab| lab.preview(&request))
}

pub fn datasets_import(desk: &Desk, request: ImportSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::Import(request))
}

pub fn datasets_tag(desk: &Desk, request: TagRequest) -> Answer<DatasetDetail> {
    ask(desk, |lab| {
        if request.remove {
            lab.untag_dataset(&DatasetName::new(request.dataset.name), &request.tag)
        } else {
            lab.tag_dataset(&request.dataset, &request.tag)
        }
    })
}

pub fn datasets_restore(desk: &Desk, request: ByDataset) -> Answer<DatasetVersion> {
    ask(desk, |lab| lab.restore_version(&request.dataset))
}

/// `None`: it takes long; `datasets.compare` begins it, and then it is here.
pub fn datasets_diff(desk: &Desk, request: DiffRequest) -> Answer<Option<VersionDiff>> {
    ask(desk, |lab| lab.diff_at_once(&request))
}

pub fn datasets_compare(desk: &Desk, request: DiffRequest) -> Answer<JobStarted> {
    begin(desk, JobSpec::Diff(request))
}

pub fn datasets_export(desk: &Desk, request: ExportDataset) -> Answer<JobStarted> {
    begin(desk, JobSpec::Export(request))
}

pub fn datasets_set_aside(desk: &Desk, request: ByDataset) -> Answer<Vec<u8>> {
    ask(desk, |lab| lab.set_aside_rows(&request.dataset))
}

pub fn datasets_save_set_aside(desk: &Desk, request: ExportDataset) -> Answer<Written> {
    ask(desk, |lab| {
        lab.export_set_aside(&request.dataset, &request.path)
    })
}

pub fn lineage_show(desk: &Desk, request: LineageRequest) -> Answer<Lineage> {
    ask(desk, |lab| lab.lineage(&request.about))
}

pub fn watches_list(desk: &Desk, _: Nothing) -> Answer<Vec<WatchedFolder>> {
    ask(desk, Lab::watches)
}

pub fn watches_add(desk: &Desk, request: WatchRequest) -> Answer<Vec<WatchedFolder>> {
    ask(desk, |lab| lab.add_watch(&request))
}

pub fn watches_remove(desk: &Desk, request: WatchRequest) -> Answer<Vec<WatchedFolder>> {
    ask(desk, |lab| lab.remove_watch(&request.folder))
}

pub fn expectations_list(desk: &Desk, _: Nothing) -> Answer<Vec<SuiteSummary>> {
    ask(desk, Lab::suites)
}

pub fn expectations_show(desk: &Desk, request: ExpectationsRequest) -> Answer<ExpectationsView> {
    ask(desk, |lab| {
        lab.expectations(&request.dataset, request.suite.as_ref())
    })
}

pub fn expectations_catalogue(desk: &Desk, _: Nothing) -> Answer<Vec<RuleInfo>> {
    ask(desk, |lab| Ok(lab.rule_types()))
}

pub fn expectations_suggest(desk: &Desk, request: ByDataset) -> Answer<Suite> {
    ask(desk, |lab| lab.suggest_expectations(&request.dataset))
}

pub fn expectations_save(desk: &Desk, request: SaveSuite) -> Answer<Suite> {
    ask(desk, |lab| {
        lab.save_expectations(&request.dataset, &request.suite)
    })
}

pub fn expectations_check(desk: &Desk, request: CheckRequest) -> Answer<CheckReport> {
    let format = request.format.unwrap_or(ResultFormat::Summary);
    ask(desk, |lab| {
        lab.check_by(
            &request.dataset,
            request.suite.as_ref(),
            format,
            &Task::silent(),
        )
    })
}

pub fn expectations_history(desk: &Desk, request: ByDataset) -> Answer<Vec<CheckSummary>> {
    ask(desk, |lab| lab.check_history(&request.dataset))
}

pub fn expectations_report(desk: &Desk, request: ByCheck) -> Answer<CheckReport> {
    ask(desk, |lab| lab.check_report(request.check_id))
}

pub fn expectations_import(desk: &Desk, request: ImportSuite) -> Answer<ImportedSuite> {
    ask(desk, |lab| {
        lab.import_suite(&request.file_name, &request.text, request.name.as_deref())
    })
}

pub fn expectations_export(desk: &Desk, request: ExportSuite) -> Answer<SuiteText> {
    ask(desk, |lab| {
        let text = lab.export_suite(&request.suite, request.format)?;
        lab.write_suite_text(&text, request.path.as_deref())?;
        Ok(text)
    })
}

pub fn expectations_junit(desk: &Desk, request: JunitRequest) -> Answer<SuiteText> {
    ask(desk, |lab| {
        let text = lab.export_junit(request.check_id)?;
        lab.write_suite_text(&text, request.path.as_deref())?;
        Ok(text)
    })
}

pub fn algorithms_list(desk: &Desk, _: Nothing) -> Answer<Vec<AlgorithmInfo>> {
    ask(desk, |lab| Ok(lab.algorithms()))
}

pub fn metrics_list(_: &Desk, _: Nothing) -> Answer<Vec<MetricInfo>> {
    Ok(assay_core::metrics::catalogue())
}

pub fn recipes_suggest(desk: &Desk, request: RecipeRequest) -> Answer<Recipe> {
    ask(desk, |lab| {
        lab.suggest_recipe(&request.dataset, &request.target)
    })
}

pub fn recipes_list(desk: &Desk, _: Nothing) -> Answer<Vec<RecipeSummary>> {
    ask(desk, Lab::recipes)
}

pub fn recipes_show(desk: &Desk, request: ByRecipe) -> Answer<RecipeVersion> {
    ask(desk, |lab| lab.recipe(&request.recipe))
}

pub fn recipes_save(desk: &Desk, request: SaveRecipe) -> Answer<RecipeVersion> {
    ask(desk, |lab| lab.save_recipe(&request.name, &request.recipe))
}

pub fn recipes_save_run(desk: &Desk, request: SaveRecipeOfRun) -> Answer<RecipeVersion> {
    ask(desk, |lab| {
        lab.save_recipe_of_run(&request.name, &request.run_id)
    })
}

pub fn recipes_delete(desk: &Desk, request: RecipeName) -> Answer<Nothing> {
    ask(desk, |lab| lab.delete_recipe(&request.name)).map(|()| Nothing {})
}

pub fn recipes_import(desk: &Desk, request: ImportRecipe) -> Answer<RecipeVersion> {
    ask(desk, |lab| {
        lab.import_recipe(&request.file_name, &request.text, request.name.as_deref())
    })
}

pub fn recipes_export(desk: &Desk, request: ExportRecipe) -> Answer<RecipeText> {
    ask(desk, |lab| {
        let text = lab.export_recipe(&request.recipe)?;
        lab.write_recipe_text(&text, request.path.as_deref())?;
        Ok(text)
    })
}

pub fn training_start(desk: &Desk, request: TrainSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::Train(Box::new(request)))
}

pub fn runs_recognise(_: &Desk, request: RunsAt) -> Answer<RecognisedRuns> {
    Ok(assay_lab::recognise_runs(&request.path))
}

pub fn runs_import(desk: &Desk, request: RunImportSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::ImportRuns(request))
}

pub fn runs_export(desk: &Desk, request: RunExportSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::ExportRuns(request))
}

pub fn runs_reproduce(desk: &Desk, request: ByRun) -> Answer<JobStarted> {
    begin(
        desk,
        JobSpec::Reproduce {
            run_id: request.run_id,
        },
    )
}

pub fn experiments_list(desk: &Desk, _: Nothing) -> Answer<Vec<ExperimentSummary>> {
    ask(desk, Lab::experiments)
}

pub fn runs_list(desk: &Desk, request: RunQuery) -> Answer<RunPage> {
    ask(desk, |lab| lab.runs(&request))
}

pub fn runs_follow(desk: &Desk, request: RunChangesRequest) -> Answer<RunChanges> {
    ask(desk, |lab| lab.run_changes(&request))
}

pub fn runs_fields(desk: &Desk, request: FieldsRequest) -> Answer<Vec<FieldInfo>> {
    ask(desk, |lab| lab.run_fields(&request))
}

pub fn runs_values(desk: &Desk, request: ValuesRequest) -> Answer<Vec<FieldValue>> {
    ask(desk, |lab| lab.run_values(&request))
}

pub fn runs_change(desk: &Desk, request: RunsChange) -> Answer<RunsChanged> {
    ask(desk, |lab| lab.change_runs(&request))
}

pub fn runs_trash(desk: &Desk, _: Nothing) -> Answer<RunTrash> {
    ask(desk, Lab::run_trash)
}

pub fn runs_purge(desk: &Desk, request: PurgeRuns) -> Answer<RunsPurged> {
    ask(desk, |lab| lab.purge_runs(&request))
}

pub fn runs_curves(desk: &Desk, request: CurvesRequest) -> Answer<Vec<u8>> {
    ask(desk, |lab| lab.curves(&request))
}

pub fn runs_show(desk: &Desk, request: ByRun) -> Answer<RunDetail> {
    ask(desk, |lab| lab.run(&request.run_id))
}

pub fn runs_result(desk: &Desk, request: ResultRequest) -> Answer<RunResult> {
    ask(desk, |lab| lab.run_result(&request.run_id, request.costs))
}

pub fn runs_compare(desk: &Desk, request: ByRuns) -> Answer<Comparison> {
    ask(desk, |lab| lab.compare(&request.runs))
}

pub fn charts_spec(desk: &Desk, request: ChartRequest) -> Answer<ChartSpec> {
    ask(desk, |lab| lab.chart(&request))
}

pub fn charts_render(desk: &Desk, request: RenderRequest) -> Answer<Vec<u8>> {
    ask(desk, |lab| lab.render_chart(&request))
}

pub fn charts_save(desk: &Desk, request: SaveChart) -> Answer<Written> {
    ask(desk, |lab| lab.save_chart(&request))
}

pub fn charts_open(desk: &Desk, request: OpenChart) -> Answer<Nothing> {
    ask(desk, |lab| lab.open_chart(&request)).map(|()| Nothing {})
}

pub fn models_list(desk: &Desk, _: Nothing) -> Answer<Vec<ModelSummary>> {
    ask(desk, Lab::models)
}

pub fn models_show(desk: &Desk, request: ByModel) -> Answer<ModelDetail> {
    ask(desk, |lab| lab.model(&request.model))
}

pub fn models_registered(desk: &Desk, request: ByModelName) -> Answer<RegisteredModel> {
    ask(desk, |lab| lab.registered_model(&request.name))
}

pub fn models_register(desk: &Desk, request: RegisterRequest) -> Answer<ModelVersion> {
    ask(desk, |lab| lab.register(&request.run_id, &request.name))
}

pub fn models_gate(desk: &Desk, request: GateRequest) -> Answer<GateReport> {
    ask(desk, |lab| lab.gate(&request.model, request.to))
}

pub fn models_promote(desk: &Desk, request: PromoteRequest) -> Answer<GateReport> {
    ask(desk, |lab| lab.promote(&request))
}

pub fn models_rollback(desk: &Desk, request: RollbackRequest) -> Answer<Rollback> {
    ask(desk, |lab| lab.roll_back(&request))
}

pub fn models_card(desk: &Desk, request: ByModel) -> Answer<ModelCard> {
    ask(desk, |lab| lab.model_card(&request.model))
}

pub fn models_set_card(desk: &Desk, request: SetModelCard) -> Answer<ModelCard> {
    ask(desk, |lab| {
        lab.set_model_card(&request.model, request.text.as_deref())
    })
}

pub fn models_alias(desk: &Desk, request: AliasRequest) -> Answer<RegisteredVersion> {
    ask(desk, |lab| lab.set_alias(&request.model, &request.alias))
}

pub fn models_verify(desk: &Desk, request: ByModel) -> Answer<VerifyReport> {
    ask(desk, |lab| lab.verify(&request.model))
}

pub fn models_predict(desk: &Desk, request: PredictSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::Predict(request))
}

pub fn models_try(desk: &Desk, request: TryModel) -> Answer<PredictAnswer> {
    desk.lab()?
        .try_model(&request)
        .map_err(|error| error.failure())
}

pub fn serving_models(desk: &Desk, _: Nothing) -> Answer<Vec<ServedModel>> {
    ask(desk, Lab::served_models)
}

pub fn models_sign(desk: &Desk, request: ByModel) -> Answer<SignatureReport> {
    ask(desk, |lab| lab.sign_model(&request.model))
}

pub fn keys_list(desk: &Desk, _: Nothing) -> Answer<SigningKeys> {
    ask(desk, Lab::signing_keys)
}

pub fn keys_new(desk: &Desk, request: NewKey) -> Answer<SigningKeys> {
    ask(desk, |lab| lab.new_signing_key(&request))
}

pub fn keys_trust(desk: &Desk, request: TrustKey) -> Answer<SigningKeys> {
    ask(desk, |lab| lab.trust_key(&request))
}

pub fn models_shrink(desk: &Desk, request: ShrinkSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::Shrink(request))
}

pub fn models_push(desk: &Desk, request: PushRequest) -> Answer<Moved> {
    ask(desk, |lab| lab.push_model(&request))
}

pub fn models_offers(desk: &Desk, request: SharedFolder) -> Answer<Vec<OfferedVersion>> {
    ask(desk, |lab| lab.offered_models(&request))
}

pub fn models_pull(desk: &Desk, request: PullRequest) -> Answer<Vec<Moved>> {
    ask(desk, |lab| lab.pull_models(&request))
}

pub fn models_export(desk: &Desk, request: ExportRequest) -> Answer<Written> {
    ask(desk, |lab| match request.variant {
        Some(variant) => lab.export_smaller(&request.model, variant, &request.folder),
        None => lab.export_model(&request.model, &request.folder),
    })
}

pub fn models_import(desk: &Desk, request: ModelImportSpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::ImportModel(request))
}

pub fn models_diff(desk: &Desk, request: ModelDiffRequest) -> Answer<Option<ModelDiff>> {
    ask(desk, |lab| lab.diff_models_at_once(&request))
}

pub fn models_compare(desk: &Desk, request: ModelDiffRequest) -> Answer<JobStarted> {
    begin(desk, JobSpec::DiffModels(request))
}

pub fn models_graph(desk: &Desk, request: GraphRequest) -> Answer<OnnxGraph> {
    ask(desk, |lab| lab.onnx_graph(&request))
}

pub fn models_tensor(desk: &Desk, request: TensorRequest) -> Answer<Option<TensorStatistics>> {
    ask(desk, |lab| lab.onnx_tensor(&request))
}

pub fn replays_preview(desk: &Desk, request: ReplayPreviewRequest) -> Answer<ReplayPreview> {
    ask(desk, |lab| lab.preview_replay(&request))
}

pub fn replays_start(desk: &Desk, request: ReplaySpec) -> Answer<JobStarted> {
    begin(desk, JobSpec::Replay(Box::new(request)))
}

pub fn replays_list(desk: &Desk, _: Nothing) -> Answer<Vec<ReplaySummary>> {
    ask(desk, Lab::replays)
}

pub fn replays_show(desk: &Desk, request: ByReplay) -> Answer<DriftReport> {
    ask(desk, |lab| lab.drift_report(&request.replay))
}

pub fn replays_judge(desk: &Desk, request: JudgeReplay) -> Answer<DriftReport> {
    ask(desk, |lab| lab.judge_replay(&request))
}

pub fn replays_distribution(desk: &Desk, request: DistributionRequest) -> Answer<ColumnShapes> {
    ask(desk, |lab| lab.replay_distribution(&request))
}

pub fn replays_cell(desk: &Desk, request: CellRequest) -> Answer<CellDetail> {
    ask(desk, |lab| lab.drift_cell(&request))
}

pub fn reports_html(desk: &Desk, request: ReportRequest) -> Answer<Vec<u8>> {
    ask(desk, |lab| lab.report(&request)).map(String::into_bytes)
}

pub fn reports_save(desk: &Desk, request: SaveReport) -> Answer<Written> {
    ask(desk, |lab| lab.save_report(&request.report, &request.path))
}

pub fn jobs_list(desk: &Desk, _: Nothing) -> Answer<Vec<Job>> {
    ask(desk, Lab::jobs)
}

pub fn jobs_show(desk: &Desk, request: ByJob) -> Answer<Job> {
    ask(desk, |lab| lab.job(&request.job_id))
}

pub fn jobs_cancel(desk: &Desk, request: ByJob) -> Answer<Nothing> {
    ask(desk, |lab| lab.cancel_job(&request.job_id)).map(|()| Nothing {})
}
