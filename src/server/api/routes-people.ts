import { z } from 'zod';
import { id, password, problem, role, session, user, userName } from './models.ts';
import { ANY_ROLE, route } from './route.ts';

const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a token');
const byName = z.object({ name: userName, password: z.string().min(1).max(256) }).strict();

/** Health, sign-in, people. */
export const PEOPLE_ROUTES = {
  getHealth: route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the server answers; says nothing about any case',
    owner: { rule: 'public', why: 'says only that the server runs' },
    roles: ANY_ROLE,
    rate: 'read',
    reply: z.object({ ok: z.literal(true), version: z.string() }),
  }),
  createSession: route({
    method: 'POST',
    path: '/session',
    summary: 'Sign in with name and password, with the one-time link of `osteon serve`, or with a share link',
    owner: { rule: 'public', why: 'is how one signs in; locked after ten wrong passwords' },
    roles: ANY_ROLE,
    rate: 'signIn',
    csrf: 'origin',
    limit: 'small',
    body: z.union([byName, z.object({ link: token }).strict(), z.object({ share: token }).strict()]),
    reply: session,
  }),
  getSession: route({
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    owner: { rule: 'own', share: true },
    roles: ANY_ROLE,
    rate: 'read',
    reply: session,
  }),
  deleteSession: route({
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out; the session is dead on the server too',
    owner: { rule: 'own', share: true },
    roles: ANY_ROLE,
    rate: 'write',
    csrf: 'token',
    limit: 'small',
    body: 'nothing',
    reply: 'nothing',
  }),
  changePassword: route({
    method: 'PUT',
    path: '/session/password',
    summary: 'A new password for oneself; ends every other session of this person',
    owner: { rule: 'own' },
    roles: ANY_ROLE,
    rate: 'signIn',
    csrf: 'token',
    limit: 'small',
    body: z.object({ old: z.string().min(1).max(256), new: password }).strict(),
    reply: session,
  }),
  listUsers: route({
    method: 'GET',
    path: '/users',
    summary: 'Names and roles of everyone, to choose members and to show authors',
    owner: { rule: 'role' },
    roles: ANY_ROLE,
    rate: 'read',
    reply: z.array(user),
  }),
  createUser: route({
    method: 'POST',
    path: '/users',
    summary: 'A new person',
    owner: { rule: 'role' },
    roles: ['admin'],
    rate: 'signIn',
    csrf: 'token',
    limit: 'small',
    status: 201,
    body: z.object({ name: userName, roles: z.array(role).min(1).max(4), password }).strict(),
    reply: user,
  }),
  changeUser: route({
    method: 'PATCH',
    path: '/users/:user',
    summary: 'Roles, password, or shutting a person out; ends that person’s sessions',
    owner: { rule: 'role' },
    roles: ['admin'],
    rate: 'signIn',
    csrf: 'token',
    limit: 'small',
    params: z.object({ user: id }),
    body: z
      .object({
        roles: z.array(role).min(1).max(4).optional(),
        password: password.optional(),
        disabled: z.boolean().optional(),
      })
      .strict(),
    reply: user,
  }),
} as const;

/** What every refusal looks like. */
export const PROBLEM = problem;
