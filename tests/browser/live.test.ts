/// <reference lib="dom" />
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_BROWSER } from './browser.ts';
import { useDesk } from './desk.ts';
import { giveSocket } from './house.ts';

describe.skipIf(!CHROMIUM)(`what is read beside the hand (${NO_BROWSER})`, () => {
  const desk = useDesk();
  const { shoot, step, saved, type, newest } = desk;
  /** A figure in the panel, `gap` of `left-ilium`; NaN until it is there. */
  const figure = async (of: string, name: string): Promise<number> => {
    const row = desk.tab.getByTestId(`live-${of}`).locator('.fact', { has: desk.tab.getByText(name, { exact: true }) });
    return (await row.count()) > 0 ? Number.parseFloat(await row.locator('b').innerText()) : Number.NaN;
  };

  beforeAll(async () => {
    await desk.tab.goto(desk.house.link);
    await desk.tab.getByRole('heading', { name: 'Cases' }).waitFor();
    desk.caseId = await giveSocket(desk.house);
    await desk.tab.goto(`${desk.house.origin}/#case=${desk.caseId}`);
    await desk.tab.locator('[data-body="left-anterior-column"]').waitFor();
    await desk.tab.waitForFunction(() => !document.querySelector('.loading'));
    await step('Plan');
  }, 120_000);

  test('a fragment moved by numbers: gap, step-off and joint space are what was typed', async () => {
    await desk.tab.locator('[data-body="left-anterior-column"]').dblclick();
    await expect.poll(() => figure('left-ilium', 'gap'), { timeout: 20_000 }).toBeCloseTo(0, 0);
    expect(await figure('joint', 'median')).toBeCloseTo(2.5, 0);
    await type('S, mm', '-2');
    await expect.poll(() => figure('left-ilium', 'gap')).toBeCloseTo(2, 1);
    expect(await figure('left-ilium', 'step-off')).toBeLessThan(0.3);
    expect(await figure('left-ilium', 'apart')).toBeCloseTo(2, 1);
    await type('S, mm', '0');
    await type('L, mm', '2');
    await expect.poll(() => figure('left-ilium', 'step-off')).toBeGreaterThan(1.8);
    expect(await figure('left-ilium', 'gap')).toBeLessThan(0.3);
    // Two millimetres nearer to the head.
    expect(await figure('joint', 'least')).toBeLessThan(0.8);
    await type('L, mm', '0');
    await type('S, mm', '1');
    await expect.poll(() => figure('left-ilium', 'overlap')).toBeGreaterThan(200);
    await desk.tab.getByRole('button', { name: 'Snap back' }).click();
    await expect.poll(() => figure('left-ilium', 'gap')).toBeCloseTo(0, 0);
    await saved();
    expect((await newest()).document).not.toContain('corrections');
  });

  test('a fragment dragged by the gizmo: the numbers beside the hand follow it, and are told once it rests', async () => {
    await desk.tab.locator('.tools').getByRole('button', { name: 'Gizmo' }).click();
    await desk.tab.getByTestId('hand').waitFor();
    const at = (await desk.tab.getByTestId('hand-at').boundingBox())!;
    await desk.tab.evaluate(() => performance.clearMeasures());
    const seen = new Set<string>();
    await desk.tab.mouse.move(at.x, at.y);
    await desk.tab.mouse.down();
    for (let i = 1; i <= 12; i++) {
      await desk.tab.mouse.move(at.x + i, at.y + 2 * i);
      await desk.tab.waitForTimeout(40);
      seen.add(await desk.tab.getByTestId('hand').locator('[data-hand="left-ilium"]').innerText());
    }
    await shoot('15-hand');
    await desk.tab.mouse.up();
    await saved();
    const asked = await desk.tab.evaluate(() =>
      performance.getEntriesByName('osteon-live').map((e) => (e as PerformanceMeasure).detail.ms as number),
    );
    expect(seen.size).toBeGreaterThan(3);
    expect(asked.length).toBeGreaterThan(5);
    expect((await newest()).document).toMatch(/left-anterior-column: \{ shiftMm: \[/);
    // The gizmo is not covered by what is written beside it.
    const [hand, gizmo] = [
      await desk.tab.getByTestId('hand').boundingBox(),
      await desk.tab.getByTestId('hand-at').boundingBox(),
    ];
    expect(
      gizmo!.x > hand!.x - 20 &&
        gizmo!.x < hand!.x + hand!.width + 20 &&
        gizmo!.y > hand!.y - 20 &&
        gizmo!.y < hand!.y + hand!.height + 20,
    ).toBe(false);
    await desk.tab.getByTestId('hand-said').filter({ hasText: 'Left ilium: gap' }).waitFor();
    await desk.tab.getByRole('radiogroup', { name: 'Turn about' }).getByText('Joint').click();
    await desk.tab.getByText('80.0 20.0 900.0').waitFor();
    await desk.tab.getByRole('button', { name: 'Snap back' }).click();
    await saved();
  });

  test('a screw dragged on a slice: length, cortex, joint and fracture beside the hand', async () => {
    await desk.tab.locator('[data-body="A"]').click();
    await desk.tab.locator('.tools').getByRole('button', { name: 'Place or drag a screw' }).click();
    await desk.tab.getByText(/^A cortical/).click();
    await expect.poll(() => figure('A', 'thread to joint'), { timeout: 20_000 }).toBeGreaterThan(-30);
    expect(await figure('A', 'entry to fracture')).toBeGreaterThan(5);
    const pane = (await desk.tab.locator('[data-pane="coronal"]').boundingBox())!;
    await desk.tab.mouse.move(pane.x + 110, pane.y + 172);
    await desk.tab.mouse.down();
    await desk.tab.mouse.move(pane.x + 170, pane.y + 160, { steps: 4 });
    await desk.tab.mouse.up();
    await saved();
    await expect.poll(() => figure('screw-1', 'length')).toBeGreaterThan(9);
    // By its tip, which is where the figures stand.
    const tip = (await desk.tab.getByTestId('hand-at').boundingBox())!;
    expect(tip.y).toBeLessThan(pane.y + pane.height);
    const seen = new Set<string>();
    await desk.tab.mouse.move(tip.x, tip.y);
    await desk.tab.mouse.down();
    for (let i = 1; i <= 10; i++) {
      await desk.tab.mouse.move(tip.x + 5 * i, tip.y - 3 * i);
      await desk.tab.waitForTimeout(40);
      seen.add(await desk.tab.getByTestId('hand').innerText());
    }
    await shoot('16-screw-hand');
    await desk.tab.mouse.up();
    await saved();
    expect(seen.size).toBeGreaterThan(3);
    expect([...seen].at(-1)).toMatch(/thread to cortex/);
    expect(await figure('screw-1', 'thread to joint')).toBeLessThan(0);
    expect(await figure('screw-1', 'to A')).toBeLessThan(30);
    expect((await newest()).document).toMatch(/id: screw-1/);
  });

  test('results follow by themselves: once the plan rests it is run, and not before', async () => {
    const { store } = desk.house.services;
    expect(await store.claim('test', 60_000, ['run'])).toBeUndefined();
    await desk.tab.getByRole('switch', { name: 'Follow' }).click({ force: true });
    await desk.tab.keyboard.press('Escape');
    const { revision } = (await store.case(desk.caseId))!;
    await expect
      .poll(async () => (await store.claim('test', 60_000, ['run']))?.revision ?? null, { timeout: 15_000 })
      .toBe(revision);
    await desk.tab.getByRole('button', { name: /^Cancel/ }).waitFor();
    await desk.tab.getByTestId('stale').waitFor();
    expect(await desk.tab.evaluate(() => localStorage.getItem('osteon-follow'))).toBe('yes');
  });
});
