// Writes the client's types, which are made from the route table of the case server.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const part = join(root, `api-client-${process.pid}.mjs`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/server/api/client-types.ts'],
    outfile: part,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { clientTypes } = await import(part);
  writeFileSync(join(root, 'src/server/client/paths.ts'), clientTypes());
} finally {
  rmSync(part, { force: true });
}
