/**
 * WebAssembly put together in place, so that no binary lies in the repository and every instruction can be read where it
 * is made. Only what `smoother-code.ts` needs: 32-bit integers, vectors of four floats, one loop.
 *
 * An expression is the bytes that leave one value on the stack; a statement leaves nothing.
 */
export type Code = readonly number[];

/** Integers below zero need the signed form; those of this room are not. */
export function leb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    out.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return out;
}

/** For constants: the last byte's sixth bit would be read as a sign. */
function signedLeb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if (rest === 0 && (byte & 0x40) === 0) return [...out, byte];
    out.push(byte | 0x80);
  }
}

const simd = (op: number): number[] => [0xfd, ...leb(op)];

export const get = (local: number): Code => [0x20, ...leb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...leb(local)];
export const i32 = (value: number): Code => [0x41, ...signedLeb(value)];
export const addI = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const atOffset = (offset: number, align: number): number[] => [...leb(align), ...leb(offset)];
export const loadI = (address: Code, offset: number): Code => [...address, 0x28, ...atOffset(offset, 2)];

export const load = (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...atOffset(offset, 2)];
/** One float in all four lanes. */
export const loadSplat = (address: Code, offset: number): Code => [...address, ...simd(0x09), ...atOffset(offset, 2)];
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  ...atOffset(offset, 2),
];
export const splat = (value: Code): Code => [...value, ...simd(0x13)];
/** Four floats. */
export function vector(a: number, b: number, c: number, d: number): Code {
  return [...simd(0x0c), ...new Uint8Array(Float32Array.of(a, b, c, d).buffer)];
}
/** Lanes of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
export function shuffle(a: Code, b: Code, lanes: readonly [number, number, number, number]): Code {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((k) => 4 * lane + k));
  return [...a, ...b, ...simd(0x0d), ...bytes];
}
export const add = (a: Code, ...more: readonly Code[]): Code => [...a, ...more.flatMap((b) => [...b, ...simd(0xe4)])];
export const sub = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe5)];
export const mul = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)];

/** Repeats the body until the counter meets the end; both are local integers. Nothing is done if they meet at once. */
export const loop = (counter: number, end: number, step: number, body: Code): Code => [
  // block; leave if counter = end; loop; body; counter += step; again unless counter = end
  ...[0x02, 0x40, ...get(counter), ...get(end), 0x46, 0x0d, 0x00, 0x03, 0x40],
  ...body,
  ...set(counter, addI(get(counter), i32(step))),
  ...[...get(counter), ...get(end), 0x47, 0x0d, 0x00, 0x0b, 0x0b],
];

export interface Routine {
  readonly name: string;
  /** Parameters come first among the locals: integers, then floats. */
  readonly integers: number;
  readonly floats: number;
  /** More locals: integers, then vectors. */
  readonly moreIntegers: number;
  readonly vectors: number;
  readonly body: Code;
}

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const section = (id: number, content: Code): number[] => [id, ...leb(content.length), ...content];
const list = (items: readonly Code[]): number[] => [...leb(items.length), ...items.flat()];
const named = (name: string): number[] => list(Array.from(name, (c) => [c.charCodeAt(0)]));

/** A module of functions over one memory, imported as `host.memory`. */
export function assemble(functions: readonly Routine[]): Uint8Array {
  const types = functions.map((f) => [
    0x60,
    ...list([...Array(f.integers).fill([I32]), ...Array(f.floats).fill([F32])]),
    ...list([]),
  ]);
  const bodies = functions.map((f) => {
    const code = [
      ...list([
        [...leb(f.moreIntegers), I32],
        [...leb(f.vectors), V128],
      ]),
      ...f.body,
      0x0b,
    ];
    return [...leb(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([[...named('host'), ...named('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, list(functions.map((_, i) => leb(i)))),
    ...section(7, list(functions.map((f, i) => [...named(f.name), 0x00, ...leb(i)]))),
    ...section(10, list(bodies)),
  ]);
}

/** WebAssembly as far as this room needs it: every engine has it, but it stands in no library of the language. */
interface Engine {
  readonly Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const PAGE = 65_536;

/** A memory of at least so many bytes, and the functions of a module over it. Reaches nothing else of the host. */
export function instantiate<Exports>(code: Uint8Array, bytes: number): { buffer: ArrayBuffer; routines: Exports } {
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine };
  const memory = new engine.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new engine.Instance(new engine.Module(code), { host: { memory } });
  return { buffer: memory.buffer, routines: exports as Exports };
}
