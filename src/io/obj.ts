import { type Finding, OsteonError } from '../base/index.ts';
import { createMesh, type Mesh, triangleCount } from '../mesh/index.ts';
import { concatBytes, latin1, requireLimit, toUtf8 } from './bytes.ts';
import { growDoubles } from './growing.ts';
import { IO_LIMITS } from './limits.ts';
import type { MeshFile } from './types.ts';

/** Wavefront OBJ, mm, LPS (said in a comment); coordinates survive exactly. @throws mesh.empty, mesh.not-finite */
export function writeObj(mesh: Mesh, name = ''): Uint8Array {
  const { positions: p, triangles: t } = mesh;
  if (triangleCount(mesh) === 0) throw new OsteonError('mesh.empty');
  const pieces: Uint8Array[] = [];
  let text = '# osteon mm SPACE=LPS\n';
  if (name) text += `o ${name.replace(/[^\x21-\x7e]/g, '_')}\n`;
  const line = (s: string) => {
    text += `${s}\n`;
    if (text.length < 1 << 18) return;
    pieces.push(toUtf8(text));
    text = '';
  };
  for (let i = 0; i < p.length; i += 3) {
    if (!Number.isFinite(p[i] + p[i + 1] + p[i + 2])) throw new OsteonError('mesh.not-finite', { vertex: i / 3 });
    line(`v ${p[i]} ${p[i + 1]} ${p[i + 2]}`);
  }
  for (let i = 0; i < t.length; i += 3) line(`f ${t[i] + 1} ${t[i + 1] + 1} ${t[i + 2] + 1}`);
  pieces.push(toUtf8(text));
  return concatBytes(pieces);
}

/** Positions and faces of an OBJ; polygons are cut into fans, everything else is passed over. Files it names are never opened.
 * @throws io.format, io.limit, mesh.index, mesh.not-finite, mesh.empty */
export function readObj(bytes: Uint8Array): MeshFile {
  const points = growDoubles();
  const corners = growDoubles();
  const comments: string[] = [];
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    let end = bytes.indexOf(10, at);
    if (end < 0) end = bytes.length;
    requireLimit('OBJ line', end - at, IO_LIMITS.headerBytes);
    const words = latin1(bytes, at, end).trim().split(/\s+/);
    at = end + 1;
    if (words[0] === 'v') for (let k = 1; k <= 3; k++) points.push(coordinate(words[k], points.length / 3));
    else if (words[0] === 'f') face(words, points.length / 3, corners);
    else if (words[0] === 'o') name ||= words.slice(1).join(' ');
    else if (words[0] === '#' && comments.length < 8) comments.push(words.slice(1).join(' '));
    else if (!/^(#.*|vn|vt|vp|g|s|o|l|p|mtllib|usemtl|usemap|maplib|)$/.test(words[0])) bad('unknown word');
  }
  requireLimit('vertices', points.length / 3, IO_LIMITS.vertices);
  if (corners.length === 0) throw new OsteonError('mesh.empty');
  const findings: Finding[] = [];
  const label = `${name} ${comments.join('; ')}`.trim().slice(0, 400);
  return { format: 'obj', name: label, mesh: createMesh(points.take(), Uint32Array.from(corners.take())), findings };
}

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: 'OBJ', reason });
}

function coordinate(word: string | undefined, vertex: number): number {
  const x = Number(word ?? bad('three coordinates are needed'));
  if (/^[-+]?(nan|inf(inity)?)$/i.test(word!)) throw new OsteonError('mesh.not-finite', { vertex: Math.floor(vertex) });
  if (!Number.isFinite(x)) bad('not a number');
  return x;
}

/** Indices count from 1, or backwards from the last vertex when negative; `1/2/3` names texture and normal too. */
function face(words: readonly string[], vertices: number, corners: ReturnType<typeof growDoubles>): void {
  if (words.length < 4) bad('a face needs three corners');
  const index = (word: string): number => {
    const i = Number(word.split('/')[0]);
    const v = i < 0 ? vertices + i : i - 1;
    if (!Number.isInteger(i) || v < 0) throw new OsteonError('mesh.index', { vertex: word.slice(0, 20) });
    return v;
  };
  const first = index(words[1]);
  let last = index(words[2]);
  for (let k = 3; k < words.length; k++) {
    const v = index(words[k]);
    corners.push(first);
    corners.push(last);
    corners.push(v);
    last = v;
  }
  requireLimit('triangles', corners.length / 3, IO_LIMITS.triangles);
}
