import type { FrameDecoders } from '../../dicom/index.ts';
import type { Engines } from '../../plan/index.ts';
import { createDecoders, inflate } from './codecs.ts';
import { sha256 } from './files.ts';
import { createPdf } from './pdf.ts';
import { createRegionEngine } from './region-engine.ts';
import { createSolidEngine } from './solid.ts';

/** The engines of this machine; what is slow to start is started once, when a step first asks for it. */
export function createEngines(): Engines {
  const decoders = new Map<string, Promise<FrameDecoders>>();
  let regions: ReturnType<Engines['regions']> | undefined;
  let solids: ReturnType<Engines['solids']> | undefined;
  return {
    inflate,
    pdf: createPdf,
    sha256,
    regions() {
      regions ??= createRegionEngine();
      return regions;
    },
    solids() {
      solids ??= createSolidEngine();
      return solids;
    },
    decoders(syntaxes) {
      const key = syntaxes.join(' ');
      const made = decoders.get(key) ?? createDecoders(syntaxes);
      decoders.set(key, made);
      return made;
    },
  };
}
