// `npm start`: installs and builds what is missing, then opens the case server for this machine.
import './setup.mjs';
import { build, buildWeb } from './build.mjs';

await build();
await buildWeb();
const { main } = await import('../dist/cli.mjs');
process.exitCode = await main(['serve', ...process.argv.slice(2)]);
