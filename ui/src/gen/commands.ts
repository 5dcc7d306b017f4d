// Written from the list of commands by `cargo xtask gen`. Do not edit.
import type { AccessToken } from "./AccessToken";
import type { AlgorithmInfo } from "./AlgorithmInfo";
import type { AliasRequest } from "./AliasRequest";
import type { ByCheck } from "./ByCheck";
import type { ByDataset } from "./ByDataset";
import type { ByJob } from "./ByJob";
import type { ByModel } from "./ByModel";
import type { ByModelName } from "./ByModelName";
import type { ByRecipe } from "./ByRecipe";
import type { ByReplay } from "./ByReplay";
import type { ByRun } from "./ByRun";
import type { ByRuns } from "./ByRuns";
import type { CellDetail } from "./CellDetail";
import type { CellRequest } from "./CellRequest";
import type { ChartRequest } from "./ChartRequest";
import type { ChartSpec } from "./ChartSpec";
import type { CheckReport } from "./CheckReport";
import type { CheckRequest } from "./CheckRequest";
import type { CheckSummary } from "./CheckSummary";
import type { ColumnShapes } from "./ColumnShapes";
import type { Comparison } from "./Comparison";
import type { CurvesRequest } from "./CurvesRequest";
import type { DatasetDetail } from "./DatasetDetail";
import type { DatasetSummary } from "./DatasetSummary";
import type { DatasetVersion } from "./DatasetVersion";
import type { DiffRequest } from "./DiffRequest";
import type { DistributionRequest } from "./DistributionRequest";
import type { DoctorReport } from "./DoctorReport";
import type { DoctorRequest } from "./DoctorRequest";
import type { DriftReport } from "./DriftReport";
import type { ExpectationsRequest } from "./ExpectationsRequest";
import type { ExpectationsView } from "./ExpectationsView";
import type { ExperimentSummary } from "./ExperimentSummary";
import type { ExportDataset } from "./ExportDataset";
import type { ExportRecipe } from "./ExportRecipe";
import type { ExportRequest } from "./ExportRequest";
import type { ExportSuite } from "./ExportSuite";
import type { FieldInfo } from "./FieldInfo";
import type { FieldValue } from "./FieldValue";
import type { FieldsRequest } from "./FieldsRequest";
import type { GateReport } from "./GateReport";
import type { GateRequest } from "./GateRequest";
import type { GraphRequest } from "./GraphRequest";
import type { ImportPreview } from "./ImportPreview";
import type { ImportRecipe } from "./ImportRecipe";
import type { ImportSpec } from "./ImportSpec";
import type { ImportSuite } from "./ImportSuite";
import type { ImportedSuite } from "./ImportedSuite";
import type { IssuedToken } from "./IssuedToken";
import type { Job } from "./Job";
import type { JobStarted } from "./JobStarted";
import type { JudgeReplay } from "./JudgeReplay";
import type { JunitRequest } from "./JunitRequest";
import type { LabPath } from "./LabPath";
import type { LabStatus } from "./LabStatus";
import type { Lineage } from "./Lineage";
import type { LineageRequest } from "./LineageRequest";
import type { MetricInfo } from "./MetricInfo";
import type { ModelCard } from "./ModelCard";
import type { ModelDetail } from "./ModelDetail";
import type { ModelDiff } from "./ModelDiff";
import type { ModelDiffRequest } from "./ModelDiffRequest";
import type { ModelImportSpec } from "./ModelImportSpec";
import type { ModelSummary } from "./ModelSummary";
import type { ModelVersion } from "./ModelVersion";
import type { Moved } from "./Moved";
import type { NewAccessToken } from "./NewAccessToken";
import type { NewKey } from "./NewKey";
import type { Nothing } from "./Nothing";
import type { OfferedVersion } from "./OfferedVersion";
import type { OnnxGraph } from "./OnnxGraph";
import type { OpenChart } from "./OpenChart";
import type { OwnServer } from "./OwnServer";
import type { PredictAnswer } from "./PredictAnswer";
import type { PredictSpec } from "./PredictSpec";
import type { PreviewRequest } from "./PreviewRequest";
import type { Profile } from "./Profile";
import type { PromoteRequest } from "./PromoteRequest";
import type { PullRequest } from "./PullRequest";
import type { PurgeRuns } from "./PurgeRuns";
import type { PushRequest } from "./PushRequest";
import type { Recipe } from "./Recipe";
import type { RecipeName } from "./RecipeName";
import type { RecipeRequest } from "./RecipeRequest";
import type { RecipeSummary } from "./RecipeSummary";
import type { RecipeText } from "./RecipeText";
import type { RecipeVersion } from "./RecipeVersion";
import type { RecognisedRuns } from "./RecognisedRuns";
import type { RegisterRequest } from "./RegisterRequest";
import type { RegisteredModel } from "./RegisteredModel";
import type { RegisteredVersion } from "./RegisteredVersion";
import type { RenderRequest } from "./RenderRequest";
import type { ReplayPreview } from "./ReplayPreview";
import type { ReplayPreviewRequest } from "./ReplayPreviewRequest";
import type { ReplaySpec } from "./ReplaySpec";
import type { ReplaySummary } from "./ReplaySummary";
import type { ReportRequest } from "./ReportRequest";
import type { ResultRequest } from "./ResultRequest";
import type { Rollback } from "./Rollback";
import type { RollbackRequest } from "./RollbackRequest";
import type { RowsRequest } from "./RowsRequest";
import type { RuleInfo } from "./RuleInfo";
import type { RunChanges } from "./RunChanges";
import type { RunChangesRequest } from "./RunChangesRequest";
import type { RunDetail } from "./RunDetail";
import type { RunExportSpec } from "./RunExportSpec";
import type { RunImportSpec } from "./RunImportSpec";
import type { RunPage } from "./RunPage";
import type { RunQuery } from "./RunQuery";
import type { RunResult } from "./RunResult";
import type { RunTrash } from "./RunTrash";
import type { RunsAt } from "./RunsAt";
import type { RunsChange } from "./RunsChange";
import type { RunsChanged } from "./RunsChanged";
import type { RunsPurged } from "./RunsPurged";
import type { SaveChart } from "./SaveChart";
import type { SaveRecipe } from "./SaveRecipe";
import type { SaveRecipeOfRun } from "./SaveRecipeOfRun";
import type { SaveReport } from "./SaveReport";
import type { SaveSuite } from "./SaveSuite";
import type { SearchAnswer } from "./SearchAnswer";
import type { SearchRequest } from "./SearchRequest";
import type { ServedModel } from "./ServedModel";
import type { SetModelCard } from "./SetModelCard";
import type { SharedFolder } from "./SharedFolder";
import type { ShrinkSpec } from "./ShrinkSpec";
import type { SignatureReport } from "./SignatureReport";
import type { SigningKeys } from "./SigningKeys";
import type { Suite } from "./Suite";
import type { SuiteSummary } from "./SuiteSummary";
import type { SuiteText } from "./SuiteText";
import type { SwitchServer } from "./SwitchServer";
import type { TagRequest } from "./TagRequest";
import type { TensorRequest } from "./TensorRequest";
import type { TensorStatistics } from "./TensorStatistics";
import type { TokenName } from "./TokenName";
import type { TrainSpec } from "./TrainSpec";
import type { TrashEmptied } from "./TrashEmptied";
import type { TrashItem } from "./TrashItem";
import type { TrashRequest } from "./TrashRequest";
import type { TrustKey } from "./TrustKey";
import type { TryModel } from "./TryModel";
import type { Undone } from "./Undone";
import type { ValuesRequest } from "./ValuesRequest";
import type { VerifyReport } from "./VerifyReport";
import type { VersionDiff } from "./VersionDiff";
import type { WatchRequest } from "./WatchRequest";
import type { WatchedFolder } from "./WatchedFolder";
import type { Written } from "./Written";
import type { Kind } from "./Kind";

