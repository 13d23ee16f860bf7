import { OsteonError } from './errors.ts';

/**
 * One value, one run of bytes: plain data with typed arrays inside, as a JSON head followed by the arrays, each at a
 * multiple of eight. Keys are written in sorted order, so equal values give equal bytes and an equal hash. The bytes may
 * live in shared memory: `unpack` returns views into them, without a copy, which is how values cross between workers.
 *
 * Layout: magic `OSTPACK1` · u32 head length · u32 zero · head (UTF-8 JSON) · padding · arrays. Little-endian.
 */
const MAGIC = 'OSTPACK1';
const KINDS = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array };
type Kind = keyof typeof KINDS;
type Head = { value: unknown; arrays: [kind: Kind, length: number][] };
const KEY = '$array';
const align8 = (n: number) => (n + 7) & ~7;

/** @throws TypeError for a class instance, a function or a symbol: those are not plain data. */
export function pack(value: unknown): Uint8Array {
  const arrays: ArrayBufferView[] = [];
  const head: Head = {
    value: toPlain(value, arrays),
    arrays: arrays.map((a) => [kindOf(a), (a as Uint8Array).length]),
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  let size = align8(16 + json.length);
  for (const a of arrays) size += align8(a.byteLength);
  const out = new Uint8Array(new SharedArrayBuffer(size));
  for (let i = 0; i < 8; i++) out[i] = MAGIC.charCodeAt(i);
  new DataView(out.buffer).setUint32(8, json.length, true);
  out.set(json, 16);
  let at = align8(16 + json.length);
  for (const a of arrays) {
    out.set(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), at);
    at += align8(a.byteLength);
  }
  return out;
}

/** The value again; its typed arrays are views into `bytes` (treat both as frozen). @throws pack.damaged */
export function unpack<T>(bytes: Uint8Array): T {
  for (let i = 0; i < 8; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) throw new OsteonError('pack.damaged', { byte: i });
  const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (16 + jsonLength > bytes.length) throw new OsteonError('pack.damaged', { headBytes: jsonLength });
  // A copy of the head only: TextDecoder refuses shared memory.
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(16, 16 + jsonLength))) as Head;
  let at = align8(16 + jsonLength);
  const views = head.arrays.map(([kind, length]) => {
    const make = KINDS[kind];
    if (!make || at + length * make.BYTES_PER_ELEMENT > bytes.length)
      throw new OsteonError('pack.damaged', { at, kind });
    const view = new make(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, length);
    at += align8(view.byteLength);
    return view;
  });
  return fromPlain(head.value, views) as T;
}

function kindOf(a: ArrayBufferView): Kind {
  const kind = a.constructor.name as Kind;
  if (!(kind in KINDS)) throw new TypeError(`pack: ${kind} is not a kind of array that can be stored`);
  return kind;
}

function toPlain(v: unknown, arrays: ArrayBufferView[]): unknown {
  if (v === null || typeof v === 'string' || typeof v === 'boolean') return v;
  if (typeof v === 'number')
    return Number.isFinite(v) && !Object.is(v, -0) ? v : { $number: Object.is(v, -0) ? '-0' : String(v) };
  if (ArrayBuffer.isView(v)) return { [KEY]: arrays.push(v) - 1 };
  if (Array.isArray(v)) return v.map((x) => toPlain(x, arrays));
  if (typeof v === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(v))) {
    const o = v as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const k of Object.keys(o).sort()) if (o[k] !== undefined) out[k] = toPlain(o[k], arrays);
    return out;
  }
  throw new TypeError(`pack: ${typeof v} is not plain data`);
}

function fromPlain(v: unknown, arrays: readonly ArrayBufferView[]): unknown {
  if (v === null || typeof v !== 'object') return v;
  if (Array.isArray(v)) return v.map((x) => fromPlain(x, arrays));
  const o = v as Record<string, unknown>;
  if (typeof o[KEY] === 'number') return arrays[o[KEY]];
  if (typeof o.$number === 'string') return Number(o.$number);
  const out: Record<string, unknown> = {};
  for (const k of Object.keys(o)) out[k] = fromPlain(o[k], arrays);
  return out;
}
