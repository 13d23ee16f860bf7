import type { z } from 'zod';
import type * as models from '../api/models.ts';
import { storedProblem } from '../http/problems.ts';
import type { Services } from '../services.ts';
import type { Case, Comment, Job, Review, Revision, Share, User } from '../store/types.ts';

/** Rows of the store as the interface shows them. */

export const timeText = (ms: number): string => new Date(ms).toISOString();

export const userView = ({ id, name, roles }: User) => ({ id, name, roles: [...roles] });

export const jobView = (job: Job): z.input<typeof models.job> => ({
  id: job.id,
  // Behind the word stands which server it is for.
  kind: job.kind.split(' ')[0],
  revision: job.revision ?? 0,
  state: job.state,
  progress: job.progress,
  label: job.label,
  error: job.state === 'done' ? null : storedProblem(job.error),
});

export const isActive = (job: Job): boolean => job.state === 'ready' || job.state === 'run';

/** What is being done for a case; where nothing is, the last thing that was not to be done. */
async function jobOfCase(found: Case, { store }: Pick<Services, 'store'>): Promise<Job | undefined> {
  const jobs = await store.jobs({ caseId: found.id });
  const last = jobs[0];
  return jobs.find(isActive) ?? (last && last.state !== 'done' && last.state !== 'cancelled' ? last : undefined);
}

export async function caseView(
  found: Case,
  services: Pick<Services, 'store'>,
): Promise<z.input<typeof models.caseRow>> {
  const job = await jobOfCase(found, services);
  return {
    ...found,
    members: [...found.members],
    createdAt: timeText(found.createdAt),
    changedAt: timeText(found.changedAt),
    job: job ? jobView(job) : null,
  };
}

export const revisionView = (r: Revision): z.input<typeof models.revision> => ({
  n: r.n,
  documentSha256: r.documentSha256,
  editsSha256: r.editsSha256,
  author: r.authorName,
  at: timeText(r.at),
  message: r.message,
  command: r.command,
  hasResult: r.resultHash !== null,
});

export const commentView = (c: Comment): z.input<typeof models.comment> => ({
  id: c.id,
  revision: c.revision,
  author: c.authorName,
  at: timeText(c.at),
  text: c.text,
  pin: c.pin && 'point' in c.pin ? { point: [...c.pin.point] } : c.pin,
  resolved: c.resolved,
});

export const reviewView = (r: Review): z.input<typeof models.review> => ({
  id: r.id,
  revision: r.revision,
  contentSha256: r.contentSha256,
  author: r.authorName,
  role: r.role,
  meaning: r.meaning,
  note: r.note,
  at: timeText(r.at),
  voidedBy: r.voidedBy,
});

/** The hash of a link's token names it; whoever has only the hash cannot open anything. */
export const shareView = (s: Share): z.input<typeof models.share> => ({
  id: s.tokenHash,
  createdBy: s.createdBy,
  expiresAt: timeText(s.expiresAt),
});
