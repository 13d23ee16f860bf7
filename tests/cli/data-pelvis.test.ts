import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Side } from '../../src/base/index.ts';
import { readMesh } from '../../src/io/index.ts';
import type { Mesh } from '../../src/mesh/index.ts';
import { PELVIC_IDS, type PelvicId, pelvicName, segmentPelvis } from '../../src/segment/index.ts';
import { boneSurface } from '../../src/surface/index.ts';
import { boxOf, crop, growBox, type Volume } from '../../src/volume/index.ts';
import { dice, distances, readScan } from '../truth-kit.ts';

/**
 * A folder with dicom/, truth.json (affectedSide, screws) and truth/<name>.stl, LPS mm. Such data are not the project's to
 * ship. With screws it is a scan after surgery, of which hip bones are compared as wholes.
 */
const DATA = process.env.OSTEON_PELVIS ?? '';
const FRAGMENT = /ilium|column/;

test.skipIf(!existsSync(join(DATA, 'truth.json')))(
  'pelvis with known truth (needs the folder OSTEON_PELVIS)',
  async () => {
    const facts = JSON.parse(readFileSync(join(DATA, 'truth.json'), 'utf8')) as {
      affectedSide: Side;
      screws: unknown[];
    };
    const postoperative = facts.screws.length > 0;
    const ct = await readScan(join(DATA, 'dicom'));
    const before = process.cpuUsage();
    const pelvis = segmentPelvis(ct, { affectedSide: facts.affectedSide, postoperative });
    const { user, system } = process.cpuUsage(before);
    const truths = readdirSync(join(DATA, 'truth')).filter((f) => f.endsWith('.stl'));
    const meshes = new Map<PelvicId, Mesh[]>();
    for (const file of truths) {
      const name = file.slice(0, -4) as PelvicId;
      const id = postoperative && FRAGMENT.test(name) ? (`${facts.affectedSide}-hip-bone` as const) : name;
      const { mesh } = readMesh(new Uint8Array(readFileSync(join(DATA, 'truth', file))), file);
      meshes.set(id, [...(meshes.get(id) ?? []), mesh]);
    }
    const rows: Record<string, Record<string, number>> = {};
    for (const [id, list] of meshes) {
      expect(
        pelvis.bones.map((b) => b.name),
        `${id} is found`,
      ).toContain(id);
      const row = { dice: dice(pelvis.labels, list, pelvicName(id).label) };
      rows[id] = postoperative ? row : { ...row, ...surfaceOf(ct, pelvis.labels, id, list[0]) };
    }
    console.table(rows);
    console.log(`${((user + system) / 1e6).toFixed(1)} CPU s`, pelvis.findings);
    expect(pelvis.bones.filter((b) => b.kind === 'fragment')).toHaveLength(postoperative ? 0 : 3);
    for (const [name, { dice: d, mean, p95 }] of Object.entries(rows)) {
      expect(d, name).toBeGreaterThan(0.95);
      if (mean === undefined) continue;
      // Where the phantom lets two bones run into each other no surface can be known.
      expect(mean, name).toBeLessThan(0.25);
      expect(p95, name).toBeLessThan(1.5);
    }
  },
  600_000,
);

/** Vertices of the traced surface against the truth, leaving out the ends of the scan. */
function surfaceOf(ct: Volume<'hu'>, labels: Volume<'label'>, id: PelvicId, truth: Mesh) {
  const label = PELVIC_IDS.indexOf(id) + 1;
  const box = growBox(boxOf(labels, label)!, [10, 10, 8], ct.grid.size);
  const { mesh } = boneSurface(crop(ct, box), crop(labels, box), label);
  return distances(mesh, truth, ct);
}
