import type { KernelWorker, Work } from '../work/client.ts';
import type { Surface } from '../work/jobs.ts';
import { asProblem } from './api.ts';
import { complain } from './view.ts';

/** After a stroke a bone is first drawn by its label, and traced when the hand rests, ms. */
const REST_MS = 1200;

/** The surfaces of bones whose labels changed. */
export class Tracer {
  /** Labels whose surface is not yet the one that the labels say. */
  readonly busy = new Set<number>();
  private readonly worker: KernelWorker;
  private readonly onSurface: (label: number, surface: Surface | null) => Promise<void>;
  private now: { readonly label: number; readonly work: Work<Surface | null> } | null = null;
  private readonly waiting = new Map<number, ReturnType<typeof setTimeout>>();

  /** @param onSurface null: the bone is no more */
  constructor(worker: KernelWorker, onSurface: (label: number, surface: Surface | null) => Promise<void>) {
    this.worker = worker;
    this.onSurface = onSurface;
  }

  /** By the label now, by the grey values when the hand rests. */
  soon(label: number): void {
    this.busy.add(label);
    void this.trace(label, true);
    clearTimeout(this.waiting.get(label));
    this.waiting.set(
      label,
      setTimeout(() => void this.trace(label, false), REST_MS),
    );
  }

  private async trace(label: number, quick: boolean): Promise<void> {
    if (this.now?.label === label) this.now.work.cancel();
    const work = this.worker.ask('surface', { label, quick });
    this.now = { label, work };
    try {
      const surface = await work.answer;
      if (!quick) this.busy.delete(label);
      if (!surface || surface.triangles.length > 0) await this.onSurface(label, surface);
      performance.mark(quick ? 'osteon-bone-quick' : 'osteon-bone-traced');
    } catch (e) {
      if (!quick) this.busy.delete(label);
      if ((e as { code?: string }).code !== 'job.aborted') complain(asProblem(e));
    }
  }

  close(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
  }
}
