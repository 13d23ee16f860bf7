import { verdictOf } from '../../base/index.ts';
import { NEIGHBOURS, SECTION_AXES } from '../../design/index.ts';
import { ANKLE_BODY_WEIGHTS, MATERIALS_DATA, TALUS_TEST_LOAD_N } from '../../fea/index.ts';
import type { Alignment } from '../../register/index.ts';
import { buildSection } from '../make/report.ts';
import { type Decision, decisions } from '../report/decisions.ts';
import { type Figure, fixed, pictures, RESEARCH_SENTENCE, type Report, type Section } from '../report/model.ts';
import type { TalusFigures } from '../steps/talus-figures.ts';
import type { SizeFacts, TalusFacts } from './documents.ts';
import { sizeName } from './files.ts';
import { strengthSection } from './strength-report.ts';
import { CASE_PARAMETERS } from './vocabulary.ts';
import type { TalusCase } from './workflow.ts';

/** What a surgeon reads, from the scan to the limits. Every number has a unit and the way it was found. */
export function talusReport(made: TalusCase, f: TalusFacts, figures: TalusFigures): Report {
  const { document, caseId, findings } = made;
  return {
    title: `Total talus replacement, ${document.affectedSide} side`,
    subtitle: `Case ${caseId} · ${document.material} · sizes ${document.sizes.percent.join(', ')} % of the ${document.sizes.mode === 'volume' ? 'volume' : 'length'}`,
    verdict: verdictOf(findings),
    footer: RESEARCH_SENTENCE,
    sections: [
      shortSection(made, f),
      { title: 'Findings', blocks: [{ kind: 'findings', findings }] },
      scanSection(made, f, figures.slices),
      bonesSection(f, figures.bones),
      alignmentSection(f, figures.alignment),
      heightSection(f),
      sizesSection(made, f),
      fitSection(f, figures.fit),
      strengthSection(f),
      ...(made.build?.facts ? [buildSection(made.build)] : []),
      parametersSection(made),
      limitsSection(),
    ],
  };
}

/** The few numbers that everything else explains. */
function shortSection({ document }: TalusCase, { placement, height, sizes }: TalusFacts): Section {
  const unusable = sizes.filter(({ verdict }) => verdict === 'block').map(({ percent }) => `${percent} %`);
  return {
    title: 'In short',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Implant', `healthy talus mirrored, ${document.material}, ${sizes.length} sizes`],
          ['Sizes that must not be used', unusable.join(', ') || 'none'],
          ['Mirrored calcaneus on the affected one', `RMS ${fixed(placement.calcaneus.rmsMm, 2)} mm`],
          ['Height given back to the joint', `${fixed(height.heightMm, 2)} mm`],
        ],
      },
    ],
  };
}

const range = (values: readonly number[], decimals: number): string =>
  values.map((v) => fixed(v, decimals)).join(' × ');

function scanSection({ checked }: TalusCase, { grid, levels }: TalusFacts, figures: readonly Figure[]): Section {
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
          ['Spacing, measured from slice positions', `${range(grid.spacingMm, 3)} mm`],
          ['Tube voltage', s.kVp === null ? 'not stated' : `${fixed(s.kVp, 0)} kV`],
          ['Kernel', s.kernel || 'not stated'],
          ['Compression', s.transferSyntax.name],
          ['Soft tissue and dense bone, measured', `${fixed(levels.softHu, 0)} and ${fixed(levels.boneHu, 0)} HU`],
        ],
      },
      { kind: 'findings', findings: checked.findings },
      ...pictures(figures),
    ],
  };
}

function bonesSection({ bones }: TalusFacts, figures: readonly Figure[]): Section {
  return {
    title: 'Bones',
    blocks: [
      {
        kind: 'text',
        text: 'Surfaces lie where the grey value is half way between bone and what is beside it, found along the normal at each point. The last columns say how far that is from the border of the voxels that were labelled, outward positive.',
      },
      {
        kind: 'table',
        head: ['Bone', 'Volume, mm³', 'Level, HU', 'Mask mean, mm', 'Mask 95 %, mm'],
        rows: bones.map((b) => [
          b.cut ? `${b.name} (cut)` : b.name,
          fixed(b.volumeMm3, 0),
          fixed(b.levelHu.median, 0),
          fixed(b.maskDeviation.signedMeanMm, 3),
          fixed(b.maskDeviation.p95Mm, 3),
        ]),
        numbersFrom: 1,
      },
      ...pictures(figures),
    ],
  };
}

function alignmentRow(name: string, a: Alignment): string[] {
  const { tenthLeftOutMaxMm, tenthLeftOutMaxDeg } = a.jackknife;
  return [
    name,
    fixed(a.rmsMm, 3),
    fixed(a.p95Mm, 3),
    fixed(100 * a.overlapFraction, 0),
    `${fixed(tenthLeftOutMaxMm, 3)} / ${fixed(tenthLeftOutMaxDeg, 3)}`,
  ];
}

function alignmentSection({ placement: p, height }: TalusFacts, figures: readonly Figure[]): Section {
  return {
    title: 'Alignment of the mirrored side',
    blocks: [
      {
        kind: 'table',
        head: ['What on what', 'RMS, mm', '95 %, mm', 'Overlap, %', 'Tenth left out, mm / °'],
        rows: [
          alignmentRow('Calcaneus, mirrored healthy on affected', p.calcaneus),
          ...(p.seat ? [alignmentRow('Talus on the preserved facets', p.seat)] : []),
          alignmentRow('Tibia, affected on mirrored healthy', height.tibia),
        ],
        numbersFrom: 1,
      },
      {
        kind: 'text',
        text: p.seat
          ? `The implant is seated by the facets of the affected talus that face calcaneus and navicular: ${fixed(p.seatShiftMm, 2)} mm and ${fixed(p.seatTurnDeg, 2)}° from where the calcaneus alone would place it.`
          : 'The implant stands where the calcaneus places it.',
      },
      ...pictures(figures),
    ],
  };
}

