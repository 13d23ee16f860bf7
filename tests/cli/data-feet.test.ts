import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMesh } from '../../src/io/index.ts';
import { BONE_IDS, boneOf, segmentFeet } from '../../src/segment/index.ts';
import { boneEdges, boneSurface, relabel, sharedEdges } from '../../src/surface/index.ts';
import { boxOf, crop, growBox } from '../../src/volume/index.ts';
import { dice, distances, readScan } from '../truth-kit.ts';

/** A folder with dicom/ and truth/<side>-<bone>.stl, LPS mm. Such data are not the project's to ship. */
const DATA = process.env.OSTEON_DATA ?? '';

test.skipIf(!existsSync(join(DATA, 'truth')))(
  'bones of a scan with known truth (needs the folder OSTEON_DATA)',
  async () => {
    const ct = await readScan(join(DATA, 'dicom'));
    const feet = segmentFeet(ct);
    const block = (label: number) => {
      const box = growBox(boxOf(feet.labels, label)!, [18, 18, 14], ct.grid.size);
      return [crop(ct, box), crop(feet.labels, box), label] as const;
    };
    const large = feet.bones.filter(({ bone }) => bone === 'talus' || bone === 'calcaneus');
    const shared = sharedEdges(large.map(({ label }) => boneEdges(...block(label))));
    const rows: Record<string, Record<string, number>> = {};
    for (const file of readdirSync(join(DATA, 'truth')).filter((f) => BONE_IDS.some((id) => f === `${id}.stl`))) {
      const { label } = boneOf(file.slice(0, -4));
      const truth = readMesh(new Uint8Array(readFileSync(join(DATA, 'truth', file))), file).mesh;
      expect(
        feet.bones.some((b) => b.label === label),
        `${file} is found`,
      ).toBe(true);
      const { mesh } = boneSurface(...block(label), { shared });
      rows[file.slice(0, -4)] = {
        dice: dice(relabel(feet.labels, [{ label, mesh }]), [truth], label),
        ...distances(mesh, truth, ct),
      };
    }
    console.table(rows);
    for (const [name, { dice: d, mean, p95 }] of Object.entries(rows)) {
      expect(d, name).toBeGreaterThan(0.94);
      expect(mean, name).toBeLessThan(0.25);
      expect(p95, name).toBeLessThan(0.9);
    }
  },
  600_000,
);
