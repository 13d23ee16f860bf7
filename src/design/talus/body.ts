import { type Finding, type Job, NO_JOB, OsteonError } from '../../base/index.ts';
import { facingRegion, surfaceDistance } from '../../measure/index.ts';
import {
  type Bvh,
  components,
  type Mesh,
  pickTriangles,
  remesh,
  type SmoothSpot,
  smoothMesh,
  smoothSpots,
  vertexCount,
  volumeMm3,
} from '../../mesh/index.ts';

export interface BodyOptions {
  readonly edgeMm: number;
  readonly smoothPasses: number;
  /** Smoothing moves no point farther than this; where the talus faces another bone, no farther than the second, mm. */
  readonly smoothCapMm: number;
  readonly articularCapMm: number;
  readonly jointMaxMm: number;
  /** Places to be smoothed by hand (osteophytes), LPS mm at the implant's place. */
  readonly spots: readonly SmoothSpot[];
}

export interface ImplantBody {
  /** One closed surface with edges of even length, at the implant's place, LPS mm. */
  readonly mesh: Mesh;
  /** 1 at vertices that face a neighbouring bone. */
  readonly articular: Uint8Array;
  /** From the mirrored talus to the finished body, both ways, mm. */
  readonly meanDeviationMm: number;
  readonly maxDeviationMm: number;
  readonly cavityMm3: number;
  readonly findings: readonly Finding[];
}

/**
 * A solid implant body from a mirrored talus: cavities filled, even triangles, smooth to within a cap, its joint surfaces
 * hardly touched, its volume that of the bone.
 * @requires a closed manifold talus with outward normals; the bones it is to face, around it
 * @throws mesh.empty
 * @cost seconds: remeshing and smoothing of about 30 000 triangles
 * @accuracy volume of the filled bone kept to the chord error of remeshing, reported; see docs/evidence/talus-implant.md
 */
export function implantBody(talus: Mesh, neighbours: readonly Bvh[], o: BodyOptions, job: Job = NO_JOB): ImplantBody {
  const shell = outerShell(talus);
  const even = remesh(shell.mesh, { edgeMm: o.edgeMm, job: job.part(0, 0.6) }).mesh;
  const articular = articularVertices(even, neighbours, o.jointMaxMm);
  const smooth = idealised(even, articular, o, job.part(0.6, 0.9));
  const findings = [...shell.findings];
  let mesh = smooth;
  for (const spot of o.spots) {
    const faired = smoothSpots(mesh, [spot]);
    findings.push(spotFinding(spot, faired.maxMoveMm, faired.volumeAfterMm3 - faired.volumeBeforeMm3));
    mesh = faired.mesh;
  }
  const { meanMm, hausdorffMm } = surfaceDistance(mesh, shell.mesh);
  job.at(1);
  return {
    mesh,
    articular,
    meanDeviationMm: meanMm,
    maxDeviationMm: hausdorffMm,
    cavityMm3: shell.cavityMm3,
    findings,
  };
}

/**
 * Smoothing in two rounds: all of the surface within the articular cap, then the rest on to its own cap. So no point moves
 * farther than the cap of its kind, and the border between the kinds stays smooth.
 */
function idealised(mesh: Mesh, articular: Uint8Array, o: BodyOptions, job: Job): Mesh {
  const passes = o.smoothPasses;
  if (passes === 0) return mesh;
  const common = Math.min(o.articularCapMm, o.smoothCapMm);
  const first = smoothMesh(mesh, { passes, maxMoveMm: common, job: job.part(0, 0.5) }).mesh;
  const weights = Float64Array.from(articular, (flag) => 1 - flag);
  return smoothMesh(first, { passes, maxMoveMm: o.smoothCapMm - common, weights, job: job.part(0.5, 1) }).mesh;
}

/** The piece that encloses most volume; what lies inside it is filled, what lies beside it is left out, both reported. */
function outerShell(talus: Mesh): { mesh: Mesh; cavityMm3: number; findings: Finding[] } {
  const { count, ofTriangle } = components(talus);
  if (count === 0) throw new OsteonError('mesh.empty');
  const pieces = Array.from({ length: count }, (_, c) => pickTriangles(talus, (t) => ofTriangle[t] === c));
  const volumes = pieces.map(volumeMm3);
  const main = volumes.reduce((best, v, c) => (v > volumes[best] ? c : best), 0);
  const cavities = volumes.filter((v) => v < 0);
  const beside = volumes.filter((v, c) => v >= 0 && c !== main);
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const findings: Finding[] = [];
  if (cavities.length)
    findings.push({
      level: 'note',
      code: 'talus.cavities-filled',
      text: 'cavities inside the talus were filled, as the implant is solid',
      facts: { cavities: cavities.length, volumeMm3: -sum(cavities) },
    });
  if (beside.length)
    findings.push({
      level: 'warning',
      code: 'talus.pieces-dropped',
      text: 'loose pieces beside the talus were left out',
      facts: { pieces: beside.length, volumeMm3: sum(beside) },
      hint: 'If a piece belongs to the bone, merge it before the design.',
    });
  return { mesh: pieces[main], cavityMm3: -sum(cavities), findings };
}

/** Vertices of triangles that face any neighbour within joint distance. */
function articularVertices(mesh: Mesh, neighbours: readonly Bvh[], maxMm: number): Uint8Array {
  const facing = facingRegion(mesh, neighbours, { maxMm });
  const out = new Uint8Array(vertexCount(mesh));
  for (let i = 0; i < mesh.triangles.length; i++) if (facing[(i / 3) | 0]) out[mesh.triangles[i]] = 1;
  return out;
}

const spotFinding = ({ at, radiusMm }: SmoothSpot, maxMoveMm: number, volumeChangeMm3: number): Finding => ({
  level: maxMoveMm > 0 ? 'note' : 'warning',
  code: 'talus.spot-smoothed',
  text: maxMoveMm > 0 ? 'the surface was smoothed by hand at a point' : 'a point to be smoothed lies off the surface',
  facts: { xMm: at[0], yMm: at[1], zMm: at[2], radiusMm, maxMoveMm, volumeChangeMm3 },
});
