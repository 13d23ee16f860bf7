export { publishPack, readCase, readJson } from './case-files.ts';
export { createEngines } from './engines.ts';
export { listFiles, type OutFolder, openOutFolder, readBytes, sha256, writeAtomic } from './files.ts';
export { createPdf } from './pdf.ts';
export { createPool, type Pool, type PoolOptions } from './pool.ts';
export { openScanSource } from './scan-source.ts';
export { serve } from './serve.ts';
export { createSolidEngine } from './solid.ts';
export { createMemoryStore, createStore } from './store.ts';
