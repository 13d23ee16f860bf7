import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import type { JobOptions } from './jobs.ts';
import { openFolderObjects } from './objects-folder.ts';
import { openS3Objects, type S3Settings } from './objects-s3.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite, openSqliteReader } from './sqlite.ts';
import { createStore } from './store.ts';
import type { CaseStore, ObjectStore } from './types.ts';

/** Where cases are kept. */
export interface StoreSettings {
  /** Everything, in the embedded form; in server mode only what is temporary. */
  readonly folder: string;
  /** `postgres://…`; without it SQLite in the folder. */
  readonly databaseUrl?: string;
  /** Without it, objects are files in the folder. */
  readonly s3?: S3Settings;
}

export interface Stores {
  readonly cases: CaseStore;
  readonly objects: ObjectStore;
  /** For the folders of running jobs. */
  readonly work: string;
  close(): Promise<void>;
}

/**
 * Settings by the environment: `DATABASE_URL`, and `OSTEON_S3_BUCKET`, `OSTEON_S3_PREFIX`, `OSTEON_S3_ENDPOINT`,
 * `AWS_REGION` (keys as any S3 client takes them).
 * @throws store.settings for a database that is not PostgreSQL, or one without the object store all machines share
 */
export function settingsFrom(folder: string, env: Readonly<Record<string, string | undefined>>): StoreSettings {
  const { DATABASE_URL: databaseUrl, OSTEON_S3_BUCKET: bucket } = env;
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new OsteonError('store.settings', { setting: 'DATABASE_URL' }, 'It starts with postgres://');
  if (bucket && !databaseUrl)
    throw new OsteonError('store.settings', { setting: 'OSTEON_S3_BUCKET' }, 'With it, DATABASE_URL is needed too');
  const prefix = env.OSTEON_S3_PREFIX;
  const endpoint = env.OSTEON_S3_ENDPOINT;
  const region = env.AWS_REGION;
  return {
    folder,
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(bucket
      ? {
          s3: {
            bucket,
            ...(prefix ? { prefix } : {}),
            ...(endpoint ? { endpoint } : {}),
            ...(region ? { region } : {}),
          },
        }
      : {}),
  };
}

/** To look only, beside whoever has it open: for verifying. @throws store.not-found, store.unavailable */
export async function openStoresToRead({ folder, databaseUrl, s3 }: StoreSettings): Promise<Stores> {
  const driver = databaseUrl ? openPostgres(databaseUrl, { readOnly: true }) : openSqliteReader(folder);
  const cases = await createStore(driver);
  const objects = s3 ? await openS3Objects(s3) : await openFolderObjects(folder);
  return { cases, objects, work: join(folder, 'work'), close: () => cases.close() };
}

/** @throws store.busy, store.newer, store.unavailable, store.full, store.read-only, store.settings */
export async function openStores(settings: StoreSettings, options: Partial<JobOptions> = {}): Promise<Stores> {
  const { folder, databaseUrl, s3 } = settings;
  const driver = databaseUrl ? openPostgres(databaseUrl) : openSqlite(folder);
  try {
    const cases = await createStore(driver, options);
    const objects = s3 ? await openS3Objects(s3) : await openFolderObjects(folder);
    return { cases, objects, work: join(folder, 'work'), close: () => cases.close() };
  } catch (e) {
    await driver.close();
    throw e;
  }
}
