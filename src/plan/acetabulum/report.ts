import { unpack, verdictOf } from '../../base/index.ts';
import type { Graph } from '../graph.ts';
import type { OutFile } from '../outputs.ts';
import { type Decision, decisions } from '../report/decisions.ts';
import { reportFiles as writeReport } from '../report/files.ts';
import { type Figure, fixed, pictures, RESEARCH_SENTENCE, type Report, type Section } from '../report/model.ts';
import { type AcetabulumFigures, acetabulumFigures } from '../steps/acetabulum-figures.ts';
import type { AcetabulumFacts } from './documents.ts';
import { gapBlocks, jointText, sharedRoom } from './report-gaps.ts';
import { guideSection, plateSection, screwSection } from './report-implants.ts';
import { strengthSection } from './report-strength.ts';
import { ACETABULUM_PARAMETERS } from './vocabulary.ts';
import type { AcetabulumCase } from './workflow.ts';

/** Pictures of every step. */
export async function drawFigures(
  graph: Graph,
  made: AcetabulumCase,
): Promise<{ readonly figures: AcetabulumFigures; readonly files: readonly OutFile[] }> {
  const { found, broken, volume, reduction, reduced, measures, screws, plate, guide, document } = made;
  const drawn = await graph.step(
    acetabulumFigures,
    {
      scan: volume,
      names: graph.value(found.bones.map((b) => b.name)),
      meshes: found.bones.map((b) => found.meshes.get(b.name)!),
      healthy: broken.healthy,
      reduction,
      reduced,
      measures,
      plans: screws,
      plate,
      guide,
    },
    { side: document.affectedSide },
  );
  const figures = unpack<AcetabulumFigures>(await drawn.load());
  const files = Object.entries<readonly Figure[]>({ ...figures }).flatMap(([section, list]) =>
    list.map(
      ({ png }, i): OutFile => ({
        role: 'picture',
        path: `pictures/${section}-${i + 1}.png`,
        bytes: png,
        unit: '',
        made: drawn.made,
      }),
    ),
  );
  return { figures, files };
}

export const reportFiles = (
  graph: Graph,
  made: AcetabulumCase,
  facts: AcetabulumFacts,
  figures: AcetabulumFigures,
): Promise<OutFile[]> => writeReport(graph, acetabulumReport(made, facts, figures));

/** What a surgeon reads, from the scan to the limits. Every number has a unit and the way it was found. */
export function acetabulumReport(made: AcetabulumCase, f: AcetabulumFacts, figures: AcetabulumFigures): Report {
  const { document, caseId, findings } = made;
  return {
    title: `Fracture of the acetabulum, ${document.affectedSide} side`,
    subtitle: `Case ${caseId} · ${f.reduction.poses.length} fragments · ${f.screws?.screws.length ?? 0} screws · plate ${f.plate ? document.material : 'none'}`,
    verdict: verdictOf(findings),
    footer: RESEARCH_SENTENCE,
    sections: [
      shortSection(f),
      { title: 'Findings', blocks: [{ kind: 'findings', findings }] },
      scanSection(made, f, figures.slices),
      fragmentSection(made, f, figures.fragments),
      reductionSection(f, figures.reduction),
      ...(f.screws ? [screwSection(f, figures.screws)] : []),
      ...(f.plate ? [plateSection(f, figures.plate)] : []),
      ...(f.strength ? [strengthSection(f.strength)] : []),
      ...(f.guide ? [guideSection(f.guide, figures.guide)] : []),
      parametersSection(made),
      limitsSection(),
    ],
  };
}

function shortSection({ reduction, gaps, screws, plate, strength, reduced }: AcetabulumFacts): Section {
  const moved = reduction.poses.filter((p) => p.by !== 'intact');
  const worst = reduction.residuals.reduce((m, r) => Math.max(m, r.rmsMm), 0);
  return {
    title: 'In short',
    blocks: [
      {
        kind: 'facts',
        rows: [
          [
            'Fragments moved',
            moved.map((p) => `${p.name} ${fixed(p.shiftMm, 1)} mm, ${fixed(p.turnDeg, 1)}°`).join('; '),
          ],
          ['Reduced bone to the healthy side mirrored', `worst fragment RMS ${fixed(worst, 2)} mm`],
          ['Gap in the joint, before and after', `${fixed(gaps.before.gapMm, 1)} and ${fixed(gaps.after.gapMm, 1)} mm`],
          ['Step-off, before and after', `${fixed(gaps.before.stepMm, 1)} and ${fixed(gaps.after.stepMm, 1)} mm`],
          ['Room shared by fragments', sharedRoom(reduction, gaps.after)],
          ['Joint', jointText(reduced.acetabulum)],
          ...(screws
            ? ([['Screws', `${screws.screws.length}, from ${screws.considered} places looked at`]] as const)
            : []),
          ...(plate
            ? ([
                [
                  'Plate',
                  `${fixed(plate.massG, 1)} g, bone side ${fixed(plate.boneSide.rmsMm, 3)} mm RMS off the stand-off surface`,
                ],
              ] as const)
            : []),
          ...(strength?.yieldsAtN
            ? ([
                [
                  'Plate, carrying alone',
                  `yields at ${fixed(strength.yieldsAtN, 0)} N on the joint; ${fixed(strength.jointN, 0)} N were asked for`,
                ],
              ] as const)
            : []),
        ],
      },
    ],
  };
}

