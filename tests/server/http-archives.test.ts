import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeMultipart } from '../../src/dicom/index.ts';
import { sliceBytes } from '../dicom-kit.ts';
import { addressPayloads } from './hostile-input.ts';
import { type House, openHouse } from './http-kit.ts';

// A small archive that speaks DICOMweb, and everything it is asked.

const asked: string[] = [];
let archive: Server;
let elsewhere: Server;
let house: House;
let eva: Awaited<ReturnType<House['person']>>;
let caseId: string;
let redirect = '';

const listen = (server: Server) =>
  new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });

beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    asked.push(`elsewhere ${request.url}`);
    response.end();
  });
  const away = await listen(elsewhere);
  archive = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (redirect) return void response.writeHead(302, { location: `http://127.0.0.1:${away}/` }).end();
    if (request.url?.endsWith('/series/1.2.3')) {
      const { contentType, body } = writeMultipart([1, 2, 3].map((number) => sliceBytes({ number })));
      return void response.writeHead(200, { 'content-type': contentType }).end(body);
    }
    const study = { '0020000D': { vr: 'UI', Value: ['1.2'] }, '0020000E': { vr: 'UI', Value: ['1.2.3'] } };
    const name = { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Muster^Anna' }] } };
    response.writeHead(200, { 'content-type': 'application/dicom+json' }).end(JSON.stringify([{ ...study, ...name }]));
  });
  const url = `http://127.0.0.1:${await listen(archive)}/dicom-web`;
  house = await openHouse({ mode: 'local', archives: { clinic: { url } } });
  eva = await house.person('Eva', ['surgeon']);
  caseId = (await house.call(eva, 'POST', '/cases', { label: 'A-1' })).json.id;
});
afterAll(async () => {
  await house.close();
  archive.close();
  elsewhere.close();
});

const find = (name: string, body: object = {}) =>
  house.call(eva, 'POST', `/archives/${encodeURIComponent(name)}/find`, body);
const fetchScan = (body: object) => house.call(eva, 'POST', `/cases/${caseId}/scan/fetch`, body);

describe.sequential('archives', () => {
  test('their names are told, their addresses are not', async () => {
    const { text } = await house.call(eva, 'GET', '/archives');
    expect(text).toBe('[{"name":"clinic"}]');
  });

  test('studies are found by name, and nobody’s name gets into the trail', async () => {
    const { status, json } = await find('clinic', { patientName: 'Muster*' });
    expect([status, json[0].patientName, json[0].studyInstanceUid]).toEqual([200, 'Muster^Anna', '1.2']);
    expect(JSON.stringify(await house.services.store.auditRows())).not.toMatch(/Muster/);
  });

  test('a study is fetched to the door and waits for the intake', async () => {
    const { status, json } = await fetchScan({ archive: 'clinic', study: '1.2' });
    expect([status, json.kind, json.state]).toEqual([202, 'intake', 'ready']);
    const busy = await fetchScan({ archive: 'clinic', study: '1.2' });
    expect([busy.status, busy.json.code]).toEqual([409, 'case.busy']);
    await house.call(eva, 'POST', `/cases/${caseId}/jobs/${json.id}/cancel`);
  });

  test('an archive that sends us on is not followed', async () => {
    redirect = 'yes';
    const answer = await find('clinic');
    redirect = '';
    expect([answer.status, answer.json.code]).toEqual([502, 'pacs.refused']);
    expect(asked.filter((line) => line.startsWith('elsewhere'))).toEqual([]);
  });

  test('60 addresses in place of a name, a study, a series or a question: only the configured archive is ever asked', async () => {
    asked.length = 0;
    const looked: string[] = [];
    const real = dns.lookup;
    (dns as { lookup: unknown }).lookup = (...args: unknown[]) => {
      looked.push(String(args[0]));
      return (real as (...a: unknown[]) => void)(...args);
    };
    try {
      for (const trick of addressPayloads()) {
        expect((await find(trick)).status).toBeGreaterThanOrEqual(400);
        expect((await fetchScan({ archive: trick, study: '1.2' })).status).toBeGreaterThanOrEqual(400);
        expect((await fetchScan({ archive: 'clinic', study: trick })).status).toBe(400);
        expect((await fetchScan({ archive: 'clinic', study: '1.2', series: trick })).status).toBe(400);
        expect((await find('clinic', { study: trick })).status).toBe(400);
        await find('clinic', { patientName: trick, patientId: trick });
      }
    } finally {
      (dns as { lookup: unknown }).lookup = real;
    }
    expect(looked.filter((host) => host !== '127.0.0.1')).toEqual([]);
    for (const line of asked) expect(line).toMatch(/^GET \/dicom-web\/studies\?[\w%&=.*-]*$/);
    expect(house.faults).toEqual([]);
  });
});
