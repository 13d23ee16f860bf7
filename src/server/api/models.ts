import { z } from 'zod';
import { ROLES } from './route.ts';

/** Names of everything the interface hands out; the store's own rows stay behind it. */

// Ids are made by the server; whatever does not look like one never reaches the store.
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id');
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
export const revisionNumber = z.coerce.number().int().min(0).max(1e9);
const at = z.string().meta({ description: 'UTC, ISO 8601' });
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\0-\x1f\x7f]*$/, 'one line of text');
const paragraph = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\0-\x08\x0b\x0c\x0e-\x1f\x7f]*$/, 'text');

export const role = z.enum(ROLES);
export const userName = line(80);
export const password = z.string().min(12).max(256);
/** A code, never a patient's name: letters, digits and a little punctuation. */
export const caseLabel = line(60).regex(/^[\p{L}\p{N} ._#/+()-]+$/u, 'letters, digits, spaces and . _ # / + ( ) -');
export const message = line(300);
export const commentText = paragraph(4000);
export const note = paragraph(4000);

export const finding = z
  .object({
    level: z.enum(['note', 'warning', 'blocker']),
    code: z.string(),
    text: z.string(),
    facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
    hint: z.string().optional(),
  })
  .meta({ id: 'Finding' });

/** The same words as the command line prints. */
export const problem = z
  .object({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  })
  .meta({ id: 'Problem' });

export const user = z.object({ id, name: z.string(), roles: z.array(role) }).meta({ id: 'User' });
export const session = z
  .object({
    user: user.nullable().meta({ description: 'null: a share link' }),
    /** To be sent back in the header X-CSRF-Token with everything that changes something. */
    csrf: z.string(),
    expiresAt: at,
    mode: z.enum(['local', 'server']),
    share: z.object({ case: id, expiresAt: at }).nullable(),
    version: z.string(),
  })
  .meta({ id: 'Session' });

export const caseState = z.enum(['new', 'planning', 'computing', 'review', 'approved', 'rejected']);
export const job = z
  .object({
    id,
    kind: z.string(),
    revision: z.number(),
    state: z.enum(['ready', 'run', 'done', 'failed', 'cancelled', 'quarantined']),
    progress: z.number().meta({ description: '0 to 1' }),
    label: z.string(),
    error: problem.nullable(),
  })
  .meta({ id: 'Job' });
export const caseRow = z
  .object({
    id,
    label: z.string(),
    procedure: z.string(),
    state: caseState,
    waitingFor: role.nullable(),
    owner: id,
    members: z.array(id),
    revision: z.number(),
    createdAt: at,
    changedAt: at,
    /** The newest job that has not ended, or the last one that failed. */
    job: job.nullable(),
  })
  .meta({ id: 'CaseRow' });

export const revision = z
  .object({
    n: z.number(),
    documentSha256: sha256Hex,
    editsSha256: sha256Hex.nullable(),
    author: z.string(),
    at,
    message: z.string(),
    /** What was done, as data. */
    command: z.unknown(),
    hasResult: z.boolean(),
  })
  .meta({ id: 'Revision' });

export const vec3 = z.tuple([z.number(), z.number(), z.number()]);
export const pin = z.union([
  z.object({ point: vec3 }),
  z.object({ plane: z.enum(['axial', 'sagittal', 'coronal']), index: z.number().int().min(0).max(1e5) }),
]);
export const comment = z
  .object({
    id,
    revision: z.number(),
    author: z.string(),
    at,
    text: z.string(),
    pin: pin.nullable(),
    resolved: z.boolean(),
  })
  .meta({ id: 'Comment' });
export const review = z
  .object({
    id,
    revision: z.number(),
    /** Hash of everything that was seen. */
    contentSha256: sha256Hex,
    author: z.string(),
    role,
    meaning: z.enum(['approve', 'reject']),
    note: z.string(),
    at,
    /** The revision whose change made it void; null while it stands. */
    voidedBy: z.number().nullable(),
  })
  .meta({ id: 'Review' });
export const artefact = z
  .object({
    path: z.string(),
    sha256: sha256Hex,
    bytes: z.number(),
    mediaType: z.string(),
  })
  .meta({ id: 'Artefact' });
export const share = z.object({ id, createdBy: z.string(), expiresAt: at }).meta({ id: 'Share' });
export const change = z
  .object({
    /** Dotted key of the document, or the path of an artefact. */
    what: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'Change' });
/** One row of the audit trail; `hash` is what `osteon audit verify` checks. */
export const trailRow = z
  .object({
    seq: z.number(),
    at,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.unknown(),
    hash: z.string(),
  })
  .meta({ id: 'TrailRow' });
