import type { ScanSource } from '../../plan/index.ts';
import { readDicomFiles, wholeFile } from './dicom-files.ts';
import { sha256 } from './files.ts';

/** The files of a folder, a zip or single files as a scan. Each is hashed once, when its name is first asked for. */
export async function openScanSource(paths: string | readonly string[]): Promise<ScanSource> {
  const files = await readDicomFiles(paths);
  const hashes: string[] = [];
  return {
    files,
    bytesOf(file) {
      // A plain view: Node's Buffer is not plain data.
      const { buffer, byteOffset, length } = wholeFile(files[file]);
      return new Uint8Array(buffer, byteOffset, length);
    },
    hashOf(file) {
      hashes[file] ??= sha256(wholeFile(files[file]));
      return hashes[file];
    },
  };
}