export interface Commands {
  "lab.status": { request: Nothing; response: LabStatus };
  "lab.create": { request: LabPath; response: LabStatus };
  "lab.open": { request: LabPath; response: LabStatus };
  "lab.doctor": { request: DoctorRequest; response: DoctorReport };
  "lab.undo": { request: Nothing; response: Undone };
  "server.show": { request: Nothing; response: OwnServer };
  "server.switch": { request: SwitchServer; response: OwnServer };
  "tokens.list": { request: Nothing; response: Array<AccessToken> };
  "tokens.issue": { request: NewAccessToken; response: IssuedToken };
  "tokens.revoke": { request: TokenName; response: Array<AccessToken> };
  "trash.list": { request: Nothing; response: Array<TrashItem> };
  "trash.delete": { request: TrashRequest; response: Nothing };
  "trash.restore": { request: TrashRequest; response: Nothing };
  "trash.empty": { request: Nothing; response: TrashEmptied };
  "search": { request: SearchRequest; response: SearchAnswer };
  "demo.start": { request: Nothing; response: JobStarted };
  "datasets.list": { request: Nothing; response: Array<DatasetSummary> };
  "datasets.show": { request: ByDataset; response: DatasetDetail };
  "datasets.profile": { request: ByDataset; response: Profile };
  "datasets.rows": { request: RowsRequest; response: ArrayBuffer };
  "datasets.preview": { request: PreviewRequest; response: ImportPreview };
  "datasets.import": { request: ImportSpec; response: JobStarted };
  "datasets.tag": { request: TagRequest; response: DatasetDetail };
  "datasets.restore": { request: ByDataset; response: DatasetVersion };
  "datasets.diff": { request: DiffRequest; response: VersionDiff | null };
  "datasets.compare": { request: DiffRequest; response: JobStarted };
  "datasets.export": { request: ExportDataset; response: JobStarted };
  "datasets.set_aside": { request: ByDataset; response: ArrayBuffer };
  "datasets.save_set_aside": { request: ExportDataset; response: Written };
  "lineage.show": { request: LineageRequest; response: Lineage };
  "watches.list": { request: Nothing; response: Array<WatchedFolder> };
  "watches.add": { request: WatchRequest; response: Array<WatchedFolder> };
  "watches.remove": { request: WatchRequest; response: Array<WatchedFolder> };
  "expectations.list": { request: Nothing; response: Array<SuiteSummary> };
  "expectations.show": { request: ExpectationsRequest; response: ExpectationsView };
  "expectations.catalogue": { request: Nothing; response: Array<RuleInfo> };
  "expectations.suggest": { request: ByDataset; response: Suite };
  "expectations.save": { request: SaveSuite; response: Suite };
  "expectations.check": { request: CheckRequest; response: CheckReport };
  "expectations.history": { request: ByDataset; response: Array<CheckSummary> };
  "expectations.report": { request: ByCheck; response: CheckReport };
  "expectations.import": { request: ImportSuite; response: ImportedSuite };
  "expectations.export": { request: ExportSuite; response: SuiteText };
  "expectations.junit": { request: JunitRequest; response: SuiteText };
  "algorithms.list": { request: Nothing; response: Array<AlgorithmInfo> };
  "metrics.list": { request: Nothing; response: Array<MetricInfo> };
  "recipes.suggest": { request: RecipeRequest; response: Recipe };
  "recipes.list": { request: Nothing; response: Array<RecipeSummary> };
  "recipes.show": { request: ByRecipe; response: RecipeVersion };
  "recipes.save": { request: SaveRecipe; response: RecipeVersion };
  "recipes.save_run": { request: SaveRecipeOfRun; response: RecipeVersion };
  "recipes.delete": { request: RecipeName; response: Nothing };
  "recipes.import": { request: ImportRecipe; response: RecipeVersion };
  "recipes.export": { request: ExportRecipe; response: RecipeText };
  "training.start": { request: TrainSpec; response: JobStarted };
  "experiments.list": { request: Nothing; response: Array<ExperimentSummary> };
  "runs.list": { request: RunQuery; response: RunPage };
  "runs.follow": { request: RunChangesRequest; response: RunChanges };
  "runs.fields": { request: FieldsRequest; response: Array<FieldInfo> };
  "runs.values": { request: ValuesRequest; response: Array<FieldValue> };
  "runs.change": { request: RunsChange; response: RunsChanged };
  "runs.trash": { request: Nothing; response: RunTrash };
  "runs.purge": { request: PurgeRuns; response: RunsPurged };
  "runs.curves": { request: CurvesRequest; response: ArrayBuffer };
  "runs.show": { request: ByRun; response: RunDetail };
  "runs.result": { request: ResultRequest; response: RunResult };
  "runs.reproduce": { request: ByRun; response: JobStarted };
  "runs.recognise": { request: RunsAt; response: RecognisedRuns };
  "runs.import": { request: RunImportSpec; response: JobStarted };
  "runs.export": { request: RunExportSpec; response: JobStarted };
  "runs.compare": { request: ByRuns; response: Comparison };
  "charts.spec": { request: ChartRequest; response: ChartSpec };
  "charts.render": { request: RenderRequest; response: ArrayBuffer };
  "charts.save": { request: SaveChart; response: Written };
  "charts.open": { request: OpenChart; response: Nothing };
  "models.list": { request: Nothing; response: Array<ModelSummary> };
  "models.show": { request: ByModel; response: ModelDetail };
  "models.registered": { request: ByModelName; response: RegisteredModel };
  "models.register": { request: RegisterRequest; response: ModelVersion };
  "models.gate": { request: GateRequest; response: GateReport };
  "models.promote": { request: PromoteRequest; response: GateReport };
  "models.rollback": { request: RollbackRequest; response: Rollback };
  "models.card": { request: ByModel; response: ModelCard };
  "models.set_card": { request: SetModelCard; response: ModelCard };
  "models.alias": { request: AliasRequest; response: RegisteredVersion };
  "models.verify": { request: ByModel; response: VerifyReport };
  "models.import": { request: ModelImportSpec; response: JobStarted };
  "models.diff": { request: ModelDiffRequest; response: ModelDiff | null };
  "models.compare": { request: ModelDiffRequest; response: JobStarted };
  "models.graph": { request: GraphRequest; response: OnnxGraph };
  "models.tensor": { request: TensorRequest; response: TensorStatistics | null };
  "models.predict": { request: PredictSpec; response: JobStarted };
  "models.try": { request: TryModel; response: PredictAnswer };
  "serving.models": { request: Nothing; response: Array<ServedModel> };
  "keys.list": { request: Nothing; response: SigningKeys };
  "keys.new": { request: NewKey; response: SigningKeys };
  "keys.trust": { request: TrustKey; response: SigningKeys };
  "models.sign": { request: ByModel; response: SignatureReport };
  "models.shrink": { request: ShrinkSpec; response: JobStarted };
  "models.push": { request: PushRequest; response: Moved };
  "models.offers": { request: SharedFolder; response: Array<OfferedVersion> };
  "models.pull": { request: PullRequest; response: Array<Moved> };
  "models.export": { request: ExportRequest; response: Written };
  "replays.preview": { request: ReplayPreviewRequest; response: ReplayPreview };
  "replays.start": { request: ReplaySpec; response: JobStarted };
  "replays.list": { request: Nothing; response: Array<ReplaySummary> };
  "replays.show": { request: ByReplay; response: DriftReport };
  "replays.judge": { request: JudgeReplay; response: DriftReport };
  "replays.distribution": { request: DistributionRequest; response: ColumnShapes };
  "replays.cell": { request: CellRequest; response: CellDetail };
  "reports.html": { request: ReportRequest; response: ArrayBuffer };
  "reports.save": { request: SaveReport; response: Written };
  "jobs.list": { request: Nothing; response: Array<Job> };
  "jobs.show": { request: ByJob; response: Job };
  "jobs.cancel": { request: ByJob; response: Nothing };
}

