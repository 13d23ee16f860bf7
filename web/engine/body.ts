import { BufferAttribute, BufferGeometry, DoubleSide, Matrix4, Ray, Vector3 } from 'three';
import { MeshBVH } from 'three-mesh-bvh';
import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { matrix4 } from './slice-material.ts';

/** What kind of thing a surface is: decides its group in the list and its material. */
export type BodyKind = 'bone' | 'part' | 'screw' | 'ghost';

/** Numbers at the vertices, drawn as colours. */
export interface BodyField {
  readonly name: string;
  readonly unit: string;
  readonly values: Float32Array;
  readonly lo: number;
  readonly hi: number;
  readonly map: 'viridis' | 'diverging' | 'clearance';
}

/** A surface in the scene, on the slices, and under the hand. */
export interface Body {
  readonly id: string;
  readonly kind: BodyKind;
  readonly label: string;
  /** 0 to 255 each. */
  readonly colour: Vec3;
  readonly geometry: BufferGeometry;
  readonly bvh: MeshBVH;
  /** Where it has been put. */
  pose: LpsTransform;
  visible: boolean;
  opacity: number;
  /** What it was made from has changed since. */
  stale: boolean;
  field?: BodyField;
}

/** @requires shared vertices */
export function createBody(
  given: Pick<Body, 'id' | 'kind' | 'label' | 'colour'>,
  mesh: { readonly positions: ArrayLike<number>; readonly triangles: Uint32Array },
): Body {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(Float32Array.from(mesh.positions), 3));
  geometry.setIndex(new BufferAttribute(mesh.triangles, 1));
  geometry.computeVertexNormals();
  geometry.computeBoundingSphere();
  const bvh = new MeshBVH(geometry, { indirect: true });
  return { ...given, geometry, bvh, pose: LPS_IDENTITY, visible: true, opacity: 1, stale: false };
}

const [corner, vertex, from, along] = [new Vector3(), new Vector3(), new Vector3(), new Vector3()];

/**
 * Where a plane cuts a body at its pose: segments, six numbers each, LPS mm.
 * @cost boxes of the tree that straddle the plane: about 0.1 ms a bone
 */
export function cutBody(body: Body, point: Vec3, normal: Vec3): Float32Array {
  const toLocal = matrix4(body.pose).invert();
  const n = new Vector3(...normal).transformDirection(toLocal);
  const at = new Vector3(...point).applyMatrix4(toLocal);
  const offset = n.dot(at);
  const out: number[] = [];
  const crossing = (p: Vector3, hp: number, q: Vector3, hq: number) => {
    const s = hp / (hp - hq);
    out.push(p.x + s * (q.x - p.x), p.y + s * (q.y - p.y), p.z + s * (q.z - p.z));
  };
  body.bvh.shapecast({
    intersectsBounds: (box) => {
      let [below, above] = [false, false];
      for (let k = 0; k < 8; k++) {
        corner.set(k & 1 ? box.max.x : box.min.x, k & 2 ? box.max.y : box.min.y, k & 4 ? box.max.z : box.min.z);
        if (n.dot(corner) >= offset) above = true;
        else below = true;
      }
      return above && below;
    },
    intersectsTriangle: ({ a, b, c }) => {
      const [ha, hb, hc] = [n.dot(a) - offset, n.dot(b) - offset, n.dot(c) - offset];
      const above = (ha >= 0 ? 1 : 0) + (hb >= 0 ? 1 : 0) + (hc >= 0 ? 1 : 0);
      if (above === 0 || above === 3) return false;
      if (ha >= 0 !== hb >= 0) crossing(a, ha, b, hb);
      if (hb >= 0 !== hc >= 0) crossing(b, hb, c, hc);
      if (hc >= 0 !== ha >= 0) crossing(c, hc, a, ha);
      return false;
    },
  });
  const segments = Float32Array.from(out);
  const back = matrix4(body.pose);
  for (let i = 0; i < segments.length; i += 3) {
    corner.set(segments[i], segments[i + 1], segments[i + 2]).applyMatrix4(back);
    segments[i] = corner.x;
    segments[i + 1] = corner.y;
    segments[i + 2] = corner.z;
  }
  return segments;
}

/** Middle of a body where it now is. */
export function centreOf({ geometry, pose: { m } }: Body): Vec3 {
  const { x, y, z } = geometry.boundingSphere!.center;
  return [0, 4, 8].map((r) => m[r] * x + m[r + 1] * y + m[r + 2] * z + m[r + 3]) as unknown as Vec3;
}

export interface BodyHit {
  readonly body: Body;
  readonly at: Vec3;
  readonly distanceMm: number;
  /** Outward, of the triangle that was met. */
  readonly normal: Vec3;
  /** Value of the body's field there. */
  readonly value?: number;
}

/** The nearest visible body that a ray meets. */
export function pickBody(bodies: Iterable<Body>, origin: Vec3, direction: Vec3): BodyHit | null {
  let best: BodyHit | null = null;
  for (const body of bodies) {
    if (!body.visible || body.kind === 'ghost') continue;
    const pose = matrix4(body.pose);
    const inverse = new Matrix4().copy(pose).invert();
    from.set(...origin).applyMatrix4(inverse);
    along.set(...direction).transformDirection(inverse);
    const hit = body.bvh.raycastFirst(new Ray(from, along), DoubleSide);
    if (!hit || (best && hit.distance >= best.distanceMm)) continue;
    const p = hit.point.clone().applyMatrix4(pose);
    const value = body.field && hit.face ? valueAt(body, hit.face, hit.point) : undefined;
    const n = (hit.face?.normal ?? along).clone().transformDirection(pose);
    const normal: Vec3 = [n.x, n.y, n.z];
    best = { body, at: [p.x, p.y, p.z], normal, distanceMm: hit.distance, ...(value !== undefined && { value }) };
  }
  return best;
}

/** The point of some bodies' surfaces nearest to a place; the place itself where there is none near. */
export function nearestOn(bodies: readonly Body[], p: Vec3, withinMm = 12): Vec3 {
  let best: Vec3 = p;
  let least = withinMm;
  for (const body of bodies) {
    const pose = matrix4(body.pose);
    from.set(...p).applyMatrix4(along4.copy(pose).invert());
    const hit = body.bvh.closestPointToPoint(from, undefined, 0, least);
    if (!hit || hit.distance >= least) continue;
    least = hit.distance;
    const on = hit.point.clone().applyMatrix4(pose);
    best = [on.x, on.y, on.z];
  }
  return best;
}
const along4 = new Matrix4();

function valueAt({ geometry, field }: Body, face: { a: number; b: number; c: number }, p: Vector3): number {
  const position = geometry.getAttribute('position');
  let [sum, weights] = [0, 0];
  for (const v of [face.a, face.b, face.c]) {
    const w = 1 / (vertex.fromBufferAttribute(position, v).distanceTo(p) + 1e-6);
    const value = field!.values[v];
    if (!Number.isFinite(value)) continue;
    sum += w * value;
    weights += w;
  }
  return weights > 0 ? sum / weights : Number.NaN;
}
