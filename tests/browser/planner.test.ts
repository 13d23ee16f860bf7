/// <reference lib="dom" />

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { changeVerb } from '../../src/cli/change.ts';
import { type AcetabulumDocument, caseVocabulary, parseCase } from '../../src/plan/index.ts';
import { program } from '../cli/cli-kit.ts';
import { CHROMIUM, NO_BROWSER, openBrowser, picturesFolder } from './browser.ts';
import {
  type Foot,
  givePelvis,
  giveResults,
  giveScan,
  makeFoot,
  openPlannerHouse,
  type PlannerHouse,
} from './house.ts';

const pictures = picturesFolder();
const { json, path } = program();

describe.skipIf(!CHROMIUM)(`the planner in a real browser (${NO_BROWSER})`, () => {
  let browser: Browser;
  let house: PlannerHouse;
  let tab: Page;
  let foot: Foot;
  let caseId = '';
  const errors: string[] = [];
  const shoot = (name: string) => tab.screenshot({ path: join(pictures, `${name}.png`) });
  const step = (name: string) => tab.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name }).click();
  const saved = () => tab.getByTestId('saving').filter({ hasText: 'Saved' }).waitFor();
  const newest = async () => {
    const found = (await house.services.store.case(caseId))!;
    const revision = (await house.services.store.revision(caseId, found.revision))!;
    const edits = revision.editsSha256
      ? JSON.parse(new TextDecoder().decode(await house.services.objects.get(revision.editsSha256)))
      : { edits: [] };
    return {
      revision: found.revision,
      state: found.state,
      edits: edits.edits as Record<string, unknown>[],
      planned: edits.planned,
    };
  };
  const pane = async (name: string) => (await tab.locator(`[data-pane="${name}"]`).boundingBox())!;
  const middle = async (name: string, dx = 0, dy = 0) => {
    const b = await pane(name);
    return [b.x + b.width / 2 + dx, b.y + b.height / 2 + dy] as const;
  };
  const cross = async () =>
    (await tab.getByTestId('cross').innerText()).match(/-?\d+\.\d/g)!.map(Number) as [number, number, number];

  const choose = async (field: string, option: string) => {
    await tab.getByRole('combobox', { name: field }).click();
    await tab.getByRole('option', { name: option, exact: true }).click();
  };
  const type = async (field: string, value: string) => {
    await tab.getByLabel(field).fill(value);
    await tab.getByLabel(field).press('Tab');
  };

  beforeAll(async () => {
    foot = makeFoot();
    house = await openPlannerHouse();
    browser = await openBrowser();
    tab = await browser.newPage({ viewport: { width: 1360, height: 820 } });
    tab.setDefaultTimeout(10_000);
    tab.on('pageerror', (e) => errors.push(String(e)));
    tab.on('console', (m) => {
      // A case without scan or run answers 404; the browser notes every one.
      if (m.type() === 'error' && !/status of 404/.test(m.text())) errors.push(m.text());
    });
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shoot('failed');
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test('the link signs in; the worklist is empty and takes a scan', async () => {
    await tab.goto(house.link);
    await tab.getByRole('heading', { name: 'Cases' }).waitFor();
    expect(tab.url()).not.toContain('link=');
    await tab.getByLabel('Name of the case').fill('A-2047');
    await shoot('01-worklist');
    await tab
      .getByTestId('scan-files')
      .setInputFiles({ name: 'DOE^JANE.dcm', mimeType: 'application/dicom', buffer: Buffer.alloc(600) });
    await tab.waitForURL(/#case=/);
    caseId = tab.url().split('#case=')[1];
    await tab.getByText('taking in the scan').waitFor();
  });

  test('the findings of the scan come first, the case is set, slices are shown', async () => {
    await giveScan(house, foot);
    await tab.getByText('The pixel is 1 mm').waitFor();
    await choose('Affected side', 'left');
    await tab.getByLabel('Body mass, kg').fill('80');
    await choose('Material', 'Ti-6Al-4V ELI');
    await tab.getByRole('button', { name: 'Set', exact: true }).click();
    await saved();
    expect((await newest()).revision).toBeGreaterThan(1);
    await tab.waitForFunction(() => !document.querySelector('.loading'));
    await shoot('02-scan');
    const [x, y] = await middle('axial', 40, 20);
    const before = await cross();
    await tab.mouse.click(x, y);
    const after = await cross();
    // To the right on the screen is to the patient's left, down is to the back; the height stays.
    expect(after[0]).toBeGreaterThan(before[0]);
    expect(after[1]).toBeGreaterThan(before[1]);
    expect(after[2]).toBe(before[2]);
    await tab.mouse.wheel(0, 300);
    await tab.waitForTimeout(60);
    expect((await cross())[2]).not.toBe(after[2]);
  });

  test('a run brings bones and implants', async () => {
    await tab.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => giveResults(house, foot)).toBe(true);
    await tab.locator('[data-body="left-talus"]').waitFor();
    await tab.locator('[data-body="talus-100"]').waitFor();
    await step('Look');
    await tab.waitForTimeout(600);
    await shoot('03-look');
  });

  test('a brush paints a bone: seen within 100 ms, saved as a stroke, and the bone follows', async () => {
    await step('Correct');
    await tab.locator('[data-body="left-navicular"]').dblclick();
    await tab.waitForTimeout(150);
    await tab.locator('.tools').getByRole('button', { name: 'Paint' }).first().click();
    const voxels = await tab.evaluate(() => performance.getEntriesByName('osteon-stroke').length);
    const [x, y] = await middle('axial', -30, 0);
    await tab.mouse.move(x, y);
    await tab.mouse.down();
    for (let i = 1; i <= 12; i++) await tab.mouse.move(x + 6 * i, y + 2 * i);
    await shoot('04-brush');
    await tab.mouse.up();
    await saved();
    const { edits } = await newest();
    expect(edits).toHaveLength(1);
    expect(edits[0]).toMatchObject({ op: 'include', bone: 'left-navicular' });
    const strokes = await tab.evaluate(() => performance.getEntriesByName('osteon-stroke').map((e) => e.duration));
    expect(strokes.length).toBeGreaterThan(voxels);
    expect(Math.max(...strokes)).toBeLessThan(100);
    await tab.waitForFunction(() => performance.getEntriesByName('osteon-bone-traced').length > 0, null, {
      timeout: 30_000,
    });
    await tab.getByTestId('stale').waitFor();
    await shoot('05-corrected');
  });

  test('erase, a range, growing, islands and undo: every act is an edit, and goes back', async () => {
    await tab.keyboard.press('e');
    const [x, y] = await middle('coronal');
    await tab.mouse.click(x, y);
    await tab.getByRole('combobox', { name: 'Preset' }).click();
    await tab.getByRole('option', { name: /^bone, 226/ }).click();
    await tab.waitForTimeout(200);
    await shoot('06-threshold');
    await tab.getByRole('button', { name: 'Largest piece', exact: true }).click();
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include', 'exclude', 'islands']);
    await tab.getByRole('button', { name: 'Undo', exact: true }).click();
    await tab.keyboard.press('Escape');
    await tab.locator('body').press('Control+z');
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include']);
    await tab.getByRole('button', { name: 'Redo', exact: true }).click();
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include', 'exclude']);
  });

  test('a bone is moved by numbers and by the gizmo, with gaps beside the hand', async () => {
    await step('Plan');
    await tab.locator('[data-body="left-cuboid"]').dblclick();
    await type('L, mm', '4');
    await type('about S, °', '10');
    await saved();
    const typed = (await newest()).edits.at(-1) as { op: string; bone: string; transform: number[] };
    expect(typed).toMatchObject({ op: 'move', bone: 'left-cuboid' });
    expect(typed.transform[0]).toBeCloseTo(Math.cos(Math.PI / 18), 6);
    await tab.getByTestId('live-left-calcaneus').waitFor();
    await tab.locator('.tools').getByRole('button', { name: 'Gizmo' }).click();
    await tab.waitForTimeout(300);
    await shoot('07-move');
    await tab.getByRole('button', { name: 'Snap back' }).click();
    await saved();
    const back = (await newest()).edits.at(-1) as { transform: number[] };
    expect(back.transform).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  test('a screw is placed on a slice, measured, and dragged', async () => {
    await tab.locator('[data-body="left-calcaneus"]').dblclick();
    await tab.locator('.tools').getByRole('button', { name: 'Place or drag a screw' }).click();
    const [x, y] = await middle('sagittal');
    await tab.mouse.move(x + 70, y + 10);
    await tab.mouse.down();
    await tab.mouse.move(x - 20, y - 4, { steps: 5 });
    await tab.mouse.up();
    await saved();
    const placed = (await newest()).planned.screws[0];
    expect(placed).toMatchObject({ id: 'screw-1', screw: 'cortical-3.5', target: 'left-calcaneus' });
    // Drawn from back to front on a sagittal slice: the front is on the left.
    expect(placed.direction[1]).toBeLessThan(-0.9);
    await tab.mouse.move(x - 20, y - 4);
    await tab.getByText('Length, mm').waitFor();
    await tab.waitForTimeout(300);
    await shoot('08-screw');
  });

  test('a cut plane is set on a bone, and the bone is cut there, and undone', async () => {
    const { edits } = await newest();
    await tab.locator('[data-body="left-cuboid"]').dblclick();
    await tab.locator('.section').getByRole('button', { name: 'Set a cut plane' }).click();
    await tab.waitForTimeout(300);
    const at = await cross();
    await tab.mouse.click(...(await middle('coronal')));
    await saved();
    const [plane] = (await newest()).planned.cuts;
    expect(plane).toMatchObject({ bone: 'left-cuboid', normal: [1, 0, 0] });
    expect(Math.hypot(...at.map((x, k) => x - plane.point[k]))).toBeLessThan(1);
    await choose('What lies beyond cut-1', 'Left navicular');
    await shoot('18-cut');
    await tab.getByRole('button', { name: 'Cut left cuboid here' }).click();
    await saved();
    const made = { op: 'cut', bone: 'left-cuboid', point: plane.point, normal: [1, 0, 0], into: 'left-navicular' };
    expect((await newest()).edits).toEqual([...edits, made]);
    for (let i = 0; i < 2; i++) {
      await tab.getByRole('button', { name: 'Undo', exact: true }).click();
      await saved();
    }
    await expect.poll(async () => (await newest()).planned.cuts).toEqual([]);
    expect((await newest()).edits).toEqual(edits);
  });

  test('fit is shown as colours with a bar', async () => {
    await step('Judge');
    await tab.locator('[data-body="talus-100"]').click();
    await tab.getByRole('button', { name: 'Fit', exact: true }).click();
    await tab.locator('.bar').waitFor();
    await tab.getByText('the traced surface cut itself').waitFor();
    await tab.getByRole('button', { name: 'Go there' }).click();
    await expect.poll(async () => tab.getByTestId('probe').innerText()).toContain('left-cuboid');
    await tab.locator('[data-body="talus-100"]').click();
    await tab.getByRole('button', { name: 'Hide all bones' }).click();
    const [x, y] = await middle('scene');
    await tab.mouse.move(x, y);
    await tab.waitForTimeout(300);
    await shoot('09-judge');
    await tab.getByRole('button', { name: 'Show all bones' }).click();
  });

  test('stress is shown as colours with a bar, and a probe reads it', async () => {
    await tab.locator('[data-body="talus-100"]').click();
    await tab.getByRole('button', { name: 'Hide all bones' }).click();
    await tab.getByRole('button', { name: 'Stress', exact: true }).click();
    await tab.getByRole('img', { name: /^Stress, 0.0 to \d+\.\d MPa$/ }).waitFor();
    await tab.waitForTimeout(300);
    const probe = async (dy: number) => {
      const [x, y] = await middle('scene', 0, dy);
      await tab.mouse.move(x, y);
      const read = () => tab.getByTestId('field-probe').innerText();
      await expect.poll(read).toMatch(/\d+\.\d\s*MPa/);
      return Number.parseFloat((await read()).match(/\d+\.\d/)![0]);
    };
    // The field that was given grows by one with each millimetre of height.
    const [low, high] = [await probe(30), await probe(-30)];
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(low + 3);
    await shoot('09-stress');
    const heights = await tab.getByText('greatest', { exact: true }).locator('..').innerText();
    expect(Number.parseFloat(heights.match(/\d+\.\d/)![0])).toBeGreaterThan(high);
    await tab.getByRole('button', { name: 'Take the colours off' }).click();
    await tab.getByRole('button', { name: 'Show all bones' }).click();
  });

  test('a comment is pinned, the case is signed, and a change voids the signature', async () => {
    await tab.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => giveResults(house, foot, 1.02)).toBe(true);
    await tab.getByTestId('stale').waitFor({ state: 'detached' });
    await step('Review');
    await tab.getByRole('button', { name: 'Pin to a place' }).click();
    const [x, y] = await middle('axial', 25, 12);
    await tab.mouse.click(x, y);
    await tab.getByLabel('New comment').fill('Is the cortex thin here?');
    await tab.getByRole('button', { name: 'Comment', exact: true }).click();
    await tab.locator('.comment').waitFor();
    const [comment] = await house.services.store.comments(caseId);
    expect(comment.pin).toHaveProperty('point');
    await tab.getByRole('button', { name: 'Approve', exact: true }).click();
    await tab.getByTestId('case-state').filter({ hasText: 'approved' }).waitFor();
    const [review] = await house.services.store.reviews(caseId);
    expect(review).toMatchObject({ meaning: 'approve', authorName: 'local', voidedBy: null });
    await shoot('10-approved');
    await step('Look');
    await tab.keyboard.press('d');
    await tab.mouse.click(x, y);
    await tab.mouse.click(x + 60, y);
    // To measure is to look; to keep the number changes the case.
    await tab.getByRole('button', { name: 'keep' }).waitFor();
    expect((await newest()).planned.measurements).toEqual([]);
    await tab.getByRole('button', { name: 'keep' }).click();
    await saved();
    await step('Review');
    await tab.getByText(/void since revision/).waitFor();
    // What changed since the first results: keys, and how far a surface lies from where it was.
    await tab.getByRole('button', { name: 'compare' }).last().click();
    await tab.getByText(/^From \d+ to \d+$/).waitFor();
    await shoot('11-void');
  });

  test('a reload loses nothing, light is light, and without the server work goes on', async () => {
    const before = await newest();
    await tab.reload();
    await tab.locator('[data-body="left-talus"]').waitFor();
    await tab.locator('[data-body="screw-1"]').waitFor();
    await step('Look');
    await tab.getByRole('button', { name: 'Switch between light and dark' }).click();
    await tab.waitForTimeout(500);
    await shoot('12-light');
    await tab.getByRole('button', { name: 'Switch between light and dark' }).click();
    await tab.route('**/document', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
    await tab.keyboard.press('d');
    const [x, y] = await middle('axial', -20, -20);
    await tab.mouse.click(x, y);
    await tab.mouse.click(x + 40, y);
    await tab.getByRole('button', { name: 'keep' }).click();
    await tab.getByTestId('saving').filter({ hasText: 'Offline' }).waitFor();
    expect((await newest()).revision).toBe(before.revision);
    await tab.unroute('**/document');
    errors.length = 0;
    await tab.reload();
    await tab.locator('[data-body="left-talus"]').waitFor();
    await saved();
    await expect.poll(async () => (await newest()).planned.measurements.length).toBe(2);
  });

  test('two people change one case: the second is asked, and nothing is lost', async () => {
    const { store } = house.services;
    const now = (await store.revision(caseId, (await newest()).revision))!;
    const theirs = { ifRevision: now.n, documentSha256: now.documentSha256, editsSha256: now.editsSha256 };
    // Told to nobody: the planner still believes in the revision before.
    await tab.route('**/document', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
    await store.commit(caseId, { ...theirs, message: 'By somebody else', command: null }, { id: 'u2', name: 'Eva' }, [
      'scan/',
    ]);
    await tab
      .getByRole('button', { name: /^Delete m/ })
      .first()
      .click();
    await tab.getByText('Two people changed this case').waitFor();
    await tab.unroute('**/document');
    await tab.getByRole('button', { name: 'Put mine on top' }).click();
    await saved();
    errors.length = 0;
    expect((await newest()).revision).toBe(now.n + 2);
    expect((await newest()).planned.measurements).toHaveLength(1);
  });

  test('what the planner does, a shell does: the same edits, comments and links', async () => {
    const [cookie] = (await tab.context().cookies()).filter((c) => c.name.startsWith('osteon'));
    const pass = { url: house.origin, cookie: `${cookie.name}=${cookie.value}` };
    const session = await fetch(`${house.origin}/api/v1/session`, { headers: { cookie: pass.cookie } });
    const { csrf } = (await session.json()) as { csrf: string };
    writeFileSync(join(pictures, 'local.json'), JSON.stringify({ ...pass, csrf }));
    const change = (given: Record<string, string | boolean>) => {
      const unset = Object.fromEntries(Object.entries(changeVerb.params).map(([k, p]) => [k, p.default]));
      const params = { ...unset, data: pictures, ...given };
      return changeVerb.run({
        args: [caseId],
        params,
        given: new Set(Object.keys(given)),
        session: undefined as never,
      });
    };
    const before = await newest();
    await change({ edit: '{"op":"islands","bone":"left-cuboid"}', set: 'bodyMassKg=75' });
    const after = await newest();
    expect(after.revision).toBe(before.revision + 1);
    expect(after.edits.at(-1)).toEqual({ op: 'islands', bone: 'left-cuboid' });
    expect(after.planned).toEqual(before.planned);
    const revisions = await house.services.store.revisions(caseId);
    const [first, second] = revisions.filter((r) => r.resultHash).map((r) => String(r.n));
    const changed = ['changes', caseId, '--data', pictures, '--from', first, '--to', second, '-o', 'maps'];
    const { document: told } = await json(...changed);
    expect(told.changes.map((c: { what: string }) => c.what)).toContain('out/implants/talus-100.stl');
    const nominal = told.surfaces.find((s: { path: string }) => s.path === 'out/implants/talus-100.stl');
    expect(nominal.signedMeanMm).toBeGreaterThan(0.2);
    expect(existsSync(path('maps', 'implants/talus-100.ply'))).toBe(true);
    await expect(change({ edit: '{"op":"paint"}' })).rejects.toThrow(/segment.edit/);
    await change({ comment: 'from a shell', at: '1,2,3' });
    const comments = await house.services.store.comments(caseId);
    expect(comments.at(-1)).toMatchObject({ text: 'from a shell', pin: { point: [1, 2, 3] } });
    expect((await change({ share: '2' })).text).toContain('/#share=');
    await change({ undo: String(before.revision) });
    expect((await newest()).edits).toEqual(before.edits);
    // The page hears of it by itself.
    await tab
      .getByTestId('saving')
      .filter({ hasText: `revision ${before.revision + 2}` })
      .waitFor();
  });

  test('a link opens the case for reading only', async () => {
    await step('Review');
    await tab.getByRole('button', { name: 'Make a link, good for three days' }).click();
    const link = await tab.locator('.section .mono.mantine-Button-root').innerText();
    const other = await (
      await browser.newContext({ viewport: { width: 1024, height: 768 }, hasTouch: true })
    ).newPage();
    await other.goto(link);
    await other.getByText('read only').waitFor();
    await other.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Correct' }).click();
    await other.getByText('This link opens the case for reading').waitFor();
    await other.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Look' }).click();
    await other.waitForFunction(() => !document.querySelector('.loading'));
    await other.waitForTimeout(300);
    await other.screenshot({ path: join(pictures, '13-tablet.png') });
    await other.context().close();
  });

  test('in an acetabular case fragments, screws and points are keys of the case file', async () => {
    caseId = await givePelvis(house);
    await tab.goto(`${house.origin}/#case=${caseId}`);
    await tab.locator('[data-body="left-anterior-column"]').waitFor();
    // Where the scan shows it is a shadow, hidden until asked for.
    const shadow = tab.locator('[data-body="left-anterior-column as scanned"]');
    expect(await shadow.getAttribute('data-hidden')).toBe('true');
    const document = async () => {
      const { revision } = await newest();
      const { documentSha256 } = (await house.services.store.revision(caseId, revision))!;
      return new TextDecoder().decode(await house.services.objects.get(documentSha256));
    };
    await tab.getByText('As scanned', { exact: true }).waitFor();
    await tab.locator('[data-body="1"]').filter({ hasText: '20 mm' }).waitFor();
    await step('Plan');
    await tab.locator('[data-body="left-anterior-column"]').dblclick();
    await choose('Bone to move', 'Left anterior column');
    await type('S, mm', '-3');
    await saved();
    expect(await document()).toContain('left-anterior-column: { shiftMm: [ 0, 0, -3 ], turnDeg: [ 0, 0, 0 ] }');
    await tab.locator('.tools').getByRole('button', { name: 'Place or drag a screw' }).click();
    const [x, y] = await middle('coronal');
    await tab.mouse.move(x, y - 60);
    await tab.mouse.down();
    await tab.mouse.move(x, y + 40, { steps: 4 });
    await tab.mouse.up();
    await saved();
    // The screw of the run is taken over with it: it may settle anew, what the hand placed may not.
    const { screws } = parseCase(await document(), caseVocabulary()) as AcetabulumDocument;
    expect(screws).toMatchObject([
      { id: '1', screw: 'cortical-3.5', entry: [0, 0, 31], radiusMm: 2, coneDeg: 5 },
      { id: 'screw-1', screw: 'cortical-3.5', radiusMm: 0, coneDeg: 0 },
    ]);
    await shoot('14-pelvis');
    await step('Correct');
    await choose('Bone or fragment', 'Left posterior column');
    await tab.getByRole('button', { name: 'It is at the cross-hair' }).click();
    await saved();
    expect(await document()).toContain('left-posterior-column:');
    expect((await newest()).edits).toEqual([]);
  });

  test('stress of a plate is seen in its colours, and the report’s figure leads to its place', async () => {
    await step('Judge');
    await tab.getByRole('button', { name: 'Go to the greatest stress at standing' }).click();
    await expect.poll(cross).toEqual([0, -14, 16]);
    await tab.locator('[data-body="plate"]').click();
    await tab.getByRole('button', { name: 'Stress', exact: true }).click();
    await tab.getByRole('img', { name: /^Stress, 0.0 to 2\d\.\d MPa$/ }).waitFor();
    const [x, y] = await middle('scene');
    await tab.mouse.move(x, y);
    await expect.poll(() => tab.getByTestId('field-probe').innerText()).toMatch(/\d+\.\d\s*MPa/);
    await shoot('17-plate-stress');
    await tab.getByRole('button', { name: 'Take the colours off' }).click();
    await step('Correct');
  });

  test('fragments are painted and split as bones of a foot are: the fragment follows where the plan put it', async () => {
    await tab.locator('[data-body="left-anterior-column"]').dblclick();
    await tab.evaluate(() => performance.clearMeasures('osteon-stroke'));
    await tab.evaluate(() => performance.clearMarks('osteon-bone-traced'));
    await tab.locator('.tools').getByRole('button', { name: 'Paint' }).first().click();
    const [x, y] = await middle('axial', 60, 0);
    await tab.mouse.move(x, y);
    await tab.mouse.down();
    for (let i = 1; i <= 10; i++) await tab.mouse.move(x + 5 * i, y);
    await shoot('15-pelvis-brush');
    await tab.mouse.up();
    await saved();
    expect((await newest()).edits).toMatchObject([{ op: 'include', bone: 'left-anterior-column' }]);
    const strokes = await tab.evaluate(() => performance.getEntriesByName('osteon-stroke').map((e) => e.duration));
    expect(strokes.length).toBeGreaterThan(2);
    expect(Math.max(...strokes)).toBeLessThan(100);
    await tab.waitForFunction(() => performance.getEntriesByName('osteon-bone-traced').length > 0, null, {
      timeout: 30_000,
    });
    await tab.getByTestId('stale').waitFor();
    await choose('Rename to', 'Left posterior column');
    await saved();
    expect((await newest()).edits.at(-1)).toMatchObject({ op: 'rename', to: 'left-posterior-column' });
    await tab.locator('[data-body="left-posterior-column"]').waitFor();
    await shoot('16-pelvis-renamed');
    for (const left of [1, 0]) {
      await tab.getByRole('button', { name: 'Undo', exact: true }).click();
      await saved();
      expect((await newest()).edits).toHaveLength(left);
    }
    await tab.locator('[data-body="left-anterior-column"]').waitFor();
    await tab.locator('[data-body="left-posterior-column"]').waitFor({ state: 'detached' });
  });

  test('a run that failed says so, and which screw it was', async () => {
    await tab.getByRole('button', { name: 'Run', exact: true }).click();
    const { store } = house.services;
    let lease: Awaited<ReturnType<typeof store.claim>>;
    await expect.poll(async () => (lease = await store.claim('test', 60_000, ['run']))).toBeTruthy();
    await store.fail(lease!, { code: 'design.no-corridor', message: 'no axis (screw 8)' }, false);
    await tab.getByTestId('failed').waitFor();
    await tab.getByText('no axis (screw 8)').first().waitFor();
    await shoot('17-pelvis-failed');
  });

  test('without WebGL2 it says so', async () => {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const get = HTMLCanvasElement.prototype.getContext as (kind: string, o?: unknown) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, o?: unknown) {
        return kind.startsWith('webgl') ? null : get.call(this, kind, o);
      } as never;
    });
    await page.context().addCookies(await tab.context().cookies());
    await page.goto(tab.url());
    await page.getByText('it has no WebGL2').waitFor();
    await page.close();
  });

  test('a session that has ended asks to sign in, and the work is kept', async () => {
    const [user] = await house.services.store.users();
    await house.services.store.endSessionsOf(user.id);
    const { revision } = await newest();
    await tab.getByRole('button', { name: 'It is at the cross-hair' }).waitFor();
    await tab.getByRole('button', { name: 'Delete the point in Left posterior column' }).click();
    await tab.getByRole('button', { name: 'Sign in' }).waitFor();
    errors.length = 0;
    expect((await newest()).revision).toBe(revision);
    const kept = await tab.evaluate(
      () =>
        new Promise<number>((done) => {
          const open = indexedDB.open('osteon');
          open.onsuccess = () => {
            const count = open.result.transaction('work').objectStore('work').count();
            count.onsuccess = () => done(count.result);
          };
        }),
    );
    expect(kept).toBe(1);
  });
});
