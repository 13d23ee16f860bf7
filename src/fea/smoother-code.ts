import {
  add,
  addI,
  assemble,
  type Code,
  get,
  load,
  loadI,
  loadSplat,
  loop,
  mul,
  type Routine,
  set,
  shuffle,
  splat,
  store,
  sub,
  vector,
} from './assembler.ts';

/**
 * The hot loops of the smoother in single precision, four lanes at a time: x, y, z and a spare one of a node. They are only
 * used inside the preconditioner, whose rounding conjugate gradients (in double precision) do not feel.
 *
 * The mathematics is that of `quadratic-operator.ts`. Measured: 2.6 times the speed of the same in JavaScript
 * (docs/evidence/strength.md). Kept in step with it by tests/twin/fea-smoother.test.ts.
 */
export const NODE_BYTES = 16;
/** Floats a Gauss point: ∇L₁, ∇L₂, ∇L₃, wλ, wμ. */
export const POINT_BYTES = 44;
/** Columns of the inverse of a node's diagonal block. */
export const BLOCK_BYTES = 48;

const BETA4 = 4 * ((5 - Math.sqrt(5)) / 20);
const RISE = 4 / Math.sqrt(5);
const EDGES = [
  [0, 1],
  [1, 2],
  [0, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;
/** Which of the ten nodes lies between corners a and b. */
const between = (a: number, b: number): number =>
  a === b ? a : 4 + EDGES.findIndex(([p, q]) => (p === a && q === b) || (p === b && q === a));

/** Names local variables as they are needed. */
function locals(first: number) {
  let next = first;
  return {
    take: () => next++,
    many: (n: number) => Array.from({ length: n }, () => next++),
    count: () => next - first,
  };
}

const all = (v: number): Code => vector(v, v, v, v);

/** y += K·x over elements: tets (byte offsets of nodes), their end, data, x, y; data advances by `step` a Gauss point. */
function applyFunction(name: string, step: 0 | typeof POINT_BYTES): Routine {
  const [tets, end, data, x, y] = [0, 1, 2, 3, 4];
  const nodes = Array.from({ length: 10 }, (_, k) => 5 + k);
  const v = locals(15);
  const u = v.many(10);
  const b = [0, ...v.many(3)];
  const g = v.many(9);
  const [l, m] = v.many(2);
  const d = v.many(3);
  const h = v.many(3);
  const r = v.many(3);
  const s = v.many(3);
  const [t, trace] = v.many(2);
  const f = Array.from({ length: 4 }, () => v.many(4));
  const sum = v.many(4);
  const body: Code[] = [];
  const say = (code: Code) => body.push(code);

  nodes.forEach((n, k) => {
    say(set(n, loadI(get(tets), 4 * k)));
    say(set(u[k], load(addI(get(n), get(x)))));
  });
  const readPoint = (offset: number) => {
    g.forEach((own, k) => {
      say(set(own, loadSplat(get(data), offset + 4 * k)));
    });
    say(set(l, loadSplat(get(data), offset + 36)));
    say(set(m, loadSplat(get(data), offset + 40)));
  };
  if (step === 0) readPoint(0);
  const row = (a: number): Code => add(...([0, 1, 2, 3].map((c) => get(u[between(a, c)])) as [Code, ...Code[]]));
  say(set(t, row(0)));
  for (let a = 1; a < 4; a++) say(set(b[a], add(sub(mul(all(BETA4), sub(row(a), get(t))), get(u[a])), get(u[0]))));

  const axis = [vector(1, 0, 0, 0), vector(0, 1, 0, 0), vector(0, 0, 1, 0)];
  for (let point = 0; point < 4; point++) {
    if (step > 0) readPoint(step * point);
    for (let a = 1; a < 4; a++) {
      const rise = sub(get(u[between(a, point)]), get(u[between(0, point)]));
      say(set(d[a - 1], add(get(b[a]), mul(all(RISE), rise))));
    }
    // Columns of the gradient, then of its transpose, then of stress times weight.
    for (let j = 0; j < 3; j++)
      say(set(h[j], add(...([0, 1, 2].map((k) => mul(get(d[k]), get(g[3 * k + j]))) as [Code, ...Code[]]))));
    say(set(t, shuffle(get(h[0]), get(h[1]), [0, 4, 1, 5])));
    say(set(r[0], shuffle(get(t), get(h[2]), [0, 1, 4, 7])));
    say(set(r[1], shuffle(get(t), get(h[2]), [2, 3, 5, 7])));
    say(set(r[2], shuffle(shuffle(get(h[0]), get(h[1]), [2, 6, 3, 7]), get(h[2]), [0, 1, 6, 7])));
    const lane = (k: 0 | 1 | 2): Code => shuffle(get(h[k]), get(h[k]), [k, k, k, k]);
    say(set(trace, mul(get(l), add(lane(0), lane(1), lane(2)))));
    for (let j = 0; j < 3; j++) say(set(s[j], add(mul(get(m), add(get(h[j]), get(r[j]))), mul(get(trace), axis[j]))));
    for (let a = 1; a < 4; a++)
      say(
        set(f[point][a], add(...([0, 1, 2].map((j) => mul(get(s[j]), get(g[3 * (a - 1) + j]))) as [Code, ...Code[]]))),
      );
    say(set(f[point][0], sub(vector(0, 0, 0, 0), add(get(f[point][1]), get(f[point][2]), get(f[point][3])))));
  }
  for (let a = 0; a < 4; a++) say(set(sum[a], add(...(f.map((p) => get(p[a])) as [Code, ...Code[]]))));
  const into = (k: number, value: Code) => {
    const address = addI(get(nodes[k]), get(y));
    say(store(address, add(load(address), value)));
  };
  for (let a = 0; a < 4; a++) into(a, add(mul(all(BETA4 - 1), get(sum[a])), mul(all(RISE), get(f[a][a]))));
  EDGES.forEach(([a, c], k) => {
    const ends = add(get(sum[a]), get(sum[c]));
    const rise = add(get(f[c][a]), get(f[a][c]));
    into(4 + k, add(mul(all(BETA4), ends), mul(all(RISE), rise)));
  });
  say(set(data, addI(get(data), [0x41, ...(step === 0 ? [POINT_BYTES] : [0xb0, 0x01])])));
  return { name, integers: 5, floats: 0, moreIntegers: 10, vectors: v.count(), body: loop(tets, end, 40, body.flat()) };
}

/**
 * One step of the polynomial at every node: r −= w, step = keep·step + gain·D⁻¹r, x += step, w = 0.
 * Parameters: place in r, its end, then how far step, x and w lie behind r, place in the blocks; keep, gain.
 */
function advanceFunction(): Routine {
  const [r, end, toStep, toX, toW, blocks] = [0, 1, 2, 3, 4, 5];
  const [keep, gain] = [6, 7];
  const v = locals(8);
  const [residual, next, keeps, gains] = v.many(4);
  const column = (k: 0 | 1 | 2): Code =>
    mul(load(get(blocks), 16 * k), shuffle(get(residual), get(residual), [k, k, k, k]));
  const body: Code[] = [
    set(residual, sub(load(get(r)), load(addI(get(r), get(toW))))),
    store(get(r), get(residual)),
    store(addI(get(r), get(toW)), vector(0, 0, 0, 0)),
    set(
      next,
      add(mul(get(keeps), load(addI(get(r), get(toStep)))), mul(get(gains), add(column(0), column(1), column(2)))),
    ),
    store(addI(get(r), get(toStep)), get(next)),
    store(addI(get(r), get(toX)), add(load(addI(get(r), get(toX))), get(next))),
    set(blocks, addI(get(blocks), [0x41, BLOCK_BYTES])),
  ];
  return {
    name: 'advance',
    integers: 6,
    floats: 2,
    moreIntegers: 0,
    vectors: v.count(),
    body: [...set(keeps, splat(get(keep))), ...set(gains, splat(get(gain))), ...loop(r, end, NODE_BYTES, body.flat())],
  };
}

export const smootherCode = (): Uint8Array =>
  assemble([applyFunction('applyStraight', 0), applyFunction('applyCurved', POINT_BYTES), advanceFunction()]);
