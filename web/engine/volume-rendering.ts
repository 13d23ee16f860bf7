import {
  BackSide,
  BoxGeometry,
  type Camera,
  GLSL3,
  Matrix4,
  Mesh,
  type Scene,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three';
import { voxelFromLps } from '../../src/volume/index.ts';
import type { ShownScan } from './scan.ts';
import { matrix4 } from './slice-material.ts';

const VERTEX = /* glsl */ `
out vec3 far;
uniform mat4 voxelFromLps;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  far = (voxelFromLps * world).xyz;
  gl_Position = projectionMatrix * viewMatrix * world;
}`;

/** From the eye through the scan: the first grey values above the lower end shine like bone, brighter ones are denser. */
const FRAGMENT = /* glsl */ `
precision highp float;
precision highp isampler3D;
in vec3 far;
out vec4 colour;
uniform isampler3D grey;
uniform vec3 size;
uniform vec3 eye;
uniform vec3 spacing;
uniform vec2 range;
uniform float steps;

float at(vec3 v) { return float(texelFetch(grey, clamp(ivec3(v + 0.5), ivec3(0), ivec3(size) - 1), 0).r); }

void main() {
  vec3 along = far - eye;
  vec3 inverse = 1.0 / along;
  vec3 t0 = (vec3(-0.5) - eye) * inverse;
  vec3 t1 = (size - 0.5 - eye) * inverse;
  vec3 near = min(t0, t1);
  float from = max(0.0, max(near.x, max(near.y, near.z)));
  float step = (1.0 - from) / steps;
  float mm = length(along * spacing) * step;
  vec3 sum = vec3(0.0);
  float through = 1.0;
  for (float i = 0.5; i < steps; i += 1.0) {
    vec3 v = eye + along * (from + i * step);
    float h = at(v);
    float a = clamp((h - range.x) / (range.y - range.x), 0.0, 1.0);
    if (a <= 0.0) continue;
    vec3 g = vec3(at(v + vec3(1, 0, 0)) - at(v - vec3(1, 0, 0)), at(v + vec3(0, 1, 0)) - at(v - vec3(0, 1, 0)), at(v + vec3(0, 0, 1)) - at(v - vec3(0, 0, 1))) / spacing;
    float light = 0.35 + 0.65 * abs(dot(normalize(g + 1e-4), normalize(along * spacing)));
    float opacity = 1.0 - exp(-a * mm * 1.1);
    vec3 c = mix(vec3(0.78, 0.45, 0.32), vec3(1.0, 0.96, 0.88), a) * light;
    sum += through * opacity * c;
    through *= 1.0 - opacity;
    if (through < 0.03) break;
  }
  if (through > 0.98) discard;
  colour = vec4(sum / (1.0 - through), 1.0 - through);
}`;

/** The scan itself as a body of light, without any surface. */
export class VolumeRendering {
  private readonly mesh: Mesh<BoxGeometry, ShaderMaterial>;

  constructor(scene: Scene) {
    const material = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      side: BackSide,
      transparent: true,
      depthTest: false,
      uniforms: {
        grey: { value: null },
        size: { value: new Vector3() },
        eye: { value: new Vector3() },
        spacing: { value: new Vector3() },
        voxelFromLps: { value: new Matrix4() },
        range: { value: new Vector2(150, 900) },
        steps: { value: 220 },
      },
    });
    this.mesh = new Mesh(new BoxGeometry(1, 1, 1), material);
    this.mesh.visible = false;
    this.mesh.matrixAutoUpdate = false;
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 3;
    scene.add(this.mesh);
  }

  get on(): boolean {
    return this.mesh.visible;
  }
  set on(value: boolean) {
    this.mesh.visible = value && this.mesh.material.uniforms.grey.value !== null;
  }

  /** Grey values from which the scan begins to show, and from which it is opaque, HU. */
  setRange(low: number, high: number): void {
    this.mesh.material.uniforms.range.value.set(low, Math.max(low + 1, high));
  }

  setScan({ grey, shownGrid }: ShownScan): void {
    const u = this.mesh.material.uniforms;
    const { size, lpsFromVoxel } = shownGrid;
    const { m } = lpsFromVoxel;
    u.grey.value = grey.texture;
    u.size.value.set(...size);
    u.spacing.value.set(...[0, 1, 2].map((c) => Math.hypot(m[c], m[4 + c], m[8 + c])));
    u.voxelFromLps.value = matrix4(voxelFromLps(shownGrid));
    this.mesh.matrix
      .copy(matrix4(lpsFromVoxel))
      .multiply(new Matrix4().makeTranslation((size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2))
      .multiply(new Matrix4().makeScale(size[0], size[1], size[2]));
    this.mesh.matrixWorldNeedsUpdate = true;
  }

  follow(camera: Camera): void {
    if (!this.mesh.visible) return;
    const u = this.mesh.material.uniforms;
    u.eye.value.setFromMatrixPosition(camera.matrixWorld).applyMatrix4(u.voxelFromLps.value);
  }
}
