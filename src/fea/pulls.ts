import { eigenSymmetric } from '../math/index.ts';
import type { Pull } from './deck.ts';
import type { Springs } from './linear-matrix.ts';

/** Each 3 × 3 spring as up to three single springs along its axes. Equal stiffness all round goes along x, y, z. */
export function pullsOf({ nodes, stiffness }: Springs): Pull[] {
  const out: Pull[] = [];
  nodes.forEach((node, s) => {
    const [a, b, c, d, e, f] = stiffness.subarray(6 * s, 6 * s + 6);
    const { values, vectors } = eigenSymmetric([a, d, f, d, b, e, f, e, c], 3);
    values.forEach((k, i) => {
      if (k > 1e-12 * values[0]) out.push({ node, direction: vectors[i] as [number, number, number], nPerMm: k });
    });
  });
  return out;
}
