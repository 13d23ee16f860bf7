import { createInterface } from 'node:readline/promises';
import { OsteonError } from '../base/index.ts';
import { DATA_FLAG, dataFolder } from './serve.ts';
import { textFlag, verb } from './verb.ts';

const ROLES = ['surgeon', 'engineer', 'quality', 'admin'] as const;
const SHORTEST_PASSWORD = 12;

export const userAddVerb = verb({
  name: 'user add',
  summary: 'a person for a case server; the password is asked for, or taken from OSTEON_NEW_PASSWORD',
  args: [{ name: 'name', label: 'what the person types at sign-in' }],
  params: { ...DATA_FLAG, roles: textFlag('roles, separated by commas', ROLES.join(' | ')) },
  required: ['roles'],
  example: 'osteon user add "Eva Example" --roles surgeon,admin',
  async run({ args: [name], params: { data, roles } }) {
    const wanted = roles.split(',').map((role) => role.trim());
    const known = ROLES.filter((role) => wanted.includes(role));
    if (known.length !== wanted.length)
      throw new OsteonError('cli.usage', { flag: '--roles' }, `Roles are ${ROLES.join(', ')}`);
    const { hashPassword, openStores, settingsFrom } = await import('../server/index.ts');
    const passwordHash = await hashPassword(await password());
    const stores = await openStores(settingsFrom(dataFolder(data), process.env));
    try {
      const by = { id: 'console', name: 'console' };
      const user = await stores.cases.createUser({ name, roles: known, passwordHash }, by);
      return { document: { user: { id: user.id, name, roles: known } }, text: `${name}: ${known.join(', ')}` };
    } finally {
      await stores.close();
    }
  },
});

async function password(): Promise<string> {
  const given = process.env.OSTEON_NEW_PASSWORD ?? (await asked());
  if (given.length < SHORTEST_PASSWORD)
    throw new OsteonError('cli.usage', { least: SHORTEST_PASSWORD }, `At least ${SHORTEST_PASSWORD} characters`);
  return given;
}

/** From the keyboard, or from a pipe: never from an argument, which everyone on the machine can read. */
async function asked(): Promise<string> {
  const lines = createInterface({ input: process.stdin, ...(process.stdin.isTTY && { output: process.stderr }) });
  try {
    if (process.stdin.isTTY) return await lines.question('Password: ');
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
