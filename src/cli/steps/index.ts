import type { AnyStep } from '../../plan/index.ts';
import { phantomBody } from './bodies.ts';
import { feaClosedForm } from './closed-forms.ts';
import { feetJudge, feetScan, feetTruth } from './feet.ts';
import { makePartStep } from './make-part.ts';
import { meshBoolean, meshCheck, meshOffset, meshRemesh, meshRepair, meshSimplify, meshSmooth } from './mesh-tools.ts';
import { pelvisJudge, pelvisScan, pelvisTruth } from './pelvis.ts';
import { pieceSurface, presetPieces, volumeRead } from './pieces.ts';
import { operatedScan } from './surgery.ts';

/** Steps of verbs that stand outside any workflow. */
export const CLI_STEPS: readonly AnyStep[] = [
  meshCheck,
  meshRepair,
  meshBoolean,
  meshOffset,
  meshRemesh,
  meshSmooth,
  meshSimplify,
  volumeRead,
  presetPieces,
  pieceSurface,
  makePartStep,
  phantomBody,
  feetTruth,
  feetScan,
  feetJudge,
  pelvisTruth,
  pelvisScan,
  operatedScan,
  pelvisJudge,
  feaClosedForm,
];
