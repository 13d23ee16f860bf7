import { useEffect } from 'react';
import { create } from 'zustand';
import { useView } from './view.ts';

const KEY = 'osteon-follow';
const kept = (): boolean => {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return false;
  }
};

/** Whether results follow the plan by themselves; a choice of this browser. */
export const useFollow = create<{ readonly on: boolean; set(on: boolean): void }>((set) => ({
  on: kept(),
  set(on) {
    try {
      localStorage.setItem(KEY, on ? 'yes' : 'no');
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
    set({ on });
  },
}));

/** A hand that has rested for this long has done what it wanted, ms. */
const REST_MS = 3000;

/** Runs the case again once its plan rests; a plan that has been tried as it is, is not tried again. */
export function useFollowing(run: () => void): void {
  const on = useFollow((f) => f.on);
  const revision = useView((v) => v.revision);
  const wanted = useView(
    (v) =>
      v.stale &&
      !v.readOnly &&
      v.saving.state === 'saved' &&
      v.job?.state !== 'run' &&
      v.job?.state !== 'ready' &&
      v.job?.revision !== v.revision,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new revision begins to rest anew
  useEffect(() => {
    if (!on || !wanted) return;
    const timer = setTimeout(run, REST_MS);
    return () => clearTimeout(timer);
  }, [on, wanted, revision]);
}
