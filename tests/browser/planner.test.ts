/// <reference lib="dom" />

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { changeVerb } from '../../src/cli/change.ts';
import { program } from '../cli/cli-kit.ts';
import { CHROMIUM, NO_BROWSER } from './browser.ts';
import { useDesk } from './desk.ts';
import { type Foot, giveResults, giveScan, makeFoot } from './house.ts';

const { json, path } = program();

describe.skipIf(!CHROMIUM)(`the planner in a real browser (${NO_BROWSER})`, () => {
  const desk = useDesk();
  const { shoot, step, saved, newest, middle, cross, choose, type } = desk;
  let foot: Foot;
  beforeAll(() => {
    foot = makeFoot();
  });

  test('the link signs in; the worklist is empty and takes a scan', async () => {
    await desk.tab.goto(desk.house.link);
    await desk.tab.getByRole('heading', { name: 'Cases' }).waitFor();
    expect(desk.tab.url()).not.toContain('link=');
    await desk.tab.getByLabel('Name of the case').fill('A-2047');
    await shoot('01-worklist');
    await desk.tab
      .getByTestId('scan-files')
      .setInputFiles({ name: 'DOE^JANE.dcm', mimeType: 'application/dicom', buffer: Buffer.alloc(600) });
    await desk.tab.waitForURL(/#case=/);
    desk.caseId = desk.tab.url().split('#case=')[1];
    await desk.tab.getByText('taking in the scan').waitFor();
  });

  test('the findings of the scan come first, the case is set, slices are shown', async () => {
    await giveScan(desk.house, foot);
    await desk.tab.getByText('The pixel is 1 mm').waitFor();
    await choose('Affected side', 'left');
    await desk.tab.getByLabel('Body mass, kg').fill('80');
    await choose('Material', 'Ti-6Al-4V ELI');
    await desk.tab.getByRole('button', { name: 'Set', exact: true }).click();
    await saved();
    expect((await newest()).revision).toBeGreaterThan(1);
    await desk.tab.waitForFunction(() => !document.querySelector('.loading'));
    await shoot('02-scan');
    const [x, y] = await middle('axial', 40, 20);
    const before = await cross();
    await desk.tab.mouse.click(x, y);
    const after = await cross();
    // To the right on the screen is to the patient's left, down is to the back; the height stays.
    expect(after[0]).toBeGreaterThan(before[0]);
    expect(after[1]).toBeGreaterThan(before[1]);
    expect(after[2]).toBe(before[2]);
    await desk.tab.mouse.wheel(0, 300);
    await desk.tab.waitForTimeout(60);
    expect((await cross())[2]).not.toBe(after[2]);
  });

  test('a run brings bones and implants', async () => {
    await desk.tab.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => giveResults(desk.house, foot)).toBe(true);
    await desk.tab.locator('[data-body="left-talus"]').waitFor();
    await desk.tab.locator('[data-body="talus-100"]').waitFor();
    await step('Look');
    await desk.tab.waitForTimeout(600);
    await shoot('03-look');
  });

  test('a brush paints a bone: seen within 100 ms, saved as a stroke, and the bone follows', async () => {
    await step('Correct');
    await desk.tab.locator('[data-body="left-navicular"]').dblclick();
    await desk.tab.waitForTimeout(150);
    await desk.tab.locator('.tools').getByRole('button', { name: 'Paint' }).first().click();
    const voxels = await desk.tab.evaluate(() => performance.getEntriesByName('osteon-stroke').length);
    const [x, y] = await middle('axial', -30, 0);
    await desk.tab.mouse.move(x, y);
    await desk.tab.mouse.down();
    for (let i = 1; i <= 12; i++) await desk.tab.mouse.move(x + 6 * i, y + 2 * i);
    await shoot('04-brush');
    await desk.tab.mouse.up();
    await saved();
    const { edits } = await newest();
    expect(edits).toHaveLength(1);
    expect(edits[0]).toMatchObject({ op: 'include', bone: 'left-navicular' });
    const strokes = await desk.tab.evaluate(() => performance.getEntriesByName('osteon-stroke').map((e) => e.duration));
    expect(strokes.length).toBeGreaterThan(voxels);
    expect(Math.max(...strokes)).toBeLessThan(100);
    await desk.tab.waitForFunction(() => performance.getEntriesByName('osteon-bone-traced').length > 0, null, {
      timeout: 30_000,
    });
    await desk.tab.getByTestId('stale').waitFor();
    await shoot('05-corrected');
  });

  test('erase, a range, growing, islands and undo: every act is an edit, and goes back', async () => {
    await desk.tab.keyboard.press('e');
    const [x, y] = await middle('coronal');
    await desk.tab.mouse.click(x, y);
    await desk.tab.getByRole('combobox', { name: 'Preset' }).click();
    await desk.tab.getByRole('option', { name: /^bone, 226/ }).click();
    await desk.tab.waitForTimeout(200);
    await shoot('06-threshold');
    await desk.tab.getByRole('button', { name: 'Largest piece', exact: true }).click();
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include', 'exclude', 'islands']);
    await desk.tab.getByRole('button', { name: 'Undo', exact: true }).click();
    await desk.tab.keyboard.press('Escape');
    await desk.tab.locator('body').press('Control+z');
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include']);
    await desk.tab.getByRole('button', { name: 'Redo', exact: true }).click();
    await saved();
    expect((await newest()).edits.map((e) => e.op)).toEqual(['include', 'exclude']);
  });

  test('a bone is moved by numbers and by the gizmo, with gaps beside the hand', async () => {
    await step('Plan');
    await desk.tab.locator('[data-body="left-cuboid"]').dblclick();
    await type('L, mm', '4');
    await type('about S, °', '10');
    await saved();
    const typed = (await newest()).edits.at(-1) as { op: string; bone: string; transform: number[] };
    expect(typed).toMatchObject({ op: 'move', bone: 'left-cuboid' });
    expect(typed.transform[0]).toBeCloseTo(Math.cos(Math.PI / 18), 6);
    await desk.tab.getByTestId('live-left-calcaneus').waitFor();
    await desk.tab.locator('.tools').getByRole('button', { name: 'Gizmo' }).click();
    await desk.tab.waitForTimeout(300);
    await shoot('07-move');
    await desk.tab.getByRole('button', { name: 'Snap back' }).click();
    await saved();
    const back = (await newest()).edits.at(-1) as { transform: number[] };
    expect(back.transform).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  test('a screw is placed on a slice, measured, and dragged', async () => {
    await desk.tab.locator('[data-body="left-calcaneus"]').dblclick();
    await desk.tab.locator('.tools').getByRole('button', { name: 'Place or drag a screw' }).click();
    const [x, y] = await middle('sagittal');
    await desk.tab.mouse.move(x + 70, y + 10);
    await desk.tab.mouse.down();
    await desk.tab.mouse.move(x - 20, y - 4, { steps: 5 });
    await desk.tab.mouse.up();
    await saved();
    const placed = (await newest()).planned.screws[0];
    expect(placed).toMatchObject({ id: 'screw-1', screw: 'cortical-3.5', target: 'left-calcaneus' });
    // Drawn from back to front on a sagittal slice: the front is on the left.
    expect(placed.direction[1]).toBeLessThan(-0.9);
    await desk.tab.mouse.move(x - 20, y - 4);
    await desk.tab.getByText('Length, mm').waitFor();
    await desk.tab.waitForTimeout(300);
    await shoot('08-screw');
  });

  test('a cut plane is set on a bone, and the bone is cut there, and undone', async () => {
    const { edits } = await newest();
    await desk.tab.locator('[data-body="left-cuboid"]').dblclick();
    await desk.tab.locator('.section').getByRole('button', { name: 'Set a cut plane' }).click();
    await desk.tab.waitForTimeout(300);
    const at = await cross();
    await desk.tab.mouse.click(...(await middle('coronal')));
    await saved();
    const [plane] = (await newest()).planned.cuts;
    expect(plane).toMatchObject({ bone: 'left-cuboid', normal: [1, 0, 0] });
    expect(Math.hypot(...at.map((x, k) => x - plane.point[k]))).toBeLessThan(1);
    await choose('What lies beyond cut-1', 'Left navicular');
    await shoot('18-cut');
    await desk.tab.getByRole('button', { name: 'Cut left cuboid here' }).click();
    await saved();
    const made = { op: 'cut', bone: 'left-cuboid', point: plane.point, normal: [1, 0, 0], into: 'left-navicular' };
    expect((await newest()).edits).toEqual([...edits, made]);
    for (let i = 0; i < 2; i++) {
      await desk.tab.getByRole('button', { name: 'Undo', exact: true }).click();
      await saved();
    }
    await expect.poll(async () => (await newest()).planned.cuts).toEqual([]);
    expect((await newest()).edits).toEqual(edits);
  });

  test('fit is shown as colours with a bar', async () => {
    await step('Judge');
    await desk.tab.locator('[data-body="talus-100"]').click();
    await desk.tab.getByRole('button', { name: 'Fit', exact: true }).click();
    await desk.tab.locator('.bar').waitFor();
    await desk.tab.getByText('the traced surface cut itself').waitFor();
    await desk.tab.getByRole('button', { name: 'Go there' }).click();
    await expect.poll(async () => desk.tab.getByTestId('probe').innerText()).toContain('left-cuboid');
    await desk.tab.locator('[data-body="talus-100"]').click();
    await desk.tab.getByRole('button', { name: 'Hide all bones' }).click();
    const [x, y] = await middle('scene');
    await desk.tab.mouse.move(x, y);
    await desk.tab.waitForTimeout(300);
    await shoot('09-judge');
    await desk.tab.getByRole('button', { name: 'Show all bones' }).click();
  });

  test('stress is shown as colours with a bar, and a probe reads it', async () => {
    await desk.tab.locator('[data-body="talus-100"]').click();
    await desk.tab.getByRole('button', { name: 'Hide all bones' }).click();
    await desk.tab.getByRole('button', { name: 'Stress', exact: true }).click();
    await desk.tab.getByRole('img', { name: /^Stress, 0.0 to \d+\.\d MPa$/ }).waitFor();
    await desk.tab.waitForTimeout(300);
    const probe = async (dy: number) => {
      const [x, y] = await middle('scene', 0, dy);
      await desk.tab.mouse.move(x, y);
      const read = () => desk.tab.getByTestId('field-probe').innerText();
      await expect.poll(read).toMatch(/\d+\.\d\s*MPa/);
      return Number.parseFloat((await read()).match(/\d+\.\d/)![0]);
    };
    // The field that was given grows by one with each millimetre of height.
    const [low, high] = [await probe(30), await probe(-30)];
    expect(low).toBeGreaterThan(0);
    expect(high).toBeGreaterThan(low + 3);
    await shoot('09-stress');
    const heights = await desk.tab.getByText('greatest', { exact: true }).locator('..').innerText();
    expect(Number.parseFloat(heights.match(/\d+\.\d/)![0])).toBeGreaterThan(high);
    await desk.tab.getByRole('button', { name: 'Take the colours off' }).click();
    await desk.tab.getByRole('button', { name: 'Show all bones' }).click();
  });

  test('a comment is pinned, the case is signed, and a change voids the signature', async () => {
    await desk.tab.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => giveResults(desk.house, foot, 1.02)).toBe(true);
    await desk.tab.getByTestId('stale').waitFor({ state: 'detached' });
    await step('Review');
    await desk.tab.getByRole('button', { name: 'Pin to a place' }).click();
    const [x, y] = await middle('axial', 25, 12);
    await desk.tab.mouse.click(x, y);
    await desk.tab.getByLabel('New comment').fill('Is the cortex thin here?');
    await desk.tab.getByRole('button', { name: 'Comment', exact: true }).click();
    await desk.tab.locator('.comment').waitFor();
    const [comment] = await desk.house.services.store.comments(desk.caseId);
    expect(comment.pin).toHaveProperty('point');
    await desk.tab.getByRole('button', { name: 'Approve', exact: true }).click();
    await desk.tab.getByTestId('case-state').filter({ hasText: 'approved' }).waitFor();
    const [review] = await desk.house.services.store.reviews(desk.caseId);
    expect(review).toMatchObject({ meaning: 'approve', authorName: 'local', voidedBy: null });
    await shoot('10-approved');
    await step('Look');
    await desk.tab.keyboard.press('d');
    await desk.tab.mouse.click(x, y);
    await desk.tab.mouse.click(x + 60, y);
    // To measure is to look; to keep the number changes the case.
    await desk.tab.getByRole('button', { name: 'keep' }).waitFor();
    expect((await newest()).planned.measurements).toEqual([]);
    await desk.tab.getByRole('button', { name: 'keep' }).click();
    await saved();
    await step('Review');
    await desk.tab.getByText(/void since revision/).waitFor();
    // What changed since the first results: keys, and how far a surface lies from where it was.
    await desk.tab.getByRole('button', { name: 'compare' }).last().click();
    await desk.tab.getByText(/^From \d+ to \d+$/).waitFor();
    await shoot('11-void');
  });

  test('a reload loses nothing, light is light, and without the server work goes on', async () => {
    const before = await newest();
    await desk.tab.reload();
    await desk.tab.locator('[data-body="left-talus"]').waitFor();
    await desk.tab.locator('[data-body="screw-1"]').waitFor();
    await step('Look');
    await desk.tab.getByRole('button', { name: 'Switch between light and dark' }).click();
    await desk.tab.waitForTimeout(500);
    await shoot('12-light');
    await desk.tab.getByRole('button', { name: 'Switch between light and dark' }).click();
    await desk.tab.route('**/document', (route) =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await desk.tab.keyboard.press('d');
    const [x, y] = await middle('axial', -20, -20);
    await desk.tab.mouse.click(x, y);
    await desk.tab.mouse.click(x + 40, y);
    await desk.tab.getByRole('button', { name: 'keep' }).click();
    await desk.tab.getByTestId('saving').filter({ hasText: 'Offline' }).waitFor();
    expect((await newest()).revision).toBe(before.revision);
    await desk.tab.unroute('**/document');
    desk.errors.length = 0;
    await desk.tab.reload();
    await desk.tab.locator('[data-body="left-talus"]').waitFor();
    await saved();
    await expect.poll(async () => (await newest()).planned.measurements.length).toBe(2);
  });

  test('two people change one case: the second is asked, and nothing is lost', async () => {
    const { store } = desk.house.services;
    const now = (await store.revision(desk.caseId, (await newest()).revision))!;
    const theirs = { ifRevision: now.n, documentSha256: now.documentSha256, editsSha256: now.editsSha256 };
    // Told to nobody: the planner still believes in the revision before.
    await desk.tab.route('**/document', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await store.commit(
      desk.caseId,
      { ...theirs, message: 'By somebody else', command: null },
      { id: 'u2', name: 'Eva' },
      ['scan/'],
    );
    await desk.tab
      .getByRole('button', { name: /^Delete m/ })
      .first()
      .click();
    await desk.tab.getByText('Two people changed this case').waitFor();
    await desk.tab.unroute('**/document');
    await desk.tab.getByRole('button', { name: 'Put mine on top' }).click();
    await saved();
    desk.errors.length = 0;
    expect((await newest()).revision).toBe(now.n + 2);
    expect((await newest()).planned.measurements).toHaveLength(1);
  });

  test('what the planner does, a shell does: the same edits, comments and links', async () => {
    const [cookie] = (await desk.tab.context().cookies()).filter((c) => c.name.startsWith('osteon'));
    const pass = { url: desk.house.origin, cookie: `${cookie.name}=${cookie.value}` };
    const session = await fetch(`${desk.house.origin}/api/v1/session`, { headers: { cookie: pass.cookie } });
    const { csrf } = (await session.json()) as { csrf: string };
    writeFileSync(join(desk.pictures, 'local.json'), JSON.stringify({ ...pass, csrf }));
    const change = (given: Record<string, string | boolean>) => {
      const unset = Object.fromEntries(Object.entries(changeVerb.params).map(([k, p]) => [k, p.default]));
      const params = { ...unset, data: desk.pictures, ...given };
      return changeVerb.run({
        args: [desk.caseId],
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
    const revisions = await desk.house.services.store.revisions(desk.caseId);
    const [first, second] = revisions.filter((r) => r.resultHash).map((r) => String(r.n));
    const changed = ['changes', desk.caseId, '--data', desk.pictures, '--from', first, '--to', second, '-o', 'maps'];
    const { document: told } = await json(...changed);
    expect(told.changes.map((c: { what: string }) => c.what)).toContain('out/implants/talus-100.stl');
    const nominal = told.surfaces.find((s: { path: string }) => s.path === 'out/implants/talus-100.stl');
    expect(nominal.signedMeanMm).toBeGreaterThan(0.2);
    expect(existsSync(path('maps', 'implants/talus-100.ply'))).toBe(true);
    await expect(change({ edit: '{"op":"paint"}' })).rejects.toThrow(/segment.edit/);
    await change({ comment: 'from a shell', at: '1,2,3' });
    const comments = await desk.house.services.store.comments(desk.caseId);
    expect(comments.at(-1)).toMatchObject({ text: 'from a shell', pin: { point: [1, 2, 3] } });
    expect((await change({ share: '2' })).text).toContain('/#share=');
    await change({ undo: String(before.revision) });
    expect((await newest()).edits).toEqual(before.edits);
    // The page hears of it by itself.
    await desk.tab
      .getByTestId('saving')
      .filter({ hasText: `revision ${before.revision + 2}` })
      .waitFor();
  });

  test('a link opens the case for reading only', async () => {
    await step('Review');
    await desk.tab.getByRole('button', { name: 'Make a link, good for three days' }).click();
    const link = await desk.tab.locator('.section .mono.mantine-Button-root').innerText();
    const other = await (
      await desk.browser.newContext({ viewport: { width: 1024, height: 768 }, hasTouch: true })
    ).newPage();
    await other.goto(link);
    await other.getByText('read only').waitFor();
    await other.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Correct' }).click();
    await other.getByText('This link opens the case for reading').waitFor();
    await other.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Look' }).click();
    await other.waitForFunction(() => !document.querySelector('.loading'));
    await other.waitForTimeout(300);
    await other.screenshot({ path: join(desk.pictures, '13-tablet.png') });
    await other.context().close();
  });

  test('without WebGL2 it says so', async () => {
    const page = await desk.browser.newPage();
    await page.addInitScript(() => {
      const get = HTMLCanvasElement.prototype.getContext as (kind: string, o?: unknown) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, o?: unknown) {
        return kind.startsWith('webgl') ? null : get.call(this, kind, o);
      } as never;
    });
    await page.context().addCookies(await desk.tab.context().cookies());
    await page.goto(desk.tab.url());
    await page.getByText('it has no WebGL2').waitFor();
    await page.close();
  });
});
