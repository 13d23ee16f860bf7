#!/usr/bin/env node
// The program: installs packages and builds if this is a fresh clone, then hands over to the command line.
await import('../scripts/setup.mjs');
const { build } = await import('../scripts/build.mjs');
await build();
const { main } = await import('../dist/cli.mjs');
process.exitCode = await main(process.argv.slice(2));
