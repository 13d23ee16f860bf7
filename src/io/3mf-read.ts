import { type Finding, type LpsTransform, OsteonError } from '../base/index.ts';
import { compose } from '../math/index.ts';
import { createMesh, joinMeshes, type Mesh, transformMesh, triangleCount } from '../mesh/index.ts';
import { type Model, modelOf, type RawObject } from './3mf-model.ts';
import { RELATION_3MF } from './3mf-write.ts';
import { requireLimit } from './bytes.ts';
import { IO_LIMITS } from './limits.ts';
import type { Slices3mf } from './types.ts';
import { scanXml } from './xml.ts';
import { readZipDirectory, readZipEntry, type ZipRow } from './zip.ts';

export interface Part3mf {
  readonly name: string;
  readonly mesh: Mesh;
  readonly metadata: Readonly<Record<string, string>>;
  /** `model`, `support` or another word of the format. */
  readonly kind: string;
  /** Triangles with a name. Absent where the part is put together from several objects. */
  readonly faces?: Readonly<Record<string, Uint32Array>>;
  /** Layers as the file holds them, mm, in the coordinates of its object: not moved to where the build puts it. */
  readonly slices?: Slices3mf;
}

export interface File3mf {
  /** The items of the build, in order, each in mm where the build puts it. */
  readonly parts: readonly Part3mf[];
  /** Unit the file is written in; the meshes are already in mm. */
  readonly unit: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/**
 * 3MF core: units to mm, components and build items put in place. Every size is bounded before it is believed.
 * @throws io.format, io.truncated, io.limit, io.unsupported, mesh.empty, mesh.index, mesh.not-finite
 */
export function read3mf(bytes: Uint8Array): File3mf {
  const rows = readZipDirectory(bytes);
  const findings: Finding[] = [];
  const model = modelOf(readZipEntry(bytes, modelRow(bytes, rows, findings)));
  const scale = model.mmPerUnit;
  if (scale !== 1)
    findings.push({
      level: 'note',
      code: 'io.unit-converted',
      text: `The 3MF is in ${model.unit}; coordinates were multiplied by ${scale}.`,
      facts: { mmPerUnit: scale },
    });
  const toMm: LpsTransform = { from: 'lps', to: 'lps', m: IDENTITY.map((x, i) => (i % 5 === 0 ? scale : x)) };
  const items = model.items.length > 0 ? model.items : itemsOfAll(model, findings);
  const counts = new Map<string, number>();
  const triangles = items.reduce((s, item) => s + countTriangles(model, item.objectId, counts, 0), 0);
  requireLimit('triangles', triangles, IO_LIMITS.triangles);
  if (triangles === 0) throw new OsteonError('mesh.empty');
  const parts = items.map(({ objectId, transform }) => {
    const placed: Mesh[] = [];
    place(model, objectId, scale === 1 ? transform : compose(toMm, transform ?? identity()), counts, placed);
    const { name, metadata, kind, faces, slices, components } = model.objects.get(objectId)!;
    return {
      name,
      mesh: placed.length === 1 ? placed[0] : joinMeshes(placed),
      metadata,
      kind: metadata['osteon:kind'] ?? kind,
      ...(faces && components.length === 0 && { faces }),
      ...(slices && { slices: scaled(slices, scale) }),
    };
  });
  return { parts, unit: model.unit, metadata: model.metadata, findings };
}

function scaled({ bottomMm, topsMm, outlines }: Slices3mf, factor: number): Slices3mf {
  if (factor === 1) return { bottomMm, topsMm, outlines };
  return {
    bottomMm: bottomMm * factor,
    topsMm: topsMm.map((z) => z * factor),
    outlines: outlines.map(({ points, start }) => ({ points: points.map((x) => x * factor), start })),
  };
}

const identity = (): LpsTransform => ({ from: 'lps', to: 'lps', m: IDENTITY });

/** The part the package names as its model. */
function modelRow(bytes: Uint8Array, rows: readonly ZipRow[], findings: Finding[]): ZipRow {
  const byName = (name: string) => rows.find((r) => r.name.replace(/^\//, '').toLowerCase() === name.toLowerCase());
  let target = '';
  const relations = byName('_rels/.rels');
  if (relations)
    scanXml(readZipEntry(bytes, relations), {
      open(name, attribute) {
        if (name === 'Relationship' && attribute('Type') === RELATION_3MF) target ||= attribute('Target') ?? '';
      },
      close() {},
      text() {},
    });
  const named = target ? byName(target.replace(/^\//, '')) : undefined;
  const row = named ?? byName('3D/3dmodel.model');
  if (!row) throw new OsteonError('io.format', { what: '3MF', reason: 'no model inside' });
  if (!named)
    findings.push({
      level: 'warning',
      code: 'io.relation-missing',
      text: 'The 3MF does not say which part is its model; 3D/3dmodel.model was taken.',
    });
  return row;
}

function itemsOfAll(model: Model, findings: Finding[]): Model['items'] {
  findings.push({
    level: 'warning',
    code: 'io.build-empty',
    text: 'The 3MF builds nothing; its objects were taken as they are.',
  });
  return [...model.objects.keys()].map((objectId) => ({ objectId, transform: undefined }));
}

function objectOf(model: Model, id: string): RawObject {
  const object = model.objects.get(id);
  if (!object)
    throw new OsteonError('io.format', { what: '3MF', reason: 'object is not defined', objectId: id.slice(0, 20) });
  return object;
}

/** How many triangles an object would unfold to, before any of it is unfolded. */
function countTriangles(model: Model, id: string, known: Map<string, number>, depth: number): number {
  requireLimit('3MF component depth', depth, 32);
  const before = known.get(id);
  if (before !== undefined) return before;
  const object = objectOf(model, id);
  let n = object.mesh ? triangleCount(object.mesh) : 0;
  for (const c of object.components) n += countTriangles(model, c.objectId, known, depth + 1);
  known.set(id, n);
  return n;
}

function place(
  model: Model,
  id: string,
  transform: LpsTransform | undefined,
  counts: Map<string, number>,
  out: Mesh[],
): void {
  const { mesh, components } = objectOf(model, id);
  if (mesh) out.push(transform ? finite(transformMesh(transform, mesh)) : mesh);
  requireLimit('3MF placed objects', out.length, 100_000);
  for (const c of components) {
    if (countTriangles(model, c.objectId, counts, 0) === 0) continue;
    const both = transform && c.transform ? compose(transform, c.transform) : (transform ?? c.transform);
    place(model, c.objectId, both, counts, out);
  }
}

const finite = ({ positions, triangles }: Mesh): Mesh => createMesh(positions, triangles);
