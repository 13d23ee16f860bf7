/// <reference lib="dom" />
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_BROWSER, openBrowser, picturesFolder } from './browser.ts';
import { giveSocket, openPlannerHouse, type PlannerHouse } from './house.ts';

const pictures = picturesFolder();

describe.skipIf(!CHROMIUM)(`what is read beside the hand (${NO_BROWSER})`, () => {
  let browser: Browser;
  let house: PlannerHouse;
  let tab: Page;
  let caseId = '';
  const errors: string[] = [];
  const shoot = (name: string) => tab.screenshot({ path: join(pictures, `${name}.png`) });
  const saved = () => tab.getByTestId('saving').filter({ hasText: 'Saved' }).waitFor();
  const type = async (field: string, value: string) => {
    await tab.getByLabel(field).fill(value);
    await tab.getByLabel(field).press('Tab');
  };
  /** A figure in the panel, `gap` of `left-ilium`; NaN until it is there. */
  const figure = async (of: string, name: string): Promise<number> => {
    const row = tab.getByTestId(`live-${of}`).locator('.fact', { has: tab.getByText(name, { exact: true }) });
    return (await row.count()) > 0 ? Number.parseFloat(await row.locator('b').innerText()) : Number.NaN;
  };
  const documentOf = async () => {
    const { revision } = (await house.services.store.case(caseId))!;
    const { documentSha256 } = (await house.services.store.revision(caseId, revision))!;
    return new TextDecoder().decode(await house.services.objects.get(documentSha256));
  };

  beforeAll(async () => {
    house = await openPlannerHouse();
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1360, height: 820 } });
    tab.setDefaultTimeout(15_000);
    tab.on('pageerror', (e) => errors.push(String(e)));
    await tab.goto(house.link);
    await tab.getByRole('heading', { name: 'Cases' }).waitFor();
    caseId = await giveSocket(house);
    await tab.goto(`${house.origin}/#case=${caseId}`);
    await tab.locator('[data-body="left-anterior-column"]').waitFor();
    await tab.waitForFunction(() => !document.querySelector('.loading'));
    await tab.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Plan' }).click();
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot('live-failed');
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test('a fragment moved by numbers: gap, step-off and joint space are what was typed', async () => {
    await tab.locator('[data-body="left-anterior-column"]').dblclick();
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
    await tab.getByRole('button', { name: 'Snap back' }).click();
    await expect.poll(() => figure('left-ilium', 'gap')).toBeCloseTo(0, 0);
    await saved();
    expect(await documentOf()).not.toContain('corrections');
  });

  test('a fragment dragged by the gizmo: the numbers beside the hand follow it, and are told once it rests', async () => {
    await tab.locator('.tools').getByRole('button', { name: 'Gizmo' }).click();
    await tab.getByTestId('hand').waitFor();
    const at = (await tab.getByTestId('hand-at').boundingBox())!;
    await tab.evaluate(() => performance.clearMeasures());
    const seen = new Set<string>();
    await tab.mouse.move(at.x, at.y);
    await tab.mouse.down();
    for (let i = 1; i <= 12; i++) {
      await tab.mouse.move(at.x + i, at.y + 2 * i);
      await tab.waitForTimeout(40);
      seen.add(await tab.getByTestId('hand').locator('[data-hand="left-ilium"]').innerText());
    }
    await shoot('15-hand');
    await tab.mouse.up();
    await saved();
    const asked = await tab.evaluate(() =>
      performance.getEntriesByName('osteon-live').map((e) => (e as PerformanceMeasure).detail.ms as number),
    );
    expect(seen.size).toBeGreaterThan(3);
    expect(asked.length).toBeGreaterThan(5);
    expect(await documentOf()).toMatch(/left-anterior-column: \{ shiftMm: \[/);
    // The gizmo is not covered by what is written beside it.
    const [hand, gizmo] = [await tab.getByTestId('hand').boundingBox(), await tab.getByTestId('hand-at').boundingBox()];
    expect(
      gizmo!.x > hand!.x - 20 &&
        gizmo!.x < hand!.x + hand!.width + 20 &&
        gizmo!.y > hand!.y - 20 &&
        gizmo!.y < hand!.y + hand!.height + 20,
    ).toBe(false);
    await tab.getByTestId('hand-said').filter({ hasText: 'Left ilium: gap' }).waitFor();
    await tab.getByRole('radiogroup', { name: 'Turn about' }).getByText('Joint').click();
    await tab.getByText('80.0 20.0 900.0').waitFor();
    await tab.getByRole('button', { name: 'Snap back' }).click();
    await saved();
  });

  test('a screw dragged on a slice: length, cortex, joint and fracture beside the hand', async () => {
    await tab.locator('[data-body="A"]').click();
    await tab.locator('.tools').getByRole('button', { name: 'Place or drag a screw' }).click();
    await tab.getByText(/^A cortical/).click();
    await expect.poll(() => figure('A', 'thread to joint'), { timeout: 20_000 }).toBeGreaterThan(-30);
    expect(await figure('A', 'entry to fracture')).toBeGreaterThan(5);
    const pane = (await tab.locator('[data-pane="coronal"]').boundingBox())!;
    await tab.mouse.move(pane.x + 110, pane.y + 172);
    await tab.mouse.down();
    await tab.mouse.move(pane.x + 170, pane.y + 160, { steps: 4 });
    await tab.mouse.up();
    await saved();
    await expect.poll(() => figure('screw-1', 'length')).toBeGreaterThan(9);
    // By its tip, which is where the figures stand.
    const tip = (await tab.getByTestId('hand-at').boundingBox())!;
    expect(tip.y).toBeLessThan(pane.y + pane.height);
    const seen = new Set<string>();
    await tab.mouse.move(tip.x, tip.y);
    await tab.mouse.down();
    for (let i = 1; i <= 10; i++) {
      await tab.mouse.move(tip.x + 5 * i, tip.y - 3 * i);
      await tab.waitForTimeout(40);
      seen.add(await tab.getByTestId('hand').innerText());
    }
    await shoot('16-screw-hand');
    await tab.mouse.up();
    await saved();
    expect(seen.size).toBeGreaterThan(3);
    expect([...seen].at(-1)).toMatch(/thread to cortex/);
    expect(await figure('screw-1', 'thread to joint')).toBeLessThan(0);
    expect(await figure('screw-1', 'to A')).toBeLessThan(30);
    expect(await documentOf()).toMatch(/id: screw-1/);
  });

  test('results follow by themselves: once the plan rests it is run, and not before', async () => {
    const { store } = house.services;
    expect(await store.claim('test', 60_000, ['run'])).toBeUndefined();
    await tab.getByRole('switch', { name: 'Follow' }).click({ force: true });
    await tab.keyboard.press('Escape');
    const { revision } = (await store.case(caseId))!;
    await expect
      .poll(async () => (await store.claim('test', 60_000, ['run']))?.revision ?? null, { timeout: 15_000 })
      .toBe(revision);
    await tab.getByRole('button', { name: /^Cancel/ }).waitFor();
    await tab.getByTestId('stale').waitFor();
    expect(await tab.evaluate(() => localStorage.getItem('osteon-follow'))).toBe('yes');
  });
});
