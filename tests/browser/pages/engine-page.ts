import type { Vec3 } from '../../../src/base/index.ts';
import { sphere } from '../../../src/mesh/index.ts';
import { axisGrid } from '../../../src/volume/index.ts';
import { createBody } from '../../../web/engine/body.ts';
import { Engine, PANE_NAMES } from '../../../web/engine/engine.ts';
import { attachHands, scrollSlices } from '../../../web/engine/hands.ts';

// A block of soft tissue with a bright ball at a known place: what lies on the patient's left, front and top is known.
document.body.innerHTML = `<style>html,body{margin:0;background:#000}#view{position:relative;width:800px;height:600px}
canvas.gl{position:absolute;inset:0;width:100%;height:100%}.pane{position:absolute;width:400px;height:300px;outline:none}
.pane-overlay{position:absolute;inset:0;width:100%;height:100%;pointer-events:none}</style>
<div id="view"><canvas class="gl"></canvas>${PANE_NAMES.map(
  (n, i) => `<div class="pane" id="${n}" style="left:${(i % 2) * 400}px;top:${(i >> 1) * 300}px"></div>`,
).join('')}</div>`;
const element = (id: string) => document.getElementById(id) as HTMLElement;
const engine = new Engine({
  canvas: document.querySelector('canvas.gl') as HTMLCanvasElement,
  panes: {
    axial: element('axial'),
    coronal: element('coronal'),
    sagittal: element('sagittal'),
    scene: element('scene'),
  },
});
attachHands(engine);

export interface Shown {
  /** Middle of the bright pixels of each pane, as shares of its width and height. */
  readonly [pane: string]: readonly [number, number];
}

const page = {
  /** Shows a ball at `at` in a grid with the given axes, and tells where it is on the screen. */
  async show(size: Vec3, lpsFromVoxel: number[], at: Vec3, budget?: number): Promise<Shown> {
    const m = lpsFromVoxel;
    const grid = { size, lpsFromVoxel: { from: 'voxel' as const, to: 'lps' as const, m } };
    const hu = new Int16Array(size[0] * size[1] * size[2]);
    for (let z = 0, i = 0; z < size[2]; z++)
      for (let y = 0; y < size[1]; y++)
        for (let x = 0; x < size[0]; x++, i++) {
          const d = [0, 1, 2].map((r) => m[4 * r] * x + m[4 * r + 1] * y + m[4 * r + 2] * z + m[4 * r + 3] - at[r]);
          hu[i] = Math.hypot(d[0], d[1], d[2]) < 6 ? 3000 : -200;
        }
    const scan = engine.show(grid, hu, new Uint8Array(hu.length), budget);
    scan.sendGrey(0, size[2]);
    scan.sendLabels();
    engine.outlines = false;
    engine.crosshair = false;
    engine.setWindow({ low: 0, high: 2000 });
    engine.setCross(at);
    engine.fitAll();
    await frame();
    return Object.fromEntries(['axial', 'coronal', 'sagittal'].map((n) => [n, brightMiddle(n)]));
  },
  /** Share of a pane's pixels that are not background. */
  async lit(name: string): Promise<number> {
    await frame();
    const pixels = pixelsOf(name);
    let n = 0;
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i] + pixels[i + 1] + pixels[i + 2] > 150) n++;
    return (4 * n) / pixels.length;
  },
  thinning: () => engine.scan?.thinning,
  /** From the wheel to the picture on the screen, ms, slice after slice. */
  async scroll(slices: number): Promise<number[]> {
    const gl = engine.renderer.getContext();
    const times: number[] = [];
    for (let i = 0; i < slices; i++) {
      const start = performance.now();
      scrollSlices(engine, 'axial', 1);
      await new Promise<void>((done) => {
        const stop = engine.on('frame', () => {
          stop();
          done();
        });
      });
      gl.finish();
      times.push(performance.now() - start);
    }
    return times;
  },
  big(size: Vec3): void {
    const hu = new Int16Array(size[0] * size[1] * size[2]);
    const slice = size[0] * size[1];
    for (let i = 0; i < slice; i++) hu[i] = (i * 7919) & 2047;
    for (let z = 1; z < size[2]; z++) hu.copyWithin(z * slice, 0, slice);
    const scan = engine.show(
      axisGrid(size, [0.4, 0.4, 0.6], [-100, -100, -150]),
      hu,
      new Uint8Array(hu.length),
      1 << 30,
    );
    scan.sendGrey(0, size[2]);
    scan.sendLabels();
  },
  /** Patient point under the pixel of a pane, as the cross-hair says after a click there. */
  cross: () => engine.cross,
  turn(angle: number): void {
    engine.turnOthers('axial', angle);
  },
  body(at: Vec3): void {
    const ball = sphere(10, 2);
    const positions = ball.positions.map((v, i) => v + at[i % 3]);
    engine.setBody(
      createBody({ id: 'ball', kind: 'bone', label: 'Ball', colour: [230, 159, 0] }, { ...ball, positions }),
    );
    engine.outlines = true;
    engine.fitScene();
  },
  render(on: boolean): void {
    engine.rendering.on = on;
    engine.invalidate('scene');
  },
};
export type EnginePage = typeof page;
Object.assign(window, { page });

/** The next picture, drawn. */
const frame = () =>
  new Promise<void>((done) => {
    const stop = engine.on('frame', () => {
      stop();
      done();
    });
    engine.invalidate();
  });

function pixelsOf(name: string): Uint8Array {
  const gl = engine.renderer.getContext() as WebGL2RenderingContext;
  const box = document.querySelector('#view')!.getBoundingClientRect();
  const r = element(name).getBoundingClientRect();
  const pixels = new Uint8Array(4 * r.width * r.height);
  gl.readPixels(r.left - box.left, box.bottom - r.bottom, r.width, r.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return pixels;
}

function brightMiddle(name: string): [number, number] {
  const { width: w, height: h } = element(name).getBoundingClientRect();
  const pixels = pixelsOf(name);
  let [sx, sy, n] = [0, 0, 0];
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      if (pixels[4 * (y * w + x)] > 200) {
        sx += x;
        sy += h - 1 - y;
        n++;
      }
  return [sx / n / w, sy / n / h];
}
