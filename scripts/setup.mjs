// Installs what is missing, so that `npm test` and `npm run demo` work on a fresh clone with only Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const missing = Object.entries({ ...wanted.dependencies, ...wanted.devDependencies }).some(([name, version]) => {
  const file = join(root, 'node_modules', name, 'package.json');
  return !existsSync(file) || JSON.parse(readFileSync(file, 'utf8')).version !== version;
});
if (missing) {
  process.stderr.write('osteon: installing packages (once)\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm's own report goes to stderr: stdout belongs to the verb.
  const run = (...args) =>
    spawnSync(npm, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' }).status === 0;
  // A registry may lack an optional platform package the lock names; the versions are pinned either way.
  if (!run('ci') && !run('install', '--no-save')) process.exit(4);
}
