import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OsteonError } from '../../base/index.ts';
import type { Identity, Pseudonyms } from '../../dicom/index.ts';
import { writeAtomic } from './files.ts';

/** Who stands behind a code. Lies apart from the cases, readable by its owner only. */
export interface Vault {
  readonly pseudonyms: Pseudonyms;
  /** Who a code is; nothing where the vault has never seen it. */
  readonly who: (code: string) => Identity | undefined;
  /** Keeps an identity under its code. Written by `save`. */
  add(code: string, identity: Identity): void;
  save(): Promise<void>;
}

interface VaultFile {
  readonly osteonVault: 1;
  /** 32 bytes, hexadecimal. Whoever has it can link new scans of a patient to the code. */
  readonly key: string;
  readonly patients: Readonly<Record<string, Identity>>;
}

/** Codes, UIDs and dates from a secret key by HMAC-SHA-256: equal for one vault, not to be linked between two. */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const mac = (use: string, text: string) => createHmac('sha256', key).update(`${use}\n${text}`).digest();
  return {
    uid: (old) => `2.25.${BigInt(`0x${mac('uid', old).subarray(0, 16).toString('hex')}`)}`,
    days: (patient) => -1 - (mac('days', patient).readUInt32BE(0) % 3650),
    code: (patient) => `P-${base32(mac('patient', patient)).slice(0, 10)}`,
  };
}

/** No letter that can be taken for a number. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const base32 = (bytes: Uint8Array): string => Array.from(bytes, (b) => ALPHABET[b % ALPHABET.length]).join('');

/** Opens a vault, or begins one with a new key. @throws io.format */
export async function openVault(path: string): Promise<Vault> {
  const text = await readFile(path, 'utf8').catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return null;
    throw new OsteonError('io.not-found', { path, reason: e.code ?? 'unreadable' });
  });
  const file: VaultFile =
    text === null ? { osteonVault: 1, key: randomBytes(32).toString('hex'), patients: {} } : parse(text);
  const patients = new Map(Object.entries(file.patients));
  return {
    pseudonyms: createPseudonyms(Buffer.from(file.key, 'hex')),
    who: (code) => patients.get(code),
    add: (code, identity) => void patients.set(code, identity),
    async save() {
      const all = { ...file, patients: Object.fromEntries(patients) };
      await writeAtomic(path, new TextEncoder().encode(`${JSON.stringify(all, null, 1)}\n`), 0o600);
    },
  };
}

function parse(text: string): VaultFile {
  let file: Partial<VaultFile>;
  try {
    file = JSON.parse(text);
  } catch {
    throw new OsteonError('io.format', { expected: 'vault' });
  }
  if (file?.osteonVault !== 1 || !/^[0-9a-f]{64}$/.test(file.key ?? '') || typeof file.patients !== 'object')
    throw new OsteonError('io.format', { expected: 'vault' });
  return file as VaultFile;
}
