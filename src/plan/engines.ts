import type { FrameDecoders, Inflate } from '../dicom/index.ts';
import type { RegionEngine } from '../make/index.ts';
import type { SolidEngine } from '../mesh/index.ts';
import type { PdfEngine } from './report/pdf.ts';

/** What the machine hands to steps: too heavy for the kernel, or not part of the language. */
export interface Engines {
  readonly inflate: Inflate;
  /** Decoders for these transfer syntaxes. */
  decoders(syntaxes: readonly string[]): Promise<FrameDecoders>;
  readonly pdf: PdfEngine;
  /** Set operations and offsets of outlines. */
  regions(): Promise<RegionEngine>;
  /** Set operations on solids. */
  solids(): Promise<SolidEngine>;
  sha256(bytes: Uint8Array): string;
}
