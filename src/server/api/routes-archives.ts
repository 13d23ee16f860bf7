import { z } from 'zod';
import { id, job } from './models.ts';
import { ANY_ROLE, route } from './route.ts';

const PLANNERS = ['surgeon', 'engineer'] as const;
/** A name of the server's settings. An address is never taken from anybody. */
const archive = z.string().regex(/^\w{1,40}$/, 'the name of an archive');
const uid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/, 'a UID');
const asked = z
  .string()
  .max(64)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\0-\x1f\x7f\\]*$/, 'text');

/** Archives of the hospital, as far as the server was told of them. */
export const ARCHIVE_ROUTES = {
  listArchives: route({
    method: 'GET',
    path: '/archives',
    summary: 'Names of the archives this server may ask',
    owner: { rule: 'role' },
    roles: ANY_ROLE,
    rate: 'read',
    reply: z.array(z.object({ name: z.string() })),
  }),
  findStudies: route({
    method: 'POST',
    path: '/archives/:archive/find',
    summary:
      'Studies of an archive (QIDO-RS). The answer names patients: it is shown to the person who asked, never kept',
    owner: { rule: 'role' },
    roles: PLANNERS,
    rate: 'heavy',
    csrf: 'token',
    limit: 'small',
    params: z.object({ archive }),
    body: z
      .object({
        patientId: asked.optional(),
        patientName: asked.optional(),
        studyDate: z
          .string()
          .regex(/^\d{8}(-\d{8})?$/, 'YYYYMMDD or a range of two')
          .optional(),
        modality: z
          .string()
          .regex(/^[A-Z]{2,8}$/, 'a modality')
          .optional(),
        /** Lists the series of this study instead. */
        study: uid.optional(),
      })
      .strict(),
    reply: z.array(
      z.object({
        studyInstanceUid: z.string(),
        seriesInstanceUid: z.string(),
        patientName: z.string(),
        patientId: z.string(),
        studyDate: z.string(),
        modality: z.string(),
        description: z.string(),
        instances: z.number().nullable(),
      }),
    ),
  }),
  fetchScan: route({
    method: 'POST',
    path: '/cases/:case/scan/fetch',
    summary: 'A study, or one series of it, from an archive into the case (WADO-RS); taken in like an upload',
    owner: { rule: 'case' },
    roles: PLANNERS,
    rate: 'heavy',
    csrf: 'token',
    limit: 'small',
    status: 202,
    params: z.object({ case: id }),
    body: z.object({ archive, study: uid, series: uid.optional() }).strict(),
    reply: job,
  }),
} as const;
