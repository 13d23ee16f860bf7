import { api, asProblem, type Comment, type Job, need } from './api.ts';
import { complain, show } from './view.ts';

const path = (id: string) => ({ params: { path: { case: id } } });

/** State, results and hash of the case. */
export async function loadCase(id: string): Promise<void> {
  const row = await need(api.GET('/cases/{case}', path(id)));
  show({ caseRow: row, job: row.job, contentSha256: row.contentSha256, resultRevision: row.resultRevision });
}

export async function loadScan(id: string): Promise<void> {
  const { state, series, findings } = await need(api.GET('/cases/{case}/scan', path(id)));
  show({ scanState: state, series, findings });
}

/** Comments, signatures and revisions. */
export async function loadTalk(id: string): Promise<void> {
  const [comments, reviews, revisions] = await Promise.all([
    need(api.GET('/cases/{case}/comments', path(id))),
    need(api.GET('/cases/{case}/reviews', path(id))),
    need(api.GET('/cases/{case}/revisions', path(id))),
  ]);
  show({ comments: comments as readonly Comment[], reviews, revisions });
}

/** Says what went wrong instead of throwing. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (e) {
    complain(asProblem(e));
    return false;
  }
}

/** Listens to what others and the machine do with a case. */
export function listen(id: string, on: { revision(): void; results(kind: string): void }): () => void {
  const source = new EventSource(`/api/v1/cases/${id}/events`, { withCredentials: true });
  const refresh = () => void attempt(() => loadCase(id));
  source.addEventListener('progress', (e) => {
    const job = JSON.parse((e as MessageEvent<string>).data) as Job;
    show({ job });
    if (job.state === 'done' || job.state === 'failed' || job.state === 'cancelled') {
      refresh();
      void attempt(() => loadScan(id));
      if (job.state === 'done') on.results(job.kind);
      if (job.state === 'failed' && job.error) complain(job.error);
    }
  });
  source.addEventListener('revision', () => {
    on.revision();
    refresh();
    void attempt(() => loadTalk(id));
  });
  for (const name of ['comment', 'review']) source.addEventListener(name, () => void attempt(() => loadTalk(id)));
  source.addEventListener('case', refresh);
  return () => source.close();
}