function heightSection({ height: h }: TalusFacts): Section {
  return {
    title: 'Joint height',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Height given back, along the shank', `${fixed(h.heightMm, 2)} mm`],
          ['… by the healthy ankle’s joint space', `${fixed(h.fromJointSpaceMm, 2)} mm`],
          ['… by the place of the healthy tibia', `${fixed(h.fromHealthyTibiaMm, 2)} mm`],
          ['What is left between the joint spaces, SD', `${fixed(h.jointSpaceSdMm, 2)} mm`],
        ],
      },
    ],
  };
}

function sizesSection({ document }: TalusCase, { body, measures, sizes }: TalusFacts): Section {
  const { densityGPerCm3, yieldMPa } = MATERIALS_DATA[document.material];
  const row = ({ percent, implant, fit, section }: SizeFacts): string[] => [
    sizeName(percent, document.sizes.mode),
    fixed(implant.size.volumeMm3, 1),
    implant.size.linearFactor.toFixed(5),
    range([fit.size.lengthMm, fit.size.widthMm, fit.size.heightMm], 1),
    fixed(section.massG, 0),
  ];
  return {
    title: 'Sizes and dimensions',
    blocks: [
      {
        kind: 'table',
        head: ['Size', 'Volume, mm³', 'Linear factor', 'Length × width × height, mm', 'Mass, g'],
        rows: sizes.map(row),
        numbersFrom: 1,
      },
      {
        kind: 'facts',
        rows: [
          [
            'From mirrored talus to implant body',
            `mean ${fixed(body.meanDeviationMm, 3)} mm, greatest ${fixed(body.maxDeviationMm, 2)} mm`,
          ],
          ['Cavities filled', `${fixed(body.cavityMm3, 1)} mm³`],
          ['Wall, least and 5 %', `${fixed(measures.wall.minMm, 1)} and ${fixed(measures.wall.p05Mm, 1)} mm`],
          [
            'Material',
            `${document.material}: ${densityGPerCm3.value} g/cm³, yield ${yieldMPa.value} MPa (${yieldMPa.source})`,
          ],
        ],
      },
    ],
  };
}

function fitSection({ sizes }: TalusFacts, figures: readonly Figure[]): Section {
  const gaps = sizes.flatMap(({ percent, fit }) =>
    NEIGHBOURS.map((name) => {
      const c = fit.neighbours[name];
      return [
        `${percent} %, ${name}`,
        fixed(c.minGapMm, 2),
        fixed(c.jointSpaceMedianMm, 2),
        fixed(c.contactMm2, 0),
        fixed(c.penetrationMm3, 1),
      ];
    }),
  );
  const sections = sizes.flatMap(({ percent, fit, section }) =>
    SECTION_AXES.map((axis) => {
      const { minimum } = fit.sections[axis];
      return [
        `${percent} %, across ${axis}`,
        fixed(minimum.areaMm2, 0),
        fixed(100 * minimum.atFraction, 0),
        fixed(section.loadN / minimum.areaMm2, 1),
      ];
    }),
  );
  return {
    title: 'Fit',
    blocks: [
      {
        kind: 'table',
        head: ['Size and bone', 'Least gap, mm', 'Median joint space, mm', 'Contact, mm²', 'Penetration, mm³'],
        rows: gaps,
        numbersFrom: 1,
      },
      ...pictures(figures),
      {
        kind: 'text',
        text: `Smallest cross-sections in the middle of the implant. The mean stress is that of ${fixed(sizes[0].section.loadN, 0)} N, the greater of a published test load of ${TALUS_TEST_LOAD_N} N and ${ANKLE_BODY_WEIGHTS} body weights, spread evenly; it compares sizes and proves nothing about strength.`,
      },
      {
        kind: 'table',
        head: ['Size and axis', 'Least section, mm²', 'At, % of the length', 'Mean stress, MPa'],
        rows: sections,
        numbersFrom: 1,
      },
    ],
  };
}

function parametersSection({ document }: TalusCase): Section {
  const decided: Decision[] = [
    ['affectedSide', document.affectedSide, 'case file'],
    ['material', document.material, 'case file'],
    ['bodyMassKg', `${document.bodyMassKg} kg`, 'case file'],
    ['sizes', `${document.sizes.percent.join(', ')} % by ${document.sizes.mode}`, 'case file'],
    ['points in bones', Object.keys(document.bones ?? {}).join(', ') || 'none', 'case file'],
    ['edits', document.edits ?? 'none', 'case file'],
    ['osteophytes', `${document.osteophytes?.length ?? 0} places`, 'case file'],
  ];
  return decisions(decided, CASE_PARAMETERS, document);
}

function limitsSection(): Section {
  return {
    title: 'Limits',
    blocks: [
      {
        kind: 'text',
        text: 'The implant is the healthy talus mirrored: what differs between the two sides of this person stays in it. Cartilage is not seen in CT; joint spaces are those between bone surfaces. The scan shows the feet as they were held, not under load. Soft tissue, ligaments and the approach of the surgeon are not judged. Joint heights are along the shank; the turn between the shanks is posture and is not used.',
      },
      {
        kind: 'text',
        text: 'Accuracy of each step is measured on phantoms and on scans with known truth (docs/evidence); `osteon verify` repeats it on this machine.',
      },
      { kind: 'text', text: RESEARCH_SENTENCE },
    ],
  };
}
