import { auditVerifyVerb } from './audit.ts';
import { bonesVerb } from './bones.ts';
import { changeVerb } from './change.ts';
import { changesVerb } from './changes.ts';
import { cohortVerb } from './cohort.ts';
import { compareVerb } from './compare.ts';
import { demoVerb } from './demo.ts';
import { DICOM_VERBS } from './dicom.ts';
import { evaluateVerb } from './evaluate.ts';
import { feaVerb } from './fea.ts';
import { FEA_FORMULA_VERBS } from './fea-formulas.ts';
import { feaVerifyVerb } from './fea-verify.ts';
import { inspectVerb } from './inspect.ts';
import { intakeVerb } from './intake.ts';
import { makeVerb } from './make.ts';
import { MESH_VERBS } from './mesh.ts';
import { PACS_VERBS } from './pacs.ts';
import { pullVerb } from './pull.ts';
import { pushVerb } from './push.ts';
import { reduceVerb } from './reduce.ts';
import { registerVerb } from './register.ts';
import { runVerb } from './run.ts';
import { scanVerb } from './scan.ts';
import { serveVerb } from './serve.ts';
import { userAddVerb } from './user.ts';
import type { Verb } from './verb.ts';
import { verifyVerb } from './verify.ts';
import { workerVerb } from './work.ts';

/** Every verb, in the order a person meets them. */
export const VERBS: readonly Verb[] = [
  demoVerb,
  runVerb,
  scanVerb,
  intakeVerb,
  bonesVerb,
  registerVerb,
  compareVerb,
  reduceVerb,
  makeVerb,
  inspectVerb,
  evaluateVerb,
  cohortVerb,
  ...MESH_VERBS,
  ...DICOM_VERBS,
  ...PACS_VERBS,
  feaVerb,
  feaVerifyVerb,
  ...FEA_FORMULA_VERBS,
  verifyVerb,
  serveVerb,
  userAddVerb,
  pushVerb,
  pullVerb,
  changeVerb,
  changesVerb,
  workerVerb,
  auditVerifyVerb,
];
