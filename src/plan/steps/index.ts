import type { AnyStep } from '../step.ts';
import { acetabulumFigures } from './acetabulum-figures.ts';
import { boneBlock, boneCalibration, boneMesh, boneMoved, bonesRelabelled, labelsFile } from './bones.ts';
import { meshCompare, meshRegister } from './compare.ts';
import { meshDeviation } from './deviation.ts';
import { inspectEvaluate, inspectEvaluationPictures } from './evaluate.ts';
import { feetBones, feetEdited } from './feet.ts';
import { fractureMeasure, fractureMoved, fracturePictures, fractureReduce, fractureTemplate } from './fracture.ts';
import { guideDesign } from './guide.ts';
import { makeInspect } from './inspect.ts';
import {
  makeCheck,
  makeGcode,
  makeInspection,
  makeLayers,
  makeNominal,
  makePackage,
  makePictures,
  makePlan,
  talusPart,
} from './make.ts';
import { meshRead, meshWrite } from './mesh-files.ts';
import { pelvisBones, pelvisEdited, pelvisPlaced } from './pelvis.ts';
import { plateDesign, plateNetwork, plateStep } from './plate.ts';
import { plateStrength } from './plate-strength.ts';
import { reportHtmlStep, reportPdfStep } from './report.ts';
import { scanDecode, scanList, scanView, scanVolume } from './scan.ts';
import { screwsPlan } from './screw-plan.ts';
import { screwsBone, screwsCorridors, screwsPlaces } from './screws.ts';
import { strengthField, strengthModel, strengthPicture, strengthSolve, strengthVtu } from './strength.ts';
import { talusBody, talusFit, talusHeight, talusMeasures, talusPlace, talusSizeStep } from './talus.ts';
import { talusFigures } from './talus-figures.ts';
import { talusStrength } from './talus-strength.ts';

/** Every step there is: what a worker can be asked to do. */
export const STEPS: readonly AnyStep[] = [
  scanList,
  scanDecode,
  scanVolume,
  scanView,
  feetBones,
  feetEdited,
  boneBlock,
  boneCalibration,
  boneMesh,
  boneMoved,
  bonesRelabelled,
  labelsFile,
  talusPlace,
  talusBody,
  talusHeight,
  talusMeasures,
  talusSizeStep,
  talusFit,
  talusPart,
  talusStrength,
  pelvisBones,
  pelvisEdited,
  pelvisPlaced,
  screwsBone,
  screwsPlaces,
  screwsCorridors,
  screwsPlan,
  plateNetwork,
  plateDesign,
  plateStep,
  plateStrength,
  guideDesign,
  acetabulumFigures,
  makePlan,
  makeCheck,
  makeLayers,
  makeGcode,
  makePackage,
  makePictures,
  makeNominal,
  makeInspection,
  makeInspect,
  inspectEvaluate,
  inspectEvaluationPictures,
  reportHtmlStep,
  reportPdfStep,
  meshRead,
  meshWrite,
  meshCompare,
  meshDeviation,
  meshRegister,
  fractureReduce,
  fractureMeasure,
  fractureMoved,
  fractureTemplate,
  fracturePictures,
  talusFigures,
  strengthModel,
  strengthSolve,
  strengthVtu,
  strengthField,
  strengthPicture,
];
