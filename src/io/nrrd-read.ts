import { type Finding, OsteonError, type Vec3 } from '../base/index.ts';
import { determinant } from '../math/index.ts';
import { createVolume, type Grid, type Quantity } from '../volume/index.ts';
import { requireBytes, requireLimit, utf8 } from './bytes.ts';
import { gunzipBounded } from './inflate.ts';
import { IO_LIMITS } from './limits.ts';
import {
  type ReadVolumeOptions,
  refuseNotFinite,
  type SampleKind,
  sampleBytes,
  samplesOf,
  type VolumeFile,
} from './samples.ts';

const KINDS: Readonly<Record<string, SampleKind>> = {
  'signed char': 'i1',
  int8: 'i1',
  int8_t: 'i1',
  uchar: 'u1',
  'unsigned char': 'u1',
  uint8: 'u1',
  uint8_t: 'u1',
  short: 'i2',
  'short int': 'i2',
  'signed short': 'i2',
  int16: 'i2',
  int16_t: 'i2',
  ushort: 'u2',
  'unsigned short': 'u2',
  uint16: 'u2',
  uint16_t: 'u2',
  int: 'i4',
  'signed int': 'i4',
  int32: 'i4',
  int32_t: 'i4',
  uint: 'u4',
  'unsigned int': 'u4',
  uint32: 'u4',
  uint32_t: 'u4',
  float: 'f4',
  double: 'f8',
};
const QUANTITIES: readonly string[] = ['hu', 'mr', 'label', 'mm', 'fraction'];

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  readonly pairs: Readonly<Record<string, string>>;
  readonly bodyAt: number;
}

/**
 * NRRD with its data inside, raw or gzip, three dimensions, any orientation (RAS and others are turned to LPS by name).
 * @throws io.format, io.truncated, io.limit, io.unsupported
 */
export function readNrrd(bytes: Uint8Array, options: ReadVolumeOptions = {}): VolumeFile {
  const { fields, pairs, bodyAt } = readHeader(bytes);
  const findings: Finding[] = [];
  const kindName = (fields.get('type') ?? bad('no type')).toLowerCase();
  if (!Object.hasOwn(KINDS, kindName))
    throw new OsteonError('io.unsupported', { what: 'NRRD type', type: kindName.slice(0, 40) });
  const kind = KINDS[kindName];
  const grid = gridOf(fields, findings);
  const voxels = grid.size[0] * grid.size[1] * grid.size[2];
  requireLimit('voxels', voxels, IO_LIMITS.voxels);
  const need = voxels * sampleBytes(kind);
  const body = bodyOf(bytes.subarray(bodyAt), (fields.get('encoding') ?? bad('no encoding')).toLowerCase(), need);
  const little = (fields.get('endian') ?? 'little').toLowerCase() !== 'big';
  const data = samplesOf(body, kind, little, findings);
  refuseNotFinite(data);
  const said = pairs.osteon_quantity;
  const quantity = QUANTITIES.includes(said) ? (said as Quantity) : (options.quantity ?? 'mr');
  return { format: 'nrrd', volume: createVolume(grid, quantity, data), metadata: pairs, findings };
}

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: 'NRRD', reason });
}

