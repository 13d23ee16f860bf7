import { deflateRawSync } from 'node:zlib';
import type { Vec3 } from '../src/base/index.ts';
import {
  assembleVolume,
  type DecodeOptions,
  type DicomFile,
  decodeSlices,
  type NewElements,
  type Scan,
  summariseSeries,
  writeDicomFile,
} from '../src/dicom/index.ts';

/** Builds DICOM files for tests: one CT slice at a time, any element overridden. */

export const EXPLICIT = '1.2.840.10008.1.2.1';
export const IMPLICIT = '1.2.840.10008.1.2';
export const BIG = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';

export interface SliceSpec {
  readonly columns?: number;
  readonly rows?: number;
  readonly pixelMm?: readonly [number, number];
  readonly row?: Vec3;
  readonly column?: Vec3;
  readonly position?: Vec3;
  readonly number?: number;
  readonly series?: string;
  /** Stored words, row by row. */
  readonly stored?: ArrayLike<number>;
  readonly bytesPerSample?: 1 | 2;
  /** Elements put in, in place of those with the same tag. */
  readonly set?: NewElements;
  readonly drop?: readonly number[];
  readonly syntax?: string;
  /** Compressed frames instead of native pixels. */
  readonly frames?: readonly Uint8Array[];
}

const ds = (v: readonly number[]) => v.map((x) => String(Number(x.toFixed(9)))).join('\\');

function sliceElements(s: SliceSpec): NewElements {
  const { columns = 8, rows = 6, number = 1, series = '1.2.3', bytesPerSample = 2 } = s;
  const usual: NewElements = [
    [0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
    [0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x0008_0018, 'UI', `${series}.${number}`],
    [0x0008_0060, 'CS', 'CT'],
    [0x0008_0070, 'LO', 'test'],
    [0x0010_0010, 'PN', 'A^B'],
    [0x0010_0020, 'LO', 'P1'],
    [0x0018_0050, 'DS', '1'],
    [0x0018_0060, 'DS', '120'],
    [0x0018_1210, 'SH', 'B60'],
    [0x0020_000d, 'UI', '1.2'],
    [0x0020_000e, 'UI', series],
    [0x0020_0013, 'IS', String(number)],
    [0x0020_0032, 'DS', ds(s.position ?? [0, 0, number])],
    [0x0020_0037, 'DS', ds([...(s.row ?? [1, 0, 0]), ...(s.column ?? [0, 1, 0])])],
    [0x0020_0052, 'UI', '1.2.9'],
    [0x0028_0002, 'US', [1]],
    [0x0028_0004, 'CS', 'MONOCHROME2'],
    [0x0028_0010, 'US', [rows]],
    [0x0028_0011, 'US', [columns]],
    [0x0028_0030, 'DS', ds(s.pixelMm ? [s.pixelMm[1], s.pixelMm[0]] : [0.5, 0.5])],
    [0x0028_0100, 'US', [8 * bytesPerSample]],
    [0x0028_0101, 'US', [8 * bytesPerSample]],
    [0x0028_0102, 'US', [8 * bytesPerSample - 1]],
    [0x0028_0103, 'US', [1]],
    [0x0028_1052, 'DS', '0'],
    [0x0028_1053, 'DS', '1'],
  ];
  const own = s.set ?? [];
  const isOut = (tag: number) => s.drop?.includes(tag) || own.some((e) => e[0] === tag);
  return [...usual.filter(([tag]) => !isOut(tag)), ...own];
}

export function sliceBytes(s: SliceSpec = {}): Uint8Array {
  const { columns = 8, rows = 6, bytesPerSample = 2, syntax = EXPLICIT } = s;
  const list = [...sliceElements(s)];
  if (s.frames) return writeDicomFile(syntax, list, s.frames);
  const stored = s.stored ?? new Int16Array(columns * rows);
  const pixels = new Uint8Array(stored.length * bytesPerSample);
  const view = new DataView(pixels.buffer);
  for (let i = 0; i < stored.length; i++)
    if (bytesPerSample === 1) view.setUint8(i, stored[i]);
    else view.setUint16(2 * i, stored[i], syntax !== BIG);
  list.push([0x7fe0_0010, bytesPerSample === 1 && syntax !== IMPLICIT ? 'OB' : 'OW', pixels]);
  const bytes = writeDicomFile(syntax, list);
  return syntax === DEFLATED ? deflateBody(bytes) : bytes;
}

/** Everything behind the file meta information, deflated. */
export function deflateBody(bytes: Uint8Array): Uint8Array {
  const metaEnd = 144 + new DataView(bytes.buffer).getUint32(140, true);
  const body = deflateRawSync(bytes.subarray(metaEnd));
  const out = new Uint8Array(metaEnd + body.length);
  out.set(bytes.subarray(0, metaEnd));
  out.set(body, metaEnd);
  return out;
}

export const fileOf = (head: Uint8Array, name = 'a.dcm'): DicomFile => ({ name, head, sizeBytes: head.length });

export const scanOf = (specs: readonly SliceSpec[], options?: Parameters<typeof summariseSeries>[1]): Scan =>
  summariseSeries(filesOf(specs), options);

export const filesOf = (specs: readonly SliceSpec[]): DicomFile[] =>
  specs.map((s, i) => fileOf(sliceBytes(s), `f${i}.dcm`));

/** Files → the first series' volume. */
export function volumeOf(files: readonly DicomFile[], options: DecodeOptions = {}) {
  const scan = summariseSeries(files, options);
  const [series] = scan.series;
  const slices = decodeSlices(series.frames, (i) => files[i].head, options);
  return { series, ...assembleVolume(series, [slices]) };
}

/** A stack of slices that sample `f` (patient LPS mm → stored value). */
export function sampledStack(
  f: (x: number, y: number, z: number) => number,
  origins: readonly Vec3[],
  shape: Required<Pick<SliceSpec, 'columns' | 'rows' | 'pixelMm' | 'row' | 'column'>>,
  rest: SliceSpec = {},
): SliceSpec[] {
  const { columns, rows, pixelMm, row: u, column: v } = shape;
  return origins.map((o, n) => {
    const stored = new Int16Array(columns * rows);
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++) {
        const [a, b] = [i * pixelMm[0], j * pixelMm[1]];
        stored[j * columns + i] = Math.round(
          f(o[0] + u[0] * a + v[0] * b, o[1] + u[1] * a + v[1] * b, o[2] + u[2] * a + v[2] * b),
        );
      }
    return { ...shape, position: o, number: n + 1, stored, ...rest };
  });
}

/** The code of what is thrown, '' where nothing is; anything without a code is thrown on. */
export function codeOf(f: () => unknown): string {
  try {
    f();
  } catch (e) {
    const { code } = e as { code?: string };
    if (typeof code === 'string' && /^(dicom|io|volume|param)\./.test(code)) return code;
    throw e;
  }
  return '';
}