/** The kinds whose change makes an answer stale. */
export const READS: Record<keyof Commands, readonly Kind[]> = {
  "lab.status": ["lab", "datasets", "runs", "models", "replays", "jobs", "trash", "servers"],
  "lab.create": [],
  "lab.open": [],
  "lab.doctor": [],
  "lab.undo": [],
  "server.show": ["lab", "servers"],
  "server.switch": [],
  "tokens.list": ["lab", "tokens"],
  "tokens.issue": [],
  "tokens.revoke": [],
  "trash.list": ["lab", "trash"],
  "trash.delete": [],
  "trash.restore": [],
  "trash.empty": [],
  "search": ["lab", "datasets", "runs", "models", "replays"],
  "demo.start": [],
  "datasets.list": ["lab", "datasets", "expectations", "runs"],
  "datasets.show": ["lab", "datasets", "expectations", "runs", "replays"],
  "datasets.profile": ["lab", "datasets"],
  "datasets.rows": ["lab", "datasets"],
  "datasets.preview": ["lab"],
  "datasets.import": [],
  "datasets.tag": [],
  "datasets.restore": [],
  "datasets.diff": ["lab", "datasets"],
  "datasets.compare": [],
  "datasets.export": [],
  "datasets.set_aside": ["lab", "datasets"],
  "datasets.save_set_aside": [],
  "lineage.show": ["lab", "datasets", "runs", "models", "replays"],
  "watches.list": ["lab", "watches"],
  "watches.add": [],
  "watches.remove": [],
  "expectations.list": ["lab", "expectations"],
  "expectations.show": ["lab", "datasets", "expectations"],
  "expectations.catalogue": [],
  "expectations.suggest": ["lab", "datasets"],
  "expectations.save": [],
  "expectations.check": [],
  "expectations.history": ["lab", "datasets", "expectations"],
  "expectations.report": ["lab", "datasets", "expectations"],
  "expectations.import": [],
  "expectations.export": [],
  "expectations.junit": [],
  "algorithms.list": [],
  "metrics.list": [],
  "recipes.suggest": ["lab", "datasets"],
  "recipes.list": ["lab", "recipes"],
  "recipes.show": ["lab", "recipes"],
  "recipes.save": [],
  "recipes.save_run": [],
  "recipes.delete": [],
  "recipes.import": [],
  "recipes.export": [],
  "training.start": [],
  "experiments.list": ["lab", "runs"],
  "runs.list": ["lab", "runs", "models"],
  "runs.follow": [],
  "runs.fields": ["lab", "runs"],
  "runs.values": ["lab", "runs"],
  "runs.change": [],
  "runs.trash": ["lab", "trash"],
  "runs.purge": [],
  "runs.curves": ["lab", "runs"],
  "runs.show": ["lab", "runs", "models"],
  "runs.result": ["lab", "runs"],
  "runs.reproduce": [],
  "runs.recognise": [],
  "runs.import": [],
  "runs.export": [],
  "runs.compare": ["lab", "runs", "models"],
  "charts.spec": ["lab", "datasets", "runs", "replays"],
  "charts.render": ["lab", "datasets", "runs", "replays"],
  "charts.save": [],
  "charts.open": [],
  "models.list": ["lab", "models"],
  "models.show": ["lab", "models", "replays", "audit", "expectations"],
  "models.registered": ["lab", "models"],
  "models.register": [],
  "models.gate": ["lab", "models", "expectations"],
  "models.promote": [],
  "models.rollback": [],
  "models.card": ["lab", "models"],
  "models.set_card": [],
  "models.alias": [],
  "models.verify": [],
  "models.import": [],
  "models.diff": ["lab", "models", "datasets"],
  "models.compare": [],
  "models.graph": ["lab", "models"],
  "models.tensor": ["lab", "models"],
  "models.predict": [],
  "models.try": [],
  "serving.models": ["lab", "models", "trash"],
  "keys.list": ["lab"],
  "keys.new": [],
  "keys.trust": [],
  "models.sign": [],
  "models.shrink": [],
  "models.push": [],
  "models.offers": ["lab", "models"],
  "models.pull": [],
  "models.export": [],
  "replays.preview": ["lab", "models"],
  "replays.start": [],
  "replays.list": ["lab", "replays"],
  "replays.show": ["lab", "replays"],
  "replays.judge": ["lab", "replays"],
  "replays.distribution": ["lab", "replays"],
  "replays.cell": ["lab", "replays"],
  "reports.html": ["lab", "datasets", "runs", "models", "replays"],
  "reports.save": [],
  "jobs.list": ["lab", "jobs"],
  "jobs.show": ["lab", "jobs"],
  "jobs.cancel": [],
};

/** Commands that answer with bytes. */
export type BytesCommand = "datasets.rows" | "datasets.set_aside" | "runs.curves" | "charts.render" | "reports.html";
