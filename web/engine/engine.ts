import { Color, type Data3DTexture, type DataTexture, type ShaderMaterial, WebGLRenderer } from 'three';
import { OsteonError, type Vec3 } from '../../src/base/index.ts';
import { dot, sub } from '../../src/math/index.ts';
import { type Grid, voxelFromLps } from '../../src/volume/index.ts';
import type { Body } from './body.ts';
import { drawCrosshair, drawFrame, drawOutlines } from './overlay.ts';
import {
  cornersOf,
  isStandard,
  middleOf,
  PLANE_NAMES,
  type PlaneName,
  type Planes,
  STANDARD_PLANES,
  turned,
} from './planes.ts';
import { ShownScan } from './scan.ts';
import { ScenePane } from './scene-pane.ts';
import { createPalette, createSliceMaterial, matrix4 } from './slice-material.ts';
import { SlicePane } from './slice-pane.ts';
import { isSoftware } from './software.ts';
import type { Layer, Tool } from './tool.ts';
import { VolumeRendering } from './volume-rendering.ts';
import { VoxelTexture } from './volume-texture.ts';
import { type GreyWindow, WINDOW_PRESETS } from './window.ts';

export type PaneName = PlaneName | 'scene';
export const PANE_NAMES: readonly PaneName[] = [...PLANE_NAMES, 'scene'];

export interface EngineElements {
  readonly canvas: HTMLCanvasElement;
  readonly panes: Readonly<Record<PaneName, HTMLElement>>;
}

export type EngineEvent = 'cross' | 'window' | 'planes' | 'bodies' | 'frame';

/** How often a busy card is asked whether it has finished, ms. */
const POLL_MS = 5;

/** A hand sees where it has led a bone at least this often, ms. */
const MOST_REST_MS = 400;

/**
 * Three linked slices and a scene on one canvas. Draws only what has changed, and only when something has. Knows surfaces,
 * voxels and hands; knows nothing of cases, servers or panels.
 * @throws view.no-webgl2
 */
export class Engine {
  readonly renderer: WebGLRenderer;
  readonly slices: Readonly<Record<PlaneName, SlicePane>>;
  readonly scene: ScenePane;
  readonly bodies = new Map<string, Body>();
  readonly layers = new Set<Layer>();
  readonly rendering: VolumeRendering;
  scan: ShownScan | null = null;
  cross: Vec3 = [0, 0, 0];
  planes: Planes = STANDARD_PLANES;
  window: GreyWindow = WINDOW_PRESETS[0];
  tool: Tool | null = null;
  readonly slicesInScene = new Set<PlaneName>();
  outlines = true;
  crosshair = true;
  private readonly canvas: HTMLCanvasElement;
  private readonly material: ShaderMaterial;
  private readonly palette: DataTexture;
  private readonly empty: { grey: Data3DTexture; label: Data3DTexture };
  private readonly dirty = new Set<PaneName>();
  /** Slices of which only what lies on top has changed. */
  private readonly overdrawn = new Set<PlaneName>();
  private readonly listeners = new Map<EngineEvent, Set<() => void>>();
  private readonly observer: ResizeObserver;
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fence: WebGLSync | null = null;
  private paceMs = 0;
  /** The next picture is one of a drag: as long as it took, the page is left to what is read beside it. */
  private shared = false;
  private readonly after = new MessageChannel();
  private begun = 0;
  private notBefore = 0;

