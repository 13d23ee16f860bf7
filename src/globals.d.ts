// The only host facilities the kernel (rows 0 to 5) may use; every JavaScript engine of this century has them.
// Anything not listed here, a file, a clock, a worker, a log, fails to compile below row 6.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}
