import { OsteonError } from '../base/index.ts';
import { latin1, requireBytes, requireLimit, viewOf } from './bytes.ts';
import {
  CLI_COMMANDS,
  CLI_KINDS,
  type CliFile,
  type CliHatch,
  type CliHead,
  type CliLayer,
  type CliPolyline,
} from './cli-layers.ts';
import { IO_LIMITS } from './limits.ts';

/** Points and vectors of one file; a tall part finely hatched has about ten million. */
const MOST_NUMBERS = 400_000_000;

/**
 * A CLI file, ASCII or binary, short or long commands. Every count is checked against the bytes that are there.
 * @throws io.format, io.truncated, io.limit, io.unsupported (32-bit alignment)
 */
export function readCli(bytes: Uint8Array): CliFile {
  const end = endOfHead(bytes);
  const text = latin1(bytes, 0, end);
  const head = headOf(text);
  if (/^\$\$ALIGN\b/m.test(text)) throw new OsteonError('io.unsupported', { what: 'CLI with 32-bit alignment' });
  const binary = /^\$\$BINARY\b/m.test(text);
  if (!binary && !/^\$\$ASCII\b/m.test(text)) bad('neither ASCII nor BINARY');
  const layers = binary ? readBinary(bytes, end, head.unitMm) : readAscii(bytes, end, head.unitMm);
  if (head.layers >= 0 && layers.length !== head.layers) {
    if (layers.length < head.layers)
      throw new OsteonError('io.truncated', { what: 'CLI', layers: layers.length, said: head.layers });
    bad('more layers than the head says');
  }
  return { head: { ...head, layers: layers.length }, layers };
}

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: 'CLI', reason });
}

const HEAD_END = '$$HEADEREND';

function endOfHead(bytes: Uint8Array): number {
  if (!latin1(bytes, 0, Math.min(bytes.length, 64)).trimStart().startsWith('$$HEADERSTART')) bad('no head');
  for (let i = bytes.indexOf(36); i >= 0 && i < IO_LIMITS.headerBytes; i = bytes.indexOf(36, i + 1))
    if (latin1(bytes, i, Math.min(bytes.length, i + HEAD_END.length)) === HEAD_END) return i + HEAD_END.length;
  throw new OsteonError('io.truncated', { what: 'CLI head' });
}

function headOf(text: string): CliHead {
  const value = (key: string) => new RegExp(`\\$\\$${key}/([^\\r\\n]*)`).exec(text)?.[1];
  const unitMm = number(value('UNITS') ?? bad('no unit'));
  if (!(unitMm > 0 && unitMm <= 1000)) bad('unit');
  const labels: Record<number, string> = {};
  for (const [, id, name] of text.matchAll(/\$\$LABEL\/(\d{1,9}),([^\r\n]*)/g)) labels[Number(id)] = name.slice(0, 200);
  const box = value('DIMENSION')?.split(',').map(number);
  const said = value('LAYERS');
  return {
    unitMm,
    labels,
    ...(box?.length === 6 && { box: box.map((x) => x * unitMm) as unknown as NonNullable<CliHead['box']> }),
    layers: said === undefined ? -1 : number(said),
  };
}

function number(text: string): number {
  const word = text.trim();
  const x = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
  if (!Number.isFinite(x)) bad('not a number');
  return x;
}

interface Draft {
  topMm: number;
  polylines: CliPolyline[];
  hatches: CliHatch[];
}

/** Collects layers and refuses what is out of order. */
function createLayers(): {
  layer(topMm: number): void;
  polyline(model: number, direction: number, points: Float64Array): void;
  hatches(model: number, vectors: Float64Array): void;
  readonly layers: CliLayer[];
} {
  const layers: Draft[] = [];
  let numbers = 0;
  const last = (): Draft => layers.at(-1) ?? bad('geometry before the first layer');
  const count = (values: Float64Array): void => {
    numbers += values.length;
    requireLimit('CLI numbers', numbers, MOST_NUMBERS);
  };
  return {
    layers,
    layer(topMm) {
      if (!Number.isFinite(topMm)) bad('height of a layer');
      if (layers.length > 0 && !(topMm > layers[layers.length - 1].topMm)) bad('layers do not ascend');
      layers.push({ topMm, polylines: [], hatches: [] });
    },
    polyline(model, direction, points) {
      const kind = CLI_KINDS[direction] ?? bad('direction of a polyline');
      count(points);
      last().polylines.push({ model, kind, points: opened(kind, points) });
    },
    hatches(model, vectors) {
      count(vectors);
      last().hatches.push({ model, vectors });
    },
  };
}

