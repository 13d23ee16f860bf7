import {
  createNormal,
  createRng,
  LPS_IDENTITY,
  type LpsTransform,
  otherSide,
  type Side,
  type Vec3,
} from '../base/index.ts';
import { apply, applyLinear, compose, invert, reflection, rotation, translation } from '../math/index.ts';
import { bounds, components, type Mesh, pickTriangles, transformMesh, volumeMm3 } from '../mesh/index.ts';
import { isoSurface } from '../surface/index.ts';
import { axisGrid, createVolume, type Grid, gaussian, type Volume } from '../volume/index.ts';
import { BONE_BOXES, CUP_MM, femur, HIP, hipBone, sacrum } from './pelvis-bones.ts';
import { type MetalPart, type PhantomScrew, placeScrews } from './pelvis-screws.ts';
import { sampleField } from './sample-field.ts';
import type { NamedMesh } from './two-feet.ts';

/** `both-column`: ilium, anterior and posterior column of the affected side. `bilateral`: both sides so. */
export type PelvicFracture = 'both-column' | 'bilateral' | 'none';
/**
 * What the scan shows: both sides; the affected side alone; a view that ends through the broken side's ischium and the
 * bottom of its pubis.
 */
export type PelvicView = 'whole' | 'affected-side' | 'cut-fragment';

export interface PelvisOptions {
  readonly seed?: number;
  readonly affectedSide?: Side;
  readonly fracture?: PelvicFracture;
  /** After surgery: displacements down to `residual` of what they were, screws in the fragments. */
  readonly postoperative?: boolean;
  readonly residual?: number;
  readonly screwsPerFragment?: number;
  /** Screws as they were placed, instead of some at random. */
  readonly screws?: readonly PhantomScrew[];
  /** One more screw, through the first one: they cross and touch. */
  readonly crossing?: boolean;
  /** Straight plates on the bone between the screws that lie near each other. */
  readonly plate?: boolean;
  /** The screws that are drawn at random have heads. */
  readonly heads?: boolean;
  /** How far the healthy side differs from the mirror image of the broken one, mm at most. */
  readonly asymmetryMm?: number;
  readonly view?: PelvicView;
  readonly spacingMm?: Vec3;
  /** Grid step of the formulas, mm: edges of the triangles are about as long. */
  readonly detailMm?: number;
}
export const PELVIS_DEFAULTS = {
  seed: 1,
  affectedSide: 'left',
  fracture: 'both-column',
  postoperative: false,
  residual: 0.12,
  screwsPerFragment: 3,
  crossing: false,
  plate: false,
  heads: false,
  asymmetryMm: 0,
  view: 'whole',
  spacingMm: [0.8, 0.8, 0.8],
  detailMm: 1,
} as const satisfies Required<Omit<PelvisOptions, 'screws'>>;

export interface Motion {
  readonly name: string;
  /** Where the broken bone lay before → where it lies in the scan. */
  readonly imagedFromAnatomic: LpsTransform;
}

export interface Pelvis {
  readonly affectedSide: Side;
  /** Every bone and fragment as the scanner sees it. */
  readonly imaged: readonly NamedMesh[];
  /** Bones and fragments before the accident, and each broken hip bone whole. */
  readonly anatomic: readonly NamedMesh[];
  readonly motions: readonly Motion[];
  /** Cup of the affected side before the accident. */
  readonly acetabulum: { readonly centreMm: Vec3; readonly radiusMm: number };
  /** Any point of the healthy side → its mirror place on the affected one (asymmetry aside). */
  readonly affectedFromHealthy: LpsTransform;
  readonly screws: readonly PhantomScrew[];
  /** All metal in the scan: the screws, their heads, then plates. */
  readonly metal: readonly MetalPart[];
  readonly grid: Grid;
}

const DEG = Math.PI / 180;
const MIRROR = reflection([0, 0, 0], [1, 0, 0]);

/**
 * A pelvis whose truth is known: invented bones by formula, the affected hip bone cut through its cup by rough surfaces
 * into ilium (in place), anterior and posterior column, the columns moved by known rigid motions and the femur with them
 * to the middle. Sides are exact mirror images but for `asymmetryMm`.
 * @cost about 3 CPU s at 1 mm
 */
