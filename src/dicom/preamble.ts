/** What the 128 free bytes before a DICOM file are. Viewers skip them, but a system that looks at first bytes does not. */
export type Preamble = 'empty' | 'tiff' | 'program' | 'script' | 'document' | 'other';

const SIGNATURES: readonly (readonly [kind: Preamble, starts: string])[] = [
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['program', 'MZ'],
  ['program', '\x7fELF'],
  ['program', '\xfe\xed\xfa'],
  ['program', '\xce\xfa\xed\xfe'],
  ['program', '\xcf\xfa\xed\xfe'],
  ['program', '\xca\xfe\xba\xbe'],
  ['program', '\0asm'],
  ['program', 'dex\n'],
  ['program', 'L\0\0\0\x01\x14\x02'],
  ['script', '#!'],
  ['script', '<'],
  ['script', '@echo'],
  ['script', '\xef\xbb\xbf'],
  ['document', '%PDF'],
  ['document', '%!PS'],
  ['document', '{\\rtf'],
  ['document', 'PK'],
  ['document', '\xd0\xcf\x11\xe0'],
];

/** @requires the first bytes of a file; `empty` also where it has no preamble at all */
export function preambleOf(head: Uint8Array): Preamble {
  const isPart10 = head.length >= 132 && String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
  const text = String.fromCharCode(...head.subarray(0, 128));
  if (!isPart10 || /^\0*$/.test(text)) return 'empty';
  const visible = text.replace(/^[\0-\x20]+/, '');
  const found = SIGNATURES.find(
    ([, starts]) => text.startsWith(starts) || (starts.length > 1 && visible.startsWith(starts)),
  );
  return found?.[0] ?? (visible.startsWith('<') ? 'script' : 'other');
}
