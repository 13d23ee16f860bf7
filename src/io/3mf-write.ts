import { type Job, type LpsTransform, NO_JOB, OsteonError } from '../base/index.ts';
import { type Mesh, triangleCount } from '../mesh/index.ts';
import { SETS_NAMESPACE, SLICE_NAMESPACE, writeSlices } from './3mf-slices.ts';
import { concatBytes, requireLimit, toUtf8 } from './bytes.ts';
import { IO_LIMITS } from './limits.ts';
import type { Slices3mf } from './types.ts';
import { escapeXml } from './xml.ts';
import { writeZip } from './zip.ts';

export interface Part {
  /** Shown by slicers, e.g. `talus-100 left`. Never a patient's name. */
  readonly name: string;
  readonly mesh: Mesh;
  /** Kept with the part as `osteon:<key>`, keys in sorted order: caseId, side, size, sha256 … */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * What it is. Absent: a model. A support is written as a model with a note, `osteon:kind`: PrusaSlicer 2.5 refuses a file
   * that builds an object of the type `support`.
   */
  readonly kind?: 'model' | 'support';
  /** Where the build puts it. With slices it may only move, turn about z or mirror upright. Absent: as it is. */
  readonly buildFromMesh?: LpsTransform;
  /** Layers, in the coordinates of the mesh. */
  readonly slices?: Slices3mf;
  /** Triangles with a name, e.g. `articular`. */
  readonly faces?: Readonly<Record<string, ArrayLike<number>>>;
}

export interface Model3mf {
  readonly title: string;
  /** Program and version, e.g. `Osteon 0.1.0`. */
  readonly application: string;
  readonly parts: readonly Part[];
  /** About the whole file, as `osteon:<key>`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export const NAMESPACE_3MF = 'http://schemas.microsoft.com/3dmanufacturing/core/2015/02';
export const RELATION_3MF = 'http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel';
/** A name, not an address: marks our metadata among others'. */
const OUR_NAMESPACE = 'urn:osteon:3mf:1';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const CONTENT_TYPES = `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>\n`;
const RELATIONS = `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="model" Target="/3D/3dmodel.model" Type="${RELATION_3MF}"/></Relationships>\n`;

/**
 * 3MF core (ISO/IEC 25422), millimetres, patient LPS. Coordinates are the shortest decimals that read back as the same
 * doubles, so the mesh survives exactly; equal models give equal bytes.
 * @throws mesh.empty, mesh.not-finite, param.range for a metadata key that is not a plain word
 */
export function write3mf(model: Model3mf, job: Job = NO_JOB): Uint8Array {
  if (model.parts.length === 0) throw new OsteonError('mesh.empty');
  const pieces: Uint8Array[] = [toUtf8(modelHead(model))];
  model.parts.forEach((part, i) => {
    const stack = part.slices && model.parts.length + i + 1;
    if (part.slices && stack) writeSlices(part.slices, stack, pieces);
    writePart(
      part,
      i + 1,
      stack,
      pieces,
      job.part((0.6 * i) / model.parts.length, (0.6 * (i + 1)) / model.parts.length),
    );
  });
  const items = model.parts.map((part, i) => `  <item objectid="${i + 1}"${transformText(part)}/>\n`).join('');
  pieces.push(toUtf8(` </resources>\n <build>\n${items} </build>\n</model>\n`));
  const out = writeZip([
    { name: '[Content_Types].xml', bytes: toUtf8(CONTENT_TYPES) },
    { name: '_rels/.rels', bytes: toUtf8(RELATIONS) },
    { name: '3D/3dmodel.model', bytes: concatBytes(pieces) },
  ]);
  job.at(1);
  return out;
}

function modelHead({ title, application, parts, metadata = {} }: Model3mf): string {
  return (
    `${HEAD}<model unit="millimeter" xml:lang="en-US" xmlns="${NAMESPACE_3MF}" xmlns:osteon="${OUR_NAMESPACE}"${extensions(parts)}>\n` +
    ` <metadata name="Title">${escapeXml(title)}</metadata>\n` +
    ` <metadata name="Application">${escapeXml(application)}</metadata>\n` +
    metadataXml({ frame: 'LPS', ...metadata }, ' ') +
    ' <resources>\n'
  );
}

/** Only the extensions that are used, so that a plain model is plain. None is required: the mesh says everything. */
function extensions(parts: readonly Part[]): string {
  const slices = parts.some((p) => p.slices) ? ` xmlns:s="${SLICE_NAMESPACE}"` : '';
  return slices + (parts.some((p) => p.faces) ? ` xmlns:t="${SETS_NAMESPACE}"` : '');
}

/** The file multiplies row vectors: its rows are our columns. */
function transformText({ name, buildFromMesh, slices }: Part): string {
  if (!buildFromMesh) return '';
  const { m } = buildFromMesh;
  const planar = m[2] === 0 && m[6] === 0 && m[8] === 0 && m[9] === 0 && m[10] === 1;
  if (slices && !planar) throw new OsteonError('param.range', { what: '3MF part with slices, tilted', part: name });
  const order = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
  return ` transform="${order.map((i) => finite(m[i])).join(' ')}"`;
}

function finite(x: number): number {
  if (Number.isFinite(x)) return x;
  throw new OsteonError('param.range', { what: '3MF transform', value: String(x) });
}

/** Runs of neighbouring triangles are written as ranges. */
function setsText(faces: NonNullable<Part['faces']>): string {
  let out = '    <t:trianglesets>\n';
  for (const name of Object.keys(faces).sort()) {
    const list = Array.from(faces[name]).sort((a, b) => a - b);
    out += `     <t:triangleset name="${escapeXml(name)}" identifier="osteon:${escapeXml(name)}">`;
    for (let i = 0; i < list.length; ) {
      let j = i;
      while (j + 1 < list.length && list[j + 1] === list[j] + 1) j++;
      out += j > i ? `<t:refrange startindex="${list[i]}" endindex="${list[j]}"/>` : `<t:ref index="${list[i]}"/>`;
      i = j + 1;
    }
    out += '</t:triangleset>\n';
  }
  return `${out}    </t:trianglesets>\n`;
}

function metadataXml(texts: Readonly<Record<string, string>>, indent: string): string {
  let out = '';
  for (const key of Object.keys(texts).sort()) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(key)) throw new OsteonError('param.range', { what: 'metadata key', key });
    out += `${indent}<metadata name="osteon:${key}">${escapeXml(texts[key])}</metadata>\n`;
  }
  return out;
}

