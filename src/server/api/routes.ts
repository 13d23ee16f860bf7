import type { CallOf, ReplyOf, Route } from './route.ts';
import { ARCHIVE_ROUTES } from './routes-archives.ts';
import { CASE_ROUTES } from './routes-cases.ts';
import { PEOPLE_ROUTES } from './routes-people.ts';
import { REVIEW_ROUTES } from './routes-review.ts';

/** Every operation. Server, owner checks, OpenAPI, client and the tests of isolation are made from this table. */
export const ROUTES = {
  ...PEOPLE_ROUTES,
  ...CASE_ROUTES,
  ...REVIEW_ROUTES,
  ...ARCHIVE_ROUTES,
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof ROUTES;
export type Call<N extends RouteName> = CallOf<(typeof ROUTES)[N]>;
export type Reply<N extends RouteName> = ReplyOf<(typeof ROUTES)[N]>;

export const API_PREFIX = '/api/v1';
