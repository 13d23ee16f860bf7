import { createRng, type LpsTransform, otherSide, type Side, type Vec3 } from '../base/index.ts';
import { compose, invert, reflection, rotation, translation } from '../math/index.ts';
import { bounds, type Mesh, transformMesh } from '../mesh/index.ts';
import { axisGrid, type Grid } from '../volume/index.ts';

/** A bone and its name, `<side>-<bone>` or `<bone>`. */
export interface NamedMesh {
  readonly name: string;
  readonly mesh: Mesh;
}

export interface TwoFeetOptions {
  readonly seed?: number;
  readonly affectedSide?: Side;
  /** Height the talar dome has lost, mm; tibia and fibula sink with it. */
  readonly collapseMm?: number;
  readonly spacingMm?: Vec3;
}
export const TWO_FEET_DEFAULTS = {
  seed: 1,
  affectedSide: 'left',
  /** Late collapse as it is seen in avascular necrosis: a tenth of the height of the bone. */
  collapseMm: 3.5,
  /** A usual reconstruction of a clinical foot CT; meets the protocol of the foot profile. */
  spacingMm: [0.5, 0.5, 0.625],
} as const satisfies Required<TwoFeetOptions>;

export interface TwoFeet {
  /** Every bone as the scanner sees it. */
  readonly imaged: readonly NamedMesh[];
  /** Talus, tibia and fibula of the affected side before the collapse. */
  readonly natural: readonly NamedMesh[];
  /** Maps any point of the healthy foot to its mirror place on the affected side, before the collapse. */
  readonly affectedFromHealthy: LpsTransform;
  /** What gives tibia and fibula their height back. */
  readonly restoreMm: Vec3;
  /** Holds both feet with a margin of air; both shanks leave it at the top. */
  readonly grid: Grid;
}

const DEG = Math.PI / 180;

/**
 * Two feet from the bones of one left foot: the right one is its exact mirror image, each foot stands in its own pose,
 * and the talar dome of the affected side has collapsed. Truth for the whole chain of a total talus replacement.
 * @requires bones named `talus`, `tibia`, `fibula` among the others; closed; LPS mm, standing upright along z
 */
export function twoFeet(leftBones: readonly NamedMesh[], options: TwoFeetOptions = {}): TwoFeet {
  const { seed, affectedSide, collapseMm, spacingMm } = { ...TWO_FEET_DEFAULTS, ...options };
  const random = createRng(seed);
  const between = (lo: number, hi: number) => lo + (hi - lo) * random();
  const talus = leftBones.find((b) => b.name === 'talus');
  if (!talus) throw new TypeError('twoFeet needs a bone named talus');
  const { lo, hi } = bounds(talus.mesh);
  const centre: Vec3 = [(lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2, (lo[2] + hi[2]) / 2];

  /** Left bones of the data set → their place in the scan. */
  const poseOf = (side: Side): LpsTransform => {
    const lateral = side === 'left' ? 1 : -1;
    const turn = compose(
      rotation([0, 0, 1], lateral * between(3, 9) * DEG, centre),
      compose(rotation([1, 0, 0], between(-3, 3) * DEG, centre), rotation([0, 1, 0], between(-3, 3) * DEG, centre)),
    );
    const place: Vec3 = [lateral * between(56, 60) - centre[0], between(-4, 4) - centre[1], between(-4, 4) - centre[2]];
    const moved = compose(translation(place), turn);
    return side === 'left' ? moved : compose(moved, reflection(centre, [1, 0, 0]));
  };
  const pose = { left: poseOf('left'), right: poseOf('right') };
  const sided = (side: Side) =>
    leftBones.map(({ name, mesh }) => ({ name: `${side}-${name}`, mesh: transformMesh(pose[side], mesh) }));
  const whole = [...sided('left'), ...sided('right')];

  const moves = (name: string) => ['tibia', 'fibula'].some((b) => name === `${affectedSide}-${b}`);
  const dome = `${affectedSide}-talus`;
  const sink = translation([0, 0, -collapseMm]);
  const imaged = whole.map(({ name, mesh }) => ({
    name,
    mesh: moves(name) ? transformMesh(sink, mesh) : name === dome ? collapseDome(mesh, collapseMm) : mesh,
  }));
  const healthy = otherSide(affectedSide);
  return {
    imaged,
    natural: whole.filter(({ name }) => name === dome || moves(name)),
    affectedFromHealthy: compose(pose[affectedSide], invert(pose[healthy])),
    restoreMm: [0, 0, collapseMm],
    grid: gridAround(imaged, spacingMm),
  };
}

/** Lowers the upper half of a talus, most at the top, with the unevenness of a broken dome. */
function collapseDome({ positions, triangles }: Mesh, collapseMm: number): Mesh {
  const { hi } = bounds({ positions, triangles });
  let z0 = 0;
  for (let i = 2; i < positions.length; i += 3) z0 += positions[i];
  z0 /= positions.length / 3;
  const out = positions.slice();
  for (let i = 0; i < out.length; i += 3) {
    const t = Math.max(0, (out[i + 2] - z0) / (hi[2] - z0));
    const weight = t * Math.sqrt(t);
    const uneven = 0.5 * Math.sin(out[i] / 3.3) * Math.sin(out[i + 1] / 2.9);
    out[i + 2] -= weight * (collapseMm + uneven * weight);
  }
  return { positions: out, triangles };
}

function gridAround(bones: readonly NamedMesh[], spacingMm: Vec3): Grid {
  const boxes = bones.map(({ mesh }) => bounds(mesh));
  const marginMm = 16;
  const shanks = bones.flatMap(({ name }, i) => (/tibia|fibula/.test(name) ? [boxes[i].hi[2]] : []));
  const lo = [0, 1, 2].map((k) => Math.min(...boxes.map((b) => b.lo[k])) - marginMm);
  const hi = [0, 1, 2].map((k) => Math.max(...boxes.map((b) => b.hi[k])) + marginMm);
  hi[2] = Math.min(...shanks) - 4;
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k]) / spacingMm[k]));
  return axisGrid([size[0], size[1], size[2]], spacingMm, [lo[0], lo[1], lo[2]]);
}
