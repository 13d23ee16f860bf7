import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  designGuide,
  designPlate,
  GUIDE_PARAMS,
  holeSurfaces,
  PLATE_PARAMS,
  type PlateScrew,
  resolveParams,
  screwType,
} from '../../src/design/index.ts';
import { readMesh, writeStep } from '../../src/io/index.ts';
import { unit } from '../../src/math/index.ts';
import { checkMesh, triangleCount } from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';
import { readStep, solidOf } from '../step-reader.ts';

/** What `osteon run` wrote for an acetabular case: reduced/<fragment>.stl and screws.csv. */
const OUT = process.env.OSTEON_OUT ?? '';

test.skipIf(!existsSync(join(OUT, 'reduced')))(
  'plate, guide and STEP on the reduced bone of a case, network from its screws (needs the folder OSTEON_OUT)',
  async () => {
    const read = (name: string) => new Uint8Array(readFileSync(join(OUT, name)));
    const bones = readdirSync(join(OUT, 'reduced')).map((f) => readMesh(read(`reduced/${f}`), f).mesh);
    const rows = readFileSync(join(OUT, 'screws.csv'), 'utf8').trim().split('\n').slice(1);
    const screws = rows.map((row): PlateScrew => {
      const c = row.split(',');
      const three = (i: number): Vec3 => [Number(c[i]), Number(c[i + 1]), Number(c[i + 2])];
      return { id: c[0], entryMm: three(4), direction: unit(three(7)), lengthMm: Number(c[3]), screw: screwType(c[1]) };
    });
    const solids = await createSolidEngine();
    const material = { name: 'Ti-6Al-4V', youngMPa: 113_800, yieldMPa: 795, densityGPerCm3: 4.43 };
    const seconds = stopwatch();
    const plate = designPlate({ bones, screws, material, solids }, resolveParams(PLATE_PARAMS));
    const plateS = seconds();
    const guide = designGuide(
      {
        plate,
        bones,
        screws,
        caseId: 'CASE-1',
        side: 'left',
        process: 'polyamide, laser-sintered',
        windowMm: 80,
        openingMm: 50,
        solids,
      },
      resolveParams(GUIDE_PARAMS),
    );
    const guideS = seconds();
    const step = writeStep({ name: 'plate', mesh: plate.body, rounds: plate.holes.flatMap(holeSurfaces) });
    const stepS = seconds();
    const solid = solidOf(readStep(new TextDecoder().decode(step)));
    console.table({
      bone: { triangles: bones.reduce((s, b) => s + triangleCount(b), 0), fragments: bones.length },
      plate: {
        cpuS: plateS,
        triangles: triangleCount(plate.body),
        holes: plate.holes.length,
        massG: plate.massG,
        rmsMm: plate.boneSide.rmsMm,
        leastGapMm: plate.boneSide.leastGapMm,
        bridgedFraction: plate.boneSide.bridgedFraction,
        wallMm: plate.wallMm,
        overlapMm3: plate.overlapMm3,
        alongMm: plate.insertion.alongMm,
        acrossMm: plate.insertion.acrossMm,
      },
      guide: {
        cpuS: guideS,
        triangles: triangleCount(guide.body),
        massG: guide.massG,
        touched: guide.seat.touchedFraction,
        firmness: guide.seat.firmness,
        wrongSeatMm: guide.seat.wrongSeatMm,
        playMm: guide.seat.playMm,
        playDeg: guide.seat.playDeg,
        plateGapMm: guide.plateGapMm,
        boneGapMm: guide.boneGapMm,
        wallMm: guide.wallMm,
        undercuts: guide.undercuts,
      },
      step: { cpuS: stepS, MB: step.length / 1e6, offSurfaceMm: solid.offSurfaceMm, offCurveMm: solid.offCurveMm },
    });
    for (const f of [...plate.findings, ...guide.findings]) console.log(f.level, f.code, JSON.stringify(f.facts ?? {}));
    expect(checkMesh(plate.body).solid).toBe(true);
    expect(plate.holes.length).toBe(screws.length);
    expect(plate.boneSide.rmsMm).toBeLessThan(0.1);
    expect(plate.overlapPairs).toBe(0);
    expect(plate.overlapMm3).toBe(0);
    expect(plate.wallMm).toBeGreaterThan(0.795);
    expect(checkMesh(guide.body).solid).toBe(true);
    expect(guide.undercuts).toBe(0);
    expect([...plate.findings, ...guide.findings].filter((f) => f.level === 'blocker')).toEqual([]);
    expect(solid.faces.filter((f) => f.name.startsWith('hole of')).length).toBe(2 * screws.length);
    expect(solid.offSurfaceMm).toBeLessThan(1e-3);
  },
  600_000,
);

function stopwatch(): () => number {
  let last = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    return (user + system) / 1e6;
  };
}
