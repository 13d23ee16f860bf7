import { auditHash, GENESIS } from '../store/audit.ts';
import type { AuditRow, CaseStore } from '../store/types.ts';

/** What is wrong at one place of the trail. */
export interface AuditFault {
  readonly seq: number;
  /** `edited`: a row is not what was hashed. `missing`: a number is gone. `relinked`: a row was replaced, hash and all. `head`: the last row is not the one that was written last. */
  readonly kind: 'edited' | 'missing' | 'relinked' | 'head';
  readonly text: string;
}

export interface AuditVerdict {
  readonly rows: number;
  readonly faults: readonly AuditFault[];
  /** Number and hash of the last row: written down elsewhere, they prove later that nothing before them has changed. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** Places where the clock went back by more than a minute; not a fault of the trail. */
  readonly clockSteps: readonly { readonly seq: number; readonly backMs: number }[];
}

const BATCH = 5000;
const CLOCK_MS = 60_000;

/**
 * Checks every row of the trail against its hash and its neighbours, and the last one against the head.
 * @param known number and hash of a row that were written down before
 * @cost about 5 µs a row
 */
export async function verifyAudit(
  store: Pick<CaseStore, 'auditRows' | 'auditHead'>,
  known?: { readonly seq: number; readonly hash: string },
): Promise<AuditVerdict> {
  // The head first: rows that are added meanwhile must not look like rows past it.
  const head = await store.auditHead();
  const faults: AuditFault[] = [];
  const clockSteps: { seq: number; backMs: number }[] = [];
  let last: AuditRow | undefined;
  let rows = 0;
  for (let more = true; more; ) {
    const batch = await store.auditRows({ after: last?.seq ?? 0, limit: BATCH });
    for (const row of batch) {
      judge(row, last, faults);
      if (known?.seq === row.seq && known.hash !== row.hash)
        faults.push({ seq: row.seq, kind: 'relinked', text: `row ${row.seq} has another hash than was written down` });
      if (last && row.at < last.at - CLOCK_MS) clockSteps.push({ seq: row.seq, backMs: last.at - row.at });
      last = row;
    }
    rows += batch.length;
    more = batch.length === BATCH;
  }
  const seq = last?.seq ?? 0;
  for (let gone = seq + 1; gone <= Math.max(head.seq, known?.seq ?? 0); gone++)
    faults.push({ seq: gone, kind: 'missing', text: `row ${gone} is gone` });
  const atHead = last?.seq === head.seq && last.hash !== head.hash;
  if (atHead) faults.push({ seq, kind: 'head', text: `row ${seq} is not the one the head of the chain names` });
  return { rows, faults, head: { seq, hash: last?.hash ?? GENESIS }, clockSteps };
}

function judge(row: AuditRow, last: AuditRow | undefined, faults: AuditFault[]): void {
  const before = last?.seq ?? 0;
  for (let gone = before + 1; gone < row.seq; gone++)
    faults.push({ seq: gone, kind: 'missing', text: `row ${gone} is gone` });
  if (auditHash(row) !== row.hash)
    faults.push({ seq: row.seq, kind: 'edited', text: `row ${row.seq} was changed or moved after it was written` });
  // What was found changed itself is not named twice.
  else if (row.seq === before + 1 && row.prevHash !== (last?.hash ?? GENESIS) && faults.at(-1)?.seq !== before)
    faults.push({ seq: before, kind: 'relinked', text: `row ${before} is not the one that row ${row.seq} followed` });
}