export function pelvisOf(options: PelvisOptions = {}): Pelvis {
  const o = { ...PELVIS_DEFAULTS, ...options };
  const random = createRng(o.seed);
  const between = (lo: number, hi: number) => lo + (hi - lo) * random();
  const size = between(0.96, 1.04);
  const pose = compose(
    translation([between(-4, 4), between(-4, 4), between(-4, 4)]),
    compose(
      rotation([0, 0, 1], between(-3, 3) * DEG),
      compose(rotation([1, 0, 0], between(-5, 5) * DEG), rotation([0, 1, 0], between(-3, 3) * DEG)),
    ),
  );
  const grown: LpsTransform = { ...LPS_IDENTITY, m: [size, 0, 0, 0, 0, size, 0, 0, 0, 0, size, 0] };
  /** Formula of a left bone → the scan, by side. */
  const placeOf = (side: Side) => compose(pose, side === 'left' ? grown : compose(MIRROR, grown));

  const hip = sampleField(hipBone, BONE_BOXES.hipBone, o.detailMm);
  const surfaces = {
    hip: isoSurface(hip, 0, { solid: 'below' }),
    sacrum: isoSurface(sampleField(sacrum, BONE_BOXES.sacrum, o.detailMm), 0, { solid: 'below' }),
    femur: isoSurface(sampleField(femur, BONE_BOXES.femur, o.detailMm), 0, { solid: 'below' }),
  };
  const healthy = otherSide(o.affectedSide);
  const anatomic: NamedMesh[] = [{ name: 'sacrum', mesh: transformMesh(placeOf('left'), surfaces.sacrum) }];
  const imaged: NamedMesh[] = [...anatomic];
  const motions: Motion[] = [];
  for (const side of [o.affectedSide, healthy]) {
    const place = placeOf(side);
    const broken = o.fracture === 'bilateral' || (o.fracture === 'both-column' && side === o.affectedSide);
    const whole = {
      name: `${side}-hip-bone`,
      mesh: transformMesh(place, side === healthy ? bent(surfaces.hip, o.asymmetryMm) : surfaces.hip),
    };
    anatomic.push(whole);
    const moved: readonly PieceMotion[] = broken ? drawMotions(between, random, o.postoperative ? o.residual : 1) : [];
    const pieces = broken ? breakHip(hip, o.seed + (side === healthy ? 7919 : 0)) : [];
    if (!broken) imaged.push(whole);
    for (const { name, mesh } of pieces) {
      const natural = { name: `${side}-${name}`, mesh: transformMesh(place, mesh) };
      const own = moved.find((m) => m.name === name)!.motion;
      const motion = conjugate(place, own);
      anatomic.push(natural);
      motions.push({ name: natural.name, imagedFromAnatomic: motion });
      imaged.push({ name: natural.name, mesh: transformMesh(motion, natural.mesh) });
    }
    const thigh = { name: `${side}-femur`, mesh: transformMesh(place, surfaces.femur) };
    const pushed = broken ? (o.postoperative ? o.residual : 1) : 0;
    const sunk = conjugate(place, translation([-6 * pushed, 0, 2 * pushed]));
    anatomic.push(thigh);
    if (broken) motions.push({ name: thigh.name, imagedFromAnatomic: sunk });
    imaged.push({ name: thigh.name, mesh: transformMesh(sunk, thigh.mesh) });
  }
  const place = placeOf(o.affectedSide);
  const acetabulum = { centreMm: apply(place, HIP), radiusMm: CUP_MM * size };
  const { screws, metal } = o.postoperative
    ? placeScrews(imaged, acetabulum, {
        side: o.affectedSide,
        medial: applyLinear(pose, [o.affectedSide === 'left' ? -1 : 1, 0, 0]),
        given: o.screws,
        perFragment: o.screwsPerFragment,
        crossing: o.crossing,
        plate: o.plate,
        heads: o.heads,
        normal: createNormal(createRng(o.seed + 31)),
        random,
      })
    : { screws: [], metal: [] };
  return {
    affectedSide: o.affectedSide,
    imaged,
    anatomic,
    motions,
    acetabulum,
    affectedFromHealthy: compose(place, invert(placeOf(healthy))),
    screws,
    metal,
    grid: gridOf(imaged, o.affectedSide, o.view, o.spacingMm),
  };
}

const conjugate = (place: LpsTransform, motion: LpsTransform): LpsTransform =>
  compose(place, compose(motion, invert(place)));

/** A bone that is not quite the mirror image of the other: slow waves of the given height. */
function bent({ positions, triangles }: Mesh, heightMm: number): Mesh {
  const out = positions.slice();
  for (let i = 0; i < out.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    out[i] += heightMm * 0.6 * Math.sin(z / 45 + 1);
    out[i + 1] += heightMm * 0.6 * Math.sin(x / 40 + 2);
    out[i + 2] += heightMm * 0.5 * Math.sin(y / 50);
  }
  return { positions: out, triangles };
}

