import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { type Archive, fetchSeries, findSeries, findStudies } from '../../platform/node/index.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { refuseWhileArriving } from './documents.ts';
import { submitIntake } from './scans.ts';
import { jobView } from './views.ts';

type Archives = Pick<Handlers, 'listArchives' | 'findStudies' | 'fetchScan'>;

export const ARCHIVES: Archives = {
  listArchives: async (_, { archives }) => Object.keys(archives).map((name) => ({ name })),

  async findStudies({ params, body: { study, ...query } }, services) {
    const archive = known(services, params.archive);
    // What was asked for is a patient: the trail says that somebody asked, and where.
    await services.store.audit({ action: 'archive.find', subject: `archive/${params.archive}` }, services.by);
    const asked = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    return [...(study ? await findSeries(archive, study) : await findStudies(archive, asked))];
  },

  async fetchScan({ body }, services) {
    const { door, store, by, case: found } = services;
    const archive = known(services, body.archive);
    await refuseWhileArriving(services, found);
    const detail = { archive: body.archive };
    await store.audit({ action: 'archive.fetch', subject: `case/${found.id}`, caseId: found.id, detail }, by);
    const { id, folder } = await door.receive();
    try {
      const series = body.series
        ? [body.series]
        : (await findSeries(archive, body.study)).map((s) => s.seriesInstanceUid);
      let files = 0;
      for (const uid of series)
        for (const bytes of await fetchSeries(archive, body.study, uid))
          await writeFile(join(folder, `${String(++files).padStart(6, '0')}.dcm`), bytes, { flag: 'wx', mode: 0o600 });
      if (files === 0)
        throw new OsteonError('dicom.none', { series: series.length }, 'The archive knows no such study');
      return jobView(await submitIntake(services, found, id, { zip: false }));
    } catch (e) {
      await door.drop(id);
      throw e;
    }
  },
};

/** Only what the server was started with; an address in its place is no name of any. */
function known({ archives }: Services, name: string): Archive {
  if (!Object.hasOwn(archives, name)) throw new OsteonError('store.not-found', { kind: 'archive' });
  return archives[name];
}
