import type { z } from 'zod';

/** What a person may be in the program. */
export const ROLES = ['surgeon', 'engineer', 'quality', 'admin'] as const;
export type Role = (typeof ROLES)[number];
/** Every role: who you are does not matter, only that you may see the case. */
export const ANY_ROLE: readonly Role[] = ROLES;

/**
 * Whose thing a route is about. A route cannot be written down without it, and a rule about a case wants the case in the
 * path: both are asked by the type, so a route without an owner does not compile.
 *
 * - `public`: no sign-in; says why that is safe.
 * - `own`: what comes back belongs to the person signed in.
 * - `role`: the role alone decides; never about a case.
 * - `case`: the person is the case's owner or one of its members. Everyone else is told the case does not exist.
 *   `share` lets a read-only share link of that case in as well.
 */
export type Owner =
  | { readonly rule: 'public'; readonly why: string }
  | { readonly rule: 'own'; readonly share?: true }
  | { readonly rule: 'role' }
  | CaseOwner;
export interface CaseOwner {
  readonly rule: 'case';
  readonly share?: true;
}

/** How often one person, or one address where nobody is signed in, may call. */
export const RATES = { read: 6000, write: 1200, heavy: 120, signIn: 30 } as const;
export type Rate = keyof typeof RATES;

export const BODY_LIMITS = {
  /** Forms and comments. */
  small: 64 * 1024,
  /** A case document with its brush strokes. */
  document: 52 * 1024 * 1024,
  /** A scan: as much as an archive may hold when it is unpacked. */
  scan: 8 * 1024 * 1024 * 1024,
} as const;

interface Common {
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** JSON that goes out (whatever else a handler returns is taken away), bytes under a hash, or a stream of events. */
  readonly reply: z.ZodType | 'bytes' | 'events' | 'nothing';
  /** One of these is enough. */
  readonly roles: readonly [Role, ...Role[]] | readonly Role[];
  readonly rate: Rate;
}

/** Changes nothing, so a page elsewhere gains nothing by having a browser call it. */
interface Reading extends Common {
  readonly method: 'GET';
}
/**
 * `token`: the session's own token in a header, which no other page can know. `origin`: no session yet; the browser must
 * say that the call comes from our own page, or not be a browser at all.
 */
interface Writing extends Common {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly csrf: 'token' | 'origin';
  readonly body: z.ZodType | 'stream' | 'nothing';
  readonly limit: keyof typeof BODY_LIMITS;
  readonly status?: 200 | 201 | 202;
}
type OfCase = { readonly owner: CaseOwner; readonly path: `/cases/:case` | `/cases/:case/${string}` };
type OfOther = { readonly owner: Exclude<Owner, CaseOwner>; readonly path: `/${string}` };

/** One operation of the interface, declared as data: server, checks, documentation and client are made from it. */
export type Route = (Reading | Writing) & (OfCase | OfOther);

/** A path with a case in it has the rule that looks at the case, and no other. */
type Owned<R extends Route> = R['path'] extends `${string}:case${string}` ? { readonly owner: CaseOwner } : unknown;
/** Keeps the literal types. */
export const route = <const R extends Route>(r: R & Owned<R>): R => r;

type Infer<T> = T extends z.ZodType ? z.output<T> : undefined;
/** What a handler is given, after every check has passed. */
export interface CallOf<R extends Route> {
  readonly params: Infer<R['params']>;
  readonly query: Infer<R['query']>;
  readonly body: R extends Writing ? Infer<R['body']> : undefined;
}
export type ReplyOf<R extends Route> = R['reply'] extends z.ZodType
  ? z.input<R['reply']>
  : R['reply'] extends 'bytes'
    ? Bytes
    : undefined;

/** An object that goes out as it lies in the store. */
export interface Bytes {
  readonly sha256: string;
  /** What a browser saves it as. */
  readonly fileName: string;
  readonly mediaType: string;
  /** The bytes are packed; taken apart by the browser, or here for a client that cannot. */
  readonly gzip?: true;
  /** Shown as a page without scripts and connections instead of being offered for saving. */
  readonly page?: true;
}
