/** Arrays that double when full: the counts of a surface are not known before it is walked. */
export class GrowingF64 {
  data: Float64Array;
  length = 0;
  constructor(capacity: number) {
    this.data = new Float64Array(capacity);
  }
  push3(x: number, y: number, z: number): void {
    if (this.length + 3 > this.data.length) {
      const bigger = new Float64Array(2 * this.data.length + 3);
      bigger.set(this.data);
      this.data = bigger;
    }
    this.data[this.length++] = x;
    this.data[this.length++] = y;
    this.data[this.length++] = z;
  }
  take(): Float64Array {
    return this.data.slice(0, this.length);
  }
}

export class GrowingU32 {
  data: Uint32Array;
  length = 0;
  constructor(capacity: number) {
    this.data = new Uint32Array(capacity);
  }
  push3(x: number, y: number, z: number): void {
    if (this.length + 3 > this.data.length) {
      const bigger = new Uint32Array(2 * this.data.length + 3);
      bigger.set(this.data);
      this.data = bigger;
    }
    this.data[this.length++] = x;
    this.data[this.length++] = y;
    this.data[this.length++] = z;
  }
  take(): Uint32Array {
    return this.data.slice(0, this.length);
  }
}
