// Bundles the command line and its worker into dist/ (about a fifth of a second; packages stay in node_modules), and the
// planner with everything it needs into dist/web/.
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
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
  const part = join(dist, `making-${process.pid}`);
  mkdirSync(part, { recursive: true });
  try {
    await bundle({
      absWorkingDir: root,
      entryPoints: { cli: 'src/cli/main.ts', worker: 'src/cli/worker.ts' },
      outdir: part,
      outExtension: { '.js': '.mjs' },
      chunkNames: 'part-[hash]',
      // What only some verbs need (the case server and its packages) is loaded by them alone.
      splitting: true,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      sourcemap: true,
      logLevel: 'warning',
    });
    // The command line last: it is what the next call looks at.
    const last = ['worker.mjs.map', 'worker.mjs', 'cli.mjs.map', 'cli.mjs'];
    const shared = readdirSync(part).filter((name) => !last.includes(name));
    for (const name of [...shared, ...last]) renameSync(join(part, name), join(dist, name));
    removeOld(dist, shared);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Pieces of earlier builds, once no call that began with them can still want them. */
function removeOld(dist, kept) {
  for (const name of readdirSync(dist))
    if (
      /^part-\w+\.mjs/.test(name) &&
      !kept.includes(name) &&
      Date.now() - statSync(join(dist, name)).mtimeMs > 86_400_000
    )
      rmSync(join(dist, name), { force: true });
}

/** Builds the planner when a source file of it or of the kernel is newer than the bundle. No file of it comes from elsewhere. */
export async function buildWeb() {
  const out = join(root, 'dist', 'web');
  const built = statSync(join(out, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > Math.max(newest(join(root, 'src')), newest(join(root, 'web')))) return;
  const { build: bundle } = await import('esbuild');
  const part = join(root, 'dist', `web-${process.pid}`);
  try {
    await bundle({
      absWorkingDir: root,
      entryPoints: { planner: 'web/main.tsx', work: 'web/work/worker.ts' },
      outdir: part,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
      sourcemap: true,
      logLevel: 'warning',
    });
    copyFileSync(join(root, 'web', 'index.html'), join(part, 'index.html'));
    mkdirSync(out, { recursive: true });
    // The page last: it names the others.
    const names = readdirSync(part).sort((a, b) => Number(a === 'index.html') - Number(b === 'index.html'));
    for (const name of names) renameSync(join(part, name), join(out, name));
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build();
  await buildWeb();
}
