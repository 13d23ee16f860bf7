import { type Finding, type LpsTransform, OsteonError } from '../base/index.ts';
import { joinMeshes, transformMesh } from '../mesh/index.ts';
import { read3mf } from './3mf-read.ts';
import { latin1 } from './bytes.ts';
import { readObj } from './obj.ts';
import { readPly } from './ply-read.ts';
import { readStl, type StlReadOptions } from './stl.ts';
import type { MeshFile } from './types.ts';
import { type LengthUnit, UNIT_MM } from './units.ts';

export interface ReadMeshOptions extends StlReadOptions {
  /** Unit of the numbers where the format has none (STL, PLY, OBJ). Absent: millimetres. */
  readonly unit?: LengthUnit;
}

/**
 * A mesh from the bytes of an STL, 3MF, PLY or OBJ file, in mm and LPS. The content decides which it is; the ending of
 * `name` only where the content does not tell. Several parts become one mesh, with a finding.
 * @throws io.unsupported, io.format, io.truncated, io.limit, io.unit, mesh.index, mesh.not-finite, mesh.empty
 */
export function readMesh(bytes: Uint8Array, name: string, options: ReadMeshOptions = {}): MeshFile {
  const start = latin1(bytes, 0, Math.min(bytes.length, 4));
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  let file: MeshFile;
  if (start === 'PK\u0003\u0004') file = from3mf(bytes);
  else if (/^ply[\r\n]/.test(start)) file = readPly(bytes);
  else if (ending === 'obj') file = readObj(bytes);
  else if (ending === 'stl') file = readStl(bytes, options);
  else if (ending === 'ply' || ending === '3mf') throw new OsteonError('io.format', { what: ending.toUpperCase() });
  else throw new OsteonError('io.unsupported', { ending }, 'Known: stl, 3mf, ply, obj.');
  return toLps(toMm(file, options.unit));
}

function from3mf(bytes: Uint8Array): MeshFile {
  const { parts: all, metadata, findings } = read3mf(bytes);
  const models = all.filter((p) => p.kind !== 'support');
  const parts = models.length > 0 ? models : all;
  if (parts.length === 1)
    return {
      format: '3mf',
      name: parts[0].name,
      mesh: parts[0].mesh,
      findings,
      metadata: { ...metadata, ...parts[0].metadata },
      ...(parts[0].faces && { faces: parts[0].faces }),
    };
  const joined: Finding = {
    level: 'note',
    code: 'io.parts-joined',
    text: `The 3MF holds ${parts.length} parts; they were taken as one mesh.`,
    facts: { parts: parts.length },
  };
  const name = parts
    .map((p) => p.name)
    .join(' + ')
    .slice(0, 400);
  return { format: '3mf', name, mesh: joinMeshes(parts.map((p) => p.mesh)), findings: [...findings, joined], metadata };
}

function toMm(file: MeshFile, unit: LengthUnit = 'millimeter'): MeshFile {
  const s = UNIT_MM[unit];
  if (s === 1 || file.format === '3mf') return file;
  const scale: LpsTransform = { from: 'lps', to: 'lps', m: [s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0] };
  const finding: Finding = {
    level: 'note',
    code: 'io.unit-converted',
    text: `The numbers were taken as ${unit} and multiplied by ${s}.`,
    facts: { mmPerUnit: s },
  };
  return { ...file, mesh: transformMesh(scale, file.mesh), findings: [...file.findings, finding] };
}

/** 3D Slicer and others say in the header which way x and y point. */
function toLps(file: MeshFile): MeshFile {
  if (!/SPACE=RAS\b/.test(file.name)) return file;
  const lpsFromRas: LpsTransform = { from: 'lps', to: 'lps', m: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0] };
  const finding: Finding = {
    level: 'note',
    code: 'io.frame-converted',
    text: 'The header says SPACE=RAS; x and y were negated to LPS.',
  };
  return { ...file, mesh: transformMesh(lpsFromRas, file.mesh), findings: [...file.findings, finding] };
}
