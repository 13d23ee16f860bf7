/** What could not be sent yet, kept in this browser until it has been: a crashed tab loses nothing that was done. */
export interface KeptWork {
  readonly caseId: string;
  /** The revision it was done on. */
  readonly onRevision: number;
  readonly document: string;
  readonly edits: unknown;
  readonly message: string;
  readonly command: unknown;
}

const NAME = 'osteon';
const STORE = 'work';

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'caseId' });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

let database: Promise<IDBDatabase> | undefined;

async function act<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  database ??= open();
  const transaction = (await database).transaction(STORE, mode, { durability: 'strict' });
  const asked = work(transaction.objectStore(STORE));
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = () => fail(transaction.error);
    transaction.onabort = () => fail(transaction.error);
  });
}

export const keepWork = (work: KeptWork): Promise<unknown> => act('readwrite', (s) => s.put(work));
export const keptWork = (caseId: string): Promise<KeptWork | undefined> => act('readonly', (s) => s.get(caseId));
export const dropWork = (caseId: string): Promise<unknown> => act('readwrite', (s) => s.delete(caseId));
