/// <reference lib="dom" />

import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openBrowser, picturesFolder } from './browser.ts';
import { openPlannerHouse, type PlannerHouse } from './house.ts';

/**
 * A planner in a browser for the tests of one file, and what a hand does there. A script error, or an error on the
 * console, fails the test in which it comes.
 */
export function useDesk() {
  const pictures = picturesFolder();
  let browser: Browser;
  let house: PlannerHouse;
  let tab: Page;
  const errors: string[] = [];
  beforeAll(async () => {
    house = await openPlannerHouse();
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1360, height: 820 } });
    tab.setDefaultTimeout(15_000);
    tab.on('pageerror', (e) => errors.push(String(e)));
    tab.on('console', (m) => {
      // A case without scan or run answers 404; the browser notes every one.
      if (m.type() === 'error' && !/status of 404/.test(m.text())) errors.push(m.text());
    });
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desk.shoot('failed');
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  const desk = {
    pictures,
    errors,
    caseId: '',
    get browser() {
      return browser;
    },
    get house() {
      return house;
    },
    get tab() {
      return tab;
    },
    shoot: (name: string) => tab.screenshot({ path: join(pictures, `${name}.png`) }),
    step: (name: string) => tab.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name }).click(),
    saved: () => tab.getByTestId('saving').filter({ hasText: 'Saved' }).waitFor(),
    async choose(field: string, option: string) {
      await tab.getByRole('combobox', { name: field }).click();
      await tab.getByRole('option', { name: option, exact: true }).click();
    },
    async type(field: string, value: string) {
      await tab.getByLabel(field).fill(value);
      await tab.getByLabel(field).press('Tab');
    },
    /** The middle of a pane, on the screen. */
    async middle(name: string, dx = 0, dy = 0) {
      const b = (await tab.locator(`[data-pane="${name}"]`).boundingBox())!;
      return [b.x + b.width / 2 + dx, b.y + b.height / 2 + dy] as const;
    },
    /** Where the cross-hair is, LPS mm. */
    cross: async () =>
      (await tab.getByTestId('cross').innerText()).match(/-?\d+\.\d/g)!.map(Number) as [number, number, number],
    /** The newest revision of the case as the server has it. */
    async newest() {
      const found = (await house.services.store.case(desk.caseId))!;
      const revision = (await house.services.store.revision(desk.caseId, found.revision))!;
      const text = async (sha256: string) => new TextDecoder().decode(await house.services.objects.get(sha256));
      const edits = revision.editsSha256 ? JSON.parse(await text(revision.editsSha256)) : { edits: [] };
      return {
        revision: found.revision,
        state: found.state,
        document: await text(revision.documentSha256),
        edits: edits.edits as Record<string, unknown>[],
        planned: edits.planned,
      };
    },
  };
  return desk;
}
