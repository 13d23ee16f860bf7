import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { type Mesh, triangleCount, vertexCount } from '../mesh/index.ts';
import { concatBytes, requireLimit, toUtf8, viewOf } from './bytes.ts';
import { IO_LIMITS } from './limits.ts';

export interface PlyOptions {
  /** Text instead of little-endian bytes. */
  readonly ascii?: boolean;
  /** Coordinates as `float` halve the file; as `double` nothing is rounded. */
  readonly precision?: 'double' | 'float';
  /** One number a vertex, e.g. signed distance, mm; written as float `quality`. */
  readonly scalars?: Float32Array | Float64Array;
  /** RGB a vertex, 8 bits each. */
  readonly colours?: Uint8Array;
  /** A line in the header; never a patient's name. */
  readonly comment?: string;
}

export const PLY_DEFAULTS = {
  /** Reading back must give the same mesh. */
  precision: 'double',
  ascii: false,
  comment: '',
} as const;

/** PLY 1.0, mm, LPS (said in a comment). @throws mesh.empty, mesh.not-finite, param.range for arrays of wrong length */
export function writePly(mesh: Mesh, options: PlyOptions = {}, job: Job = NO_JOB): Uint8Array {
  const { ascii, precision, comment } = { ...PLY_DEFAULTS, ...options };
  const { scalars, colours } = options;
  const count = vertexCount(mesh);
  const faces = triangleCount(mesh);
  if (faces === 0) throw new OsteonError('mesh.empty');
  requireLimit('triangles', faces, IO_LIMITS.triangles);
  if ((scalars && scalars.length !== count) || (colours && colours.length !== 3 * count))
    throw new OsteonError('param.range', { what: 'one scalar and three colours a vertex', vertices: count });
  for (let i = 0; i < mesh.positions.length; i++)
    if (!Number.isFinite(mesh.positions[i])) throw new OsteonError('mesh.not-finite', { vertex: Math.floor(i / 3) });
  const lines = [
    'ply',
    `format ${ascii ? 'ascii' : 'binary_little_endian'} 1.0`,
    'comment osteon mm SPACE=LPS',
    ...(comment ? [`comment ${comment.replace(/[^\x20-\x7e]/g, '_').slice(0, 200)}`] : []),
    `element vertex ${count}`,
    ...['x', 'y', 'z'].map((axis) => `property ${precision} ${axis}`),
    ...(scalars ? ['property float quality'] : []),
    ...(colours ? ['red', 'green', 'blue'].map((c) => `property uchar ${c}`) : []),
    `element face ${faces}`,
    'property list uchar uint vertex_indices',
    'end_header',
  ];
  const head = toUtf8(`${lines.join('\n')}\n`);
  const body = ascii ? asciiBody(mesh, precision, options) : binaryBody(mesh, precision, options);
  job.at(1);
  return concatBytes([head, ...body]);
}

function binaryBody(
  { positions: p, triangles: t }: Mesh,
  precision: 'double' | 'float',
  { scalars, colours }: PlyOptions,
): Uint8Array[] {
  const wide = precision === 'double' ? 8 : 4;
  const count = p.length / 3;
  const stride = 3 * wide + (scalars ? 4 : 0) + (colours ? 3 : 0);
  const vertices = new Uint8Array(stride * count);
  const v = viewOf(vertices);
  for (let i = 0; i < count; i++) {
    let at = i * stride;
    for (let k = 0; k < 3; k++, at += wide)
      if (wide === 8) v.setFloat64(at, p[3 * i + k], true);
      else v.setFloat32(at, p[3 * i + k], true);
    if (scalars) {
      v.setFloat32(at, scalars[i], true);
      at += 4;
    }
    if (colours) for (let k = 0; k < 3; k++) vertices[at + k] = colours[3 * i + k];
  }
  const faces = new Uint8Array((13 * t.length) / 3);
  const f = viewOf(faces);
  for (let i = 0, at = 0; i < t.length; i += 3, at += 13) {
    faces[at] = 3;
    for (let k = 0; k < 3; k++) f.setUint32(at + 1 + 4 * k, t[i + k], true);
  }
  return [vertices, faces];
}

function asciiBody(
  { positions: p, triangles: t }: Mesh,
  precision: 'double' | 'float',
  { scalars, colours }: PlyOptions,
): Uint8Array[] {
  const round = precision === 'double' ? (x: number) => x : Math.fround;
  const pieces: Uint8Array[] = [];
  let text = '';
  const line = (s: string) => {
    text += `${s}\n`;
    if (text.length < 1 << 18) return;
    pieces.push(toUtf8(text));
    text = '';
  };
  for (let i = 0; i < p.length; i += 3) {
    let s = `${round(p[i])} ${round(p[i + 1])} ${round(p[i + 2])}`;
    if (scalars) s += ` ${Math.fround(scalars[i / 3])}`;
    if (colours) s += ` ${colours[i]} ${colours[i + 1]} ${colours[i + 2]}`;
    line(s);
  }
  for (let i = 0; i < t.length; i += 3) line(`3 ${t[i]} ${t[i + 1]} ${t[i + 2]}`);
  pieces.push(toUtf8(text));
  return pieces;
}
