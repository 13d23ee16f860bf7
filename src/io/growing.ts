/** Numbers collected one by one into a typed array that doubles. */
export interface Doubles {
  push(x: number): void;
  readonly length: number;
  take(): Float64Array;
}

export function growDoubles(): Doubles {
  let data = new Float64Array(1024);
  let n = 0;
  return {
    push(x) {
      if (n === data.length) {
        const wider = new Float64Array(2 * n);
        wider.set(data);
        data = wider;
      }
      data[n++] = x;
    },
    get length() {
      return n;
    },
    take: () => data.slice(0, n),
  };
}
