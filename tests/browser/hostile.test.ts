/// <reference lib="dom" />

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scriptPayloads } from '../server/hostile-input.ts';
import { CHROMIUM, NO_BROWSER, openBrowser } from './browser.ts';
import { openPlannerHouse, type PlannerHouse } from './house.ts';

// Five hundred scripts in every text of a case, shown by the planner and opened by their own addresses.

const SCRIPTS = scriptPayloads(500);
const BY = { id: 'test', name: SCRIPTS[0] };

describe.skipIf(!CHROMIUM)(`scripts in texts, in a real browser (${NO_BROWSER})`, () => {
  let browser: Browser;
  let house: PlannerHouse;
  let tab: Page;
  let caseId: string;
  const ran: string[] = [];
  const foreign: string[] = [];
  const hashes: string[] = [];

  beforeAll(async () => {
    house = await openPlannerHouse();
    const { store, objects } = house.services;
    const put = async (path: string, text: string | Uint8Array, mediaType: string) => ({
      path,
      mediaType,
      ...(await objects.put(typeof text === 'string' ? new TextEncoder().encode(text) : text)),
    });
    const { user } = (await store.login('local'))!;
    caseId = (await store.createCase({ label: SCRIPTS[0], procedure: SCRIPTS[1] }, user)).id;
    const document = await objects.put(new TextEncoder().encode('osteon: 1\nscan: ./dicom\n'));
    for (const [n, message] of SCRIPTS.slice(0, 40).entries())
      await store.commit(
        caseId,
        { ifRevision: n, documentSha256: document.sha256, message, command: { verb: message } },
        BY,
      );
    const lpsFromVoxel = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    const findings = SCRIPTS.map((text) => ({
      level: 'warning',
      code: 'dicom.protocol',
      text,
      hint: text,
      facts: { a: text },
    }));
    const summary = {
      id: SCRIPTS[2],
      modality: SCRIPTS[3],
      manufacturer: SCRIPTS[4],
      description: SCRIPTS[5],
      kVp: 120,
    };
    const windows = [{ name: SCRIPTS[6], centreHu: 0, widthHu: 100 }];
    const head = { size: [8, 8, 8], lpsFromVoxel, range: { minHu: 0, maxHu: 1 }, windows };
    const active = [
      'text/html',
      'image/svg+xml',
      'application/xhtml+xml',
      'text/javascript',
      'application/pdf',
      'text/xml',
    ];
    const files = await Promise.all([
      put('scan/scan.json', JSON.stringify({ series: [summary], chosen: SCRIPTS[2], findings }), 'application/json'),
      put('scan/volume.json', JSON.stringify(head), 'application/json'),
      put('scan/volume.i16', new Uint8Array(1024), 'application/octet-stream'),
      ...active.map((type, i) => put(`out/evil-${i}`, SCRIPTS.join('\n'), type)),
    ]);
    hashes.push(...files.map((f) => f.sha256));
    await store.addArtefacts(caseId, 40, files, user);
    for (const text of SCRIPTS) await store.addComment(caseId, { revision: 40, text, pin: null }, BY);

    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1360, height: 820 }, acceptDownloads: true });
    tab.setDefaultTimeout(20_000);
    tab.on('dialog', (dialog) => {
      ran.push(dialog.message());
      void dialog.dismiss();
    });
    tab.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== house.origin && protocol !== 'blob:' && protocol !== 'data:') foreign.push(request.url());
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const settled = () => tab.waitForTimeout(300);

  test('shown as text by the planner, in every step', async () => {
    await tab.goto(house.link);
    await tab.getByText(SCRIPTS[0]).first().waitFor();
    await settled();
    await tab.goto(`${house.origin}/#case=${caseId}`);
    const steps = tab.getByRole('navigation', { name: 'Steps' }).getByRole('button');
    await steps.first().waitFor();
    for (const button of await steps.all()) {
      if (await button.isDisabled()) continue;
      await button.click();
      await settled();
    }
    await tab.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Review' }).click();
    await tab.locator('.comment').first().waitFor();
    expect(await tab.locator('.comment').count()).toBe(500);
    expect([ran, foreign]).toEqual([[], []]);
  }, 120_000);

  test('opened by their own addresses: saved, or shown without running', async () => {
    const of = `${house.origin}/api/v1/cases/${caseId}`;
    const pages = ['comments', 'scan', 'revisions', 'document', 'artefacts?revision=40'].map((path) => `${of}/${path}`);
    for (const address of [...pages, ...hashes.map((hash) => `${of}/objects/${hash}`)]) {
      // A download ends the navigation with an error; that is what is wanted.
      await tab.goto(address).catch(() => undefined);
      await settled();
    }
    for (const text of SCRIPTS.slice(0, 60))
      await tab.goto(`${house.origin}/${encodeURIComponent(text)}`).catch(() => undefined);
    expect([ran, foreign]).toEqual([[], []]);
    expect(house.faults).toEqual([]);
  }, 120_000);

  test('the traps work: a page that does run scripts is noticed', async () => {
    await tab.goto('about:blank');
    await tab.setContent(SCRIPTS.filter((s) => s.startsWith('<script>alert')).join(''));
    await settled();
    expect(ran.length).toBeGreaterThan(0);
  });
});
