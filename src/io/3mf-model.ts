import { type LpsTransform, OsteonError } from '../base/index.ts';
import { createMesh, type Mesh } from '../mesh/index.ts';
import { type Attribute, bad, indexOf, numberOf } from './3mf-numbers.ts';
import { SETS_NAMESPACE, SLICE_NAMESPACE } from './3mf-slices.ts';
import { createSliceReader } from './3mf-slices-read.ts';
import { requireLimit } from './bytes.ts';
import { type Doubles, growDoubles } from './growing.ts';
import { IO_LIMITS } from './limits.ts';
import type { Slices3mf } from './types.ts';
import { UNIT_MM } from './units.ts';
import { scanXml } from './xml.ts';

/** A model part as written: objects by id, and which of them are built where. Units are the file's. */
export interface Model {
  readonly unit: string;
  readonly mmPerUnit: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly objects: ReadonlyMap<string, RawObject>;
  readonly items: readonly Placed[];
}

export interface RawObject {
  readonly name: string;
  readonly mesh?: Mesh;
  readonly components: readonly Placed[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly faces?: Readonly<Record<string, Uint32Array>>;
  readonly slices?: Slices3mf;
}

export interface Placed {
  readonly objectId: string;
  readonly transform: LpsTransform | undefined;
}

/** Extensions that may be required, because ignoring them does not change the shape. */
const HARMLESS = [
  'http://schemas.microsoft.com/3dmanufacturing/material/2015/02',
  'http://schemas.microsoft.com/3dmanufacturing/production/2015/06',
  SLICE_NAMESPACE,
  SETS_NAMESPACE,
];

interface Draft {
  id: string;
  name: string;
  vertices: Doubles;
  corners: Doubles;
  components: Placed[];
  metadata: Record<string, string>;
  kind: string;
  faces: Map<string, number[]>;
  slicesId: string | undefined;
}

/** @throws io.format, io.truncated, io.limit, io.unsupported, mesh.index, mesh.not-finite */
export function modelOf(xml: Uint8Array): Model {
  const objects = new Map<string, RawObject>();
  const items: Placed[] = [];
  const metadata: Record<string, string> = {};
  let unit = 'millimeter';
  let draft: Draft | undefined;
  let set: number[] | undefined;
  const stacks = createSliceReader();
  let key = '';
  let sawModel = false;
  scanXml(xml, {
    open(name, attribute) {
      if (!draft && stacks.open(name, attribute)) return;
      if (name === 'vertex' && draft)
        for (const axis of ['x', 'y', 'z']) draft.vertices.push(numberOf(attribute(axis)));
      else if (name === 'triangle' && draft)
        for (const v of ['v1', 'v2', 'v3']) draft.corners.push(indexOf(attribute(v)));
      else if (name === 'triangleset' && draft) set = newSet(draft, attribute);
      else if (name === 'ref' && set) addRange(set, attribute('index'), attribute('index'));
      else if (name === 'refrange' && set) addRange(set, attribute('startindex'), attribute('endindex'));
      else if (name === 'model') {
        sawModel = true;
        unit = attribute('unit') ?? unit;
        checkExtensions(attribute);
      } else if (name === 'object') draft = newDraft(attribute, objects.size);
      else if (name === 'component' && draft) draft.components.push(placedOf(attribute));
      else if (name === 'item') items.push(placedOf(attribute));
      else if (name === 'metadata') key = attribute('name') ?? '';
    },
    close(name) {
      if (name === 'metadata') key = '';
      if (name === 'triangleset') set = undefined;
      stacks.close(name);
      if (name !== 'object' || !draft) return;
      if (objects.has(draft.id)) bad('an object is defined twice');
      objects.set(draft.id, finish(draft, stacks.of(draft.slicesId)));
      draft = undefined;
    },
    text(text) {
      if (key) (draft?.metadata ?? metadata)[key.slice(0, 200)] = text;
    },
  });
  if (!sawModel) bad('no model element');
  if (!Object.hasOwn(UNIT_MM, unit)) throw new OsteonError('io.unit', { unit: unit.slice(0, 40) });
  return { unit, mmPerUnit: UNIT_MM[unit as keyof typeof UNIT_MM], metadata, objects, items };
}

function checkExtensions(attribute: Attribute): void {
  for (const prefix of (attribute('requiredextensions') ?? '').split(/\s+/).filter(Boolean)) {
    const space = attribute(`xmlns:${prefix}`) ?? prefix;
    if (!HARMLESS.includes(space))
      throw new OsteonError('io.unsupported', { what: '3MF extension', extension: space.slice(0, 120) });
  }
}

function newDraft(attribute: Attribute, count: number): Draft {
  requireLimit('3MF objects', count, 10_000);
  if ((attribute('s:meshresolution') ?? attribute('meshresolution')) === 'lowres')
    throw new OsteonError('io.unsupported', { what: '3MF whose mesh is only a sketch of its slices' });
  return {
    id: attribute('id') ?? bad('object without id'),
    name: attribute('name') ?? '',
    vertices: growDoubles(),
    corners: growDoubles(),
    components: [],
    metadata: {},
    kind: attribute('type') ?? 'model',
    faces: new Map(),
    slicesId: attribute('s:slicestackid') ?? attribute('slicestackid'),
  };
}

function newSet(draft: Draft, attribute: Attribute): number[] {
  const name = (attribute('name') ?? '').slice(0, 200);
  requireLimit('3MF triangle sets', draft.faces.size, 10_000);
  const set = draft.faces.get(name) ?? [];
  draft.faces.set(name, set);
  return set;
}

function addRange(set: number[], first: string | undefined, last: string | undefined): void {
  const from = indexOf(first);
  const to = indexOf(last);
  requireLimit('3MF triangle set', set.length + to - from + 1, IO_LIMITS.triangles);
  for (let i = from; i <= to; i++) set.push(i);
}

function finish(draft: Draft, slices: Slices3mf | undefined): RawObject {
  const { name, vertices, corners, components, metadata, kind, faces } = draft;
  const triangles = corners.length / 3;
  requireLimit('triangles', triangles, IO_LIMITS.triangles);
  for (const list of faces.values())
    for (const i of list) if (i >= triangles) throw new OsteonError('mesh.index', { triangle: i, triangles });
  const sets = [...faces].map(([key, list]) => [key, Uint32Array.from(list)] as const);
  return {
    name,
    components,
    metadata,
    kind,
    ...(sets.length > 0 && { faces: Object.fromEntries(sets) }),
    ...(slices && { slices }),
    ...(triangles > 0 && { mesh: createMesh(vertices.take(), Uint32Array.from(corners.take())) }),
  };
}

function placedOf(attribute: Attribute): Placed {
  if (attribute('p:path') !== undefined)
    throw new OsteonError('io.unsupported', { what: '3MF in several model parts' });
  const objectId = attribute('objectid') ?? bad('no objectid');
  const text = attribute('transform');
  if (text === undefined) return { objectId, transform: undefined };
  const n = text.trim().split(/\s+/).map(numberOf);
  if (n.length !== 12) bad('transform needs 12 numbers');
  // The file multiplies row vectors: its columns are our rows.
  const m = [n[0], n[3], n[6], n[9], n[1], n[4], n[7], n[10], n[2], n[5], n[8], n[11]];
  return { objectId, transform: { from: 'lps', to: 'lps', m } };
}
