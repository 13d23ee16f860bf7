import { OsteonError } from '../../base/index.ts';
import type { Driver } from './sql.ts';

/** One text for both databases; a list that only grows. Yes and no are 1 and 0, lists and data are JSON. */
const VERSIONS: readonly (readonly string[])[] = [
  [
    `create table users (
      id text primary key, name text not null unique, roles text not null, password_hash text not null,
      active integer not null, failures integer not null default 0, locked_until bigint not null default 0,
      created_at bigint not null)`,
    `create table sessions (
      token_hash text primary key, user_id text not null references users (id), csrf text not null,
      created_at bigint not null, seen_at bigint not null, expires_at bigint not null)`,
    `create table cases (
      id text primary key, label text not null, procedure text not null, state text not null, waiting_for text,
      owner text not null, members text not null, revision integer not null, created_at bigint not null,
      changed_at bigint not null)`,
    `create table revisions (
      case_id text not null references cases (id), n integer not null, document_sha256 text not null,
      edits_sha256 text, author text not null, author_name text not null, at bigint not null, message text not null,
      command text not null, result_hash text, primary key (case_id, n))`,
    `create table artefacts (
      case_id text not null, revision integer not null, path text not null, sha256 text not null,
      bytes bigint not null, media_type text not null, primary key (case_id, revision, path))`,
    'create index artefacts_by_object on artefacts (sha256, case_id)',
    `create table comments (
      id text primary key, case_id text not null references cases (id), revision integer not null,
      author text not null, author_name text not null, at bigint not null, text text not null, pin text,
      resolved integer not null)`,
    'create index comments_by_case on comments (case_id, at)',
    `create table reviews (
      id text primary key, case_id text not null references cases (id), revision integer not null,
      content_sha256 text not null, author text not null, author_name text not null, role text not null,
      meaning text not null, note text not null, at bigint not null, voided_by integer)`,
    'create index reviews_by_case on reviews (case_id, at)',
    `create table shares (
      token_hash text primary key, case_id text not null references cases (id), read_only integer not null,
      created_by text not null, expires_at bigint not null)`,
    `create table jobs (
      id text primary key, key text not null unique, kind text not null, case_id text, revision integer,
      input text not null, state text not null, attempt integer not null, tries integer not null,
      max_tries integer not null, priority integer not null, run_at bigint not null, lease_until bigint not null,
      worker text, progress double precision not null, label text not null, result_hash text, error text,
      cancel_asked integer not null, created_at bigint not null, changed_at bigint not null)`,
    `create table job_targets (
      job_id text not null references jobs (id), case_id text not null references cases (id),
      revision integer not null, primary key (job_id, case_id, revision))`,
    'create index jobs_by_turn on jobs (state, priority, run_at)',
    'create index jobs_by_case on jobs (case_id, created_at)',
    `create table job_outputs (
      job_id text not null references jobs (id), path text not null, sha256 text not null, bytes bigint not null,
      media_type text not null, attempt integer not null, primary key (job_id, path))`,
    `create table audit (
      seq bigint primary key, at bigint not null, actor text not null, actor_name text not null,
      action text not null, subject text not null, case_id text, detail text not null, state_before text,
      state_after text, prev_hash text not null, hash text not null)`,
    'create index audit_by_case on audit (case_id, seq)',
    'create table audit_head (name text primary key, seq bigint not null, hash text not null)',
    `insert into audit_head (name, seq, hash) values ('head', 0, '')`,
  ],
];

/** Brings an empty or older database to the newest version; safe when several processes start at once. @throws store.newer */
export async function migrate(driver: Driver): Promise<void> {
  await driver.transaction(async (query) => {
    if (driver.kind === 'postgres') await query('select pg_advisory_xact_lock(6027631)');
    await query('create table if not exists schema_version (version integer not null)');
    const [found] = await query('select version from schema_version');
    const version = Number(found?.version ?? 0);
    if (version > VERSIONS.length)
      throw new OsteonError('store.newer', { version, known: VERSIONS.length }, 'Use the newer program');
    for (const statements of VERSIONS.slice(version)) for (const statement of statements) await query(statement);
    if (!found) await query('insert into schema_version (version) values ($1)', [VERSIONS.length]);
    else if (version < VERSIONS.length) await query('update schema_version set version = $1', [VERSIONS.length]);
  });
}
