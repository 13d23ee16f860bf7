import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';

/**
 * What stands between the outside and the cases: uploads as they came, until the patient has been taken out of them, and
 * the vault file that knows who is who. A folder of its own with its own rights and its own backup; nothing of it is ever
 * served.
 */
export interface Door {
  /** The file of `openVault`: secret key and identities. */
  readonly vaultFile: string;
  /** Where uploads wait. */
  readonly incoming: string;
  /** An empty folder for an upload. */
  receive(): Promise<{ readonly id: string; readonly folder: string }>;
  folderOf(upload: string): string;
  drop(upload: string): Promise<void>;
}

const PRIVATE_FOLDER = 0o700;

/** Opens the door in a folder, making it where there is none. */
export async function openDoor(folder: string): Promise<Door> {
  await mkdir(join(folder, 'incoming'), { recursive: true, mode: PRIVATE_FOLDER });
  const folderOf = (upload: string) => join(folder, 'incoming', checked(upload));
  return {
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
