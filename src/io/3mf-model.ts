import { type LpsTransform, OsteonError } from '../base/index.ts';
import { createMesh, type Mesh } from '../mesh/index.ts';
import { requireLimit } from './bytes.ts';
import { type Doubles, growDoubles } from './growing.ts';
import { IO_LIMITS } from './limits.ts';
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
}

export interface Placed {
  readonly objectId: string;
  readonly transform: LpsTransform | undefined;
}

/** Extensions that may be required, because ignoring them does not change the shape. */
const HARMLESS = [
  'http://schemas.microsoft.com/3dmanufacturing/material/2015/02',
  'http://schemas.microsoft.com/3dmanufacturing/production/2015/06',
];

type Attribute = (name: string) => string | undefined;
interface Draft {
  id: string;
  name: string;
  vertices: Doubles;
  corners: Doubles;
  components: Placed[];
  metadata: Record<string, string>;
}

/** @throws io.format, io.truncated, io.limit, io.unsupported, mesh.index, mesh.not-finite */
export function modelOf(xml: Uint8Array): Model {
  const objects = new Map<string, RawObject>();
  const items: Placed[] = [];
  const metadata: Record<string, string> = {};
  let unit = 'millimeter';
  let draft: Draft | undefined;
  let key = '';
  let sawModel = false;
  scanXml(xml, {
    open(name, attribute) {
      if (name === 'vertex' && draft)
        for (const axis of ['x', 'y', 'z']) draft.vertices.push(numberOf(attribute(axis)));
      else if (name === 'triangle' && draft)
        for (const v of ['v1', 'v2', 'v3']) draft.corners.push(indexOf(attribute(v)));
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
      if (name !== 'object' || !draft) return;
      if (objects.has(draft.id)) bad('an object is defined twice');
      objects.set(draft.id, finish(draft));
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

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: '3MF', reason });
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
  return {
    id: attribute('id') ?? bad('object without id'),
    name: attribute('name') ?? '',
    vertices: growDoubles(),
    corners: growDoubles(),
    components: [],
    metadata: {},
  };
}

function finish({ name, vertices, corners, components, metadata }: Draft): RawObject {
  requireLimit('triangles', corners.length / 3, IO_LIMITS.triangles);
  const shared = { name, components, metadata };
  return corners.length === 0
    ? shared
    : { ...shared, mesh: createMesh(vertices.take(), Uint32Array.from(corners.take())) };
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

function numberOf(text: string | undefined): number {
  if (text === undefined) bad('a coordinate is missing');
  const x = Number(text);
  if (text.trim() === '' || /[xob]/i.test(text)) bad('not a number');
  if (!Number.isFinite(x))
    throw new OsteonError(/inf|nan|e/i.test(text) ? 'mesh.not-finite' : 'io.format', { what: '3MF number' });
  return x;
}

function indexOf(text: string | undefined): number {
  const i = numberOf(text);
  if (!Number.isInteger(i) || i < 0 || i > 0xfffffffe) throw new OsteonError('mesh.index', { vertex: i });
  return i;
}
