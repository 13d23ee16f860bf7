export { type FoundPelvis, findPelvis } from './acetabulum/bones.ts';
export { pelvicBoneFiles, pelvicLabelFile } from './acetabulum/files.ts';
export type { AcetabulumCase } from './acetabulum/workflow.ts';
export { type BoneHelp, type FoundFeet, findBones, type NamedBone, requireBone, traceBone } from './bones.ts';
export {
  type AcetabulumDocument,
  type DrawnPlate,
  PLATE_MATERIALS,
  type PoseCorrection,
  type WantedScrew,
} from './case/acetabulum.ts';
export {
  CASE_SCHEMA,
  type CaseDocument,
  type CaseVocabulary,
  PROCEDURES,
  type Procedure,
  parseCase,
} from './case/case.ts';
export { type CommonCase, MATERIALS, type Material } from './case/common.ts';
export {
  DEFAULT_SIZES,
  type Osteophyte,
  type SizeSet,
  TALUS_MATERIALS,
  type TalusDocument,
  type TalusVocabulary,
} from './case/talus.ts';
export { boneNamesOf, type EditsFile, parseEditsFile } from './edits-file.ts';
export type { Engines } from './engines.ts';
export { execute, type StepTable, stepTable } from './execute.ts';
export { createGate, distinctFindings, type Gate } from './gates.ts';
export {
  type Artefact,
  createGraph,
  type Graph,
  type GraphHost,
  type InputsOf,
  type Provenance,
  type StepEvent,
  type Store,
  type Task,
  type TaskResult,
} from './graph.ts';
export { type BuildFacts, totalsOf } from './make/documents.ts';
export { inspectionReport } from './make/inspection-page.ts';
export { MAKE_DEFAULTS, type Made, type MakeOptions, makePart } from './make/workflow.ts';
export { nearest, suggestion } from './nearest.ts';
export {
  documentFile,
  jsonBytes,
  type Manifest,
  type ManifestEntry,
  manifestOf,
  type OutFile,
  type Pack,
} from './outputs.ts';
export {
  type CutPlane,
  type Measurement,
  NOTHING_PLANNED,
  type PlacedScrew,
  type Planned,
  type PlateLine,
  parsePlanned,
} from './planned.ts';
export { escapeHtml, reportHtml } from './report/html.ts';
export {
  type Block,
  base64,
  type Figure,
  fixed,
  RESEARCH_SENTENCE,
  type Report,
  type Section,
} from './report/model.ts';
export { type PdfEngine, reportPdf } from './report/pdf.ts';
export { type CaseInput, caseCostS, caseVocabulary, runCase } from './run-case.ts';
export { type CheckedScan, checkScan, listScan, loadVolume, type ScanSource } from './scan-source.ts';
export {
  type AnyStep,
  checkParam,
  type Param,
  type ParamTable,
  type ParamValue,
  type ParamValues,
  resolveParams,
  type Step,
  type StepHost,
} from './step.ts';
export { type BoneMesh, labelsFile } from './steps/bones.ts';
export { meshCompare, meshRegister, type Registered } from './steps/compare.ts';
export { type DeviationMap, meshDeviation } from './steps/deviation.ts';
export { inspectEvaluate, inspectEvaluationPictures } from './steps/evaluate.ts';
export {
  type FractureFiles,
  type FractureMeasures,
  fractureMeasure,
  fractureMoved,
  fracturePictures,
  fractureReduce,
  fractureTemplate,
} from './steps/fracture.ts';
export { STEPS } from './steps/index.ts';
export { type InspectedScan, makeInspect } from './steps/inspect.ts';
export { type Exported, type FileBytes, MESH_FORMATS, meshRead, meshWrite } from './steps/mesh-files.ts';
export type { ScanVolume } from './steps/scan.ts';
export { type StudyPackOptions, studyPack } from './strength/pack.ts';
export { COARSER, type OutsideSolver, runStudy, type StrengthOptions, type StrengthResult } from './strength/run.ts';
export { parseStudy, STUDY_SCHEMA, type StudyDocument, studyMaterial } from './strength/study-file.ts';
export { boneFiles, labelFile, sizeName } from './talus/files.ts';
export { CASE_PARAMETERS } from './talus/vocabulary.ts';
export type { TalusCase } from './talus/workflow.ts';
