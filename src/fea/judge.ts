import { type Finding, type Vec3, type Verdict, verdictOf } from '../base/index.ts';
import { nodesOfFaces } from './boundary.ts';
import { resultant } from './loads.ts';
import type { Model } from './model.ts';
import { principalsAt, vonMisesAt } from './stress.ts';
import type { Study, StudyMaterial } from './study.ts';
import { nodeAt, nodeCount, nodesPerTet } from './tets.ts';

/** What a solver found for one load case. */
export interface CaseFields {
  /** Three numbers a node, mm. */
  readonly displacementMm: Float64Array;
  /** Six numbers a node, MPa. */
  readonly stressMPa: Float64Array;
  /** Which part each node's stress is of: where two materials meet, the one that bears more. */
  readonly part: Uint8Array;
  /** What the supports give, N, at each node. */
  readonly reactionN: Float64Array;
  readonly iterations: number;
  readonly residual: number;
  readonly converged: boolean;
}

export interface Peak {
  readonly value: number;
  readonly at: Vec3;
}

/** Numbers of one load case on one mesh. */
export interface CaseNumbers {
  readonly name: string;
  readonly source: string;
  readonly loadN: Vec3;
  readonly reactionN: Vec3;
  /** What load and reaction miss to balance, over the sum of nodal forces. */
  readonly imbalance: number;
  readonly displacementMm: Peak;
  /** Half of load times displacement. */
  readonly energyNmm: number;
  readonly vonMisesMPa: Peak;
  /** The same without the two layers of elements around fixed and sliding supports, whose edges have no finite stress. */
  readonly vonMisesAwayMPa: Peak;
  /** The same in each material, in the order of the study: the solid, then its inclusions. */
  readonly partsMPa: readonly Peak[];
  readonly greatestPrincipalMPa: Peak;
  readonly leastPrincipalMPa: Peak;
  readonly iterations: number;
  readonly residual: number;
  readonly converged: boolean;
}

/** Layers of elements around a support that are not looked at. */
const AWAY = 2;

export function numbersOf(model: Model, study: Study, index: number, fields: CaseFields): CaseNumbers {
  const { mesh } = model.volume;
  const { name, source } = study.loadCases[index];
  const { displacementMm: u, stressMPa, part, reactionN, iterations, residual, converged } = fields;
  const forces = model.forcesN[index];
  const near = nearSupports(model, study);
  const n = nodeCount(mesh);
  const best = (value: (node: number) => number, keep: (node: number) => boolean = () => true): Peak => {
    let at = -1;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      if (!keep(i)) continue;
      const v = value(i);
      if (v > top) {
        top = v;
        at = i;
      }
    }
    return at < 0 ? { value: 0, at: nodeAt(mesh, 0) } : { value: top, at: nodeAt(mesh, at) };
  };
  const load = resultant(mesh, forces).forceN;
  const reaction = resultant(mesh, reactionN).forceN;
  let all = 0;
  let energyNmm = 0;
  for (let i = 0; i < forces.length; i++) {
    all += Math.abs(forces[i]);
    energyNmm += (forces[i] * u[i]) / 2;
  }
  const least = best((i) => -principalsAt(stressMPa, i)[2]);
  return {
    name,
    source,
    loadN: load,
    reactionN: reaction,
    imbalance: Math.hypot(load[0] + reaction[0], load[1] + reaction[1], load[2] + reaction[2]) / all,
    displacementMm: best((i) => Math.hypot(u[3 * i], u[3 * i + 1], u[3 * i + 2])),
    energyNmm,
    vonMisesMPa: best((i) => vonMisesAt(stressMPa, i)),
    vonMisesAwayMPa: best(
      (i) => vonMisesAt(stressMPa, i),
      (i) => near[i] === 0,
    ),
    partsMPa: [study.material, ...(study.inclusions ?? [])].map((_, p) =>
      best(
        (i) => vonMisesAt(stressMPa, i),
        (i) => part[i] === p && near[i] === 0,
      ),
    ),
    greatestPrincipalMPa: best((i) => principalsAt(stressMPa, i)[0]),
    leastPrincipalMPa: { ...least, value: -least.value },
    iterations,
    residual,
    converged,
  };
}

/** Nodes of rigid supports, and of the elements within a few layers around them. */
function nearSupports({ volume: { mesh, boundary }, regions }: Model, { supports }: Study): Uint8Array {
  const near = new Uint8Array(nodeCount(mesh));
  let any = false;
  for (const s of supports)
    if (s.kind !== 'bedding')
      for (const i of nodesOfFaces(boundary, regions[s.region].faces)) {
        near[i] = 1;
        any = true;
      }
  const per = nodesPerTet(mesh);
  for (let layer = 1; any && layer <= AWAY; layer++)
    for (let e = 0; e < mesh.tets.length; e += per) {
      let touched = false;
      for (let k = 0; k < 4; k++) touched ||= near[mesh.tets[e + k]] > 0 && near[mesh.tets[e + k]] <= layer;
      if (touched) for (let k = 0; k < per; k++) if (near[mesh.tets[e + k]] === 0) near[mesh.tets[e + k]] = layer + 1;
    }
  return near;
}

