import {
  AmbientLight,
  BufferAttribute,
  Color,
  DirectionalLight,
  DoubleSide,
  FrontSide,
  Mesh,
  MeshStandardMaterial,
  Object3D,
  PerspectiveCamera,
  PlaneGeometry,
  Raycaster,
  Scene,
  type ShaderMaterial,
  Vector2,
  Vector3,
  type WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Vec3 } from '../../src/base/index.ts';
import { CLEARANCE, colourOf, DIVERGING, VIRIDIS } from '../../src/render/index.ts';
import type { Body, BodyField } from './body.ts';
import type { PlaneName, Planes } from './planes.ts';
import { letters } from './planes.ts';
import { matrix4 } from './slice-material.ts';

/** Standard ways to look at the scene: from where, and what is up. */
export const SCENE_VIEWS: Readonly<Record<string, readonly [from: Vec3, up: Vec3]>> = {
  anterior: [
    [0, -1, 0],
    [0, 0, 1],
  ],
  posterior: [
    [0, 1, 0],
    [0, 0, 1],
  ],
  left: [
    [1, 0, 0],
    [0, 0, 1],
  ],
  right: [
    [-1, 0, 0],
    [0, 0, 1],
  ],
  superior: [
    [0, 0, 1],
    [0, -1, 0],
  ],
  inferior: [
    [0, 0, -1],
    [0, -1, 0],
  ],
};

/** Bones, parts, screws and slices in one scene, in patient millimetres. */
export class ScenePane {
  readonly element: HTMLElement;
  readonly overlay: CanvasRenderingContext2D;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(28, 1, 1, 5000);
  readonly orbit: OrbitControls;
  /** Things that tools put into the scene. */
  readonly extras = new Object3D();
  width = 1;
  height = 1;
  background = '#0e1217';
  private readonly meshes = new Map<
    string,
    { mesh: Mesh<Body['geometry'], MeshStandardMaterial>; field?: BodyField | undefined }
  >();
  private readonly slices: Readonly<Record<PlaneName, Mesh>>;
  private readonly lamp = new DirectionalLight(0xffffff, 2.1);
  private readonly raycaster = new Raycaster();

  constructor(element: HTMLElement, material: ShaderMaterial, changed: () => void) {
    this.element = element;
    const canvas = document.createElement('canvas');
    canvas.className = 'pane-overlay';
    canvas.setAttribute('aria-hidden', 'true');
    element.prepend(canvas);
    this.overlay = canvas.getContext('2d')!;
    this.camera.up.set(0, 0, 1);
    this.scene.add(new AmbientLight(0xffffff, 0.75), this.lamp, this.lamp.target, this.extras);
    const quad = () => {
      const mesh = new Mesh(new PlaneGeometry(1, 1), material);
      mesh.visible = false;
      mesh.matrixAutoUpdate = false;
      this.scene.add(mesh);
      return mesh;
    };
    this.slices = { axial: quad(), coronal: quad(), sagittal: quad() };
    this.orbit = new OrbitControls(this.camera, element);
    this.orbit.enableDamping = false;
    this.orbit.zoomToCursor = true;
    this.orbit.addEventListener('change', changed);
  }

