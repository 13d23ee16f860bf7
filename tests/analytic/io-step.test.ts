import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { holeSurfaces, holeTool, type PlannedHole } from '../../src/design/index.ts';
import { writeStep } from '../../src/io/index.ts';
import { unit } from '../../src/math/index.ts';
import { box, checkMesh, type Mesh, sphere, volumeMm3 } from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';
import { readStep, type SolidFacts, solidOf } from '../step-reader.ts';

const solids = await createSolidEngine();
const textOf = (b: Uint8Array) => new TextDecoder().decode(b);
const block = box([-10, -10, 0], [10, 10, 10]);

/** A hole of 4 mm with a seat of 7 mm that begins to narrow at 8 mm, through the block at the origin. */
function drilled(outward: Vec3, seat: 'spherical' | 'conical', seatTopMm = 8): { planned: PlannedHole; mesh: Mesh } {
  const depth = seat === 'conical' ? 1.5 : Math.sqrt(3.5 * 3.5 - 4);
  const planned: PlannedHole = {
    hole: {
      screwId: 'a',
      entryMm: [0, 0, 0],
      outward: unit(outward),
      holeDiameterMm: 4,
      seat,
      seatDiameterMm: 7,
      boneSideMm: 0,
      outerSideMm: 10,
      seatTopMm,
      seatBottomMm: seatTopMm - depth,
      headTopMm: 10,
      headProudMm: 0,
      raised: false,
      widened: false,
      wallUnderSeatMm: 5,
      tiltDeg: 30,
    },
    bossRadiusMm: 5,
    holeRadiusMm: 2,
    seatRadiusMm: 3.5,
    bossTopMm: null,
    tallMm: 0,
    normal: [0, 0, 1],
    foot: [0, 0, 0],
  };
  return { planned, mesh: solids.difference(block, [holeTool(planned)]) };
}
const stepOf = (mesh: Mesh, planned?: PlannedHole) =>
  writeStep({ name: 'test', mesh, ...(planned && { rounds: holeSurfaces(planned.hole) }) });
const count = (f: SolidFacts, kind: string) => f.faces.filter((x) => x.kind === kind).length;