/** A load case judged from two meshes. */
export interface JudgedCase extends CaseNumbers {
  readonly coarse: CaseNumbers;
  /** Estimated error of the greatest stress and displacement, as fractions. */
  readonly stressError: number;
  readonly displacementError: number;
  /** Yield strength over the greatest stress away from rigid supports, the least over the materials; null where none has one. */
  readonly yieldFactor: number | null;
  readonly fatigueFactor: number | null;
}

export interface Limits {
  /** Below: warning. Below 1: blocked. */
  readonly yieldFactor: number;
  readonly fatigueFactor: number;
  /** Estimated error of stress above which it is said; a warning where it could change the verdict. */
  readonly stressError: number;
}
export const LIMITS_DEFAULTS: Limits = {
  yieldFactor: 1.5, // usual in design codes of metals against first yield
  fatigueFactor: 1, // the limit itself; warned of, never blocked, for surfaces differ threefold
  stressError: 0.1,
};

/**
 * Error of the finer mesh from the difference of both, by Richardson: displacement falls with the square of the size, the
 * greatest stress is only trusted to fall with the size. Safety factors are the least over the materials.
 * @param ratio of the sizes, above 1
 */
export function judgeCase(
  fine: CaseNumbers,
  coarse: CaseNumbers,
  ratio: number,
  materials: readonly StudyMaterial[],
): JudgedCase {
  const change = (a: number, b: number) => (a === 0 ? 0 : Math.abs(a - b) / Math.abs(a));
  const factor = (strength: (m: StudyMaterial) => number | null): number | null => {
    const all = materials.flatMap((m, p) => {
      const limit = strength(m);
      const stress = fine.partsMPa[p].value;
      return limit === null || stress === 0 ? [] : [limit / stress];
    });
    return all.length ? Math.min(...all) : null;
  };
  return {
    ...fine,
    coarse,
    stressError: change(fine.vonMisesAwayMPa.value, coarse.vonMisesAwayMPa.value) / (ratio - 1),
    displacementError: change(fine.displacementMm.value, coarse.displacementMm.value) / (ratio * ratio - 1),
    yieldFactor: factor((m) => m.yieldMPa),
    fatigueFactor: factor((m) => m.fatigueMPa),
  };
}

/** Materials of a study in the order of its parts. */
export const materialsOf = ({ material, inclusions = [] }: Study): StudyMaterial[] => [
  material,
  ...inclusions.map((i) => i.material),
];

export interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

export function judge(
  cases: readonly JudgedCase[],
  materials: readonly StudyMaterial[],
  meshFindings: readonly Finding[],
  limits: Limits = LIMITS_DEFAULTS,
): Judgement {
  const findings = [
    ...meshFindings,
    ...cases.flatMap((c) => caseFindings(c, limits)),
    ...materials.flatMap((m) =>
      m.unread.map(
        (what): Finding => ({
          level: 'warning',
          code: 'fea.unread',
          text: `${m.name}: the source of a value was not read: ${what}`,
          hint: 'Check it against the edition you work with',
        }),
      ),
    ),
  ];
  return { verdict: verdictOf(findings), findings };
}

const place = ([xMm, yMm, zMm]: Vec3) => ({ xMm, yMm, zMm });

function caseFindings(c: JudgedCase, limits: Limits): Finding[] {
  const out: Finding[] = [];
  for (const [which, n] of [
    ['', c],
    [' (coarser mesh)', c.coarse],
  ] as const)
    if (!n.converged)
      out.push({
        level: 'blocker',
        code: 'fea.not-converged',
        text: `${c.name}: the solver stopped before its answer was accurate${which}`,
        facts: { residual: n.residual, iterations: n.iterations },
        hint: 'Use elements of another size; report the case if that does not help',
      });
  const stress = { stressMPa: c.vonMisesAwayMPa.value, ...place(c.vonMisesAwayMPa.at) };
  if (c.yieldFactor !== null && c.yieldFactor < limits.yieldFactor)
    out.push({
      level: c.yieldFactor < 1 ? 'blocker' : 'warning',
      code: 'fea.yield',
      text: `${c.name}: ${c.yieldFactor < 1 ? 'the material yields' : 'little is left to yielding'}`,
      facts: { factor: c.yieldFactor, limit: limits.yieldFactor, ...stress },
      hint: 'Make the part thicker there, or choose a stronger material',
    });
  if (c.fatigueFactor !== null && c.fatigueFactor < limits.fatigueFactor)
    out.push({
      level: 'warning',
      code: 'fea.fatigue',
      text: `${c.name}: the greatest stress is over the fatigue limit of a smooth surface`,
      facts: { factor: c.fatigueFactor, ...stress },
      hint: 'Cycles of this load will break the part in the end',
    });
  if (c.stressError > limits.stressError) {
    // Where even the stress with its error is borne, the error is for the record.
    const borne = (factor: number | null, limit: number) => factor !== null && factor / (1 + c.stressError) >= limit;
    const fatigued = c.fatigueFactor === null || borne(c.fatigueFactor, limits.fatigueFactor);
    const covered = borne(c.yieldFactor, limits.yieldFactor) && fatigued;
    out.push({
      level: covered ? 'note' : 'warning',
      code: 'fea.mesh-error',
      text: `${c.name}: the greatest stress still changes with the mesh${covered ? '; what is left to yielding covers that' : ''}`,
      facts: { errorFraction: c.stressError, limit: limits.stressError, ...stress },
      hint: 'Use smaller elements; at a sharp inner corner or a point load stress has no limit',
    });
  }
  return out;
}
