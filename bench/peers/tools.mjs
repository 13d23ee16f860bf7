// The programs we are measured beside. Each says its version, or why it is not here; none is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Debian's interpreter carries Debian's packages, whatever else is on the path. */
const PYTHON = process.env.OSTEON_PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');

function python(script, versionOf, packageName) {
  const asked = spawnSync(PYTHON, ['-c', versionOf], { encoding: 'utf8', timeout: 60_000 });
  if (asked.status !== 0) return { missing: `${packageName} is not installed` };
  return { version: asked.stdout.trim(), command: [PYTHON, join(here, script)] };
}

/** Builds a C++ peer in `work` where CMake and its library are at hand; again when its source is newer. */
function cxx(name, work, packageName) {
  const folder = join(work, name);
  const program = join(folder, 'peer');
  const source = join(here, name, 'peer.cxx');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    process.stderr.write(`building the ${name} peer\n`);
    const run = (...args) => spawnSync('cmake', args, { stdio: 'ignore', timeout: 300_000 }).status === 0;
    if (!run('-S', join(here, name), '-B', folder)) return { missing: `${packageName}, g++ or cmake is not installed` };
    if (!run('--build', folder)) return { missing: 'it does not build here' };
  }
  return { version: readFileSync(join(folder, 'version.txt'), 'utf8').trim(), command: [program] };
}

function npm(name) {
  const require = createRequire(import.meta.url);
  try {
    let folder = dirname(require.resolve(name));
    while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { version, command: [process.execPath, join(here, `${name}.mjs`)] };
  } catch {
    return { missing: 'its npm package is not installed' };
  }
}

/** A program on the path that says its version when asked. */
function program(script, name, flag = '--help') {
  const asked = spawnSync(name, [flag], { encoding: 'utf8', timeout: 60_000 });
  const version = /\d+\.\d+(\.\d+)?/.exec(asked.stdout ?? '')?.[0];
  if (!version) return { missing: `${name} is not installed` };
  return { version, command: [process.execPath, join(here, script)] };
}

const FIND = {
  vtk: () =>
    python(
      'vtk_peer.py',
      'import vtkmodules.all, vtkmodules.util.numpy_support as n; print(vtkmodules.all.vtkVersion().GetVTKVersion())',
      'python3-vtk9',
    ),
  scipy: () => python('scipy_peer.py', 'import scipy.ndimage, scipy; print(scipy.__version__)', 'python3-scipy'),
  skimage: () =>
    python('skimage_peer.py', 'import skimage.measure, skimage; print(skimage.__version__)', 'python3-skimage'),
  itk: (work) => cxx('itk', work, 'libinsighttoolkit5-dev'),
  cgal: (work) => cxx('cgal', work, 'libcgal-dev'),
  meshoptimizer: () => npm('meshoptimizer'),
  prusa: () => program('prusa.mjs', 'prusa-slicer'),
  ccx: () => program('ccx.mjs', 'ccx', '-v'),
};

/** `{ version, command }` or `{ missing }` for each tool named. */
export function findTools(names, work) {
  return Object.fromEntries([...new Set(names)].map((name) => [name, FIND[name](work)]));
}
