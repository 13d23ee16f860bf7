import { buildEdges, type Edges } from './edges.ts';
import { type Mesh, triangleAreaMm2, volumeMm3 } from './mesh.ts';
import { shellOfTriangles, shellsOf, splitParts } from './shells.ts';

/**
 * Turns triangles so that neighbours agree and closed shells face outward (shells inside others inward). In each piece
 * the smaller area is turned first; then whole shells where their volume has the wrong sign.
 * @returns the mesh and the triangles that now face the other way
 */
export function orientOutward(mesh: Mesh): { mesh: Mesh; flipped: Uint8Array } {
  const edges = buildEdges(mesh);
  const flipped = agree(mesh, edges);
  const turned = applyFlips(mesh, flipped);
  const turnedEdges = buildEdges(turned);
  const { count, of } = shellOfTriangles(turned, turnedEdges);
  const wrong = wrongShells(turned, turnedEdges, of, count);
  for (let i = 0; i < flipped.length; i++) if (wrong[of[i]]) flipped[i] ^= 1;
  return { mesh: applyFlips(mesh, flipped), flipped };
}

function applyFlips({ positions, triangles }: Mesh, flipped: Uint8Array): Mesh {
  const t = triangles.slice();
  for (let i = 0; i < flipped.length; i++)
    if (flipped[i]) {
      t[3 * i + 1] = triangles[3 * i + 2];
      t[3 * i + 2] = triangles[3 * i + 1];
    }
  return { positions, triangles: t };
}

/** Walks over edges of two triangles; 1 for triangles to turn. The start of each piece is turned if most others are. */
function agree(mesh: Mesh, { start, halfEdges, edgeOf }: Edges): Uint8Array {
  const { triangles: t } = mesh;
  const n = t.length / 3;
  const flipped = new Uint8Array(n);
  const seen = new Uint8Array(n);
  for (let first = 0; first < n; first++) {
    if (seen[first]) continue;
    seen[first] = 1;
    const piece = [first];
    let kept = 0;
    let turned = 0;
    for (let i = 0; i < piece.length; i++) {
      const f = piece[i];
      const area = triangleAreaMm2(mesh, f);
      if (flipped[f]) turned += area;
      else kept += area;
      for (let h = 3 * f; h < 3 * f + 3; h++) {
        const e = edgeOf[h];
        if (start[e + 1] - start[e] !== 2) continue;
        const other = halfEdges[start[e]] === h ? halfEdges[start[e] + 1] : halfEdges[start[e]];
        const g = (other / 3) | 0;
        if (seen[g]) continue;
        seen[g] = 1;
        // Half-edges that start at the same vertex run the same way: one of the two must turn.
        flipped[g] = flipped[f] ^ (t[h] === t[other] ? 1 : 0);
        piece.push(g);
      }
    }
    if (turned > kept) for (const f of piece) flipped[f] ^= 1;
  }
  return flipped;
}

/** Closed shells by where they lie in others; open ones by the sign of the volume they would have if closed at their middle. */
function wrongShells(mesh: Mesh, edges: Edges, of: Uint32Array, count: number): Uint8Array {
  const shells = shellsOf(mesh, edges);
  const parts = splitParts(mesh, of, count);
  return Uint8Array.from(shells, (s, i) => (s.closed ? (s.outward ? 0 : 1) : volumeMm3(centred(parts[i])) < 0 ? 1 : 0));
}

/** The mean of the vertices put first, where `volumeMm3` takes its origin. */
function centred({ positions: p, triangles }: Mesh): Mesh {
  const q = new Float64Array(p.length + 3);
  for (let i = 0; i < p.length; i++) q[i % 3] += (3 * p[i]) / p.length;
  q.set(p, 3);
  return { positions: q, triangles: triangles.map((v) => v + 1) };
}
