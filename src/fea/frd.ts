import { OsteonError } from '../base/index.ts';
import { STRESS } from './stress.ts';

/** One step of a CalculiX result file, for nodes 1 to n. */
export interface FrdStep {
  readonly displacementMm: Float64Array;
  readonly stressMPa: Float64Array;
  /** RF at every node; includes the load there. */
  readonly forcesN: Float64Array | null;
}

/**
 * Reads an ASCII .frd file: blocks DISP, STRESS (xx, yy, zz, xy, yz, zx) and FORC of each step. Nodes above `nodes` (the
 * ground of springs) are skipped.
 * @throws io.format, io.truncated
 */
export function readFrd(text: string, nodes: number): FrdStep[] {
  const steps: { displacementMm?: Float64Array; stressMPa?: Float64Array; forcesN?: Float64Array }[] = [];
  let block: Float64Array | null = null;
  let width = 0;
  let start = 0;
  let line = 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const key = text.slice(start, start + 3);
    line++;
    if (key === ' -4') {
      const name = text.slice(start + 5, start + 13).trim();
      // Every step begins with its displacements.
      if (name === 'DISP') steps.push({});
      const step = steps.at(-1);
      width = name === 'STRESS' ? STRESS : 3;
      block = null;
      if (step && name === 'DISP') block = step.displacementMm = new Float64Array(3 * nodes);
      if (step && name === 'STRESS') block = step.stressMPa = new Float64Array(STRESS * nodes);
      if (step && name === 'FORC') block = step.forcesN = new Float64Array(3 * nodes);
    } else if (key === ' -3') block = null;
    else if (key === ' -1' && block) {
      const node = Number(text.slice(start + 3, start + 13)) - 1;
      if (!Number.isInteger(node) || node < 0) throw new OsteonError('io.format', { what: 'frd', line });
      for (let k = 0; k < width && node < nodes; k++) {
        const value = Number(text.slice(start + 13 + 12 * k, start + 25 + 12 * k));
        if (Number.isNaN(value)) throw new OsteonError('io.format', { what: 'frd', line });
        block[width * node + k] = value;
      }
    }
    start = end + 1;
  }
  return steps.map(({ displacementMm, stressMPa, forcesN }) => {
    if (!displacementMm || !stressMPa) throw new OsteonError('io.truncated', { what: 'frd', steps: steps.length });
    return { displacementMm, stressMPa, forcesN: forcesN ?? null };
  });
}
