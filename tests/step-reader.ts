/** A strict reader of STEP files for tests: ISO 10303-21 syntax, references, and the topology of one solid. */

export type Value = number | string | Ref | Enum | Unset | Value[] | Typed;
export interface Ref {
  readonly ref: number;
}
export interface Enum {
  readonly enumeration: string;
}
export interface Unset {
  readonly unset: '$' | '*';
}
export interface Typed {
  readonly type: string;
  readonly args: Value[];
}
export interface StepFile {
  readonly schema: string;
  /** One entity, or the parts of a complex one. */
  readonly entities: ReadonlyMap<number, readonly Typed[]>;
}

export function readStep(text: string): StepFile {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`STEP: ${what} at ${at}: ${text.slice(at, at + 40)}`);
  };
  const space = () => {
    while (at < text.length && ' \n\r\t'.includes(text[at])) at++;
  };
  const expect = (s: string) => {
    space();
    if (!text.startsWith(s, at)) fail(`wanted ${s}`);
    at += s.length;
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const m = pattern.exec(text);
    if (!m) return null;
    at += m[0].length;
    return m[0];
  };
  const args = (): Value[] => {
    expect('(');
    const list: Value[] = [];
    space();
    if (text[at] === ')') {
      at++;
      return list;
    }
    for (;;) {
      list.push(value());
      space();
      const c = text[at++];
      if (c === ')') return list;
      if (c !== ',') fail('wanted , or )');
    }
  };
  const value = (): Value => {
    space();
    const c = text[at];
    if (c === '(') return args();
    if (c === '$' || c === '*') {
      at++;
      return { unset: c };
    }
    if (c === '#') return { ref: Number((match(/#\d+/y) ?? fail('reference')).slice(1)) };
    if (c === '.') return { enumeration: match(/\.[A-Z_]+\./y) ?? fail('enumeration') };
    if (c === "'") return (match(/'(?:[ -&(-~]|'')*'/y) ?? fail('string')).slice(1, -1);
    const real = match(/[-+]?\d+\.\d*(?:E[-+]?\d+)?/y) ?? match(/[-+]?\d+(?![.\d])/y);
    if (real !== null) return Number(real);
    return typed();
  };
  const typed = (): Typed => {
    space();
    const type = match(/[A-Z][A-Z0-9_]*/y) ?? fail('keyword');
    return { type, args: args() };
  };
  expect('ISO-10303-21;');
  expect('HEADER;');
  const header = new Map<string, Value[]>();
  for (space(); !text.startsWith('ENDSEC;', at); space()) {
    const h = typed();
    header.set(h.type, h.args);
    expect(';');
  }
  expect('ENDSEC;');
  for (const name of ['FILE_DESCRIPTION', 'FILE_NAME', 'FILE_SCHEMA']) if (!header.has(name)) fail(`no ${name}`);
  if (header.get('FILE_NAME')!.length !== 7) fail('FILE_NAME has seven parts');
  expect('DATA;');
  const entities = new Map<number, Typed[]>();
  for (space(); !text.startsWith('ENDSEC;', at); space()) {
    const id = Number((match(/#\d+/y) ?? fail('instance')).slice(1));
    if (entities.has(id)) fail(`#${id} twice`);
    expect('=');
    space();
    if (text[at] === '(') {
      at++;
      const parts: Typed[] = [];
      for (space(); text[at] !== ')'; space()) parts.push(typed());
      at++;
      entities.set(id, parts);
    } else entities.set(id, [typed()]);
    expect(';');
  }
  expect('ENDSEC;');
  expect('END-ISO-10303-21;');
  space();
  if (at !== text.length) fail('text after the end');
  const refs = (v: Value): number[] =>
    Array.isArray(v)
      ? v.flatMap(refs)
      : typeof v !== 'object'
        ? []
        : 'ref' in v
          ? [v.ref]
          : 'args' in v
            ? v.args.flatMap(refs)
            : [];
  for (const [id, parts] of entities)
    for (const r of parts.flatMap((p) => p.args.flatMap(refs)))
      if (!entities.has(r)) throw new Error(`#${id} names #${r}`);
  return { schema: String((header.get('FILE_SCHEMA')![0] as Value[])[0]), entities };
}

type P3 = [number, number, number];
export interface SolidFace {
  readonly name: string;
  readonly kind: string;
  /** Radius of a round surface, and half angle of a cone. */
  readonly radiusMm: number;
  readonly at: P3;
  readonly axis: P3;
  readonly loops: number;
}
export interface SolidFacts {
  readonly faces: readonly SolidFace[];
  readonly genus: number;
  /** Largest distance of ends and middles of edges from the surfaces of both their faces, mm. */
  readonly offSurfaceMm: number;
  /** Largest distance of the ends of edges from their curves, mm. */
  readonly offCurveMm: number;
}

/** The one closed shell of a file, every rule of its topology checked. */
export function solidOf({ entities }: StepFile): SolidFacts {
  const get = (v: Value, ...types: string[]): Typed => {
    const e = entities.get((v as Ref).ref)?.[0];
    if (!e || (types.length && !types.includes(e.type)))
      throw new Error(`wanted ${types.join(' or ')}, found ${e?.type}`);
    return e;
  };
  const triple = (v: Value, type: string): P3 => {
    const list = get(v, type).args[1] as number[];
    if (list.length !== 3 || !list.every((x) => Number.isFinite(x))) throw new Error(`bad ${type}`);
    return list as unknown as P3;
  };
  const unit = (v: Value): P3 => {
    const d = triple(v, 'DIRECTION');
    if (Math.abs(Math.hypot(...d) - 1) > 1e-9) throw new Error('direction is not of unit length');
    return d;
  };
  const frame = (v: Value) => {
    const [, at, axis, ref] = get(v, 'AXIS2_PLACEMENT_3D').args;
    const f = { at: triple(at, 'CARTESIAN_POINT'), axis: unit(axis), ref: unit(ref) };
    if (Math.abs(dot(f.axis, f.ref)) > 1e-9) throw new Error('axes are not at right angles');
    return f;
  };
  const solids = [...entities.values()].filter((e) => e[0].type === 'MANIFOLD_SOLID_BREP');
  if (solids.length !== 1) throw new Error(`${solids.length} solids`);
  const shell = get(solids[0][0].args[1], 'CLOSED_SHELL');
  const uses = new Map<number, { forward: boolean; distance: (p: P3) => number }[]>();
  const vertices = new Set<number>();
  let offCurveMm = 0;
  let offSurfaceMm = 0;
  let extraLoops = 0;
  const faces = (shell.args[1] as Value[]).map((f): SolidFace => {
    const [name, bounds, surface, sense] = get(f, 'ADVANCED_FACE').args;
    if (!['.T.', '.F.'].includes((sense as Enum).enumeration)) throw new Error('face sense');
    const s = get(surface, 'PLANE', 'CYLINDRICAL_SURFACE', 'SPHERICAL_SURFACE', 'CONICAL_SURFACE');
    const { at, axis } = frame(s.args[1]);
    const radiusMm = (s.args[2] as number) ?? 0;
    const distance = (p: P3): number => {
      const d = sub(p, at);
      const h = dot(d, axis);
      const r = Math.hypot(...sub(d, scale(axis, h)));
      if (s.type === 'PLANE') return Math.abs(h);
      if (s.type === 'SPHERICAL_SURFACE') return Math.abs(Math.hypot(...d) - radiusMm);
      if (s.type === 'CYLINDRICAL_SURFACE') return Math.abs(r - radiusMm);
      const half = s.args[3] as number;
      return Math.abs(r - radiusMm - h * Math.tan(half)) * Math.cos(half);
    };
    let outer = 0;
    for (const b of bounds as Value[]) {
      const bound = get(b, 'FACE_OUTER_BOUND', 'FACE_BOUND');
      if (bound.type === 'FACE_OUTER_BOUND') outer++;
      const loop = (get(bound.args[1], 'EDGE_LOOP').args[1] as Value[]).map((o) => {
        const [, , , edge, direction] = get(o, 'ORIENTED_EDGE').args;
        const forward = (direction as Enum).enumeration === '.T.';
        const id = (edge as Ref).ref;
        if (!uses.has(id)) uses.set(id, []);
        uses.get(id)!.push({ forward, distance });
        const [, from, to] = get(edge, 'EDGE_CURVE').args as Ref[];
        return forward ? [from.ref, to.ref] : [to.ref, from.ref];
      });
      loop.forEach(([, end], i) => {
        if (end !== loop[(i + 1) % loop.length][0]) throw new Error('loop is not closed');
      });
    }
    if (outer !== 1) throw new Error(`${outer} outer bounds`);
    extraLoops += (bounds as Value[]).length - 1;
    return { name: String(name), kind: s.type, radiusMm, at, axis, loops: (bounds as Value[]).length };
  });
  for (const [id, both] of uses) {
    if (both.length !== 2 || both[0].forward === both[1].forward)
      throw new Error(`edge #${id} is not shared by two faces`);
    const [, a, b, curve, sense] = entities.get(id)![0].args;
    const ends = [a, b].map((v) => triple(get(v, 'VERTEX_POINT').args[1], 'CARTESIAN_POINT'));
    vertices.add((a as Ref).ref).add((b as Ref).ref);
    const { off, middle } = followed(
      get(curve, 'LINE', 'CIRCLE', 'ELLIPSE'),
      ends,
      (sense as Enum).enumeration === '.T.',
    );
    offCurveMm = Math.max(offCurveMm, off);
    for (const { distance } of both)
      for (const p of [...ends, middle]) offSurfaceMm = Math.max(offSurfaceMm, distance(p));
  }
  const euler = vertices.size - uses.size + faces.length - extraLoops;
  return { faces, genus: 1 - euler / 2, offCurveMm, offSurfaceMm };

  /** How far the ends lie off the curve, and the point halfway between them on it, in its direction. */
  function followed(curve: Typed, [a, b]: P3[], rises: boolean): { off: number; middle: P3 } {
    if (curve.type === 'LINE') {
      const d = unit(get(curve.args[2], 'VECTOR').args[1]);
      const from = sub(b, triple(curve.args[1], 'CARTESIAN_POINT'));
      return { off: Math.hypot(...sub(from, scale(d, dot(from, d)))), middle: scale(add(a, b), 0.5) };
    }
    const { at, axis, ref } = frame(curve.args[1]);
    const [p, q] = [curve.args[2] as number, (curve.args[3] as number) ?? (curve.args[2] as number)];
    if (q > p) throw new Error('ellipse: first half axis is the shorter one');
    const side = cross(axis, ref);
    const angle = (v: P3) => Math.atan2(dot(sub(v, at), side) / q, dot(sub(v, at), ref) / p);
    const place = (t: number): P3 => add(at, add(scale(ref, p * Math.cos(t)), scale(side, q * Math.sin(t))));
    const [t0, t1] = rises ? [angle(a), angle(b)] : [angle(b), angle(a)];
    const turn = (((t1 - t0) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
    if (turn > Math.PI + 1e-6) throw new Error('arc of more than half a turn');
    return {
      off: Math.max(...[a, b].map((v) => Math.hypot(...sub(v, place(angle(v)))))),
      middle: place(t0 + turn / 2),
    };
  }
}

const dot = (a: P3, b: P3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const add = (a: P3, b: P3): P3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const sub = (a: P3, b: P3): P3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const scale = (a: P3, s: number): P3 => [a[0] * s, a[1] * s, a[2] * s];
const cross = (a: P3, b: P3): P3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
