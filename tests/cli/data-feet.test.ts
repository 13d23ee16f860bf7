import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  asHounsfield,
  assembleVolume,
  chooseSeries,
  decodeSlices,
  type Slices,
  summariseSeries,
} from '../../src/dicom/index.ts';
import { readMesh } from '../../src/io/index.ts';
import { applyAll } from '../../src/math/index.ts';
import { buildBvh, type Mesh, signedDistances } from '../../src/mesh/index.ts';
import { createEngines, openScanSource } from '../../src/platform/node/index.ts';
import { BONE_IDS, boneOf, segmentFeet } from '../../src/segment/index.ts';
import { boneEdges, boneSurface, relabel, sharedEdges, voxelise } from '../../src/surface/index.ts';
import { boxOf, crop, growBox, type Volume, voxelFromLps } from '../../src/volume/index.ts';

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
        dice: dice(relabel(feet.labels, [{ label, mesh }]), truth, label),
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

async function readScan(folder: string): Promise<Volume<'hu', Int16Array>> {
  const engines = createEngines();
  const source = await openScanSource(folder);
  const series = chooseSeries(summariseSeries(source.files, { inflate: engines.inflate }), {});
  const decoders = await engines.decoders([...new Set(series.frames.map((f) => f.pixels.transferSyntax))]);
  const { inflate } = engines;
  const slices: Slices = decodeSlices(series.frames, (file) => source.bytesOf(file), { inflate, decoders });
  return asHounsfield(assembleVolume(series, [slices]).volume) as Volume<'hu', Int16Array>;
}

function dice({ data, grid }: Volume<'label'>, truth: Mesh, label: number): number {
  const inside = voxelise(truth, grid).data;
  let [both, sum] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const [a, b] = [data[i] === label, inside[i] > 0.5];
    sum += (a ? 1 : 0) + (b ? 1 : 0);
    if (a && b) both++;
  }
  return (2 * both) / sum;
}

/** From the traced vertices to the truth, leaving out the ends of the scan, where one of them is cut. */
function distances(mesh: Mesh, truth: Mesh, { grid }: Volume) {
  const p = applyAll(voxelFromLps(grid), mesh.positions);
  const d = signedDistances(buildBvh(truth), mesh.positions).filter((_, i) =>
    [0, 1, 2].every((k) => p[3 * i + k] > 8 && p[3 * i + k] < grid.size[k] - 9),
  );
  const sorted = d.map(Math.abs).sort();
  return {
    mean: sorted.reduce((s, v) => s + v, 0) / sorted.length,
    p95: sorted[Math.floor(0.95 * sorted.length)],
    max: sorted[sorted.length - 1],
    bias: d.reduce((s, v) => s + v, 0) / d.length,
  };
}
