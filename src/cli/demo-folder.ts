import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from '../base/index.ts';
import type { Artefact, FileBytes, Graph } from '../plan/index.ts';
import { createStore, listFiles, openOutFolder, readBytes } from '../platform/node/index.ts';
import type { Session } from './session.ts';

/** A scan that is made, and the case that treats it. */
export interface MadeScan {
  /** For the progress line. */
  readonly news: string;
  readonly caseText: string;
  scan(graph: Graph): Promise<Artefact<{ readonly files: readonly Uint8Array[] }>>;
}
export interface MadeFolder {
  readonly casePath: string;
  readonly home: string;
  readonly graph: Graph;
  /** To be called when nothing can go wrong any more. */
  readonly withdraw: () => void;
}

/** Says which CT lies in the folder. */
const STAMP = 'dicom.sha256';

/** `dicom/` and `case.yaml` in a folder; one that holds them already is left as it is. */
export async function makeFolder(folder: string, made: MadeScan, session: Session): Promise<MadeFolder> {
  const home = await openOutFolder(folder);
  const withdraw = session.onUndo(home.discard);
  const graph = session.graph(createStore(home.hidden));
  const casePath = join(home.path, 'case.yaml');
  const scan = await made.scan(graph);
  if ((await readFile(join(home.path, STAMP), 'utf8').catch(() => '')) !== scan.hash) {
    session.say(made.news);
    const { files } = unpack<{ files: readonly Uint8Array[] }>(await scan.load());
    const old = (await listFiles(home.path)).map((path) => path.slice(home.path.length + 1).replaceAll('\\', '/'));
    for (const [i, bytes] of files.entries()) await home.add(`dicom/${String(i + 1).padStart(4, '0')}.dcm`, bytes);
    await home.add('case.yaml', made.caseText);
    await home.add(STAMP, scan.hash);
    await home.publish(
      STAMP,
      old.filter((path) => path.startsWith('dicom/')),
    );
  } else home.discard();
  return { casePath, home: home.path, graph, withdraw };
}

/** Every STL file of a case, by its path inside the folder. */
export async function stlFiles(out: string): Promise<FileBytes[]> {
  const stl = (await listFiles(out)).filter((path) => path.endsWith('.stl'));
  return Promise.all(
    stl.map(async (path) => ({
      name: path.slice(out.length + 1).replaceAll('\\', '/'),
      bytes: new Uint8Array(await readBytes(path)),
    })),
  );
}
