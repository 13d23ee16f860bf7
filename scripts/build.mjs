// Bundles the command line and its worker into dist/ (about a fifth of a second). Packages stay in node_modules.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) time = Math.max(time, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  return time;
}

/** Builds when a source file is newer than the bundle. Files appear whole: another call of the program may be reading. */
export async function build() {
  const dist = join(root, 'dist');
  const built = statSync(join(dist, 'cli.mjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newest(join(root, 'src'))) return;
  const { build: bundle } = await import('esbuild');
  const part = join(dist, `part-${process.pid}`);
  mkdirSync(part, { recursive: true });
  try {
    await bundle({
      absWorkingDir: root,
      entryPoints: { cli: 'src/cli/main.ts', worker: 'src/cli/worker.ts' },
      outdir: part,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      sourcemap: true,
      logLevel: 'warning',
    });
    // The command line last: it is what the next call looks at.
    for (const name of ['worker.mjs.map', 'worker.mjs', 'cli.mjs.map', 'cli.mjs'])
      renameSync(join(part, name), join(dist, name));
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
