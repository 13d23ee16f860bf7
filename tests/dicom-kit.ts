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

export type Elements = Record<number, readonly [vr: string, value: NewElements[number][2]]>;

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
  readonly set?: Elements;
  readonly drop?: readonly number[];
  readonly syntax?: string;
  /** Compressed frames instead of native pixels. */
  readonly frames?: readonly Uint8Array[];
}

const ds = (v: readonly number[]) => v.map((x) => String(Number(x.toFixed(9)))).join('\\');

export function sliceElements(s: SliceSpec): Elements {
  const { columns = 8, rows = 6, number = 1, series = '1.2.3', bytesPerSample = 2 } = s;
  return {
    524296: ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
    524310: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
    524312: ['UI', `${series}.${number}`],
    524384: ['CS', 'CT'],
    524400: ['LO', 'test'],
    1048592: ['PN', 'A^B'],
    1048608: ['LO', 'P1'],
    1572944: ['DS', '1'],
    1572960: ['DS', '120'],
    1577488: ['SH', 'B60'],
    2097165: ['UI', '1.2'],
    2097166: ['UI', series],
    2097171: ['IS', String(number)],
    2097202: ['DS', ds(s.position ?? [0, 0, number])],
    2097207: ['DS', ds([...(s.row ?? [1, 0, 0]), ...(s.column ?? [0, 1, 0])])],
    2097234: ['UI', '1.2.9'],
    2621442: ['US', [1]],
    2621444: ['CS', 'MONOCHROME2'],
    2621456: ['US', [rows]],
    2621457: ['US', [columns]],
    2621488: ['DS', ds(s.pixelMm ? [s.pixelMm[1], s.pixelMm[0]] : [0.5, 0.5])],
    2621696: ['US', [8 * bytesPerSample]],
    2621697: ['US', [8 * bytesPerSample]],
    2621698: ['US', [8 * bytesPerSample - 1]],
    2621699: ['US', [1]],
    2625618: ['DS', '0'],
    2625619: ['DS', '1'],
    ...s.set,
  };
}

export function sliceBytes(s: SliceSpec = {}): Uint8Array {
  const { columns = 8, rows = 6, bytesPerSample = 2, syntax = EXPLICIT } = s;
  const table: Elements = sliceElements(s);
  for (const tag of s.drop ?? []) delete table[tag];
  const list: [number, string, NewElements[number][2]][] = Object.entries(table).map(([t, [vr, v]]) => [
    Number(t),
    vr,
    v,
  ]);
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
