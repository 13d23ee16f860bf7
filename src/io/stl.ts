import { type Finding, type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { type Mesh, triangleCount } from '../mesh/index.ts';
import { latin1, requireBytes, requireLimit, viewOf } from './bytes.ts';
import { IO_LIMITS } from './limits.ts';
import type { MeshFile } from './types.ts';
import { weldCorners } from './weld.ts';

const HEADER = 80;
const RECORD = 50;

/**
 * Binary STL: single precision, mm, LPS, said in the 80 bytes of header as `osteon mm LPS <id>`.
 * Reading back gives the same triangles in the same order with coordinates rounded to single precision (4 µm at 60 mm is
 * never reached: the step is 3.8e-6 mm).
 * @param id short name of case and part; ASCII, never a patient's name; cut to what fits
 * @throws mesh.empty, mesh.not-finite
 */
export function writeStl(mesh: Mesh, id = '', job: Job = NO_JOB): Uint8Array {
  const { positions: p, triangles: t } = mesh;
  const count = triangleCount(mesh);
  if (count === 0) throw new OsteonError('mesh.empty');
  requireLimit('triangles', count, IO_LIMITS.triangles);
  const out = new Uint8Array(HEADER + 4 + RECORD * count);
  const text = `osteon mm LPS ${id}`.trimEnd();
  for (let i = 0; i < HEADER && i < text.length; i++) {
    const c = text.charCodeAt(i);
    out[i] = c >= 32 && c < 127 ? c : 95;
  }
  const view = viewOf(out);
  view.setUint32(HEADER, count, true);
  const f = new Float32Array(9);
  for (let i = 0, at = HEADER + 4; i < t.length; i += 3, at += RECORD) {
    if (i % 300_000 === 0) job.at(i / t.length);
    for (let k = 0; k < 9; k++) {
      f[k] = p[3 * t[i + Math.floor(k / 3)] + (k % 3)];
      if (!Number.isFinite(f[k])) throw new OsteonError('mesh.not-finite', { vertex: t[i + Math.floor(k / 3)] });
      view.setFloat32(at + 12 + 4 * k, f[k], true);
    }
    writeNormal(view, at, f);
  }
  job.at(1);
  return out;
}

function writeNormal(view: DataView, at: number, f: Float32Array): void {
  const ux = f[3] - f[0];
  const uy = f[4] - f[1];
  const uz = f[5] - f[2];
  const vx = f[6] - f[0];
  const vy = f[7] - f[1];
  const vz = f[8] - f[2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const s = Math.sqrt(x * x + y * y + z * z) || 1;
  view.setFloat32(at, x / s, true);
  view.setFloat32(at + 4, y / s, true);
  view.setFloat32(at + 8, z / s, true);
}

export interface StlReadOptions {
  /** Corners closer than this become one vertex; 0: equal ones only, so that nothing moves. */
  readonly weldToleranceMm?: number;
}

/** Binary or ASCII STL. @throws io.format, io.truncated, io.limit, mesh.not-finite, mesh.empty */
export function readStl(bytes: Uint8Array, { weldToleranceMm = 0 }: StlReadOptions = {}): MeshFile {
  const binary = looksBinary(bytes);
  const { corners, findings, name } = binary ? readBinary(bytes) : readAscii(bytes);
  if (corners.length === 0) throw new OsteonError('mesh.empty');
  return { format: binary ? 'stl' : 'stl-ascii', name, mesh: weldCorners(corners, weldToleranceMm), findings };
}

interface Corners {
  readonly corners: Float32Array | Float64Array;
  readonly findings: readonly Finding[];
  readonly name: string;
}

/** The size decides, because there are binary files whose header says "solid". */
function looksBinary(bytes: Uint8Array): boolean {
  if (bytes.length >= HEADER + 4) {
    const count = viewOf(bytes).getUint32(HEADER, true);
    if (bytes.length === HEADER + 4 + RECORD * count) return true;
  }
  const start = latin1(bytes, 0, Math.min(bytes.length, 512)).trimStart();
  return !/^solid\b/i.test(start) || !/facet|endsolid/i.test(latin1(bytes, 0, Math.min(bytes.length, 4096)));
}

/** Letters, digits and blanks only: no count of triangles looks like that. */
const isText = (bytes: Uint8Array): boolean => bytes.every((c) => (c >= 32 && c < 127) || (c >= 9 && c <= 13));

function readBinary(bytes: Uint8Array): Corners {
  requireBytes(bytes, 0, HEADER + 4, 'STL header');
  if (isText(bytes.subarray(0, 4096)))
    throw new OsteonError('io.format', { what: 'STL' }, 'It is text without facets; is it another kind of file?');
  const view = viewOf(bytes);
  const count = view.getUint32(HEADER, true);
  requireLimit('triangles', count, IO_LIMITS.triangles);
  requireBytes(bytes, HEADER + 4, RECORD * count, 'STL triangles');
  const corners = new Float32Array(9 * count);
  for (let i = 0, at = HEADER + 16; i < corners.length; i += 9, at += RECORD)
    for (let k = 0; k < 9; k++) {
      const x = view.getFloat32(at + 4 * k, true);
      if (!Number.isFinite(x)) throw new OsteonError('mesh.not-finite', { triangle: i / 9 });
      corners[i + k] = x;
    }
  const findings: Finding[] = [];
  const extra = bytes.length - (HEADER + 4 + RECORD * count);
  if (extra > 0)
    findings.push({
      level: 'warning',
      code: 'io.trailing-bytes',
      text: `The STL has ${extra} bytes after its ${count} triangles; they were ignored.`,
      facts: { extraBytes: extra },
    });
  const header = latin1(bytes, 0, HEADER)
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim();
  return { corners, findings, name: header };
}

/** Words are taken by a scanner, not split all at once, so memory stays near the size of the result. */
function readAscii(bytes: Uint8Array): Corners {
  const end = bytes.length;
  let at = 0;
  const word = (): string => {
    while (at < end && bytes[at] <= 32) at++;
    const from = at;
    while (at < end && bytes[at] > 32) at++;
    if (at - from > 64) throw new OsteonError('io.format', { what: 'ASCII STL', at: from });
    return latin1(bytes, from, at);
  };
  const values: number[] = [];
  let open = false;
  for (let w = word(); w !== ''; w = word()) {
    const key = w.toLowerCase();
    if (key === 'solid' || key === 'endsolid') {
      while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at++;
      open = key === 'solid';
    } else if (key === 'vertex') {
      for (let k = 0; k < 3; k++) values.push(finite(word(), at));
      requireLimit('triangles', values.length / 9, IO_LIMITS.triangles);
    } else if (key === 'facet') {
      word();
      for (let k = 0; k < 3; k++) word();
    } else if (key === 'endfacet') {
      if (values.length % 9 !== 0) throw new OsteonError('io.format', { what: 'ASCII STL facet', at });
    } else if (key !== 'outer' && key !== 'loop' && key !== 'endloop')
      throw new OsteonError('io.format', { what: 'ASCII STL word', at });
  }
  if (open || values.length % 9 !== 0) throw new OsteonError('io.truncated', { what: 'ASCII STL', at });
  const name = latin1(bytes, 0, Math.min(end, 200))
    .trimStart()
    .split(/[\r\n]/)[0]
    .slice(5)
    .trim();
  return { corners: Float64Array.from(values), findings: [], name };
}

function finite(word: string, at: number): number {
  if (/^[-+]?(nan|inf(inity)?)$/i.test(word)) throw new OsteonError('mesh.not-finite', { at });
  const x = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
  if (!Number.isFinite(x)) throw new OsteonError('io.format', { what: 'number', at });
  return x;
}
