import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';

/**
 * What stands between the outside and the cases: uploads as they came, until the patient has been taken out of them, and
 * the vault file that knows who is who. A folder of its own with its own rights and its own backup; nothing of it is ever
 * served.
 */
export interface Door {
  /** Tells this door from those of other servers on the same database. */
  readonly id: string;
  /** The file of `openVault`: secret key and identities. */
  readonly vaultFile: string;
  /** Where uploads wait. */
  readonly incoming: string;
  /** An empty folder for an upload. */
  receive(): Promise<{ readonly id: string; readonly folder: string }>;
  folderOf(upload: string): string;
  drop(upload: string): Promise<void>;
}

/** Kinds of jobs that only the server behind this door can do: it has the upload and the vault. */
export const intakeKind = (door: Door): string => `intake ${door.id}`;
export const demoKind = (door: Door): string => `demo ${door.id}`;

const PRIVATE_FOLDER = 0o700;

/** Opens the door in a folder, making it where there is none. */
export async function openDoor(folder: string): Promise<Door> {
  await mkdir(join(folder, 'incoming'), { recursive: true, mode: PRIVATE_FOLDER });
  const idFile = join(folder, 'id');
  await writeFile(idFile, randomBytes(8).toString('hex'), { flag: 'wx' }).catch((e: NodeJS.ErrnoException) => {
    if (e.code !== 'EEXIST') throw e;
  });
  const id = (await readFile(idFile, 'utf8')).trim();
  const folderOf = (upload: string) => join(folder, 'incoming', checked(upload));
  return {
    id,
    vaultFile: join(folder, 'vault.json'),
    incoming: join(folder, 'incoming'),
    folderOf,
    async receive() {
      const id = randomBytes(16).toString('hex');
      await mkdir(folderOf(id), { mode: PRIVATE_FOLDER });
      return { id, folder: folderOf(id) };
    },
    drop: (upload) => rm(folderOf(upload), { recursive: true, force: true }),
  };
}

/** Ids are ours; this is the second wall. */
function checked(id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new OsteonError('store.not-found', { kind: 'upload' });
  return id;
}
