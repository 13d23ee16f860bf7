import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, ROOT } from '../cli/cli-kit.ts';
import { sliceBytes } from '../dicom-kit.ts';

// The program as a person uses it: a server in one window, verbs in another.

const hasStrace = spawnSync('strace', ['-V']).status === 0;
const { path, json } = program();
let server: ChildProcess;
let out = '';
const network = () => path('network.log');

beforeAll(async () => {
  const own = [process.execPath, join(ROOT, 'bin/osteon.mjs'), 'serve', '--port', '0', '--no-demo', '--json'];
  const watched = ['strace', '-f', '--seccomp-bpf', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', network()];
  const [file, ...args] = [...(hasStrace ? watched : []), ...own, '--data', path('data')];
  // A group of its own: strace keeps the signals that are sent to it to itself.
  server = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  server.stdout!.on('data', (text) => (out += text));
  while (!out.includes('\n}')) await new Promise((done) => setTimeout(done, 50));
}, 120_000);
afterAll(async () => {
  const gone = new Promise((done) => server.once('exit', done));
  process.kill(-server.pid!, 'SIGTERM');
  await gone;
}, 60_000);

/** Fifty beginnings by which systems know programs, scripts and documents. */
const BEGINNINGS = [
  ...[
    'MZ',
    '\x7fELF',
    '\xfe\xed\xfa\xce',
    '\xfe\xed\xfa\xcf',
    '\xce\xfa\xed\xfe',
    '\xcf\xfa\xed\xfe',
    '\xca\xfe\xba\xbe',
    '\0asm',
    'dex\n035',
  ],
  ...[
    '#!/bin/sh\n',
    '#!/usr/bin/env node\n',
    '#! /bin/bash',
    '<?php',
    '<html>',
    '<!DOCTYPE html>',
    '<script>',
    '<svg onload=x>',
    '<?xml ?>',
    '  <html>',
  ],
  ...[
    '%PDF-1.7',
    '%!PS-Adobe',
    '{\\rtf1',
    'PK\x03\x04',
    'PK\x05\x06',
    '\xd0\xcf\x11\xe0',
    '@echo off',
    '\xef\xbb\xbf<html>',
    'L\0\0\0\x01\x14\x02',
    'Rar!\x1a',
  ],
  ...[
    '7z\xbc\xaf',
    '\x1f\x8b\x08',
    'BZh9',
    '\xfd7zXZ',
    'MSCF',
    'ITSF',
    'GIF89a',
    '\x89PNG',
    '\xff\xd8\xff',
    'BM',
    'RIFF',
    'OggS',
    'ID3',
    'ftyp',
    'SQLite format 3',
  ],
  ...['import os\n', 'powershell -e', 'javascript:x', 'MThd', '!<arch>', '\0\0\0 ftypmp42'],
];

describe.sequential('a server and verbs beside it', () => {
  let caseId = '';

  test('it says where it is, and leaves a pass for programs of the same user only', () => {
    const { url, link, verdict } = JSON.parse(out);
    expect(verdict).toBe('pass');
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#link=[\w-]{43}$/);
    expect(link.startsWith(url)).toBe(true);
    if (process.platform === 'win32') return;
    for (const name of ['', 'local.json', 'vault', 'vault/incoming'])
      expect(statSync(path('data', name)).mode & 0o077, name).toBe(0);
  });

  test('push: fifty disguised files become a case; the disguise is named and taken off', async () => {
    expect(BEGINNINGS.length).toBe(50);
    mkdirSync(path('scan'), { recursive: true });
    BEGINNINGS.forEach((text, i) => {
      const bytes = sliceBytes({ number: i + 1 });
      bytes.set(Buffer.from(text, 'latin1'));
      writeFileSync(path('scan', `${i}.dcm`), bytes);
    });
    const lines = ['osteon: 1', 'procedure: total-talus-replacement', 'scan: ./scan', 'affectedSide: left'];
    writeFileSync(path('case.yaml'), [...lines, 'material: Ti-6Al-4V ELI', 'bodyMassKg: 80 # of today', ''].join('\n'));
    const { code, document } = await json('push', path('case.yaml'), '--label', 'A-17', '--data', path('data'));
    expect([code, document.error]).toEqual([0, undefined]);
    caseId = document.case;
    expect(document.revision).toBe(3);
  }, 60_000);

  const ask = async (route: string) => {
    const { url, cookie } = JSON.parse(readFileSync(path('data/local.json'), 'utf8'));
    return fetch(`${url}/api/v1/cases/${caseId}/${route}`, { headers: { cookie } });
  };

  test('every stored slice begins with nothing, and belongs to nobody', async () => {
    const scan = (await (await ask('scan')).json()) as { findings: { code: string; facts: object }[] };
    expect(scan.findings.find((f) => f.code === 'dicom.preamble')?.facts).toMatchObject({ files: 50 });
    const files = (await (await ask('artefacts?revision=3')).json()) as { path: string }[];
    expect(files.map((f) => f.path)).toContain('scan/volume.i16');
    const objects = readdirSync(path('data/objects'), { recursive: true, withFileTypes: true }).filter((e) =>
      e.isFile(),
    );
    const slices = objects
      .map((e) => readFileSync(join(e.parentPath, e.name)))
      .filter((b) => b.subarray(128, 132).toString() === 'DICM');
    expect(slices.length).toBe(50);
    for (const bytes of slices) {
      expect(bytes.subarray(0, 128).every((b) => b === 0)).toBe(true);
      expect(bytes.includes('A^B')).toBe(false);
    }
    expect(readdirSync(path('data/vault/incoming'))).toEqual([]);
    expect(readFileSync(path('data/vault/vault.json'), 'utf8')).toContain('A^B');
  });

  test('pull: the document comes back with its comments; a second push is a second revision', async () => {
    const pulled = await json('pull', 'A-17', '-o', path('back'), '--data', path('data'));
    expect(pulled.code).toBe(0);
    expect(readFileSync(path('back/case.yaml'), 'utf8')).toContain('bodyMassKg: 80 # of today');
    const again = await json('push', path('case.yaml'), '--to', caseId, '--data', path('data'));
    expect(again.document.revision).toBe(4);
  }, 60_000);

  test('what the command line refuses, the server refuses in the same words', async () => {
    const bad = readFileSync(path('case.yaml'), 'utf8').replace('left', 'both');
    writeFileSync(path('bad.yaml'), bad);
    const here = await json('run', path('bad.yaml'), '-o', path('never'));
    const { url, cookie, csrf } = JSON.parse(readFileSync(path('data/local.json'), 'utf8'));
    const response = await fetch(`${url}/api/v1/cases/${caseId}/document`, {
      method: 'PUT',
      headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' },
      body: JSON.stringify({ document: bad.replace('./scan', './dicom'), ifRevision: 4, message: 'x' }),
    });
    const there = (await response.json()) as { code: string; message: string; hint: string; facts: object };
    const { code, text, hint, facts } = here.document.error;
    expect([there.code, there.message, there.hint, there.facts]).toEqual([code, text, hint, facts]);
  }, 60_000);

  test('two servers on one store: the second says so', async () => {
    const second = await json('serve', '--port', '0', '--data', path('data'));
    expect([second.code, second.document.error.code]).toEqual([3, 'store.busy']);
  }, 60_000);

  test('a port that is taken is told as such', async () => {
    const { port } = new URL(JSON.parse(out).url);
    const { code, document } = await json('serve', '--port', port, '--data', path('third'), '--no-demo');
    expect([code, document.error.code, document.error.facts.reason]).toEqual([3, 'server.address', 'EADDRINUSE']);
  }, 60_000);

  test('an unsafe server does not start, and says what to do', async () => {
    const { code, document } = await json('serve', '--host', '0.0.0.0', '--data', path('other'));
    expect([code, document.error.code]).toEqual([3, 'server.insecure']);
    expect(existsSync(path('other'))).toBe(false);
  }, 60_000);

  test.skipIf(!hasStrace)(`nothing was sent to anyone${hasStrace ? '' : ' (strace is not installed)'}`, () => {
    const lines = readFileSync(network(), 'utf8').split('\n');
    // Answers to our own verbs leave through the sockets they came in by; nothing else may have an address.
    const addressed = lines.filter((line) => /AF_INET6?\b/.test(line));
    expect(addressed).toEqual([]);
  });
});