  constructor({ canvas, panes }: EngineElements) {
    const context = canvas.getContext('webgl2', {
      antialias: !isSoftware(),
      preserveDrawingBuffer: true,
      powerPreference: 'high-performance',
    });
    if (!context)
      throw new OsteonError(
        'view.no-webgl2',
        {},
        'Switch on hardware acceleration, or use a current Chrome, Edge, Firefox or Safari',
      );
    this.canvas = canvas;
    this.renderer = new WebGLRenderer({ canvas, context });
    this.renderer.autoClear = false;
    this.renderer.setScissorTest(true);
    this.palette = createPalette();
    const grey = new VoxelTexture(this.renderer, Int16Array.of(-1024), [1, 1, 1]);
    const label = new VoxelTexture(this.renderer, Uint8Array.of(0), [1, 1, 1]);
    grey.write([0, 0, 0], [1, 1, 1]);
    label.write([0, 0, 0], [1, 1, 1]);
    this.empty = { grey: grey.texture, label: label.texture };
    this.material = createSliceMaterial(grey.texture, label.texture, this.palette);
    this.material.uniforms.window.value.set(this.window.low, this.window.high);
    const slice = (name: PlaneName) => new SlicePane(name, STANDARD_PLANES[name], panes[name], this.material);
    this.slices = { axial: slice('axial'), coronal: slice('coronal'), sagittal: slice('sagittal') };
    this.scene = new ScenePane(panes.scene, this.material, () => this.invalidate('scene'));
    this.rendering = new VolumeRendering(this.scene.scene);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas);
    for (const pane of Object.values(panes)) this.observer.observe(pane);
    canvas.addEventListener('webglcontextrestored', () => this.sendAll());
    this.after.port1.onmessage = () => {
      const now = performance.now();
      this.notBefore = Math.max(this.notBefore, now + Math.min(MOST_REST_MS, now - this.begun));
    };
    this.resize();
  }

  on(event: EngineEvent, listener: () => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  emit(event: EngineEvent): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }

  /** Draws again at the next frame: one pane, or all. */
  invalidate(...names: readonly PaneName[]): void {
    for (const name of names.length > 0 ? names : PANE_NAMES) this.dirty.add(name);
    this.schedule();
  }

  /** A body moves: the scene and the outlines on the slices, not the grey values under them. */
  invalidateBodies(): void {
    this.shared = true;
    this.dirty.add('scene');
    for (const name of PLANE_NAMES) this.overdrawn.add(name);
    this.schedule();
  }

  /** The next picture waits until the last one is on the screen: a slow card never has a queue to work off. */
  private schedule(): void {
    if (this.frame !== 0 || this.timer !== undefined) return;
    const wait = Math.max(this.notBefore - performance.now(), this.cardIsBusy() ? POLL_MS : 0);
    if (wait <= 0) this.frame = requestAnimationFrame(() => this.draw());
    else
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.schedule();
      }, wait);
  }

  private cardIsBusy(): boolean {
    if (!this.fence) return false;
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    if (!gl.isContextLost() && gl.clientWaitSync(this.fence, 0, 0) === gl.TIMEOUT_EXPIRED) return true;
    gl.deleteSync(this.fence);
    this.fence = null;
    return false;
  }

  /** While much arrives at once, pictures are this far apart, ms; 0: as fast as the screen. */
  pace(ms: number): void {
    this.paceMs = ms;
    if (ms === 0) this.notBefore = 0;
  }

  /** Shows a scan. `hu` and `labels` are kept, not copied: `sent` and `sentLabels` say what has changed in them. */
  show(grid: Grid, hu: Int16Array, labels: Uint8Array, budgetBytes?: number): ShownScan {
    this.scan?.dispose();
    const scan = ShownScan.make(this.renderer, grid, hu, labels, budgetBytes);
    this.scan = scan;
    const u = this.material.uniforms;
    u.grey.value = scan.grey.texture;
    u.labels.value = scan.label.texture;
    u.size.value.set(...scan.shownGrid.size);
    u.labelSize.value.set(...scan.shownGrid.size);
    u.voxelFromLps.value = matrix4(voxelFromLps(scan.shownGrid));
    u.labelFromLps.value = u.voxelFromLps.value;
    this.rendering.setScan(scan);
    this.cross = middleOf(grid);
    this.fitAll();
    return scan;
  }

  private sendAll(): void {
    if (!this.scan) return;
    this.scan.sendGrey(0, this.scan.grid.size[2]);
    this.scan.sendLabels();
    this.palette.needsUpdate = true;
    this.invalidate();
  }

  /** Every pane shows all of the scan. */
  fitAll(): void {
    if (!this.scan) return;
    const corners = cornersOf(this.scan.grid);
    const middle = middleOf(this.scan.grid);
    for (const pane of Object.values(this.slices)) {
      const reach = (d: Vec3) => Math.max(...corners.map((p) => Math.abs(dot(sub(p, middle), d))));
      pane.middle = middle;
      pane.passThrough(this.cross);
      const { right, up } = pane.plane;
      pane.mmPerPx = Math.max((2.04 * reach(right)) / pane.width, (2.04 * reach(up)) / pane.height);
    }
    this.fitScene();
    this.invalidate();
  }

  /** Looks at all visible bodies, or at the scan, or at some bodies alone. */
  fitScene(view?: readonly [Vec3, Vec3], only?: readonly Body[]): void {
    const points = (only ?? [...this.bodies.values()].filter((b) => b.visible))
      .filter((b) => b.geometry.boundingSphere)
      .map((b) => {
        const s = b.geometry.boundingSphere!.clone().applyMatrix4(matrix4(b.pose));
        return { at: [s.center.x, s.center.y, s.center.z] as Vec3, r: s.radius };
      });
    if (points.length === 0 && this.scan) for (const at of cornersOf(this.scan.grid)) points.push({ at, r: 0 });
    if (points.length === 0) return;
    const lo = [0, 1, 2].map((k) => Math.min(...points.map((p) => p.at[k] - p.r)));
    const hi = [0, 1, 2].map((k) => Math.max(...points.map((p) => p.at[k] + p.r)));
    const centre = lo.map((v, k) => (v + hi[k]) / 2) as unknown as Vec3;
    this.scene.look(centre, Math.hypot(hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]) / 2.6, view);
    this.invalidate('scene');
  }

  setCross(p: Vec3): void {
    this.cross = p;
    for (const pane of Object.values(this.slices)) pane.passThrough(p);
    this.emit('cross');
    this.invalidate(...(this.slicesInScene.size > 0 ? PANE_NAMES : PLANE_NAMES));
  }

  /** Brings a place into the middle of every slice. */
  jumpTo(p: Vec3): void {
    for (const pane of Object.values(this.slices)) pane.middle = p;
    this.setCross(p);
  }

  setWindow(window: GreyWindow): void {
    this.window = window;
    this.material.uniforms.window.value.set(window.low, window.high);
    this.emit('window');
    this.invalidate(...(this.slicesInScene.size > 0 ? PANE_NAMES : PLANE_NAMES));
  }

  /** Marks the grey values a threshold would take; null marks none. */
  setRange(range: readonly [number, number] | null): void {
    this.material.uniforms.range.value.set(...(range ?? [1, 0]));
    this.invalidate(...PLANE_NAMES);
  }

  /** @param fill share of the label's colour, 0 to 1 */
  setLabelStyle(fill: number, outline: number): void {
    this.material.uniforms.fill.value = fill;
    this.material.uniforms.outline.value = outline;
    this.invalidate(...PLANE_NAMES);
  }

  /** Colour of a label, null hides it. */
  setLabelColour(label: number, rgb: Vec3 | null): void {
    const data = this.palette.image.data as Uint8Array;
    data.set(rgb ? [...rgb, 255] : [0, 0, 0, 0], 4 * label);
    this.palette.needsUpdate = true;
    this.invalidate(...PLANE_NAMES);
  }

  /** Turns the two other planes about this one's normal, radian. */
  turnOthers(name: PlaneName, angle: number): void {
    const axis = this.planes[name].normal;
    const next = { ...this.planes };
    for (const other of PLANE_NAMES) if (other !== name) next[other] = turned(this.planes[other], axis, angle);
    this.setPlanes(next);
  }

  setPlanes(planes: Planes): void {
    this.planes = planes;
    for (const name of PLANE_NAMES) {
      this.slices[name].plane = planes[name];
      this.slices[name].passThrough(this.cross);
    }
    this.emit('planes');
    this.invalidate();
  }

  setBody(body: Body): void {
    this.bodies.set(body.id, body);
    this.bodiesChanged();
  }

  dropBody(id: string): void {
    if (this.bodies.delete(id)) this.bodiesChanged();
  }

  bodiesChanged(): void {
    this.emit('bodies');
    this.invalidate();
  }

  private resize(): void {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const box = this.canvas.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(box.width, box.height, false);
    for (const pane of [...Object.values(this.slices), this.scene]) {
      const { width, height } = pane.element.getBoundingClientRect();
      const first = pane.width <= 1;
      pane.resize(width, height, ratio);
      if (first && width > 1) this.fitAll();
    }
    this.dirty.clear();
    this.invalidate();
  }

  private draw(): void {
    this.frame = 0;
    const start = performance.now();
    const box = this.canvas.getBoundingClientRect();
    const oblique = !isStandard(this.planes);
    for (const name of this.dirty) {
      const pane = name === 'scene' ? this.scene : this.slices[name];
      const r = pane.element.getBoundingClientRect();
      if (r.width < 2 || r.height < 2) continue;
      const [x, y] = [r.left - box.left, box.bottom - r.bottom];
      this.renderer.setViewport(x, y, r.width, r.height);
      this.renderer.setScissor(x, y, r.width, r.height);
      this.renderer.setClearColor(new Color(name === 'scene' ? this.scene.background : '#000000'), 1);
      this.renderer.clear();
      if (pane === this.scene) this.drawScene();
      else this.drawSlice(pane as SlicePane, oblique);
    }
    for (const name of this.overdrawn) if (!this.dirty.has(name)) this.drawOver(this.slices[name], oblique);
    this.overdrawn.clear();
    this.dirty.clear();
    performance.measure('osteon-frame', { start });
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.notBefore = performance.now() + this.paceMs;
    if (this.shared) {
      // Answered when the page is its own again: without a graphics card it waits for the picture.
      this.begun = start;
      this.after.port2.postMessage(null);
    }
    this.shared = false;
    this.emit('frame');
  }

  private drawScene(): void {
    const { scene } = this;
    const size = this.scan ? Math.max(...cornersOf(this.scan.grid).map((p) => Math.hypot(...sub(p, this.cross)))) : 100;
    scene.sync(this.bodies);
    scene.showSlices(this.slicesInScene, this.planes, this.cross, 2 * size);
    this.material.uniforms.pixelMm.value = 0.5;
    this.rendering.follow(scene.camera);
    scene.draw(this.renderer);
    const pixelOf = (p: Vec3) => scene.pixelOf(p);
    for (const layer of this.layers) layer.drawScene?.(scene.overlay, pixelOf);
    this.tool?.drawScene?.(scene.overlay, pixelOf);
  }

  private drawSlice(pane: SlicePane, oblique: boolean): void {
    pane.draw(this.renderer, this.material);
    this.drawOver(pane, oblique);
  }

  private drawOver(pane: SlicePane, oblique: boolean): void {
    const { view, overlay: ctx, name } = pane;
    ctx.clearRect(0, 0, pane.width, pane.height);
    if (this.outlines) drawOutlines(ctx, view, this.bodies.values());
    if (this.crosshair && this.scan) drawCrosshair(ctx, view, name, this.planes, this.cross);
    for (const layer of this.layers) layer.draw?.(ctx, view, pane);
    this.tool?.draw?.(ctx, view, pane);
    drawFrame(ctx, view, name, this.cross, this.window, oblique);
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.observer.disconnect();
    this.after.port1.close();
    this.scene.orbit.dispose();
    this.scan?.dispose();
    this.empty.grey.dispose();
    this.empty.label.dispose();
    this.material.dispose();
    this.renderer.dispose();
  }
}
