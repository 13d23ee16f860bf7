import type { Transform } from '../../src/base/index.ts';
import type { Grid } from '../../src/volume/index.ts';
import { sharedBytes } from '../work/client.ts';
import { api, bytesOf, need, Refused, type Schemas } from './api.ts';

export interface LoadedScan {
  readonly grid: Grid;
  readonly hu: Int16Array;
  readonly labels: Uint8Array;
}
export interface LoadedLabels {
  readonly names: readonly { readonly value: number; readonly name: string }[];
  /** The revision they were computed from; 0 where there are none. */
  readonly revision: number;
}

const gridOf = (size: readonly number[], m: readonly number[]): Grid => ({
  size: [size[0], size[1], size[2]],
  lpsFromVoxel: { from: 'voxel', to: 'lps', m } satisfies Transform<'voxel', 'lps'>,
});

/** Room for a scan, before its bytes are there. @throws Refused where the case has no scan yet */
export async function prepareScan(caseId: string): Promise<LoadedScan> {
  const head = await need(api.GET('/cases/{case}/volume', { params: { path: { case: caseId } } }));
  const count = head.size[0] * head.size[1] * head.size[2];
  const hu = new Int16Array(sharedBytes(2 * count)).fill(-1024);
  return { grid: gridOf(head.size, head.lpsFromVoxel), hu, labels: new Uint8Array(sharedBytes(count)) };
}

/** Grey values as they come, slice after slice. */
export async function loadGrey(
  caseId: string,
  { grid, hu }: LoadedScan,
  onSlices: (from: number, to: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const slice = 2 * grid.size[0] * grid.size[1];
  const path = `/cases/${caseId}/volume/data`;
  const bytes = new Uint8Array(hu.buffer, hu.byteOffset, hu.byteLength);
  // The middle is what one looks at first.
  const first = Math.max(0, Math.floor(grid.size[2] / 2) - 1);
  const last = Math.min(grid.size[2], first + 3);
  const part = bytes.subarray(first * slice, last * slice);
  await bytesOf(path, part, () => undefined, { ...(signal && { signal }), from: first * slice });
  onSlices(first, last);
  let shown = 0;
  await bytesOf(
    path,
    bytes,
    (done) => {
      const whole = Math.floor(done / slice);
      // A few at a time: each call draws.
      if (whole - shown < 8 && whole < grid.size[2]) return;
      onSlices(shown, whole);
      shown = whole;
    },
    { ...(signal && { signal }) },
  );
}

/** Labels of the last run, on the grid of the scan. */
export async function loadLabels(caseId: string, { grid, labels }: LoadedScan): Promise<LoadedLabels> {
  const path = { case: caseId };
  const head = await need(api.GET('/cases/{case}/labels', { params: { path } })).catch((e) => {
    if (e instanceof Refused && e.status === 404) return null;
    throw e;
  });
  if (!head || head.size.some((n, k) => n !== grid.size[k])) return { names: [], revision: 0 };
  await bytesOf(`/cases/${caseId}/labels/data`, labels, () => undefined);
  return { names: head.names, revision: head.revision };
}

export type MeshRow = Schemas['Artefact'] & { readonly name: string; readonly kind: string };
export const listMeshes = (caseId: string): Promise<MeshRow[]> =>
  need(api.GET('/cases/{case}/meshes', { params: { path: { case: caseId } } }));

/** Bodies whose stress the last run kept, and the file of each by its hash. */
export async function listStresses(caseId: string): Promise<ReadonlyMap<string, string>> {
  const list = await need(api.GET('/cases/{case}/artefacts', { params: { path: { case: caseId }, query: {} } }));
  return new Map(
    list.flatMap(({ path, sha256 }) => {
      const name = /^out\/stress\/(.+)\.ply$/.exec(path)?.[1];
      return name ? [[name, sha256] as const] : [];
    }),
  );
}
