import { z } from 'zod';
import { comment, commentText, id, note, pin, review, sha256Hex, trailRow } from './models.ts';
import { ANY_ROLE, route } from './route.ts';

const params = z.object({ case: id });
const ofCase = { rule: 'case' } as const;
const shared = { rule: 'case', share: true } as const;

/** What people say about a case. */
export const REVIEW_ROUTES = {
  listComments: route({
    method: 'GET',
    path: '/cases/:case/comments',
    summary: 'Comments, the oldest first',
    owner: shared,
    roles: ANY_ROLE,
    rate: 'read',
    params,
    reply: z.array(comment),
  }),
  createComment: route({
    method: 'POST',
    path: '/cases/:case/comments',
    summary: 'A comment, pinned to a point (LPS mm) or a slice, or to nothing',
    owner: ofCase,
    roles: ANY_ROLE,
    rate: 'write',
    csrf: 'token',
    limit: 'small',
    status: 201,
    params,
    body: z.object({ text: commentText, pin: pin.nullable() }).strict(),
    reply: comment,
  }),
  changeComment: route({
    method: 'PATCH',
    path: '/cases/:case/comments/:comment',
    summary: 'Settles a comment or opens it again',
    owner: ofCase,
    roles: ANY_ROLE,
    rate: 'write',
    csrf: 'token',
    limit: 'small',
    params: params.extend({ comment: id }),
    body: z.object({ resolved: z.boolean() }).strict(),
    reply: comment,
  }),
  listReviews: route({
    method: 'GET',
    path: '/cases/:case/reviews',
    summary:
      'Approvals and rejections with name, meaning and the hash of what was seen; void ones say by which revision',
    owner: shared,
    roles: ANY_ROLE,
    rate: 'read',
    params,
    reply: z.array(review),
  }),
  createReview: route({
    method: 'POST',
    path: '/cases/:case/reviews',
    summary: 'Approve or reject what was seen; 409 when it has changed since',
    owner: ofCase,
    roles: ['surgeon', 'quality'],
    rate: 'signIn',
    csrf: 'token',
    limit: 'small',
    status: 201,
    params,
    body: z
      .object({
        meaning: z.enum(['approve', 'reject']),
        note: note.optional(),
        contentSha256: sha256Hex,
        /** In which of their roles the person signs. */
        role: z.enum(['surgeon', 'quality']),
        /** Asked for again where people have passwords: a signature is an act, not a leftover session. */
        password: z.string().min(1).max(256).optional(),
      })
      .strict(),
    reply: review,
  }),
  listTrail: route({
    method: 'GET',
    path: '/cases/:case/trail',
    summary: 'Who did what to this case and when, the oldest first; at most 500 rows after a number',
    owner: ofCase,
    roles: ANY_ROLE,
    rate: 'read',
    params,
    query: z.object({ after: z.coerce.number().int().min(0).max(1e12).optional() }),
    reply: z.array(trailRow),
  }),
} as const;
