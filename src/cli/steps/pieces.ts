import { OsteonError, type Vec3 } from '../../base/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { readNifti, readNrrd } from '../../io/index.ts';
import { apply } from '../../math/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Engines, FileBytes, ScanVolume, Step } from '../../plan/index.ts';
import { PRESETS, presetMask, presetOf } from '../../segment/index.ts';
import { isoSurface } from '../../surface/index.ts';
import {
  boxOf,
  components,
  createVolume,
  crop,
  growBox,
  paintComponents,
  type Volume,
  voxelFromLps,
  voxelMm3,
} from '../../volume/index.ts';

/** An NRRD or NIfTI file of Hounsfield units → a volume as a scan gives it: whole numbers of 16 bits. */
export const volumeRead: Step<{ file: FileBytes }, Record<string, never>, ScanVolume, Engines> = {
  id: 'volume.read',
  version: 1,
  label: 'reading the volume',
  costS: 1,
  transient: true,
  params: {},
  handler({ file: { name, bytes } }) {
    const read = /\.nii(\.gz)?$/i.test(name) ? readNifti : readNrrd;
    const { volume, findings } = read(bytes, { quantity: 'hu' });
    const data = new Int16Array(volume.data.length);
    for (let i = 0; i < data.length; i++) data[i] = Math.round(Math.min(32767, Math.max(-32768, volume.data[i])));
    return { volume: asHounsfield(createVolume(volume.grid, volume.quantity as 'hu', data)), findings };
  },
};

export interface Piece {
  readonly label: number;
  readonly name: string;
  readonly volumeMm3: number;
}
export interface Pieces {
  readonly labels: Volume<'label', Uint8Array>;
  readonly pieces: readonly Piece[];
}

/** Connected pieces of a range of Hounsfield units; those that hold a point get its name, and then only those are kept. */
export const presetPieces: Step<
  { scan: ScanVolume; points: Readonly<Record<string, Vec3>> },
  { preset: string; leastMm3: number },
  Pieces,
  Engines
> = {
  id: 'preset.pieces',
  version: 1,
  label: 'finding pieces',
  costS: 3,
  params: {
    preset: {
      label: 'range of Hounsfield units',
      unit: '',
      default: 'bone',
      choices: PRESETS.map((p) => p.name),
      source: 'the presets that segmentation programs share',
    },
    leastMm3: {
      label: 'smaller pieces are left out',
      unit: 'mm³',
      default: 500,
      min: 0,
      max: 1e7,
      source: 'a sesamoid bone of the foot has about 300',
    },
  },
  handler({ scan, points }, { preset, leastMm3 }) {
    const hu = asHounsfield(scan.volume);
    const mask = presetMask(hu, presetOf(preset));
    const found = components(mask);
    const all = paintComponents(found, hu.grid);
    const named = new Map(Object.entries(points).map(([name, at]) => [valueAt(all, at, name), name] as const));
    const voxel = voxelMm3(hu.grid);
    const kept: Piece[] = [];
    const labelOf = new Uint8Array(found.count + 1);
    for (let c = 1; c <= found.count && kept.length < MOST; c++) {
      const volumeMm3 = found.voxels[c] * voxel;
      if (named.size ? !named.has(c) : volumeMm3 < leastMm3) continue;
      const label = kept.length + 1;
      labelOf[c] = label;
      kept.push({ label, name: named.get(c) ?? `piece-${String(label).padStart(2, '0')}`, volumeMm3 });
    }
    if (kept.length === 0) throw new OsteonError('volume.empty', { preset, leastMm3 }, 'Lower --least-mm3?');
    const labels = Uint8Array.from(all.data, (c) => labelOf[c]);
    return { labels: createVolume(hu.grid, 'label', labels), pieces: kept };
  },
};

/** Labels are bytes. */
const MOST = 255;

function valueAt(labels: Volume, at: Vec3, name: string): number {
  const [i, j, k] = apply(voxelFromLps(labels.grid), at).map(Math.round);
  const [nx, ny, nz] = labels.grid.size;
  const inside = i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz;
  const value = inside ? labels.data[(k * ny + j) * nx + i] : 0;
  if (value > 0) return value;
  throw new OsteonError(
    'segment.bone-missing',
    { point: name, at: at.join(' '), inside },
    'The point lies on nothing in the range; LPS mm are wanted',
  );
}

/** The surface at the ends of the range, between the samples, around one piece. */
export const pieceSurface: Step<
  { scan: ScanVolume; pieces: Pieces },
  { preset: string; label: number },
  { mesh: Mesh },
  Engines
> = {
  id: 'preset.surface',
  version: 1,
  label: 'tracing surfaces',
  costS: 1,
  params: {
    preset: presetPieces.params.preset,
    label: { label: 'number of the piece', unit: '', default: 1, min: 1, max: MOST, source: 'the labels' },
  },
  handler({ scan, pieces }, { preset, label }, { job }) {
    const { lowHu, highHu } = presetOf(preset);
    const hu = asHounsfield(scan.volume);
    const tight = boxOf(pieces.labels, label);
    if (!tight) throw new OsteonError('volume.empty', { label });
    const box = growBox(tight, [2, 2, 2], hu.grid.size);
    const block = crop(hu, box);
    const own = crop(pieces.labels, box).data;
    // How far inside the range, HU: zero at both of its ends, negative outside and in other pieces.
    const depth = Float32Array.from(block.data, (v, i) => {
      const d = Math.min(v - lowHu, highHu - v);
      return d >= 0 && own[i] !== label ? -1 : d;
    });
    return { mesh: isoSurface(createVolume(block.grid, 'hu', depth), 0, { job }) };
  },
};
