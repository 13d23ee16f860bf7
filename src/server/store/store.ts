import { bossDelivery, tableDelivery } from '../queue/delivery.ts';
import { auditRowOf } from './audit.ts';
import { createCases } from './cases.ts';
import { createJobs, type JobOptions } from './jobs.ts';
import { migrate } from './schema.ts';
import type { Driver } from './sql.ts';
import { createTalk } from './talk.ts';
import type { AuditBook, CaseStore, JobInput } from './types.ts';
import { createUsers } from './users.ts';
import { createWriter, type Writer } from './writer.ts';

/**
 * The case store over a database, brought to the newest schema.
 * @throws store.newer, store.unavailable, store.full, store.read-only
 */
export async function createStore(driver: Driver, options: Partial<JobOptions> = {}): Promise<CaseStore> {
  const { kind, readOnly = false } = driver;
  if (!readOnly) await migrate(driver);
  const boss = kind === 'postgres' && !readOnly;
  const delivery = options.delivery ?? (boss ? await bossDelivery(driver) : tableDelivery);
  const writer = createWriter(driver);
  const jobs = createJobs(writer, { ...options, delivery });
  if (!readOnly) await jobs.boundLeases();
  return {
    kind,
    ...createUsers(writer),
    ...createCases(writer),
    ...createTalk(writer),
    ...jobs,
    ...createAuditBook(writer),
    now: async () => Number((await driver.read('select {now} as now'))[0].now),
    references: () => references(writer),
    watch: driver.watch,
    close: driver.close,
  };
}

function createAuditBook({ read, write }: Writer): AuditBook {
  return {
    audit: (event, by) => write(async ({ audit }) => audit({ by, ...event })),
    async lastAudit(action) {
      const [row] = await read('select max(at) as at from audit where action = $1', [action]);
      return Number(row.at ?? 0);
    },
    async auditHead() {
      const [row] = await read(`select seq, hash from audit_head where name = 'head'`);
      return { seq: Number(row.seq), hash: String(row.hash) };
    },
    async auditRows({ after = 0, limit = 1000, caseId } = {}) {
      const rows = await read(
        `select * from audit where seq > $1 and (cast($3 as text) is null or case_id = $3) order by seq limit $2`,
        [after, limit, caseId ?? null],
      );
      return rows.map(auditRowOf);
    },
  };
}

async function references({ read }: Writer): Promise<Set<string>> {
  const found = new Set<string>();
  const rows = await read(
    `select sha256 from artefacts union select sha256 from job_outputs union select document_sha256 from revisions
     union select edits_sha256 from revisions where edits_sha256 is not null`,
  );
  for (const { sha256 } of rows) found.add(String(sha256));
  for (const { input } of await read(`select input from jobs where state <> 'done'`))
    for (const { sha256 } of (JSON.parse(String(input)) as JobInput).files) found.add(sha256);
  return found;
}