/** Vertices and triangles in pieces of some thousand lines, so that no long string is ever made. */
function writePart(part: Part, id: number, stack: number | undefined, pieces: Uint8Array[], job: Job): void {
  const { name, mesh, metadata = {}, kind = 'model', faces } = part;
  const { positions: p, triangles: t } = mesh;
  if (triangleCount(mesh) === 0) throw new OsteonError('mesh.empty', { part: name });
  requireLimit('triangles', triangleCount(mesh), IO_LIMITS.triangles);
  const group = metadataXml(kind === 'support' ? { ...metadata, kind } : metadata, '    ');
  let text = `  <object id="${id}" type="model" name="${escapeXml(name)}"${stack ? ` s:slicestackid="${stack}"` : ''}>\n`;
  if (group) text += `   <metadatagroup>\n${group}   </metadatagroup>\n`;
  text += '   <mesh>\n    <vertices>\n';
  const flush = (fraction: number) => {
    pieces.push(toUtf8(text));
    text = '';
    job.at(fraction);
  };
  for (let i = 0; i < p.length; i += 3) {
    if (!Number.isFinite(p[i] + p[i + 1] + p[i + 2])) throw new OsteonError('mesh.not-finite', { vertex: i / 3 });
    text += `<vertex x="${p[i]}" y="${p[i + 1]}" z="${p[i + 2]}"/>\n`;
    if (text.length > 1 << 18) flush((0.4 * i) / p.length);
  }
  text += '    </vertices>\n    <triangles>\n';
  for (let i = 0; i < t.length; i += 3) {
    text += `<triangle v1="${t[i]}" v2="${t[i + 1]}" v3="${t[i + 2]}"/>\n`;
    if (text.length > 1 << 18) flush(0.4 + (0.6 * i) / t.length);
  }
  text += `    </triangles>\n${faces ? setsText(faces) : ''}   </mesh>\n  </object>\n`;
  flush(1);
}
