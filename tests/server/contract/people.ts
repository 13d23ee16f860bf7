import { describe, expect, test } from 'vitest';
import { BY } from '../store-kit.ts';
import type { Kit } from './kit.ts';

/** Users and their sessions. */
export function peopleContract(kit: Kit): void {
  describe('people', () => {
    test('a user is made, found by id and by name, and listed', async () => {
      const user = await kit.store.createUser({ name: 'ada', roles: ['surgeon', 'quality'], passwordHash: 'h' }, BY);
      expect(await kit.store.user(user.id)).toEqual(user);
      expect(await kit.store.login('ada')).toEqual({ user, passwordHash: 'h', failures: 0, lockedUntil: 0 });
      expect((await kit.store.users()).map((u) => u.name)).toContain('ada');
      expect(user).toMatchObject({ roles: ['surgeon', 'quality'], active: true });
    });
    test('a name is taken once', async () => {
      const make = () => kit.store.createUser({ name: 'twice', roles: [], passwordHash: '' }, BY);
      await make();
      await expect(make()).rejects.toMatchObject({ code: 'store.conflict' });
    });
    test('two at once for one name: one of them gets it', async () => {
      const make = () => kit.store.createUser({ name: 'race', roles: [], passwordHash: '' }, BY);
      const answers = await Promise.allSettled([make(), make(), make()]);
      expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
    });
    test('nobody is found under another name', async () => {
      expect(await kit.store.login("' or 1=1 --")).toBeUndefined();
      expect(await kit.store.user('x')).toBeUndefined();
    });
    test('wrong passwords are counted, also at once, and lock', async () => {
      const { id } = await kit.store.createUser({ name: 'wrong', roles: [], passwordHash: '' }, BY);
      await Promise.all(Array.from({ length: 9 }, () => kit.store.countFailure(id, 10, 60_000)));
      expect(await kit.store.login('wrong')).toMatchObject({ failures: 9, lockedUntil: 0 });
      const tenth = await kit.store.countFailure(id, 10, 60_000);
      expect(tenth.failures).toBe(10);
      expect(tenth.lockedUntil - (await kit.store.now())).toBeGreaterThan(55_000);
      await kit.store.clearFailures(id);
      expect(await kit.store.login('wrong')).toMatchObject({ failures: 0, lockedUntil: 0 });
    });
    test('roles, state and password change; sessions end with it', async () => {
      const { id } = await kit.store.createUser({ name: 'grow', roles: ['engineer'], passwordHash: 'a' }, BY);
      await kit.store.addSession({ tokenHash: 'grow-1', userId: id, csrf: 'c', ttlMs: 1e6 });
      const changed = await kit.store.changeUser(id, { roles: ['admin'], passwordHash: 'b' }, BY);
      expect(changed.roles).toEqual(['admin']);
      expect(await kit.store.login('grow')).toMatchObject({ passwordHash: 'b' });
      expect(await kit.store.session('grow-1')).toBeUndefined();
    });
    test('changing nobody is refused', async () => {
      await expect(kit.store.changeUser('x', { active: false }, BY)).rejects.toMatchObject({
        code: 'store.not-found',
      });
    });
  });

  describe('sessions', () => {
    const session = async (name: string, ttlMs: number) => {
      const { id } = await kit.store.createUser({ name, roles: [], passwordHash: '' }, BY);
      return kit.store.addSession({ tokenHash: `t-${name}`, userId: id, csrf: 'c', ttlMs });
    };
    test('a session knows its user', async () => {
      const made = await session('s1', 1e6);
      const found = await kit.store.session('t-s1');
      expect(found?.session).toEqual(made);
      expect(found?.user.name).toBe('s1');
      expect(made.expiresAt - made.createdAt).toBeGreaterThan(999_000);
    });
    test('an old one is over', async () => {
      await session('s2', -1);
      expect(await kit.store.session('t-s2')).toBeUndefined();
    });
    test('use makes it live on, but not once it is over', async () => {
      await session('s3', 1000);
      await kit.store.touchSession('t-s3', 1e6);
      const found = await kit.store.session('t-s3');
      expect(found!.session.expiresAt - (await kit.store.now())).toBeGreaterThan(9e5);
      await session('s4', -1);
      await kit.store.touchSession('t-s4', 1e6);
      expect(await kit.store.session('t-s4')).toBeUndefined();
    });
    test('one ends, or all of a user', async () => {
      const { userId } = await session('s5', 1e6);
      await kit.store.addSession({ tokenHash: 't-s5b', userId, csrf: 'c', ttlMs: 1e6 });
      await kit.store.endSession('t-s5');
      expect(await kit.store.session('t-s5')).toBeUndefined();
      expect(await kit.store.session('t-s5b')).toBeDefined();
      await kit.store.endSessionsOf(userId);
      expect(await kit.store.session('t-s5b')).toBeUndefined();
    });
    test('a user who is closed has no session', async () => {
      const { userId } = await session('s6', 1e6);
      await kit.store.changeUser(userId, { active: false }, BY);
      expect(await kit.store.session('t-s6')).toBeUndefined();
    });
  });
}
