import { TALUS_POSTURES } from '../../fea/index.ts';
import { type Block, type Figure, fixed, pictures, type Section } from '../report/model.ts';
import { factorText, placeText } from '../strength/report.ts';
import type { SizeFacts, TalusFacts } from './documents.ts';

/** Load, material, safety factors, weakest section and mesh error of every size. */
export function strengthSection({ sizes }: TalusFacts): Section {
  const solved = sizes.filter(({ strength }) => strength.cases.length > 0);
  const [first] = sizes;
  const { material } = first.strength;
  const mesh = solved[0]?.strength.mesh;
  const figures = solved.map(figureOf);
  const blocks: Block[] = [
    {
      kind: 'facts',
      rows: [
        [
          'Material',
          `${material.name}: ${fixed(material.youngMPa / 1000, 1)} GPa, Poisson’s ratio ${material.poisson}`,
        ],
        ['Yield strength', material.yieldMPa === null ? 'not stated' : `${fixed(material.yieldMPa, 0)} MPa`],
        [
          'Fatigue limit, smooth surface',
          material.fatigueMPa === null ? 'none was read' : `${fixed(material.fatigueMPa, 0)} MPa`,
        ],
        ['Load', `${fixed(first.section.loadN, 0)} N on the dome, spread as through cartilage, in each posture`],
        [
          'Postures',
          TALUS_POSTURES.map(({ name, leanDeg }) => `${name} ${leanDeg < 0 ? '−' : '+'}${Math.abs(leanDeg)}°`).join(
            ', ',
          ),
        ],
        ['Supports', 'subtalar facets and head, on springs of cartilage'],
        ...(mesh
          ? [
              [
                'Elements',
                `${mesh.elements} quadratic tetrahedra, ${mesh.nodes} nodes, ${fixed(mesh.cellMm, 2)} mm; surface within ${fixed(mesh.maxDeviationMm, 2)} mm`,
              ] as const,
            ]
          : []),
      ],
    },
    {
      kind: 'table',
      head: [
        'Size and posture',
        'Greatest von Mises, MPa',
        'At (LPS), mm',
        'Against yield',
        'Against fatigue',
        'Mesh error, %',
      ],
      rows: sizes.flatMap(rowsOf),
      numbersFrom: 1,
    },
    {
      kind: 'table',
      head: ['Size', 'Weakest section, mm²', 'Across', 'Mean stress there, MPa', 'Yield over mean stress'],
      rows: sizes.map(weakestRow),
      numbersFrom: 1,
    },
  ];
  blocks.push(...pictures(figures));
  blocks.push({
    kind: 'text',
    text: 'Linear elasticity of the solid implant; no residual stress, no contact that opens or slides. The mesh error is estimated from two meshes. Directions of the load are those of a study in which tali were tested (Biomater Res 2022, 40824-022-00256-8).',
  });
  return { title: 'Strength', blocks };
}

function rowsOf({ percent, strength }: SizeFacts): string[][] {
  if (strength.cases.length === 0) return [[`${percent} %`, 'not computed', '', '', '', '']];
  return strength.cases.map((c) => [
    `${percent} %, ${c.name}`,
    fixed(c.vonMisesAwayMPa.value, 1),
    placeText(c.vonMisesAwayMPa.at),
    factorText(c.yieldFactor),
    factorText(c.fatigueFactor),
    fixed(100 * c.stressError, 1),
  ]);
}

function weakestRow({ percent, fit, section }: SizeFacts): string[] {
  const [axis, { minimum }] = Object.entries(fit.sections).reduce((a, b) =>
    b[1].minimum.areaMm2 < a[1].minimum.areaMm2 ? b : a,
  );
  return [
    `${percent} %`,
    fixed(minimum.areaMm2, 0),
    `${axis}, at ${fixed(100 * minimum.atFraction, 0)} %`,
    fixed(section.meanStressMPa, 1),
    fixed(section.reserve, 0),
  ];
}

function figureOf({ percent, strength }: SizeFacts): Figure {
  const worst = strength.cases.reduce((a, b) => (b.vonMisesAwayMPa.value > a.vonMisesAwayMPa.value ? b : a));
  return {
    png: strength.png,
    caption: `Size ${percent} %, ${worst.name}: von Mises stress, from the side of its peak and from the other side`,
  };
}
