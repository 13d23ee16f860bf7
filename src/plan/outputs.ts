import type { Finding, Verdict } from '../base/index.ts';
import type { ConversionRow } from '../io/index.ts';
import type { Artefact, Provenance } from './graph.ts';

/** One file of the pack. */
export interface OutFile {
  /** What it is for: `bone`, `implant`, `report` … */
  readonly role: string;
  /** Relative, forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Unit of the numbers inside; empty where there are none. */
  readonly unit: string;
  readonly made: Provenance;
  /** What writing a mesh in this format did to it. */
  readonly conversion?: ConversionRow;
}

/** Everything a workflow hands over, apart from the manifest. */
export interface Pack {
  readonly caseId: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly files: readonly OutFile[];
  /** The numbers a person asks for first; keys carry units. */
  readonly summary: object;
}

export interface ManifestEntry {
  readonly role: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly unit: string;
  readonly step: string;
  readonly version: number;
  readonly parameters: object;
  readonly inputs: object;
  readonly conversion?: ConversionRow;
}
export interface Manifest {
  readonly osteon: string;
  readonly case: string;
  readonly procedure: string;
  readonly verdict: Verdict;
  readonly artefacts: readonly ManifestEntry[];
}

/** What was made, from what, by which step: enough to check every file and to make it again. Sorted by path. */
export function manifestOf(
  pack: Pack,
  head: { osteon: string; procedure: string },
  sha256: (b: Uint8Array) => string,
): Manifest {
  const artefacts = pack.files.map(({ role, path, bytes, unit, made, conversion }) => ({
    role,
    path,
    sha256: sha256(bytes),
    bytes: bytes.length,
    unit,
    step: made.step,
    version: made.version,
    parameters: made.params,
    inputs: made.inputs,
    ...(conversion && { conversion }),
  }));
  artefacts.sort((a, b) => (a.path < b.path ? -1 : 1));
  const { osteon, procedure } = head;
  return { osteon, case: pack.caseId, procedure, verdict: pack.verdict, artefacts };
}

/** A JSON file, two spaces, ended by a line break; typed arrays as lists, numbers that JSON cannot say as null. */
export function jsonBytes(value: unknown): Uint8Array {
  const plain = (_: string, v: unknown) => (ArrayBuffer.isView(v) ? Array.from(v as unknown as ArrayLike<number>) : v);
  return new TextEncoder().encode(`${JSON.stringify(value, plain, 2)}\n`);
}

/** A document put together on the spot from artefacts. */
export function documentFile(role: string, path: string, value: unknown, from: Record<string, Artefact>): OutFile {
  const inputs = Object.fromEntries(Object.entries(from).map(([name, a]) => [name, a.hash]));
  return {
    role,
    path,
    bytes: jsonBytes(value),
    unit: 'mm',
    made: { step: 'document', version: 1, params: {}, inputs },
  };
}
