import { type Finding, type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { wallThickness } from '../measure/index.ts';
import {
  bounds,
  buildBvh,
  flipWinding,
  type Mesh,
  subdivide,
  triangleCount,
  unitFaceNormals,
  vertexNormals,
} from '../mesh/index.ts';
import type { Island } from './islands.ts';
import { type LayerStack, layerCount, layerOutlines } from './layers.ts';
import { loopAreaMm2, type Outlines, outlinesBox, outlinesLengthMm } from './outlines.ts';
import { type Process, settingOf } from './process.ts';
import { trappedPowder } from './trapped.ts';

/** Something engraved or raised that the design names. */
export interface TextFeature {
  readonly text: string;
  readonly heightMm: number;
  readonly at: Vec3;
}

export interface PrintabilityInput {
  /** In plate coordinates. */
  readonly mesh: Mesh;
  readonly stack: LayerStack;
  readonly islands: readonly Island[];
  readonly slenderRatio: number;
  readonly texts?: readonly TextFeature[];
}

export interface Printability {
  readonly minWallMm: number;
  readonly minGapMm: number;
  /** NaN where there is none, as for gaps. */
  readonly thinnestPinMm: number;
  readonly islands: number;
  readonly trappedMm3: number;
  /** Each names its place in `facts`: xMm, yMm, zMm, plate coordinates. */
  readonly findings: readonly Finding[];
}

/** Gaps wider than this many times the least one are not looked for. */
const LOOK = 4;

/**
 * What the process cannot make: walls, pins and gaps too small, powder that stays inside, islands, columns that distort,
 * text too shallow.
 * @cost 5 s for 40 000 triangles, most of it walls and gaps
 */
export function checkPrintability(process: Process, input: PrintabilityInput, job: Job = NO_JOB): Printability {
  const { mesh } = input;
  const minWallMm = settingOf(process, 'minWallMm');
  const minGapMm = settingOf(process, 'minGapMm');
  const dense = withInnerVertices(mesh);
  const flat = flatVertices(dense);
  const wall = leastOf(wallThickness(buildBvh(dense)).vertexMm, flat);
  job.at(0.35);
  const inverse = { ...dense, triangles: flipWinding(dense.triangles) };
  const gap = leastOf(wallThickness(buildBvh(inverse), { maxMm: LOOK * minGapMm }).vertexMm, flat);
  job.at(0.6);
  const pin = thinnestPin(input.stack, settingOf(process, 'minPinMm'));
  const powder = process.technology.endsWith('powder-bed') || process.technology === 'electron-beam';
  const trapped = powder
    ? trappedPowder(mesh, { passageMm: settingOf(process, 'minHoleMm'), job: job.part(0.6, 1) })
    : { pockets: [], stepMm: 0 };
  job.at(1);
  const trappedMm3 = trapped.pockets.reduce((s, p) => s + p.volumeMm3, 0);
  const findings: Finding[] = [
    ...least(
      'make.wall',
      'a wall is thinner than the process can make',
      wall.minMm,
      minWallMm,
      vertex(dense, wall.minVertex),
    ),
    ...least(
      'make.gap',
      'a gap is narrower than the process keeps open',
      gap.minMm,
      minGapMm,
      vertex(dense, gap.minVertex),
    ),
    ...pinFindings(pin, process),
    ...trapped.pockets.slice(0, 5).map(
      (p): Finding => ({
        level: 'warning',
        code: 'make.trapped-powder',
        text: p.closed ? 'powder is enclosed' : 'powder cannot leave through the mouth of a pocket',
        facts: { ...place(p.at), volumeMm3: p.volumeMm3, passageMm: settingOf(process, 'minHoleMm') },
        hint: 'Give the space two ports wider than the passage.',
      }),
    ),
    ...(process.settings.supportColumnMm ? islandFindings(input.islands) : []),
    ...slenderFindings(process, input, slenderest(input.stack)),
    ...textFindings(process, input.texts ?? []),
  ];
  return {
    minWallMm: wall.minMm,
    minGapMm: gap.minMm,
    thinnestPinMm: pin.widthMm,
    islands: input.islands.length,
    trappedMm3,
    findings,
  };
}

/** Walls are measured at vertices, and a vertex at a rim says nothing: large faces get some in their middle. */
const EDGE_MM = 1.5;
const MOST_TRIANGLES = 60_000;

function withInnerVertices(mesh: Mesh): Mesh {
  let dense = mesh;
  while (4 * triangleCount(dense) <= MOST_TRIANGLES && longestEdgeMm(dense) > EDGE_MM) dense = subdivide(dense);
  return dense;
}

/** A face may lean away from its vertex by this before the vertex counts as an edge, which bounds no wall of its own. */
const FLAT_COS = Math.cos(Math.PI / 6);

function flatVertices(mesh: Mesh): Uint8Array {
  const faces = unitFaceNormals(mesh);
  const n = vertexNormals(mesh);
  const out = new Uint8Array(n.length / 3).fill(1);
  mesh.triangles.forEach((v, i) => {
    const f = 3 * ((i / 3) | 0);
    const cos = faces[f] * n[3 * v] + faces[f + 1] * n[3 * v + 1] + faces[f + 2] * n[3 * v + 2];
    if (cos < FLAT_COS) out[v] = 0;
  });
  return out;
}

function leastOf(vertexMm: Float64Array, flat: Uint8Array): { minMm: number; minVertex: number } {
  let minVertex = -1;
  vertexMm.forEach((mm, v) => {
    if (flat[v] && mm < (minVertex < 0 ? Number.POSITIVE_INFINITY : vertexMm[minVertex])) minVertex = v;
  });
  return { minMm: minVertex < 0 ? Number.NaN : vertexMm[minVertex], minVertex };
}

function longestEdgeMm({ positions: p, triangles: t }: Mesh): number {
  let most = 0;
  for (let i = 0; i < t.length; i++) {
    const a = 3 * t[i];
    const b = 3 * t[i % 3 === 2 ? i - 2 : i + 1];
    const x = p[a] - p[b];
    const y = p[a + 1] - p[b + 1];
    const z = p[a + 2] - p[b + 2];
    most = Math.max(most, x * x + y * y + z * z);
  }
  return Math.sqrt(most);
}

/** @throws make.too-large */
export function requireRoom(process: Process, mesh: Mesh): void {
  const { lo, hi } = bounds(mesh);
  const room = [settingOf(process, 'buildXMm'), settingOf(process, 'buildYMm'), settingOf(process, 'buildZMm')];
  const size = [hi[0] - lo[0], hi[1] - lo[1], hi[2]];
  if (size.every((s, k) => s <= room[k])) return;
  const [xMm, yMm, zMm] = size.map((s) => Math.round(10 * s) / 10);
  throw new OsteonError(
    'make.too-large',
    { xMm, yMm, zMm, roomXMm: room[0], roomYMm: room[1], roomZMm: room[2] },
    'Choose a larger machine, or build in parts.',
  );
}

const place = ([x, y, z]: readonly [number, number, number] | Vec3) => ({
  xMm: Math.round(100 * x) / 100,
  yMm: Math.round(100 * y) / 100,
  zMm: Math.round(100 * z) / 100,
});

function vertex({ positions: p }: Mesh, v: number): Vec3 {
  return v < 0 ? [0, 0, 0] : [p[3 * v], p[3 * v + 1], p[3 * v + 2]];
}

function least(code: string, text: string, valueMm: number, leastMm: number, at: Vec3): Finding[] {
  if (!(valueMm < leastMm)) return [];
  return [
    { level: 'warning', code, text, facts: { valueMm, leastMm, ...place(at) }, hint: 'Thicken or widen it there.' },
  ];
}

interface Pin {
  readonly widthMm: number;
  readonly at: Vec3;
}
/** A thin piece followed from layer to layer. */
interface Chain {
  x: number;
  y: number;
  from: number;
  widest: number;
}

/**
 * The thinnest pin: pieces of layers, one above the other, all thinner than the limit over at least twice the limit. The
 * width of a piece is four times its area over its outline.
 */
function thinnestPin(stack: LayerStack, limitMm: number): Pin {
  let best: Pin = { widthMm: Number.NaN, at: [0, 0, 0] };
  let chains: Chain[] = [];
  for (let k = 0; k < layerCount(stack); k++) {
    const z = stack.heights[k];
    const next: Chain[] = [];
    for (const { x, y, widthMm } of thinPieces(layerOutlines(stack, k), limitMm)) {
      const old = chains.find((c) => Math.abs(c.x - x) < limitMm && Math.abs(c.y - y) < limitMm);
      const chain = { x, y, from: old?.from ?? z, widest: Math.max(old?.widest ?? 0, widthMm) };
      next.push(chain);
      if (z - chain.from >= 2 * limitMm && !(chain.widest >= best.widthMm))
        best = { widthMm: chain.widest, at: [x, y, (z + chain.from) / 2] };
    }
    chains = next;
  }
  return best;
}

interface Slender {
  readonly ratio: number;
  readonly at: Vec3;
}

/**
 * The piece that rises farthest alone for its width: pieces of layers one above the other, from where they part from their
 * neighbours up. Looked for in a few hundred layers.
 */
function slenderest(stack: LayerStack): Slender {
  let best: Slender = { ratio: 0, at: [0, 0, 0] };
  let chains: (Chain & { sum: number; count: number })[] = [];
  const step = Math.max(1, Math.floor(layerCount(stack) / 300));
  for (let k = 0; k < layerCount(stack); k += step) {
    const z = stack.heights[k];
    const pieces = thinPieces(layerOutlines(stack, k), Number.POSITIVE_INFINITY);
    // Two pieces over one of the layer below begin anew: there they part.
    const over = (c: Chain) =>
      pieces.filter((p) => Math.abs(c.x - p.x) < c.widest / 2 && Math.abs(c.y - p.y) < c.widest / 2);
    const parents = chains.filter((c) => over(c).length === 1);
    chains = pieces.map(({ x, y, widthMm }) => {
      const old = parents.find((c) => over(c)[0].x === x && over(c)[0].y === y);
      const sum = (old?.sum ?? 0) + widthMm;
      const count = (old?.count ?? 0) + 1;
      const chain = { x, y, from: old?.from ?? z, widest: widthMm, sum, count };
      const ratio = (z - chain.from) / (sum / count);
      if (ratio > best.ratio) best = { ratio, at: [x, y, z] };
      return chain;
    });
  }
  return best;
}

function thinPieces({ points: p, start }: Outlines, limitMm: number): { x: number; y: number; widthMm: number }[] {
  const out: { x: number; y: number; widthMm: number }[] = [];
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const own = {
      points: p.subarray(2 * start[loop], 2 * start[loop + 1]),
      start: Uint32Array.of(0, start[loop + 1] - start[loop]),
    };
    const widthMm = (4 * loopAreaMm2(own, 0)) / outlinesLengthMm(own);
    if (widthMm <= 0 || widthMm >= limitMm) continue;
    const [x0, y0, x1, y1] = outlinesBox(own);
    out.push({ x: (x0 + x1) / 2, y: (y0 + y1) / 2, widthMm });
  }
  return out;
}

