import { NO_JOB } from '../../base/index.ts';
import {
  type ConversionRow,
  conversionRow,
  type LengthUnit,
  type MeshFile,
  readMesh,
  requireMillimetres,
  UNIT_MM,
  write3mf,
  writeObj,
  writePly,
  writeStl,
} from '../../io/index.ts';
import { bounds, type Mesh } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Longest side of anything between a sesamoid bone and a whole pelvis with femora, mm. */
const PLAUSIBLE_MM = [6, 1200] as const;

/** An STL, 3MF, PLY or OBJ file → a mesh in mm and LPS. */
export const meshRead: Step<{ file: FileBytes }, { unit: string; weldMm: number }, MeshFile, Engines> = {
  id: 'mesh.read',
  version: 1,
  label: 'reading a mesh',
  costS: 0.5,
  params: {
    unit: {
      label: 'unit of files that do not say it; check takes millimetres and refuses implausible sizes',
      unit: '',
      default: 'check',
      choices: ['check', ...Object.keys(UNIT_MM)],
      source: 'STL, PLY and OBJ carry no unit',
    },
    weldMm: {
      label: 'corners nearer than this become one vertex; 0 joins equal ones only',
      unit: 'mm',
      default: 0,
      min: 0,
      max: 1,
      source: 'nothing is moved unasked',
    },
  },
  handler({ file }, { unit, weldMm }) {
    const given = unit === 'check' ? {} : { unit: unit as LengthUnit };
    const read = readMesh(file.bytes, file.name, { weldToleranceMm: weldMm, ...given });
    if (unit === 'check' && read.format !== '3mf') requireMillimetres(bounds(read.mesh), PLAUSIBLE_MM, file.name);
    return read;
  },
};

export interface Exported {
  readonly bytes: Uint8Array;
  /** What the format did to the mesh, from reading the bytes back. */
  readonly conversion: ConversionRow;
}

/** Formats a part can be written in. */
export const MESH_FORMATS = ['stl', '3mf', 'ply', 'obj'] as const;

/**
 * A mesh → the bytes of a file, read back and compared. `facts` go into the file: case, side, size, hash; `faces`, by name,
 * into those that can hold them (3MF).
 */
export const meshWrite: Step<
  {
    mesh: { readonly mesh: Mesh };
    facts?: Readonly<Record<string, string>>;
    faces?: Readonly<Record<string, Uint32Array>>;
  },
  { format: string; name: string },
  Exported,
  Engines
> = {
  id: 'mesh.write',
  version: 1,
  label: 'writing files',
  costS: 1,
  params: {
    format: { label: 'file format', unit: '', default: 'stl', choices: MESH_FORMATS, source: 'the caller' },
    name: { label: 'name inside the file', unit: '', default: 'part', source: 'the caller' },
  },
  handler({ mesh: { mesh }, facts = {}, faces = {} }, { format, name }, { job }) {
    const bytes = encode(mesh, format, name, facts, faces);
    job.at(0.6);
    const after = readMesh(bytes, `part.${format}`).mesh;
    return { bytes, conversion: conversionRow({ before: mesh, after }) };
  },
};

function encode(
  mesh: Mesh,
  format: string,
  name: string,
  facts: Readonly<Record<string, string>>,
  faces: Readonly<Record<string, Uint32Array>>,
): Uint8Array {
  if (format === 'stl') return writeStl(mesh, [name, ...Object.values(facts)].join(' '));
  if (format === 'ply') return writePly(mesh);
  if (format === 'obj') return writeObj(mesh);
  const named = Object.keys(faces).length > 0;
  const part = { name, mesh, metadata: facts, ...(named && { faces }) };
  return write3mf({ title: name, application: 'Osteon', parts: [part] }, NO_JOB);
}
