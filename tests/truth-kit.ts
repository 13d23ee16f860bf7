import {
  asHounsfield,
  assembleVolume,
  chooseSeries,
  decodeSlices,
  type Slices,
  summariseSeries,
} from '../src/dicom/index.ts';
import { applyAll } from '../src/math/index.ts';
import { buildBvh, type Mesh, signedDistances } from '../src/mesh/index.ts';
import { createEngines, openScanSource } from '../src/platform/node/index.ts';
import { voxelise } from '../src/surface/index.ts';
import { type Volume, voxelFromLps } from '../src/volume/index.ts';

/** Holds what was found in a scan against bones of known shape. */

export async function readScan(folder: string): Promise<Volume<'hu', Int16Array>> {
  const engines = createEngines();
  const source = await openScanSource(folder);
  const series = chooseSeries(summariseSeries(source.files, { inflate: engines.inflate }), {});
  const decoders = await engines.decoders([...new Set(series.frames.map((f) => f.pixels.transferSyntax))]);
  const { inflate } = engines;
  const slices: Slices = decodeSlices(series.frames, (file) => source.bytesOf(file), { inflate, decoders });
  return asHounsfield(assembleVolume(series, [slices]).volume) as Volume<'hu', Int16Array>;
}

/** Overlap of one label with what these bones fill together. */
export function dice({ data, grid }: Volume<'label'>, truth: readonly Mesh[], label: number): number {
  const inside = truth.map((mesh) => voxelise(mesh, grid).data);
  let [both, sum] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const [a, b] = [data[i] === label, inside.some((v) => v[i] > 0.5)];
    sum += (a ? 1 : 0) + (b ? 1 : 0);
    if (a && b) both++;
  }
  return (2 * both) / sum;
}

/** From the traced vertices to the truth, leaving out the ends of the scan, where one of them is cut. */
export function distances(mesh: Mesh, truth: Mesh, { grid }: Volume) {
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
