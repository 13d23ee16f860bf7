import { Matrix4, Object3D, Quaternion } from 'three';
import { TransformControls } from 'three/addons/controls/TransformControls.js';
import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import { compose, invert } from '../../src/math/index.ts';
import type { Engine } from '../engine/engine.ts';
import { squared } from '../state/bodies.ts';

export type GizmoMode = 'translate' | 'rotate';

/** Takes a body by the hand in the scene: arrows and rings about a pivot. Says where it was led, and where it was let go. */
export class Gizmo {
  private readonly engine: Engine;
  private readonly controls: TransformControls;
  private readonly handle = new Object3D();
  private start = new Matrix4();
  private onMove: ((motion: LpsTransform) => void) | null = null;
  private onDone: ((motion: LpsTransform) => void) | null = null;

  constructor(engine: Engine) {
    this.engine = engine;
    const { scene } = engine;
    this.controls = new TransformControls(scene.camera, scene.element);
    this.controls.setSize(0.9);
    scene.scene.add(this.handle, this.controls.getHelper());
    this.controls.addEventListener('change', () => engine.invalidate('scene'));
    this.controls.addEventListener('dragging-changed', (e) => {
      scene.orbit.enabled = !e.value;
      if (e.value) this.start = this.handle.matrix.clone();
      else this.onDone?.(this.led());
    });
    this.controls.addEventListener('objectChange', () => this.onMove?.(this.led()));
  }

  /** @param onMove, @param onDone the motion since the hand took hold, LPS mm */
  attach(pivot: Vec3, onMove: (motion: LpsTransform) => void, onDone: (motion: LpsTransform) => void): void {
    this.handle.position.set(...pivot);
    this.handle.quaternion.copy(new Quaternion());
    this.handle.scale.set(1, 1, 1);
    this.handle.updateMatrix();
    this.onMove = onMove;
    this.onDone = onDone;
    this.controls.attach(this.handle);
    this.engine.invalidate('scene');
  }

  detach(): void {
    this.controls.detach();
    this.engine.invalidate('scene');
  }

  set mode(mode: GizmoMode) {
    this.controls.setMode(mode);
    this.engine.invalidate('scene');
  }

  get pivot(): Vec3 {
    const { x, y, z } = this.handle.position;
    return [x, y, z];
  }

  dispose(): void {
    this.controls.detach();
    this.engine.scene.scene.remove(this.handle, this.controls.getHelper());
    this.controls.dispose();
  }

  private led(): LpsTransform {
    this.handle.updateMatrix();
    return squared(compose(transformOf(this.handle.matrix), invert(transformOf(this.start))));
  }
}

export function transformOf({ elements: e }: Matrix4): LpsTransform {
  return { from: 'lps', to: 'lps', m: [e[0], e[4], e[8], e[12], e[1], e[5], e[9], e[13], e[2], e[6], e[10], e[14]] };
}