/** Closed polylines without the repeated first point. */
function opened(kind: CliPolyline['kind'], points: Float64Array): Float64Array {
  const n = points.length;
  if (kind === 'open' || n < 4 || points[0] !== points[n - 2] || points[1] !== points[n - 1]) return points;
  return points.slice(0, n - 2);
}

function readAscii(bytes: Uint8Array, from: number, unitMm: number): CliLayer[] {
  const into = createLayers();
  let ended = false;
  let at = from;
  while (at < bytes.length && !ended) {
    let to = bytes.indexOf(10, at);
    if (to < 0) to = bytes.length;
    const line = latin1(bytes, at, to).trim();
    at = to + 1;
    if (line === '' || line === '$$GEOMETRYSTART' || line.startsWith('//')) continue;
    if (line === '$$GEOMETRYEND') {
      ended = true;
      continue;
    }
    const slash = line.indexOf('/');
    if (!line.startsWith('$$') || slash < 0) bad('a line that is no command');
    const values = line.slice(slash + 1).split(',');
    const rest = (skip: number, each: number): Float64Array => {
      const n = number(values[skip - 1] ?? bad('a count is missing'));
      if (values.length !== skip + n * each) throw new OsteonError('io.truncated', { what: 'CLI line', at });
      return Float64Array.from(values.slice(skip), (v) => number(v) * unitMm);
    };
    const command = line.slice(2, slash);
    if (command === 'LAYER') into.layer(number(values[0]) * unitMm);
    else if (command === 'POLYLINE') into.polyline(number(values[0]), number(values[1] ?? ''), rest(3, 2));
    else if (command === 'HATCHES') into.hatches(number(values[0]), rest(2, 4));
    else bad('unknown command');
  }
  if (!ended) throw new OsteonError('io.truncated', { what: 'CLI', at });
  return into.layers;
}

function readBinary(bytes: Uint8Array, from: number, unitMm: number): CliLayer[] {
  const into = createLayers();
  const view = viewOf(bytes);
  let at = from;
  const need = (n: number): number => {
    requireBytes(bytes, at, n, 'CLI');
    at += n;
    return at - n;
  };
  const u16 = (): number => view.getUint16(need(2), true);
  const i32 = (): number => view.getInt32(need(4), true);
  const values = (n: number, long: boolean): Float64Array => {
    const size = long ? 4 : 2;
    if (!(n >= 0)) bad('a negative count');
    const start = need(n * size);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const x = long ? view.getFloat32(start + 4 * i, true) : view.getUint16(start + 2 * i, true);
      if (!Number.isFinite(x)) bad('not a number');
      out[i] = x * unitMm;
    }
    return out;
  };
  while (at < bytes.length) {
    const command = u16();
    if (command === CLI_COMMANDS.layerLong) into.layer(values(1, true)[0]);
    else if (command === CLI_COMMANDS.layerShort) into.layer(u16() * unitMm);
    else if (command === CLI_COMMANDS.polylineLong) {
      const model = i32();
      const direction = i32();
      into.polyline(model, direction, values(2 * i32(), true));
    } else if (command === CLI_COMMANDS.polylineShort) {
      const model = u16();
      const direction = u16();
      into.polyline(model, direction, values(2 * u16(), false));
    } else if (command === CLI_COMMANDS.hatchesLong) {
      const model = i32();
      into.hatches(model, values(4 * i32(), true));
    } else if (command === CLI_COMMANDS.hatchesShort) {
      const model = u16();
      into.hatches(model, values(4 * u16(), false));
    } else bad('unknown command');
  }
  return into.layers;
}
