import { type Algorithm, hash, verify } from '@node-rs/argon2';

/** argon2id, 19 MiB, two passes, one lane. @source OWASP password storage cheat sheet, first choice */
const COST = {
  algorithm: 2 satisfies Algorithm.Argon2id as Algorithm,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/** Of a password nobody has: an unknown name takes as long as a known one. */
let decoy: Promise<string> | undefined;

/** @cost about 30 ms, whether there is a hash or not */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (!stored) {
    decoy ??= hashPassword('no one has this password');
    await verify(await decoy, password);
    return false;
  }
  return verify(stored, password);
}