function readHeader(bytes: Uint8Array): Header {
  const fields = new Map<string, string>();
  const pairs: Record<string, string> = {};
  let at = 0;
  for (let n = 0; ; n++) {
    const end = bytes.indexOf(10, at);
    if (end < 0 || end > IO_LIMITS.headerBytes) throw new OsteonError('io.truncated', { what: 'NRRD header', at });
    const line = utf8(bytes.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
    if (n === 0 && !/^NRRD000\d$/.test(line)) bad('does not begin with NRRD');
    if (n === 0 || line.startsWith('#')) continue;
    if (line === '') break;
    const pair = line.indexOf(':=');
    const field = line.indexOf(': ');
    if (pair > 0 && (field < 0 || pair < field)) {
      const key = line.slice(0, pair);
      if (key !== '__proto__') pairs[key] = line.slice(pair + 2);
    } else if (field > 0)
      fields.set(line.slice(0, field).toLowerCase().replace(/\s+/g, ' '), line.slice(field + 2).trim());
    else bad('a line is neither field nor pair');
  }
  if (fields.has('data file') || fields.has('datafile'))
    throw new OsteonError('io.unsupported', { what: 'NRRD with data in another file' });
  for (const skip of ['line skip', 'byte skip'])
    if (fields.has(skip) && fields.get(skip) !== '0') throw new OsteonError('io.unsupported', { what: `NRRD ${skip}` });
  return { fields, pairs, bodyAt: at };
}

function bodyOf(body: Uint8Array, encoding: string, need: number): Uint8Array {
  if (encoding === 'raw') {
    requireBytes(body, 0, need, 'NRRD samples');
    return body.subarray(0, need);
  }
  if (encoding !== 'gzip' && encoding !== 'gz')
    throw new OsteonError('io.unsupported', { what: 'NRRD encoding', encoding: encoding.slice(0, 40) });
  const out = gunzipBounded(body, need, 'NRRD samples');
  requireBytes(out, 0, need, 'NRRD samples');
  return out;
}

/** Sign that turns each world axis to LPS, from the name of the space. */
function lpsSigns(space: string, findings: Finding[]): Vec3 {
  const name = space.toLowerCase();
  const letters = /^[lr][ap][si]$/.test(name)
    ? name
    : name
        .split('-')
        .map((w) => w[0])
        .join('');
  if (!/^[lr][ap][si]$/.test(letters)) bad('unknown space');
  const signs: Vec3 = [letters[0] === 'l' ? 1 : -1, letters[1] === 'p' ? 1 : -1, letters[2] === 's' ? 1 : -1];
  if (signs.includes(-1))
    findings.push({
      level: 'note',
      code: 'io.frame-converted',
      text: `The grid was turned from ${name.slice(0, 40)} to LPS.`,
    });
  return signs;
}

function gridOf(fields: ReadonlyMap<string, string>, findings: Finding[]): Grid {
  if (fields.get('dimension') !== '3')
    throw new OsteonError('io.unsupported', { what: 'NRRD that has not three dimensions' });
  const size = numbers(fields.get('sizes') ?? bad('no sizes'));
  if (size.length !== 3 || size.some((n) => !Number.isInteger(n) || n < 1 || n > 65_535)) bad('sizes');
  const space = fields.get('space');
  const directions = fields.get('space directions');
  let m: number[];
  if (space && directions) {
    const s = lpsSigns(space, findings);
    const d = numbers(directions);
    const o = numbers(fields.get('space origin') ?? '(0,0,0)');
    if (d.length !== 9 || o.length !== 3) bad('space directions or origin');
    m = [0, 1, 2].flatMap((r) => [s[r] * d[r], s[r] * d[3 + r], s[r] * d[6 + r], s[r] * o[r]]);
  } else {
    const spacing = numbers(fields.get('spacings') ?? '1 1 1');
    if (spacing.length !== 3) bad('spacings');
    m = [spacing[0], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, spacing[2], 0];
    findings.push({
      level: 'warning',
      code: 'io.no-orientation',
      text: 'The NRRD does not say how it lies in the patient; its axes were taken as LPS.',
      hint: 'Left and right cannot be trusted.',
    });
  }
  // Adding 0 turns -0 into 0.
  const grid: Grid = {
    size: [size[0], size[1], size[2]],
    lpsFromVoxel: { from: 'voxel', to: 'lps', m: m.map((x) => x + 0) },
  };
  if (!(Math.abs(determinant(grid.lpsFromVoxel)) > 1e-12)) bad('the axes lie in one plane');
  return grid;
}

function numbers(text: string): number[] {
  const words = text.match(/[^\s,()]+/g) ?? [];
  return words.map((w) => {
    const x = Number(w);
    return Number.isFinite(x) ? x : bad('not a number');
  });
}
