import { type Finding, OsteonError } from '../base/index.ts';
import {
  leastSectionMm2,
  MATERIAL_NAMES,
  MATERIALS_DATA,
  type Material,
  type MaterialName,
  plateFourPoint,
  STRUT_ENDS,
  screwPullOutN,
  sectionStress,
  strutLoadN,
  unreadValues,
} from '../fea/index.ts';
import type { Param } from '../plan/index.ts';
import { facts, num } from './format.ts';
import { type Answer, choiceFlag, type Verb, verb } from './verb.ts';

/** Answers by formula: for a first look, and to see whether an answer of `osteon fea` can be right. */

const MATERIAL = choiceFlag('material', MATERIAL_NAMES, 'Ti-6Al-4V ELI');
const positive = (label: string, unit: string, value: number, max: number): Param<number> => ({
  label,
  unit,
  default: value,
  min: 0,
  max,
  source: 'command line',
});

function strengthOf(name: string): { material: Material; youngMPa: number; yieldMPa: number; findings: Finding[] } {
  const material: Material = MATERIALS_DATA[name as MaterialName];
  if (!material.yieldMPa) throw new OsteonError('fea.material', { material: name }, 'It has no yield strength');
  const findings = unreadValues(material).map(
    (what): Finding => ({ level: 'warning', code: 'fea.unread', text: `The source of a value was not read: ${what}` }),
  );
  return { material, youngMPa: material.youngMPa.value, yieldMPa: material.yieldMPa.value, findings };
}

const answer = (document: object, rows: readonly (readonly [string, string])[], findings: Finding[] = []): Answer => ({
  document,
  text: facts(rows),
  findings,
});

const sectionVerb = verb({
  name: 'fea section',
  summary: 'by formula: mean stress over a section, and the least section that carries the load',
  args: [],
  params: {
    loadN: positive('load', 'N', 5340, 1e6),
    areaMm2: positive('smallest section', 'mm²', 100, 1e6),
    factor: positive('margin to yielding', '', 1.5, 100),
    material: MATERIAL,
  },
  required: ['areaMm2'],
  example: 'osteon fea section --area-mm2 310 --load-n 5340',
  async run({ params: { loadN, areaMm2, factor, material } }) {
    const { yieldMPa, findings } = strengthOf(material);
    const { stressMPa, factor: found } = sectionStress(loadN, areaMm2, yieldMPa);
    const leastMm2 = leastSectionMm2(loadN, yieldMPa, factor);
    const document = { material, loadN, areaMm2, stressMPa, yieldMPa, factor: found, leastSectionMm2: leastMm2 };
    const rows = [
      ['mean stress', `${num(stressMPa)} MPa`],
      ['yield over mean stress', num(found)],
      [`least section for ${factor}`, `${num(leastMm2)} mm²`],
    ] as const;
    return answer(document, rows, findings);
  },
});

const plateVerb = verb({
  name: 'fea plate',
  summary: 'by formula: a plate in four-point bending, stress and stiffness',
  args: [],
  params: {
    widthMm: positive('width', 'mm', 12, 1e3),
    thickMm: positive('thickness', 'mm', 3, 100),
    supportSpanMm: positive('between the supports', 'mm', 80, 1e3),
    loadSpanMm: positive('between the loads', 'mm', 30, 1e3),
    forceN: positive('both loads together', 'N', 500, 1e6),
    material: MATERIAL,
  },
  required: ['widthMm', 'thickMm'],
  example: 'osteon fea plate --width-mm 12 --thick-mm 3 --support-span-mm 80 --load-span-mm 30 --force-n 500',
  async run({ params: { material, ...plate } }) {
    const { youngMPa, yieldMPa, findings } = strengthOf(material);
    const made = plateFourPoint({ ...plate, youngMPa });
    const document = { material, ...plate, ...made, yieldMPa, factor: yieldMPa / made.stressMPa };
    const rows = [
      ['stress of the outer fibre', `${num(made.stressMPa)} MPa`],
      ['yield over it', num(yieldMPa / made.stressMPa)],
      ['loads sink by', `${num(made.deflectionMm, 4)} mm`],
      ['stiffness', `${num(made.stiffnessNPerMm, 1)} N/mm`],
    ] as const;
    return answer(document, rows, findings);
  },
});

const strutVerb = verb({
  name: 'fea strut',
  summary: 'by formula: the load under which a strut gives way (Euler, Johnson)',
  args: [],
  params: {
    lengthMm: positive('length', 'mm', 10, 1e3),
    diameterMm: positive('diameter of a round strut', 'mm', 1, 100),
    ends: choiceFlag('how its ends are held', Object.keys(STRUT_ENDS), 'fixed'),
    material: MATERIAL,
  },
  required: ['lengthMm', 'diameterMm'],
  example: 'osteon fea strut --length-mm 6 --diameter-mm 0.8',
  async run({ params: { lengthMm, diameterMm, ends, material } }) {
    const { youngMPa, yieldMPa, findings } = strengthOf(material);
    const areaMm2 = (Math.PI * diameterMm * diameterMm) / 4;
    const made = strutLoadN({
      lengthMm,
      areaMm2,
      inertiaMm4: (areaMm2 * diameterMm * diameterMm) / 16,
      ends: ends as keyof typeof STRUT_ENDS,
      youngMPa,
      yieldMPa,
    });
    const document = { material, lengthMm, diameterMm, ends, ...made };
    const rows = [
      ['gives way at', `${num(made.loadN, 1)} N`],
      ['slenderness', num(made.slenderness, 1)],
      ['law', made.law],
    ] as const;
    return answer(document, rows, findings);
  },
});

const screwVerb = verb({
  name: 'fea screw',
  summary: 'by formula: the force that strips a screw out of bone (Chapman, ASTM F543)',
  args: [],
  params: {
    lengthMm: positive('thread in the bone', 'mm', 20, 1e3),
    outerDiameterMm: positive('outer diameter of the thread', 'mm', 3.5, 50),
    coreDiameterMm: positive('core diameter', 'mm', 2.4, 50),
    pitchMm: positive('pitch', 'mm', 1.25, 20),
    shear: positive('shear strength of the bone', 'MPa', 3, 500),
  },
  required: ['lengthMm', 'outerDiameterMm', 'coreDiameterMm', 'pitchMm', 'shear'],
  example: 'osteon fea screw --length-mm 20 --outer-diameter-mm 3.5 --core-diameter-mm 2.4 --pitch-mm 1.25 --shear 3',
  async run({ params: { shear: shearMPa, ...screw } }) {
    const forceN = screwPullOutN({ ...screw, shearMPa });
    return answer({ ...screw, shearMPa, forceN }, [['pulls out at', `${num(forceN, 1)} N`]]);
  },
});

export const FEA_FORMULA_VERBS: readonly Verb[] = [sectionVerb, plateVerb, strutVerb, screwVerb];
