import { norm } from '../../math/index.ts';
import { type Block, fixed, pictures, type Section } from '../report/model.ts';
import type { PlateStrength } from '../steps/plate-strength.ts';
import { factorText, placeText } from '../strength/report.ts';

/** Load, safety and stiffness by finite elements, beside the sections by formula. */
export function strengthSection(s: PlateStrength): Section {
  const { material: m, mesh, bending } = s;
  const strengthOf = (mpa: number | null) => (mpa === null ? 'none was read' : `${fixed(mpa, 0)} MPa`);
  const carried = s.pieces.filter((p) => p.name !== s.intact && p.screws.length > 0);
  const blocks: Block[] = [
    {
      kind: 'facts',
      rows: [
        ['Material', `${m.name}: ${fixed(m.youngMPa / 1000, 1)} GPa, Poisson’s ratio ${m.poisson}`],
        ['Yield strength', strengthOf(m.yieldMPa)],
        ['Fatigue limit, smooth surface', strengthOf(m.fatigueMPa)],
        ['Load', `${fixed(s.jointN, 0)} N upward on the joint, as in standing (J Orthop Surg Res 2023, 18, 03715-7)`],
        ['Held by', `the screws in ${s.intact}`],
        ['Carried by the plate alone', carried.map((p) => p.name).join(', ') || 'nothing'],
        ...(mesh
          ? [
              [
                'Elements',
                `${mesh.elements} quadratic tetrahedra, ${mesh.nodes} nodes, ${fixed(mesh.cellMm, 2)} mm`,
              ] as const,
            ]
          : []),
      ],
    },
    {
      kind: 'table',
      head: ['Piece', 'Screws of the plate', 'Takes of the joint force, N (x, y, z)', 'N'],
      rows: s.pieces.map((p) => [
        p.name === s.intact ? `${p.name} (holds)` : p.name,
        p.screws.join(', ') || 'none',
        p.forceN.map((x) => fixed(x, 0)).join(', '),
        fixed(norm(p.forceN), 0),
      ]),
      numbersFrom: 3,
    },
  ];
  if (s.cases.length > 0)
    blocks.push({
      kind: 'table',
      head: ['Load case', 'Von Mises, MPa', 'At (LPS), mm', 'Against yield', 'Against fatigue', 'Mesh error, %'],
      rows: s.cases.map((c) => [
        c.name,
        fixed(c.vonMisesAwayMPa.value, 0),
        placeText(c.vonMisesAwayMPa.at),
        factorText(c.yieldFactor),
        factorText(c.fatigueFactor),
        fixed(100 * c.stressError, 0),
      ]),
      numbersFrom: 1,
    });
  if (s.yieldsAtN !== null)
    blocks.push({
      kind: 'facts',
      rows: [
        ['Joint force at which the metal yields', `${fixed(s.yieldsAtN, 0)} N`],
        ['Joint force borne in cycles', s.tiresAtN === null ? 'not known' : `${fixed(s.tiresAtN, 0)} N`],
      ],
    });
  if (bending)
    blocks.push({
      kind: 'table',
      head: [`Bending of ${bending.id}`, 'By finite elements', 'By its sections'],
      rows: [
        ['Bending stiffness, N·m²', fixed(bending.elementsNmm2 / 1e6, 2), fixed(bending.sectionsNmm2 / 1e6, 2)],
        ['Yields at, N·m', fixed(bending.elementsYieldNmm / 1000, 2), fixed(bending.sectionsYieldNmm / 1000, 2)],
      ],
      numbersFrom: 1,
    });
  if (s.png.length > 0)
    blocks.push(
      ...pictures([
        { png: s.png, caption: 'Von Mises stress in standing, from the side of its peak and from the other side' },
      ]),
    );
  blocks.push({
    kind: 'text',
    text: 'Computed as if the faces of the fracture carried nothing: what the joint presses on a moved piece goes through its screws into the plate and through the screws in the whole piece out of it. The plate does not lean on bone. Pressure in the joint falls with the cosine of the angle to the load. The stress judged is what more than a cubic millimetre of metal bears; the mesh error is estimated from two meshes. Bending turns the tips of the arm against each other, as between the rollers of ASTM F382 (the standard was not read); elements have the whole plate with its holes, sections the arm alone.',
  });
  return { title: 'Strength of the plate', blocks };
}