function scanSection(
  { checked }: AcetabulumCase,
  { grid, levels }: AcetabulumFacts,
  figures: readonly Figure[],
): Section {
  const s = checked.series.summary;
  return {
    title: 'What was scanned',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Series', s.id],
          ['Description', s.description || '–'],
          ['Device', [s.manufacturer, s.model].filter(Boolean).join(' ') || '–'],
          ['Voxels', grid.size.join(' × ')],
          ['Spacing, measured from slice positions', `${grid.spacingMm.map((v) => fixed(v, 3)).join(' × ')} mm`],
          ['Tube voltage', s.kVp === null ? 'not stated' : `${fixed(s.kVp, 0)} kV`],
          ['Kernel', s.kernel || 'not stated'],
          ['Soft tissue and dense bone, measured', `${fixed(levels.softHu, 0)} and ${fixed(levels.boneHu, 0)} HU`],
        ],
      },
      { kind: 'findings', findings: checked.findings },
      ...pictures(figures),
    ],
  };
}

function fragmentSection({ broken }: AcetabulumCase, { bones }: AcetabulumFacts, figures: readonly Figure[]): Section {
  return {
    title: 'Bones and fragments',
    blocks: [
      {
        kind: 'table',
        head: ['Bone', 'Volume, cm³', 'Level, HU', 'Mask 95 %, mm', 'Neighbours and the area they share, mm²'],
        rows: bones.map((b) => [
          b.cut ? `${b.name} (cut)` : b.name,
          fixed(b.volumeMm3 / 1000, 1),
          fixed(b.levelHu.median, 0),
          fixed(b.maskDeviation.p95Mm, 2),
          b.neighbours.map((n) => `${n.name} ${fixed(n.areaMm2, 0)}`).join(', ') || '–',
        ]),
        numbersFrom: 9,
        wide: 4,
      },
      ...pictures(figures),
      {
        kind: 'text',
        text: `The reduction rests on ${broken.names.intact}, which carries the joint with the sacrum and is taken not to have moved.`,
      },
    ],
  };
}

function reductionSection({ reduction: r, gaps }: AcetabulumFacts, figures: readonly Figure[]): Section {
  return {
    title: 'Reduction',
    blocks: [
      {
        kind: 'text',
        text: 'The healthy hip bone, mirrored and laid on the intact piece, shows where the outer surface belongs; the fracture faces show where the pieces meet. Two healthy sides of one person differ by up to 3 mm and 2°: what is less than that says nothing.',
      },
      {
        kind: 'table',
        head: [
          'Fragment',
          'Moved, mm / °',
          'To the template, RMS / 95 %, mm',
          'Faces apart, RMS mm',
          'Uncertain by, mm / °',
        ],
        rows: r.poses.map((p) => {
          const fit = r.residuals.find((x) => x.name === p.name);
          return [
            p.by === 'intact' ? `${p.name} (intact)` : p.by === 'held' ? `${p.name} (by hand)` : p.name,
            `${fixed(p.shiftMm, 1)} / ${fixed(p.turnDeg, 1)}`,
            `${fixed(fit?.rmsMm, 2)} / ${fixed(fit?.p95Mm, 2)}`,
            fixed(fit?.faceRmsMm, 2),
            `${fixed(fit?.sdMm, 2)} / ${fixed(fit?.sdDeg, 2)}`,
          ];
        }),
        numbersFrom: 1,
      },
      {
        kind: 'facts',
        rows: [
          [
            'Template on the intact piece',
            `RMS ${fixed(r.symmetry.rmsMm, 2)} mm, 95 % ${fixed(r.symmetry.p95Mm, 2)} mm`,
          ],
          ['Room shared by fragments', sharedRoom(r, gaps.after)],
        ],
      },
      ...gapBlocks(gaps),
      ...pictures(figures),
    ],
  };
}

function parametersSection({ document }: AcetabulumCase): Section {
  const { screws, plate, corrections = {} } = document;
  const decided: Decision[] = [
    ['affectedSide', document.affectedSide, 'case file'],
    ['material of the plate', document.material, 'case file, or the default'],
    ['points in bones', Object.keys(document.bones ?? {}).join(', ') || 'none', 'case file'],
    ['corrections of poses', Object.keys(corrections).join(', ') || 'none', 'case file'],
    ['screws', typeof screws === 'string' ? screws : `${screws.length} given`, 'case file, or the default'],
    ['plate', typeof plate === 'string' ? plate : `${plate.arms.length} arms drawn`, 'case file, or the default'],
    ['guide', document.guide, 'case file, or the default'],
  ];
  return decisions(decided, ACETABULUM_PARAMETERS, document);
}

const limitsSection = (): Section => ({
  title: 'Limits',
  blocks: [
    {
      kind: 'text',
      text: 'The reduction shows where the pieces belong, not whether the soft tissue lets them go there. Cartilage, labrum, vessels and nerves are not seen; the joint is a sphere. Whoever places a screw decides with what is seen in the theatre. Loads of walking and healing are not modelled: the plate is computed as if it carried alone, under one load of standing.',
    },
    {
      kind: 'text',
      text: 'Accuracy of each step is measured on phantoms with known truth (docs/evidence/acetabulum.md).',
    },
    { kind: 'text', text: RESEARCH_SENTENCE },
  ],
});
