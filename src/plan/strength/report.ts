import type { Vec3 } from '../../base/index.ts';
import type { JudgedCase, Load, Study } from '../../fea/index.ts';
import {
  type Block,
  type Figure,
  fixed,
  pictures,
  RESEARCH_SENTENCE,
  type Report,
  type Section,
} from '../report/model.ts';
import type { StrengthResult } from './run.ts';

export interface StrengthReportHead {
  readonly title: string;
  readonly subtitle: string;
  /** Who solved it, in words. */
  readonly solver: string;
}

/** What was asked, what came out, and how far it can be trusted. */
export function strengthReport(
  head: StrengthReportHead,
  study: Study,
  result: StrengthResult,
  figures: readonly Figure[],
): Report {
  return {
    title: head.title,
    subtitle: head.subtitle,
    verdict: result.verdict,
    footer: RESEARCH_SENTENCE,
    sections: [
      { title: 'Findings', blocks: [{ kind: 'findings', findings: result.findings }] },
      resultSection(result, figures),
      askedSection(study, result),
      meshSection(result, head.solver),
      limitsSection(),
    ],
  };
}

export const placeText = (at: Vec3): string => at.map((v) => fixed(v, 1)).join(', ');
export const factorText = (factor: number | null): string =>
  factor === null ? '–' : factor > 1000 ? 'over 1000' : fixed(factor, factor < 10 ? 2 : 0);

/** Rows of the table that a reader looks at first. */
export const CASE_HEAD = [
  'Load case',
  'Load, N',
  'Greatest von Mises, MPa',
  'Against yield',
  'Against fatigue',
  'Displacement, mm',
  'Mesh error of stress, %',
] as const;
export const caseRow = (c: JudgedCase): string[] => [
  c.name,
  fixed(Math.hypot(...c.loadN), 0),
  fixed(c.vonMisesAwayMPa.value, 1),
  factorText(c.yieldFactor),
  factorText(c.fatigueFactor),
  fixed(c.displacementMm.value, 4),
  fixed(100 * c.stressError, 1),
];

function resultSection({ cases }: StrengthResult, figures: readonly Figure[]): Section {
  const blocks: Block[] = [{ kind: 'table', head: CASE_HEAD, rows: cases.map(caseRow), numbersFrom: 1 }];
  blocks.push(...pictures(figures));
  blocks.push({
    kind: 'table',
    head: ['Load case', 'What', 'Value', 'At (LPS), mm'],
    rows: cases.flatMap((c) => [
      [
        c.name,
        'greatest von Mises stress',
        `${fixed(c.vonMisesAwayMPa.value, 2)} MPa`,
        placeText(c.vonMisesAwayMPa.at),
      ],
      ['', '… at rigid supports too', `${fixed(c.vonMisesMPa.value, 2)} MPa`, placeText(c.vonMisesMPa.at)],
      ['', 'greatest tension', `${fixed(c.greatestPrincipalMPa.value, 2)} MPa`, placeText(c.greatestPrincipalMPa.at)],
      ['', 'greatest compression', `${fixed(c.leastPrincipalMPa.value, 2)} MPa`, placeText(c.leastPrincipalMPa.at)],
      ['', 'greatest displacement', `${fixed(c.displacementMm.value, 4)} mm`, placeText(c.displacementMm.at)],
      ['', 'reaction x, y, z', `${c.reactionN.map((v) => fixed(v, 1)).join(', ')} N`, ''],
    ]),
    numbersFrom: 9,
  });
  return { title: 'Strength', blocks };
}

function askedSection({ material: m, supports, loadCases }: Study, { regionAreasMm2 }: StrengthResult): Section {
  const strength = (v: number | null) => (v === null ? 'not stated' : `${fixed(v, 0)} MPa`);
  return {
    title: 'What was asked',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Material', m.name],
          ['Young’s modulus, Poisson’s ratio', `${fixed(m.youngMPa, 0)} MPa, ${m.poisson}`],
          ['Yield strength', strength(m.yieldMPa)],
          ['Fatigue limit, smooth surface', strength(m.fatigueMPa)],
          ...supports.map((s): [string, string] => [
            `Support ${s.region}`,
            'nPerMm3' in s && s.nPerMm3 !== undefined ? `${s.kind}, ${s.nPerMm3} N/mm³` : s.kind,
          ]),
          ...loadCases.flatMap((c) => c.loads.map((l): [string, string] => [`${c.name}, ${l.region}`, loadText(l)])),
          ...loadCases.map((c): [string, string] => [`Source of ${c.name}`, c.source]),
          ...Object.entries(regionAreasMm2).map(([name, area]): [string, string] => [
            `Region ${name}`,
            `${fixed(area, 1)} mm²`,
          ]),
        ],
      },
    ],
  };
}

function loadText(load: Load): string {
  const xyz = (v: readonly number[], unit: string) => `${v.map((x) => fixed(x, 1)).join(', ')} ${unit} (x, y, z)`;
  if ('pressureMPa' in load) return `${load.pressureMPa} MPa`;
  if ('momentNmm' in load) return xyz(load.momentNmm, 'N·mm');
  return `${xyz(load.forceN, 'N')}${load.through ? ` through ${xyz(load.through, 'mm')}` : ''}`;
}

function meshSection({ mesh, coarseMesh, cases }: StrengthResult, solver: string): Section {
  return {
    title: 'Mesh and solver',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Elements', `${mesh.elements} quadratic tetrahedra, ${mesh.nodes} nodes, ${fixed(mesh.cellMm, 2)} mm`],
          ['Coarser mesh, for the error', `${coarseMesh.elements} elements, ${fixed(coarseMesh.cellMm, 2)} mm`],
          ['Dihedral angles', `${fixed(mesh.minDihedralDeg, 1)} to ${fixed(mesh.maxDihedralDeg, 1)}°`],
          [
            'From the surface to the mesh',
            `mean ${fixed(mesh.meanDeviationMm, 4)} mm, greatest ${fixed(mesh.maxDeviationMm, 3)} mm`,
          ],
          ['Volume', `${fixed(mesh.volumeMm3, 1)} of ${fixed(mesh.solidVolumeMm3, 1)} mm³`],
          ['Solver', solver],
          ...cases.map((c): [string, string] => [
            `Balance of ${c.name}`,
            `load and reaction differ by ${(100 * c.imbalance).toExponential(1)} %; ${c.iterations} iterations, residual ${c.residual.toExponential(1)}`,
          ]),
        ],
      },
    ],
  };
}

function limitsSection(): Section {
  return {
    title: 'Limits',
    blocks: [
      {
        kind: 'text',
        text: 'Linear elasticity: small displacements, a material that is the same everywhere and in all directions, no contact that opens or slides, no residual stress from printing. Safety factors are against first yield at a point. Stress at the edge of a rigid support has no limit and is left out two elements around it; the table shows it too. Fatigue is that of a smooth surface: parts as printed bear about a third. The mesh error is estimated from two meshes, not proven.',
      },
      { kind: 'text', text: RESEARCH_SENTENCE },
    ],
  };
}
