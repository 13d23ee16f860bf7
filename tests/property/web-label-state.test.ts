import { expect, test } from 'vitest';
import { type BoneNames, type Edit, FOOT_NAMES, labelIn, PELVIC_NAMES } from '../../src/segment/index.ts';
import { axisGrid } from '../../src/volume/index.ts';
import { LabelState } from '../../web/edit/label-state.ts';

const grid = axisGrid([12, 12, 12], [1, 1, 1], [0, 0, 0]);
const hu = new Int16Array(1728).fill(300);
const paint = (bone: string, at: number, over = false): Edit =>
  ({
    op: 'include',
    bone,
    strokes: [{ points: [[at, 6, 6]], radiusMm: 2 }],
    ...(over && { over: 'bones' }),
  }) as Edit;

test('a case that is told what it is about later paints bones of that', () => {
  let names: BoneNames = FOOT_NAMES;
  const state = new LabelState(grid, hu, new Uint8Array(1728), [], () => names);
  const talus = labelIn(FOOT_NAMES, 'left-talus');
  expect([...state.follow([paint('left-talus', 3)]).labels]).toEqual([talus]);
  names = PELVIC_NAMES;
  // What was done under the old names is taken back all the same.
  const { labels, failed } = state.follow([paint('left-ilium', 8)]);
  expect(failed).toEqual([]);
  expect([...labels].sort((a, b) => a - b)).toEqual([talus, labelIn(PELVIC_NAMES, 'left-ilium')]);
  expect(new Set(state.labels.data)).toEqual(new Set([0, labelIn(PELVIC_NAMES, 'left-ilium')]));
});

test('a stroke over other bones that is taken back gives them back, and says so', () => {
  const state = new LabelState(grid, hu, new Uint8Array(1728), [], () => PELVIC_NAMES);
  const [first, second] = ['left-ilium', 'left-anterior-column'].map((id) => labelIn(PELVIC_NAMES, id));
  const below = paint('left-ilium', 4);
  state.follow([below]);
  const before = state.labels.data.slice();
  expect(state.follow([below, paint('left-anterior-column', 6, true)]).labels).toEqual(new Set([first, second]));
  expect(state.labels.data).not.toEqual(before);
  expect(state.follow([below]).labels).toEqual(new Set([first, second]));
  expect(state.labels.data).toEqual(before);
});
