import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from '../../src/base/index.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((k) => !k.startsWith('$') && k !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
    fc.float32Array(),
    fc.uint8Array(),
    fc.float64Array(),
    fc.int16Array(),
  ),
})).value;

test('what is packed comes back equal', () => {
  fc.assert(
    fc.property(plain, (v) => {
      expect(unpack(pack(v))).toEqual(v);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('the order of keys does not change the bytes', () => {
  expect(pack({ b: 1, a: new Float32Array([1]) })).toEqual(pack({ a: new Float32Array([1]), b: 1 }));
});

test('damaged bytes are refused with a code', () => {
  const bytes = pack({ a: 1 });
  bytes[0] ^= 1;
  expect(() => unpack(bytes)).toThrow(/pack.damaged/);
});
