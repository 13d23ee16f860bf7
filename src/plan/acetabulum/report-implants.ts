import type { Guide } from '../../design/index.ts';
import { GUIDED_SCREWS } from '../../measure/index.ts';
import { type Figure, fixed, pictures, type Section } from '../report/model.ts';
import type { AcetabulumFacts } from './documents.ts';

export function screwSection({ screws, reduced }: AcetabulumFacts, figures: readonly Figure[]): Section {
  const list = screws?.screws ?? [];
  return {
    title: 'Screws',
    blocks: [
      {
        kind: 'text',
        text: `Each axis is the one in its zone with the greatest clearance to cortex and joint. Lengths are those on the tray; tips end at the far cortex or before the joint. Chances to enter the joint are those of guided screws as published: ${GUIDED_SCREWS.map((g) => `${g.directionDeg}° and ${g.entryMm} mm (${g.source})`).join('; ')}.`,
      },
      {
        kind: 'table',
        head: [
          'No',
          'Screw',
          'Length, mm',
          'Entry, mm',
          'Direction',
          'Holds',
          'Clear of cortex / joint, mm',
          'HU',
          'Chance in joint',
        ],
        rows: list.map((s) => [
          s.id,
          s.screw.name,
          fixed(s.stockMm, 0),
          s.entryMm.map((x) => fixed(x, 1)).join(' '),
          s.direction.map((x) => fixed(x, 2)).join(' '),
          s.purchase.fragments.map((p) => `${p.name.replace(/^(left|right)-/, '')} ${fixed(p.lengthMm, 0)}`).join(', '),
          `${fixed(s.cortexMm, 1)} / ${fixed(s.jointMm, 1)}`,
          fixed(s.purchase.meanHu, 0),
          s.chances.map((c) => `${fixed(100 * c.chance, 1)} %`).join(', '),
        ]),
        numbersFrom: 9,
        wide: 5,
      },
      {
        kind: 'facts',
        rows: [
          [
            'Joint: centre',
            `${reduced.acetabulum.centreMm.map((x) => fixed(x, 1)).join(', ')} mm, radius ${fixed(reduced.acetabulum.radiusMm, 1)} mm`,
          ],
          [
            'Nearest pairs of screws',
            (screws?.gaps ?? []).map((g) => `${g.a} and ${g.b}: ${fixed(g.gapMm, 1)} mm`).join(', ') ||
              'none nearer than 5 mm',
          ],
        ],
      },
      ...pictures(figures),
    ],
  };
}

export function plateSection({ plate }: AcetabulumFacts, figures: readonly Figure[]): Section {
  if (!plate) return { title: 'Plate', blocks: [] };
  const { boneSide, insertion, strength, holes } = plate;
  return {
    title: 'Plate',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Material and mass', `${plate.material.name}, ${fixed(plate.massG, 1)} g`],
          [
            'Bone side off the stand-off surface',
            `RMS ${fixed(boneSide.rmsMm, 3)} mm, most ${fixed(boneSide.maxMm, 2)} mm`,
          ],
          ['Room shared with bone', `${fixed(plate.overlapMm3, 3)} mm³`],
          ['Gap to bone, least and mean', `${fixed(boneSide.leastGapMm, 2)} and ${fixed(boneSide.meanGapMm, 2)} mm`],
          ['Thinnest wall', `${fixed(plate.wallMm, 2)} mm`],
          [
            `Through a window of ${fixed(insertion.windowMm, 0)} mm`,
            `${insertion.fits ? 'fits' : 'does not fit'}: ${fixed(insertion.alongMm, 0)} × ${fixed(insertion.acrossMm, 0)} mm at its narrowest`,
          ],
        ],
      },
      {
        kind: 'table',
        head: ['Arm', 'Bending stiffness, N·m²', 'Yields at, N·m', 'Least section, mm²'],
        rows: strength.map((a) => [
          a.id,
          fixed(a.bendingStiffnessNmm2 / 1e6, 2),
          fixed(a.yieldMomentNmm / 1000, 2),
          fixed(a.leastAreaMm2, 1),
        ]),
        numbersFrom: 1,
      },
      {
        kind: 'table',
        head: ['Hole', 'Diameter, mm', 'Seat, mm', 'Tilt to bone, °', 'Head stands out, mm', 'Wall under seat, mm'],
        rows: holes.map((h) => [
          h.screwId,
          fixed(h.holeDiameterMm, 1),
          `${h.seat} ${fixed(h.seatDiameterMm, 1)}`,
          fixed(h.tiltDeg, 0),
          fixed(h.headProudMm, 1),
          fixed(h.wallUnderSeatMm, 2),
        ]),
        numbersFrom: 1,
      },
      ...pictures(figures),
    ],
  };
}

export function guideSection(guide: Guide, figures: readonly Figure[]): Section {
  const { seat, bores, insertion } = guide;
  return {
    title: 'Drilling guide',
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Mass', `${fixed(guide.massG, 1)} g`],
          ['Engraved', guide.text.join(' / ') || '–'],
          ['Undercuts on the way off', guide.undercuts === 0 ? 'none' : `${guide.undercuts}`],
          ['Gap to plate and to bone, least', `${fixed(guide.plateGapMm, 2)} and ${fixed(guide.boneGapMm, 2)} mm`],
          ['Wall, 1 % are thinner', `${fixed(guide.wallMm, 2)} mm`],
          ['Play on its seat', `${fixed(seat.playMm, 2)} mm, ${fixed(seat.playDeg, 1)}°`],
          [
            'Best of all wrong seats',
            `${fixed(seat.wrongSeatMm, 2)} mm off, turned by ${fixed(seat.wrongSeatDeg, 0)}°`,
          ],
          ['Extensions on bone', `${guide.legs.length}`],
          ['Through the window', insertion.fits ? 'fits' : 'does not fit'],
        ],
      },
      {
        kind: 'table',
        head: ['Bore', 'Kind', 'Bore, mm', 'Outer, mm', 'Length, mm'],
        rows: bores.map((b) => [
          b.id,
          b.kind === 'sleeve' ? 'drill sleeve' : 'wire',
          fixed(b.boreDiameterMm, 2),
          fixed(b.outerDiameterMm, 1),
          fixed(b.toMm - b.fromMm, 1),
        ]),
        numbersFrom: 2,
      },
      ...pictures(figures),
    ],
  };
}