describe('STEP', () => {
  test('a box and a sphere of facets: syntax, references, closed topology', () => {
    const file = readStep(textOf(stepOf(block)));
    expect(file.schema).toContain('AUTOMOTIVE_DESIGN');
    const facts = solidOf(file);
    expect(facts.faces.length).toBe(12);
    expect(facts.genus).toBe(0);
    expect(facts.offSurfaceMm).toBeLessThan(1e-9);
    const ball = solidOf(readStep(textOf(writeStep({ name: 'ball', mesh: sphere(10, 2) }, { schema: 'AP242' }))));
    expect(ball.faces.length).toBe(320);
    expect(ball.offCurveMm).toBeLessThan(1e-9);
  });

  test.each([
    ['straight, round seat', [0, 0, 1] as Vec3, 'spherical' as const, 8],
    ['leaning, round seat', [0.3, 0.2, 1] as Vec3, 'spherical' as const, 8],
    ['leaning, conical seat', [-0.35, 0.1, 1] as Vec3, 'conical' as const, 8],
    ['seat cut by the face', [0.25, -0.1, 1] as Vec3, 'spherical' as const, 10.4],
    ['cone cut by the face', [0.2, 0.3, 1] as Vec3, 'conical' as const, 10.4],
  ])('hole %s: true surfaces about the axis, edges that lie on them', (_, axis, seat, top) => {
    const { planned, mesh } = drilled(axis, seat, top);
    const facts = solidOf(readStep(textOf(stepOf(mesh, planned))));
    expect(facts.genus).toBe(1);
    const hole = facts.faces.filter((f) => f.name === 'hole of screw a');
    expect(hole.length).toBe(2);
    for (const f of hole) {
      expect(f.kind).toBe('CYLINDRICAL_SURFACE');
      expect(f.radiusMm).toBe(2);
      f.axis.forEach((x, k) => {
        expect(x).toBeCloseTo(planned.hole.outward[k], 11);
      });
    }
    expect(count(facts, seat === 'spherical' ? 'SPHERICAL_SURFACE' : 'CONICAL_SURFACE')).toBe(2);
    expect(facts.offCurveMm).toBeLessThan(1e-5);
    expect(facts.offSurfaceMm).toBeLessThan(2e-5);
    // All that is round is gone from the facets: what is left are the six sides.
    expect(facts.faces.filter((f) => f.kind === 'PLANE').every((f) => Math.max(...f.axis.map(Math.abs)) > 0.999)).toBe(
      true,
    );
  });

  test.each([
    ['along the seam', [-1, -12, 6], [1, 12, 11]],
    ['across it', [-12, -1, 6], [12, 1, 11]],
    ['both', [-12, -1.3, -1], [0.9, 12, 4]],
  ])('a slot %s leaves walls in pieces: each piece is a face, and arcs go the short way', (_, lo, hi) => {
    const { planned, mesh } = drilled([0.2, 0.1, 1], 'spherical', 9.2);
    const slotted = solids.difference(mesh, [box(lo as unknown as Vec3, hi as unknown as Vec3)]);
    const facts = solidOf(readStep(textOf(stepOf(slotted, planned))));
    expect(facts.genus).toBe(checkMesh(slotted).genus);
    // The uncertainty that the file states.
    expect(Math.max(facts.offCurveMm, facts.offSurfaceMm)).toBeLessThan(1e-3);
  });

  test('is refused for an open mesh; names are written in ASCII', () => {
    const open = { positions: block.positions, triangles: block.triangles.slice(3) };
    expect(() => writeStep({ name: 'x', mesh: open })).toThrow(/mesh.not-closed/);
    const text = textOf(writeStep({ name: "Müller's plate", mesh: block }));
    expect(text).toContain("'M\\X2\\00FC\\X0\\ller''s plate'");
    expect(/^[\n -~]*$/.test(text)).toBe(true);
    readStep(text);
  });
});

const gmsh = spawnSync('gmsh', ['--version']).status === 0;
describe.skipIf(!gmsh)(gmsh ? 'STEP in gmsh' : 'STEP in gmsh (skipped: gmsh is not installed)', () => {
  const run = (script: (file: string) => string, bytes: Uint8Array): string => {
    const folder = mkdtempSync(join(tmpdir(), 'osteon-step-'));
    try {
      const step = join(folder, 'part.step');
      writeFileSync(step, bytes);
      writeFileSync(join(folder, 'go.geo'), script(step));
      return execFileSync('gmsh', ['-parse_and_exit', join(folder, 'go.geo')], { encoding: 'utf8', timeout: 60_000 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const volume = (bytes: Uint8Array): number => {
    const out = run(
      (file) =>
        `SetFactory("OpenCASCADE");\nv() = ShapeFromFile("${file}");\nm = Mass Volume{v(0)};\nPrintf("solids %g mass %.12g", #v(), m);\n`,
      bytes,
    );
    const found = /solids 1 mass (\S+)/.exec(out);
    expect(found, out).not.toBeNull();
    return Number(found![1]);
  };

  test('reads a solid whose volume is that of the true hole, not of its facets', () => {
    const { planned, mesh } = drilled([0, 0, 1], 'spherical');
    const { seatTopMm: t, seatBottomMm: b } = planned.hole;
    const d = t - b;
    const hole = Math.PI * (4 * b + (3.5 * 3.5 * d - d ** 3 / 3) + 3.5 * 3.5 * (10 - t));
    expect(Math.abs(volume(stepOf(mesh, planned)) - (4000 - hole))).toBeLessThan(1e-3);
    expect(Math.abs(volumeMm3(mesh) - (4000 - hole))).toBeGreaterThan(0.1);
  });

  test('reads a leaning hole with a seat that the face cuts', () => {
    const { planned, mesh } = drilled([0.25, -0.1, 1], 'conical', 10.4);
    expect(Math.abs(volume(stepOf(mesh, planned)) / volumeMm3(mesh) - 1)).toBeLessThan(2e-4);
  });
});
