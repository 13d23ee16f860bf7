import {
  Mesh,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  type ShaderMaterial,
  Vector3,
  type WebGLRenderer,
} from 'three';
import type { Vec3 } from '../../src/base/index.ts';
import { add, scale } from '../../src/math/index.ts';
import { dropOn, lpsFromPane, type PaneView, type Plane, type PlaneName } from './planes.ts';

/** One slice on the screen: which plane, which part of it. The cross-hair says where along its normal. */
export class SlicePane {
  readonly name: PlaneName;
  readonly element: HTMLElement;
  readonly overlay: CanvasRenderingContext2D;
  plane: Plane;
  middle: Vec3 = [0, 0, 0];
  mmPerPx = 0.5;
  width = 1;
  height = 1;
  private readonly scene = new Scene();
  private readonly camera = new OrthographicCamera(-1, 1, 1, -1, 0, 2);
  private readonly quad: Mesh;

  constructor(name: PlaneName, plane: Plane, element: HTMLElement, material: ShaderMaterial) {
    this.name = name;
    this.plane = plane;
    this.element = element;
    const canvas = document.createElement('canvas');
    canvas.className = 'pane-overlay';
    canvas.setAttribute('aria-hidden', 'true');
    element.prepend(canvas);
    this.overlay = canvas.getContext('2d')!;
    this.quad = new Mesh(new PlaneGeometry(1, 1), material);
    this.scene.add(this.quad);
  }

  get view(): PaneView {
    const { plane, middle, mmPerPx, width, height } = this;
    return { plane, middle, mmPerPx, width, height };
  }

  lpsAt(x: number, y: number): Vec3 {
    return lpsFromPane(this.view, x, y);
  }

  /** The plane goes through the cross-hair; what is shown of it stays where it was. */
  passThrough(cross: Vec3): void {
    this.middle = dropOn(this.plane, cross, this.middle);
  }

  resize(width: number, height: number, ratio: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    const { canvas } = this.overlay;
    canvas.width = Math.round(this.width * ratio);
    canvas.height = Math.round(this.height * ratio);
    this.overlay.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Scales about a pixel that stays where it is. */
  zoom(factor: number, x: number, y: number): void {
    const held = this.lpsAt(x, y);
    this.mmPerPx = Math.min(5, Math.max(0.01, this.mmPerPx * factor));
    const now = this.lpsAt(x, y);
    this.middle = add(this.middle, add(held, scale(now, -1)));
  }

  pan(dx: number, dy: number): void {
    const { right, up } = this.plane;
    this.middle = add(this.middle, add(scale(right, -dx * this.mmPerPx), scale(up, dy * this.mmPerPx)));
  }

  draw(renderer: WebGLRenderer, material: ShaderMaterial): void {
    const { right, up, normal } = this.plane;
    const [w, h] = [this.width * this.mmPerPx, this.height * this.mmPerPx];
    const { camera, quad } = this;
    camera.left = -w / 2;
    camera.right = w / 2;
    camera.top = h / 2;
    camera.bottom = -h / 2;
    camera.updateProjectionMatrix();
    const eye = add(this.middle, normal);
    camera.matrixAutoUpdate = false;
    camera.matrix.makeBasis(new Vector3(...right), new Vector3(...up), new Vector3(...normal)).setPosition(...eye);
    camera.matrixWorldNeedsUpdate = true;
    quad.matrixAutoUpdate = false;
    quad.matrix
      .copy(camera.matrix)
      .setPosition(...this.middle)
      .scale(new Vector3(w, h, 1));
    quad.matrixWorldNeedsUpdate = true;
    material.uniforms.right.value.set(...right);
    material.uniforms.up.value.set(...up);
    material.uniforms.pixelMm.value = this.mmPerPx;
    material.uniformsNeedUpdate = true;
    renderer.render(this.scene, camera);
  }
}
