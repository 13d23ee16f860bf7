import {
  type Data3DTexture,
  DataTexture,
  DoubleSide,
  GLSL3,
  Matrix4,
  NearestFilter,
  RGBAFormat,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three';
import type { Transform } from '../../src/base/index.ts';

/** Grey values of a plane: whole numbers from the texture, interpolated here, as no card interpolates them. */
const VERTEX = /* glsl */ `
out vec3 lps;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  lps = world.xyz;
  gl_Position = projectionMatrix * viewMatrix * world;
}`;

const FRAGMENT = /* glsl */ `
precision highp float;
precision highp int;
precision highp isampler3D;
precision highp usampler3D;
in vec3 lps;
out vec4 colour;
uniform isampler3D grey;
uniform usampler3D labels;
uniform sampler2D palette;
uniform mat4 voxelFromLps;
uniform mat4 labelFromLps;
uniform vec3 size;
uniform vec3 labelSize;
uniform vec2 window;
uniform vec2 range;
uniform vec3 right;
uniform vec3 up;
uniform float pixelMm;
uniform float fill;
uniform float outline;
uniform float smoothly;

float at(ivec3 p) { return float(texelFetch(grey, clamp(p, ivec3(0), ivec3(size) - 1), 0).r); }

float hu(vec3 v) {
  if (smoothly < 0.5) return at(ivec3(floor(v + 0.5)));
  vec3 f = floor(v);
  ivec3 i = ivec3(f);
  vec3 t = v - f;
  float a = mix(at(i), at(i + ivec3(1, 0, 0)), t.x);
  float b = mix(at(i + ivec3(0, 1, 0)), at(i + ivec3(1, 1, 0)), t.x);
  float c = mix(at(i + ivec3(0, 0, 1)), at(i + ivec3(1, 0, 1)), t.x);
  float d = mix(at(i + ivec3(0, 1, 1)), at(i + ivec3(1, 1, 1)), t.x);
  return mix(mix(a, b, t.y), mix(c, d, t.y), t.z);
}

uint label(vec3 p) {
  vec3 v = floor((labelFromLps * vec4(p, 1.0)).xyz + 0.5);
  if (any(lessThan(v, vec3(0.0))) || any(greaterThanEqual(v, labelSize))) return 0u;
  return texelFetch(labels, ivec3(v), 0).r;
}

void main() {
  vec3 v = (voxelFromLps * vec4(lps, 1.0)).xyz;
  if (any(lessThan(v, vec3(-0.5))) || any(greaterThan(v, size - 0.5))) { colour = vec4(0.0, 0.0, 0.0, 1.0); return; }
  float h = hu(v);
  float g = clamp((h - window.x) / max(window.y - window.x, 1.0), 0.0, 1.0);
  vec3 c = vec3(g);
  if (h >= range.x && h <= range.y) c = mix(c, vec3(0.95, 0.75, 0.2), 0.45);
  if (fill > 0.0 || outline > 0.0) {
    uint l = label(lps);
    vec4 tint = texelFetch(palette, ivec2(int(l), 0), 0);
    if (l != 0u && tint.a > 0.0) c = mix(c, tint.rgb, fill * tint.a);
    if (outline > 0.0) {
      uint n0 = label(lps + right * pixelMm);
      uint n1 = label(lps - right * pixelMm);
      uint n2 = label(lps + up * pixelMm);
      uint n3 = label(lps - up * pixelMm);
      if (l != 0u && tint.a > 0.0 && (n0 != l || n1 != l || n2 != l || n3 != l)) c = mix(c, tint.rgb, outline);
    }
  }
  colour = vec4(c, 1.0);
}`;

/** Colours of the labels, RGBA; alpha 0 hides one. */
export function createPalette(): DataTexture {
  const palette = new DataTexture(new Uint8Array(4 * 256), 256, 1, RGBAFormat);
  palette.minFilter = NearestFilter;
  palette.magFilter = NearestFilter;
  palette.needsUpdate = true;
  return palette;
}

/** Row-major 3 × 4 of the kernel → the column-major 4 × 4 of the card. */
export const matrix4 = ({ m }: Transform): Matrix4 =>
  new Matrix4().set(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], 0, 0, 0, 1);

export function createSliceMaterial(
  empty: Data3DTexture,
  emptyLabels: Data3DTexture,
  palette: DataTexture,
): ShaderMaterial {
  return new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    side: DoubleSide,
    uniforms: {
      grey: { value: empty },
      labels: { value: emptyLabels },
      palette: { value: palette },
      voxelFromLps: { value: new Matrix4() },
      labelFromLps: { value: new Matrix4() },
      size: { value: new Vector3(1, 1, 1) },
      labelSize: { value: new Vector3(1, 1, 1) },
      window: { value: new Vector2(-160, 240) },
      /** HU that would be taken by a threshold; empty when the lower end is above the upper. */
      range: { value: new Vector2(1, 0) },
      right: { value: new Vector3(1, 0, 0) },
      up: { value: new Vector3(0, 1, 0) },
      pixelMm: { value: 0.5 },
      fill: { value: 0.28 },
      outline: { value: 0.2 },
      smoothly: { value: 1 },
    },
  });
}
