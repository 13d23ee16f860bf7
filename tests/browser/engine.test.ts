/// <reference lib="dom" />

import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_BROWSER, openBrowser, picturesFolder } from './browser.ts';
import type { EnginePage } from './pages/engine-page.ts';

declare const page: EnginePage;
const pictures = picturesFolder();

describe.skipIf(!CHROMIUM)(`the viewer in a real browser (${NO_BROWSER})`, () => {
  let browser: Browser;
  let tab: Page;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'pages/engine-page.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      target: 'es2022',
    });
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 800, height: 600 } });
    tab.on('pageerror', (e) => {
      throw e;
    });
    await tab.setContent('<!doctype html><body></body>');
    await tab.addScriptTag({ content: outputFiles[0].text });
  });
  afterAll(() => browser?.close());

  // The middle of the scan is (0, 0, 0); the ball lies 20 mm to the left, 15 mm to the back, 10 mm up.
  const SIZE = [60, 56, 52] as const;
  const ball = [20, 15, 10] as const;
  const middle = (m: readonly (readonly number[])[]) =>
    m.flatMap((row) => [...row, -row.reduce((s, v, k) => s + (v * (SIZE[k] - 1)) / 2, 0)]);
  const UPRIGHT = middle([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const c = Math.cos(0.3);
  const s = Math.sin(0.3);
  test.each([
    [
      'axes of the patient',
      middle([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    ],
    [
      'slices from head to feet',
      middle([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, -1],
      ]),
    ],
    [
      'rows to the right and columns to the front',
      middle([
        [-1, 0, 0],
        [0, -1, 0],
        [0, 0, 1],
      ]),
    ],
    [
      'a left-handed grid',
      middle([
        [-1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    ],
    [
      'a scan in coronal slices',
      middle([
        [1, 0, 0],
        [0, 0, 1],
        [0, -1, 0],
      ]),
    ],
    [
      'a tilted gantry',
      middle([
        [1, 0, 0],
        [0, c, -s],
        [0, s, c],
      ]),
    ],
  ])('left is left, front is front, up is up: %s', async (_, m) => {
    const shown = await tab.evaluate(
      ([size, m, at]) => page.show(size as never, m as never, at as never),
      [SIZE, m, ball],
    );
    // Axial: patient's left on the right of the screen, back below. Coronal: left on the right, head above.
    // Sagittal: back on the right, head above.
    expect(shown.axial[0]).toBeGreaterThan(0.6);
    expect(shown.axial[1]).toBeGreaterThan(0.6);
    expect(shown.coronal[0]).toBeGreaterThan(0.6);
    expect(shown.coronal[1]).toBeLessThan(0.45);
    expect(shown.sagittal[0]).toBeGreaterThan(0.55);
    expect(shown.sagittal[1]).toBeLessThan(0.45);
  });

  test('a click says where it was, in millimetres', async () => {
    await tab.evaluate(
      ([size, m]) => page.show(size as never, m as never, [20, 15, 10] as never),
      [
        SIZE,
        middle([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ],
    );
    const shown = await tab.evaluate(
      ([size, m, at]) => page.show(size as never, m as never, at as never),
      [
        SIZE,
        middle([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
        ball,
      ],
    );
    await tab.mouse.click(400 * shown.axial[0], 300 * shown.axial[1]);
    const cross = await tab.evaluate(() => page.cross());
    expect(cross[0]).toBeCloseTo(20, 0);
    expect(cross[1]).toBeCloseTo(15, 0);
    expect(cross[2]).toBeCloseTo(10, 6);
  });

  test('a thinned scan shows the same place', async () => {
    const whole = await tab.evaluate(
      ([size, m, at]) => page.show(size as never, m as never, at as never),
      [
        SIZE,
        middle([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
        ball,
      ],
    );
    const thin = await tab.evaluate(
      ([size, m, at]) => page.show(size as never, m as never, at as never, 120_000),
      [
        SIZE,
        middle([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
        ball,
      ],
    );
    expect(await tab.evaluate(() => page.thinning())).not.toEqual([1, 1, 1]);
    for (const name of ['axial', 'coronal', 'sagittal']) {
      expect(Math.abs(thin[name][0] - whole[name][0])).toBeLessThan(0.03);
      expect(Math.abs(thin[name][1] - whole[name][1])).toBeLessThan(0.03);
    }
  });

  test('surfaces, outlines, oblique slices and volume rendering are drawn', async () => {
    const show = () =>
      tab.evaluate(([size, m, at]) => page.show(size as never, m as never, at as never), [SIZE, UPRIGHT, ball]);
    await show();
    const empty = await tab.evaluate(() => page.lit('scene'));
    await tab.evaluate(() => page.body([20, 15, 10]));
    expect(await tab.evaluate(() => page.lit('scene'))).toBeGreaterThan(empty + 0.05);
    await tab.evaluate(() => page.turn(0.4));
    await tab.waitForTimeout(200);
    await tab.screenshot({ path: join(pictures, 'engine-oblique.png') });
    await tab.evaluate(() => page.render(true));
    expect(await tab.evaluate(() => page.lit('scene'))).toBeGreaterThan(0);
    await tab.screenshot({ path: join(pictures, 'engine-volume.png') });
  });

  test('500 slices of 512 × 512 scroll without a stutter', async () => {
    await tab.evaluate(() => page.big([512, 512, 500] as never));
    expect(await tab.evaluate(() => page.thinning())).toEqual([1, 1, 1]);
    const ms = (await tab.evaluate(() => page.scroll(20))).sort((a, b) => a - b);
    // Three slices by a software renderer. Others use the same cores, so the least time of twenty is what it costs; a
    // graphics card takes a few milliseconds.
    expect(ms[0]).toBeLessThan(150);
  });
});
