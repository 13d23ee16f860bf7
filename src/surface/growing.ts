/** Arrays that double when full: the counts of a surface are not known before it is walked. */
export class GrowingF64 {
  data: Float64Array;
  length = 0;
  constructor(capacity: number) {
    this.data = new Float64Array(capacity);
  }
  /** Room for this many numbers more, for `add3`. */
  reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const bigger = new Float64Array(2 * this.data.length + more);
    bigger.set(this.data);
    this.data = bigger;
  }
  /** @requires room */
  add3(x: number, y: number, z: number): void {
    const { data, length } = this;
    data[length] = x;
    data[length + 1] = y;
    data[length + 2] = z;
    this.length = length + 3;
  }
  /** What is there so far; good until the next `reserve`. */
  view(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}

export class GrowingU32 {
  data: Uint32Array;
  length = 0;
  constructor(capacity: number) {
    this.data = new Uint32Array(capacity);
  }
  /** Room for this many numbers more, for `add3`. */
  reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const bigger = new Uint32Array(2 * this.data.length + more);
    bigger.set(this.data);
    this.data = bigger;
  }
  /** @requires room */
  add3(x: number, y: number, z: number): void {
    const { data, length } = this;
    data[length] = x;
    data[length + 1] = y;
    data[length + 2] = z;
    this.length = length + 3;
  }
  take(): Uint32Array {
    return this.data.slice(0, this.length);
  }
}
