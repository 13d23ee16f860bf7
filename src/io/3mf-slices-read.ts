import { type Attribute, bad, indexOf, numberOf } from './3mf-numbers.ts';
import { requireLimit } from './bytes.ts';
import { type Doubles, growDoubles } from './growing.ts';
import type { Outlines3mf, Slices3mf } from './types.ts';

interface Stack {
  readonly bottomMm: number;
  readonly topsMm: number[];
  readonly outlines: Outlines3mf[];
}
interface Slice {
  readonly points: Doubles;
  /** Vertices of every polygon, in order. */
  readonly polygons: number[][];
}

const MOST_SLICES = 200_000;

/** Takes the elements of the slice extension out of a pass over the XML. */
export function createSliceReader(): {
  /** Was it one of ours? */
  open(name: string, attribute: Attribute): boolean;
  close(name: string): void;
  of(id: string | undefined): Slices3mf | undefined;
} {
  const stacks = new Map<string, Stack>();
  let stack: Stack | undefined;
  let slice: Slice | undefined;
  return {
    open(name, attribute) {
      if (name === 'slicestack') {
        stack = { bottomMm: numberOf(attribute('zbottom') ?? '0'), topsMm: [], outlines: [] };
        stacks.set(attribute('id') ?? bad('slice stack without id'), stack);
        requireLimit('3MF slice stacks', stacks.size, 10_000);
      } else if (name === 'slice' && stack) {
        const top = numberOf(attribute('ztop'));
        if (!(top > (stack.topsMm.at(-1) ?? stack.bottomMm))) bad('slices do not ascend');
        stack.topsMm.push(top);
        requireLimit('3MF slices', stack.topsMm.length, MOST_SLICES);
        slice = { points: growDoubles(), polygons: [] };
      } else if (!slice) return false;
      else if (name === 'vertex') for (const axis of ['x', 'y']) slice.points.push(numberOf(attribute(axis)));
      else if (name === 'polygon') slice.polygons.push([indexOf(attribute('startv'))]);
      else if (name === 'segment')
        (slice.polygons.at(-1) ?? bad('segment without polygon')).push(indexOf(attribute('v2')));
      return true;
    },
    close(name) {
      if (name === 'slice' && slice && stack) {
        stack.outlines.push(outlinesOf(slice));
        slice = undefined;
      }
      if (name === 'slicestack') stack = undefined;
    },
    of(id) {
      const found = id === undefined ? undefined : stacks.get(id);
      return found && { ...found, topsMm: Float64Array.from(found.topsMm) };
    },
  };
}

function outlinesOf({ points, polygons }: Slice): Outlines3mf {
  const p = points.take();
  const start = new Uint32Array(polygons.length + 1);
  polygons.forEach((loop, i) => {
    if (loop.length > 1 && loop[0] === loop[loop.length - 1]) loop.pop();
    start[i + 1] = start[i] + loop.length;
  });
  const out = new Float64Array(2 * start[polygons.length]);
  let at = 0;
  for (const loop of polygons)
    for (const v of loop) {
      if (2 * v + 1 >= p.length) bad('a slice names a vertex that does not exist');
      out[at++] = p[2 * v];
      out[at++] = p[2 * v + 1];
    }
  return { points: out, start };
}