  resize(width: number, height: number, ratio: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.camera.aspect = this.width / this.height;
    this.camera.updateProjectionMatrix();
    const { canvas } = this.overlay;
    canvas.width = Math.round(this.width * ratio);
    canvas.height = Math.round(this.height * ratio);
    this.overlay.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Looks at a ball from a direction, all of it in view. */
  look(centre: Vec3, radiusMm: number, [from, up]: readonly [Vec3, Vec3] = SCENE_VIEWS.anterior): void {
    const far = (1.15 * radiusMm) / Math.sin((this.camera.fov * Math.PI) / 360) / Math.min(1, this.camera.aspect);
    this.orbit.target.set(...centre);
    this.camera.up.set(...up);
    this.camera.position.set(centre[0] + from[0] * far, centre[1] + from[1] * far, centre[2] + from[2] * far);
    this.camera.near = Math.max(1, far - 6 * radiusMm);
    this.camera.far = far + 20 * radiusMm;
    this.camera.updateProjectionMatrix();
    this.camera.lookAt(this.orbit.target);
    this.orbit.update();
  }

  /** Brings the scene in line with the bodies: made, moved, coloured, hidden, dropped. */
  sync(bodies: ReadonlyMap<string, Body>): void {
    for (const [id, { mesh }] of this.meshes) {
      const body = bodies.get(id);
      if (body?.geometry === mesh.geometry) continue;
      this.scene.remove(mesh);
      mesh.geometry.dispose();
      mesh.material.dispose();
      this.meshes.delete(id);
    }
    for (const [id, body] of bodies) {
      let entry = this.meshes.get(id);
      if (!entry) {
        const mesh = new Mesh(body.geometry, new MeshStandardMaterial({ roughness: 0.62, metalness: 0 }));
        mesh.matrixAutoUpdate = false;
        this.scene.add(mesh);
        entry = { mesh };
        this.meshes.set(id, entry);
      }
      const { mesh } = entry;
      const { material } = mesh;
      mesh.visible = body.visible;
      mesh.matrix.copy(matrix4(body.pose));
      mesh.matrixWorldNeedsUpdate = true;
      if (entry.field !== body.field) {
        paint(body);
        material.vertexColors = body.field !== undefined;
        material.needsUpdate = true;
        entry.field = body.field;
      }
      if (body.field) material.color.set(0xffffff);
      else material.color.setRGB(body.colour[0] / 255, body.colour[1] / 255, body.colour[2] / 255, 'srgb');
      if (body.stale && !body.field) material.color.lerp(new Color(0x6d747c), 0.65);
      const opacity = body.kind === 'ghost' ? 0.25 * body.opacity : body.opacity;
      const seeThrough = opacity < 1;
      if (material.transparent !== seeThrough) material.needsUpdate = true;
      material.transparent = seeThrough;
      material.depthWrite = !seeThrough;
      material.side = seeThrough ? FrontSide : DoubleSide;
      material.opacity = opacity;
      material.metalness = body.kind === 'screw' || body.kind === 'part' ? (body.field ? 0 : 0.35) : 0;
      mesh.renderOrder = seeThrough ? 2 : 1;
    }
  }

  /** Slices among the bones, or none. */
  showSlices(shown: ReadonlySet<PlaneName>, planes: Planes, cross: Vec3, sizeMm: number): void {
    for (const [name, mesh] of Object.entries(this.slices) as [PlaneName, Mesh][]) {
      mesh.visible = shown.has(name);
      const { right, up, normal } = planes[name];
      mesh.matrix
        .makeBasis(new Vector3(...right), new Vector3(...up), new Vector3(...normal))
        .setPosition(...cross)
        .scale(new Vector3(sizeMm, sizeMm, 1));
      mesh.matrixWorldNeedsUpdate = true;
    }
  }

  draw(renderer: WebGLRenderer): void {
    this.lamp.position.copy(this.camera.position);
    this.lamp.target.position.copy(this.orbit.target);
    renderer.render(this.scene, this.camera);
    this.drawLetters();
  }

  /** Ray under a pixel of the pane. */
  rayAt(x: number, y: number): { readonly origin: Vec3; readonly direction: Vec3 } {
    this.raycaster.setFromCamera(new Vector2((2 * x) / this.width - 1, 1 - (2 * y) / this.height), this.camera);
    const { origin, direction } = this.raycaster.ray;
    return { origin: [origin.x, origin.y, origin.z], direction: [direction.x, direction.y, direction.z] };
  }

  /** Pixel of a point, and whether it lies before the eye. */
  pixelOf(p: Vec3): readonly [number, number, boolean] {
    const v = new Vector3(...p).project(this.camera);
    return [((v.x + 1) / 2) * this.width, ((1 - v.y) / 2) * this.height, v.z < 1];
  }

  /** Which way the picture faces: the side of the patient nearest to the viewer, and what is up. */
  private drawLetters(): void {
    const ctx = this.overlay;
    const { width, height } = this;
    const right = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 0);
    const up = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 1);
    const back = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 2);
    ctx.clearRect(0, 0, width, height);
    ctx.font = '600 13px system-ui, sans-serif';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = '#aab6c4';
    const put = (text: string, x: number, y: number, align: CanvasTextAlign) => {
      ctx.textAlign = align;
      ctx.fillText(text, x, y);
    };
    put(letters([right.x, right.y, right.z]), width - 8, height / 2, 'right');
    put(letters([-right.x, -right.y, -right.z]), 8, height / 2, 'left');
    put(letters([up.x, up.y, up.z]), width / 2, 14, 'center');
    put(letters([-up.x, -up.y, -up.z]), width / 2, height - 12, 'center');
    ctx.font = '11px ui-monospace, monospace';
    put(`3D, seen from ${letters([back.x, back.y, back.z])}`, 8, 14, 'left');
  }
}

export const FIELD_MAPS = { viridis: VIRIDIS, diverging: DIVERGING, clearance: CLEARANCE } as const;

function paint({ geometry, field }: Body): void {
  if (!field) {
    geometry.deleteAttribute('color');
    return;
  }
  const map = FIELD_MAPS[field.map];
  const colours = new Float32Array(3 * field.values.length);
  const colour = new Color();
  field.values.forEach((v, i) => {
    const [r, g, b] = Number.isFinite(v) ? colourOf({ map, lo: field.lo, hi: field.hi }, v) : [105, 112, 120];
    colour.setRGB(r / 255, g / 255, b / 255, 'srgb');
    colours.set([colour.r, colour.g, colour.b], 3 * i);
  });
  geometry.setAttribute('color', new BufferAttribute(colours, 3));
}
