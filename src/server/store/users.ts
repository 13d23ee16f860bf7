import { OsteonError } from '../../base/index.ts';
import type { Row } from './sql.ts';
import type { Role, Session, User, UserStore } from './types.ts';
import { newId, one, type Writer } from './writer.ts';

const userOf = (r: Row): User => ({
  id: String(r.id),
  name: String(r.name),
  roles: JSON.parse(String(r.roles)) as Role[],
  active: r.active === 1,
  createdAt: Number(r.created_at),
});

const sessionOf = (r: Row): Session => ({
  tokenHash: String(r.token_hash),
  userId: String(r.user_id),
  csrf: String(r.csrf),
  createdAt: Number(r.session_created_at ?? r.created_at),
  seenAt: Number(r.seen_at),
  expiresAt: Number(r.expires_at),
});

/** People and their sessions. */
export function createUsers({ read, write }: Writer): UserStore {
  return {
    createUser: (user, by) =>
      write(async ({ query, audit }) => {
        const id = newId();
        const rows = await query(
          `insert into users (id, name, roles, password_hash, active, created_at) values ($1, $2, $3, $4, 1, {now})
           on conflict (name) do nothing returning *`,
          [id, user.name, JSON.stringify(user.roles), user.passwordHash],
        );
        if (rows.length === 0) throw new OsteonError('store.conflict', { name: user.name }, 'The name is taken');
        audit({ by, action: 'user.create', subject: `user/${id}`, detail: { name: user.name, roles: user.roles } });
        return userOf(rows[0]);
      }),

    async user(id) {
      const [row] = await read('select * from users where id = $1', [id]);
      return row && userOf(row);
    },

    users: async () => (await read('select * from users order by name')).map(userOf),

    async login(name) {
      const [row] = await read('select * from users where name = $1', [name]);
      if (!row) return undefined;
      return {
        user: userOf(row),
        passwordHash: String(row.password_hash),
        failures: Number(row.failures),
        lockedUntil: Number(row.locked_until),
      };
    },

    changeUser: (id, change, by) =>
      write(async ({ query, audit }) => {
        const old = userOf(one(await query('select * from users where id = $1 {locked}', [id]), 'user', id));
        const roles = change.roles ?? old.roles;
        const active = change.active ?? old.active;
        const rows = await query(
          `update users set roles = $2, active = $3, password_hash = coalesce($4, password_hash), failures = 0,
           locked_until = 0 where id = $1 returning *`,
          [id, JSON.stringify(roles), active ? 1 : 0, change.passwordHash ?? null],
        );
        await query('delete from sessions where user_id = $1', [id]);
        const detail = { roles, active, password: change.passwordHash !== undefined };
        audit({ by, action: 'user.change', subject: `user/${id}`, detail });
        return userOf(rows[0]);
      }),

    countFailure: (userId, limit, lockMs) =>
      write(async ({ query }) => {
        const rows = await query(
          `update users set failures = failures + 1,
           locked_until = case when failures + 1 >= $2 then {now} + $3 else locked_until end
           where id = $1 returning failures, locked_until`,
          [userId, limit, lockMs],
        );
        const row = one(rows, 'user', userId);
        return { failures: Number(row.failures), lockedUntil: Number(row.locked_until) };
      }),

    clearFailures: (userId) =>
      write(async ({ query }) => {
        await query('update users set failures = 0, locked_until = 0 where id = $1', [userId]);
      }),

    addSession: ({ tokenHash, userId, csrf, ttlMs }) =>
      write(async ({ query }) => {
        await query('delete from sessions where expires_at < {now}');
        const rows = await query(
          `insert into sessions (token_hash, user_id, csrf, created_at, seen_at, expires_at)
           values ($1, $2, $3, {now}, {now}, {now} + $4) returning *`,
          [tokenHash, userId, csrf, ttlMs],
        );
        return sessionOf(rows[0]);
      }),

    async session(tokenHash) {
      const [row] = await read(
        `select u.*, s.token_hash, s.user_id, s.csrf, s.created_at as session_created_at, s.seen_at, s.expires_at
         from sessions s join users u on u.id = s.user_id
         where s.token_hash = $1 and s.expires_at > {now} and u.active = 1`,
        [tokenHash],
      );
      return row && { session: sessionOf(row), user: userOf(row) };
    },

    touchSession: (tokenHash, ttlMs) =>
      write(async ({ query }) => {
        await query(
          'update sessions set seen_at = {now}, expires_at = {now} + $2 where token_hash = $1 and expires_at > {now}',
          [tokenHash, ttlMs],
        );
      }),

    endSession: (tokenHash) =>
      write(async ({ query }) => {
        await query('delete from sessions where token_hash = $1', [tokenHash]);
      }),

    endSessionsOf: (userId) =>
      write(async ({ query }) => {
        await query('delete from sessions where user_id = $1', [userId]);
      }),
  };
}
