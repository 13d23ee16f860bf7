/** Several files in one upload, as the server takes them apart again (`application/vnd.osteon.files`). */

/** What stands before the bytes of one file: length of the name (uint32 LE), size (uint64 LE), name (UTF-8). */
export function framedHead(name: string, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const label = new TextEncoder().encode(name);
  const head = new Uint8Array(12 + label.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, label.length, true);
  view.setBigUint64(4, BigInt(sizeBytes), true);
  head.set(label, 12);
  return head;
}

export const FRAMED_TYPE = 'application/vnd.osteon.files';
