/// <reference lib="dom" />
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium, where it is installed. Tests that drive it skip by name elsewhere. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
export const NO_BROWSER = 'needs /usr/bin/chromium';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

/** Pictures of a run, to be looked at; never part of the repository. */
export const picturesFolder = (): string =>
  process.env.OSTEON_PICTURES ?? mkdtempSync(join(tmpdir(), 'osteon-pictures-'));
