import { OsteonError, type Side, type Vec3 } from '../base/index.ts';
import { dot, scale } from '../math/index.ts';
import { spacingMm, type Volume } from '../volume/index.ts';
import { EXPLICIT_LITTLE } from './syntaxes.ts';
import { uidFrom } from './uid.ts';
import { type NewElements, writeDicomFile } from './writer.ts';

/** What a written series says about itself. Nothing of it is taken from a clock or a random source. */
export interface CtTags {
  /** All UIDs are made from this text: another series needs another text. */
  readonly seed: string;
  readonly patientId: string;
  readonly patientName?: string;
  readonly seriesDescription?: string;
  readonly laterality: Side | 'both';
  readonly kVp?: number;
  readonly kernel?: string;
  readonly bodyPart?: string;
  readonly manufacturer?: string;
  /** YYYYMMDD */
  readonly date?: string;
}

export const CT_TAGS_DEFAULTS = {
  patientName: 'SYNTHETIC^CT',
  seriesDescription: 'synthetic CT',
  kVp: 120,
  kernel: 'SYNTHETIC',
  bodyPart: 'FOOT',
  manufacturer: 'Osteon',
  // A date that cannot be taken for a real one.
  date: '20000101',
} as const;

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

/**
 * One uncompressed CT Image file for each slice, signed 16 bits, HU as they are. Equal input gives equal bytes.
 * @requires a right-handed grid with perpendicular axes
 * @throws dicom.geometry
 * @cost about 1 ms a slice of 512 × 512
 */
export function writeCtSeries(volume: Volume<'hu', Int16Array>, tags: CtTags): Uint8Array[] {
  const t = { ...CT_TAGS_DEFAULTS, ...tags };
  const { m } = volume.grid.lpsFromVoxel;
  const [nx, ny, nz] = volume.grid.size;
  const [sx, sy, sz] = spacingMm(volume.grid);
  const axis = (c: number, s: number): Vec3 => scale([m[c], m[4 + c], m[8 + c]], 1 / s);
  const [u, v, w] = [axis(0, sx), axis(1, sy), axis(2, sz)];
  const skew = Math.max(Math.abs(dot(u, v)), Math.abs(dot(u, w)), Math.abs(dot(v, w)));
  const handed =
    u[0] * (v[1] * w[2] - v[2] * w[1]) - u[1] * (v[0] * w[2] - v[2] * w[0]) + u[2] * (v[0] * w[1] - v[1] * w[0]);
  if (skew > 1e-6 || handed < 0) throw new OsteonError('dicom.geometry', { skew, determinant: handed });
  const uid = (what: string) => uidFrom(`${t.seed}/${what}`);
  const common: NewElements = [
    [0x0008_0005, 'CS', 'ISO_IR 192'],
    [0x0008_0008, 'CS', 'DERIVED\\PRIMARY\\AXIAL'],
    [0x0008_0016, 'UI', CT_IMAGE],
    [0x0008_0020, 'DA', t.date],
    [0x0008_0021, 'DA', t.date],
    [0x0008_0022, 'DA', t.date],
    [0x0008_0023, 'DA', t.date],
    [0x0008_0030, 'TM', '120000'],
    [0x0008_0050, 'SH', ''],
    [0x0008_0060, 'CS', 'CT'],
    [0x0008_0070, 'LO', t.manufacturer],
    [0x0008_0090, 'PN', ''],
    [0x0008_103e, 'LO', t.seriesDescription],
    [0x0010_0010, 'PN', t.patientName],
    [0x0010_0020, 'LO', t.patientId],
    [0x0010_0030, 'DA', ''],
    [0x0010_0040, 'CS', 'O'],
    [0x0018_0015, 'CS', t.bodyPart],
    [0x0018_0050, 'DS', decimal(sz)],
    [0x0018_0060, 'DS', decimal(t.kVp)],
    [0x0018_1210, 'SH', t.kernel],
    [0x0018_5100, 'CS', 'FFS'],
    [0x0020_000d, 'UI', uid('study')],
    [0x0020_000e, 'UI', uid('series')],
    [0x0020_0010, 'SH', '1'],
    [0x0020_0011, 'IS', '1'],
    [0x0020_0012, 'IS', '1'],
    [0x0020_0037, 'DS', [...u, ...v].map(decimal).join('\\')],
    [0x0020_0052, 'UI', uid('frame-of-reference')],
    [0x0020_0062, 'CS', { left: 'L', right: 'R', both: 'B' }[t.laterality]],
    [0x0020_1040, 'LO', ''],
    [0x0028_0002, 'US', [1]],
    [0x0028_0004, 'CS', 'MONOCHROME2'],
    [0x0028_0010, 'US', [ny]],
    [0x0028_0011, 'US', [nx]],
    [0x0028_0030, 'DS', `${decimal(sy)}\\${decimal(sx)}`],
    [0x0028_0100, 'US', [16]],
    [0x0028_0101, 'US', [16]],
    [0x0028_0102, 'US', [15]],
    [0x0028_0103, 'US', [1]],
    [0x0028_1050, 'DS', '400'],
    [0x0028_1051, 'DS', '2000'],
    [0x0028_1052, 'DS', '0'],
    [0x0028_1053, 'DS', '1'],
    [0x0028_1054, 'LO', 'HU'],
  ];
  return Array.from({ length: nz }, (_, k) =>
    writeDicomFile(EXPLICIT_LITTLE, [
      ...common,
      [0x0008_0018, 'UI', uid(`slice-${k}`)],
      [0x0020_0013, 'IS', String(k + 1)],
      [0x0020_0032, 'DS', [0, 1, 2].map((r) => decimal(m[4 * r + 2] * k + m[4 * r + 3])).join('\\')],
      [0x7fe0_0010, 'OW', littleEndian(volume.data, k * nx * ny, nx * ny)],
    ]),
  );
}

/** A number in at most sixteen characters, as many digits as fit. */
export function decimal(x: number): string {
  for (let digits = 17; digits > 0; digits--) {
    const text = String(Number(x.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return '0';
}

function littleEndian(data: Int16Array, from: number, count: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * count));
  for (let i = 0; i < count; i++) view.setInt16(2 * i, data[from + i], true);
  return new Uint8Array(view.buffer);
}