function pinFindings(pin: Pin, process: Process): Finding[] {
  const leastMm = settingOf(process, 'minPinMm');
  return least('make.pin', 'a pin is thinner than the process can make', pin.widthMm, leastMm, pin.at);
}

/** The first layer is always one; more than that begin in mid-air and stand on supports. */
function islandFindings(islands: readonly Island[]): Finding[] {
  const loose = islands.filter((island) => island.layer > (islands[0]?.layer ?? 0));
  if (loose.length === 0) return [];
  const [first] = loose;
  return [
    {
      level: 'note',
      code: 'make.islands',
      text: 'pieces of layers begin in mid-air and stand on supports',
      facts: { islands: loose.length, ...place(first.at), areaMm2: first.areaMm2 },
    },
  ];
}

/** The part as a whole, or a piece of it that rises alone. */
function slenderFindings(process: Process, { slenderRatio, mesh }: PrintabilityInput, piece: Slender): Finding[] {
  const limit = process.settings.slenderRatio?.value ?? Number.POSITIVE_INFINITY;
  const { lo, hi } = bounds(mesh);
  const whole: Slender = { ratio: slenderRatio, at: [(lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2, hi[2]] };
  const worst = piece.ratio > whole.ratio ? piece : whole;
  if (worst.ratio <= limit) return [];
  return [
    {
      level: 'warning',
      code: 'make.slender',
      text:
        worst === whole
          ? 'the part stands tall and thin: it heats up, distorts, and loses ductility towards its top'
          : 'a column rises tall and thin: it heats up, distorts, and the recoater bends it',
      facts: { slenderRatio: worst.ratio, limit, ...place(worst.at) },
      hint: 'Lay it lower, brace it, or build it beside other parts.',
    },
  ];
}

function textFindings(process: Process, texts: readonly TextFeature[]): Finding[] {
  const leastMm = settingOf(process, 'minTextMm');
  return texts.flatMap(({ text, heightMm, at }) =>
    least('make.text', `the text “${text}” is too shallow to be read`, heightMm, leastMm, at),
  );
}