/** Height, mm, and width of the roughness of a fracture face. */
const ROUGH_MM = 1.6;
const ROUGH_WIDTH_MM = 3;

/** The left hip bone cut into its three parts, in its own frame; each one solid. */
function breakHip(hip: Volume<'mm', Float32Array>, seed: number): NamedMesh[] {
  const { grid, data } = hip;
  const noise = new Float32Array(data.length);
  const normal = createNormal(createRng(seed));
  for (let i = 0; i < noise.length; i++) noise[i] = normal();
  const rough = gaussian(createVolume(grid, 'mm', noise), ROUGH_WIDTH_MM).data;
  let square = 0;
  for (const x of rough) square += x * x;
  const height = ROUGH_MM / Math.sqrt(square / rough.length);
  const above = new Float32Array(data.length);
  const behind = new Float32Array(data.length);
  const { m } = grid.lpsFromVoxel;
  const [nx, ny, nz] = grid.size;
  for (let k = 0, i = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let x = 0; x < nx; x++, i++) {
        const cx = m[0] * x + m[3] - HIP[0];
        const cy = m[5] * j + m[7] - HIP[1];
        const cz = m[10] * k + m[11] - HIP[2];
        above[i] = 0.33 * cy + 0.944 * (cz - 0.45 * CUP_MM) + height * rough[i];
        behind[i] = 0.144 * cx + 0.96 * (cy - 2) + 0.24 * cz + height * rough[i];
      }
  const part = (name: string, inside: (i: number) => number): NamedMesh => {
    const field = data.map((d, i) => Math.max(d, inside(i)));
    return { name, mesh: largestPart(isoSurface(createVolume(grid, 'mm', field), 0, { solid: 'below' })) };
  };
  return [
    part('ilium', (i) => -above[i]),
    part('anterior-column', (i) => Math.max(above[i], behind[i])),
    part('posterior-column', (i) => Math.max(above[i], -behind[i])),
  ];
}

/** Splinters of a rough cut are left out. */
function largestPart(mesh: Mesh): Mesh {
  const { count, ofTriangle } = components(mesh);
  if (count === 1) return mesh;
  const parts = Array.from({ length: count }, (_, c) => pickTriangles(mesh, (t) => ofTriangle[t] === c));
  const volumes = parts.map(volumeMm3);
  return parts[volumes.indexOf(Math.max(...volumes))];
}

interface PieceMotion {
  readonly name: string;
  readonly motion: LpsTransform;
}

/** Columns turn by 3 to 8° about each axis and go 4 to 11 mm along each, as a both-column fracture does. */
function drawMotions(between: (lo: number, hi: number) => number, random: () => number, share: number): PieceMotion[] {
  const sign = () => (random() < 0.5 ? -1 : 1);
  const turn = (): LpsTransform => {
    const [x, y, z] = [sign() * between(4, 8), sign() * between(3, 7), sign() * between(3, 7)];
    return compose(
      rotation([1, 0, 0], share * x * DEG, HIP),
      compose(rotation([0, 1, 0], share * y * DEG, HIP), rotation([0, 0, 1], share * z * DEG, HIP)),
    );
  };
  const shift = (x: number, y: number, z: number) => translation([share * x, share * y, share * z]);
  return [
    { name: 'ilium', motion: LPS_IDENTITY },
    { name: 'anterior-column', motion: compose(shift(-between(7, 11), -between(4, 8), -between(4, 8)), turn()) },
    { name: 'posterior-column', motion: compose(shift(-between(5, 9), between(6, 10), -between(3, 7)), turn()) },
  ];
}

function gridOf(bones: readonly NamedMesh[], side: Side, view: PelvicView, spacingMm: Vec3): Grid {
  const MARGIN_MM = 14;
  const boxes = bones.filter(({ name }) => !name.endsWith('femur')).map(({ mesh }) => bounds(mesh));
  const lo = [0, 1, 2].map((k) => Math.min(...boxes.map((b) => b.lo[k])) - MARGIN_MM);
  const hi = [0, 1, 2].map((k) => Math.max(...boxes.map((b) => b.hi[k])) + MARGIN_MM);
  // The thighs are wider than the pelvis.
  lo[0] -= 36;
  hi[0] += 36;
  if (view === 'affected-side') {
    if (side === 'left') lo[0] = -20;
    else hi[0] = 20;
  }
  if (view === 'cut-fragment') lo[2] += MARGIN_MM + 38;
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k]) / spacingMm[k]));
  return axisGrid([size[0], size[1], size[2]], spacingMm, [lo[0], lo[1], lo[2]]);
}
