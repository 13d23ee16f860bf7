import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/server/api/route.ts';
import { ROUTES, type RouteName } from '../../src/server/api/routes.ts';
import { furnish, type House, openHouse, STRANGER, type Visitor } from './http-kit.ts';
import { NO_POSTGRES, type Postgres, startPostgres } from './store-kit.ts';

// Made from the route table: every route × four attackers × both databases. A new route is attacked from its first day.

const MARK = 'CANARY-4711';
const all = Object.entries(ROUTES) as [RouteName, Route][];

const stores: [string, string | false][] = [
  ['SQLite', false],
  ['PostgreSQL', NO_POSTGRES],
];

describe.each(stores)('%s', (kind, missing) => {
  describe.skipIf(missing)(missing || 'isolation', () => {
    let house: House;
    let postgres: Postgres | undefined;
    let owner: Awaited<ReturnType<House['person']>>;
    let thing: Awaited<ReturnType<typeof furnish>> & { share: string; user: string };
    let attackers: Record<string, Visitor>;

    beforeAll(async () => {
      if (kind === 'PostgreSQL') postgres = await startPostgres();
      house = await openHouse(postgres ? { store: { databaseUrl: postgres.url } } : {});
      owner = await house.person('Owner', ['surgeon', 'engineer', 'quality', 'admin'], 'a password of mine');
      const outsider = await house.person('Outsider', ['surgeon', 'engineer', 'quality']);
      const wrong = await house.person('Wrong role', ['admin']);
      const own = await furnish(house, owner, MARK);
      const elsewhere = await house.call(outsider, 'POST', '/cases', { label: 'Elsewhere' });
      await house.call(owner, 'PATCH', `/cases/${own.id}`, { members: [wrong.user.id] });
      const revoked = await house.shareOf(own.id);
      await house.services.store.endShare(revoked.share.tokenHash, owner.user);
      const open = await house.shareOf(own.id);
      thing = { ...own, share: open.share.tokenHash, user: owner.user.id };
      attackers = {
        'nobody signed in': STRANGER,
        'someone outside the case, with every role but admin': outsider,
        'the link of another case': await house.shareOf(elsewhere.json.id),
        'a link that was taken back': revoked,
        'a member with the wrong role': wrong,
        'the open link of the case': open,
      };
    });
    afterAll(async () => {
      await house?.close();
      await postgres?.stop();
    });

    const pathOf = ({ path }: Route) =>
      path
        .replace(':case', thing.id)
        .replace(':job', thing.job)
        .replace(':comment', thing.comment)
        .replace(':sha256', thing.object)
        .replace(':share', thing.share)
        .replace(':user', thing.user)
        .replace(':archive', 'clinic')
        .replace(':a', '1')
        .replace(':b', '2');
    /** Requests that are right in everything, so that only the right to make them is missing. */
    const bodyOf = (name: RouteName): unknown =>
      ({
        createSession: { name: 'Owner', password: 'not this one' },
        changePassword: { old: 'a password of mine', new: 'another password' },
        createUser: { name: 'New', roles: ['surgeon'], password: 'long enough, this' },
        changeUser: { disabled: true },
        createCase: { label: 'New' },
        changeCase: { label: 'Taken over' },
        putDocument: { document: thing.document, ifRevision: 2, message: 'mine now' },
        undo: { toRevision: 1, ifRevision: 2 },
        createShare: { hours: 1 },
        createComment: { text: 'hello', pin: null },
        changeComment: { resolved: true },
        createReview: { meaning: 'approve', contentSha256: '0'.repeat(64), role: 'surgeon' },
        putScan: new Uint8Array([1, 2, 3]),
        findStudies: { modality: 'CT' },
        fetchScan: { archive: 'clinic', study: '1.2' },
      })[name as string];
    const attack = (who: Visitor, name: RouteName, route: Route) =>
      house.call(
        who,
        route.method,
        pathOf(route),
        bodyOf(name),
        name === 'putScan' ? { 'content-type': 'application/dicom' } : {},
      );
    const state = async () => {
      const { store } = house.services;
      const { changedAt: _, ...found } = (await store.case(thing.id))!;
      return JSON.stringify([found, await store.comments(thing.id), await store.shares(thing.id), await store.jobs()]);
    };

    test.each(all)('%s', async (name, route) => {
      const before = await state();
      for (const [label, who] of Object.entries(attackers)) {
        const isMember = label.startsWith('a member');
        const isOpenLink = label.startsWith('the open link');
        if (isMember && route.roles.includes('admin')) continue;
        if (isOpenLink && 'share' in route.owner) continue;
        if (route.owner.rule === 'public' || (route.owner.rule !== 'case' && label.startsWith('someone outside'))) {
          // May be asked by anyone, and says nothing about this case.
          if (name !== 'createSession' && route.method !== 'GET') continue;
          expect((await attack(who, name, route)).text).not.toContain(MARK);
          continue;
        }
        if (route.owner.rule !== 'case' && 'share' in route.owner && label.startsWith('the link of another')) continue;
        const { status, text, json } = await attack(who, name, route);
        expect([401, 403, 404], `${label}: ${status} ${text.slice(0, 200)}`).toContain(status);
        expect(Object.keys(json).sort(), label).toEqual(['code', 'facts', 'hint', 'message']);
        expect(text).not.toContain(MARK);
        // Nothing in the answer tells a case one may not see from one that is not there.
        if (label.startsWith('someone outside')) {
          const nowhere = await house.call(
            who,
            route.method,
            pathOf(route).replace(thing.id, 'f'.repeat(32)),
            bodyOf(name),
          );
          if (name !== 'putScan') expect([nowhere.status, nowhere.text]).toEqual([status, text]);
        }
      }
      expect(await state()).toBe(before);
    });

    test('the same requests by the owner are answered: what is tested above is the right, not the request', async () => {
      for (const [name, route] of all) {
        if (route.owner.rule !== 'case' || route.method !== 'GET' || name === 'getEvents') continue;
        const { status, text } = await attack(owner, name, route);
        expect(status, `${name} ${text.slice(0, 200)}`).toBe(200);
      }
      for (const name of [
        'createComment',
        'changeComment',
        'createShare',
        'revokeShare',
        'putDocument',
        'runCase',
      ] as const) {
        const { status, text } = await attack(owner, name, ROUTES[name]);
        expect(status, `${name} ${text.slice(0, 200)}`).toBeLessThan(300);
      }
      expect(house.faults).toEqual([]);
    });

    test('how long the refusal takes does not tell either', async () => {
      const who = attackers['someone outside the case, with every role but admin'];
      const median = async (id: string) => {
        const times: number[] = [];
        for (let i = 0; i < 25; i++) {
          const start = performance.now();
          await house.call(who, 'GET', `/cases/${id}/document`);
          times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[12];
      };
      expect(Math.abs((await median(thing.id)) - (await median('f'.repeat(32))))).toBeLessThan(10);
    });
  });
});
