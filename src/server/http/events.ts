import type { FastifyReply } from 'fastify';
import { OsteonError } from '../../base/index.ts';
import { caseView, jobView } from '../cases/views.ts';
import type { Services } from '../services.ts';
import type { StoreEvent } from '../store/types.ts';

const BEAT_MS = 15_000;
/** Open event streams of all callers together. */
const MOST_STREAMS = 500;
let open = 0;

/**
 * News of one case until the connection ends: `progress` (a job), `case`, `revision`, `comment`, `review`. Every one is
 * sent only while `stillAllowed` says so; the first no ends the stream.
 * @throws http.rate where too many are open
 */
export function sendEvents(
  reply: FastifyReply,
  services: Services,
  caseId: string,
  stillAllowed: () => Promise<boolean>,
): void {
  if (open >= MOST_STREAMS) throw new OsteonError('http.rate', { streams: open });
  open++;
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...plainHeaders(reply), 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  const write = (text: string) => void (raw.writableEnded || raw.write(text));
  // One after the other, so that news arrive in the order they happened.
  let queue: Promise<void> = Promise.resolve();
  const send = (act: () => Promise<readonly [string, unknown] | undefined>) => {
    queue = queue
      .then(async () => {
        if (!(await stillAllowed())) return void raw.end();
        const news = await act();
        write(news ? `event: ${news[0]}\ndata: ${JSON.stringify(news[1])}\n\n` : ': beat\n\n');
      })
      .catch((e) => {
        services.onFault(e, 'getEvents');
        raw.end();
      });
  };
  const tell = ({ kind, id }: StoreEvent) =>
    send(async () => {
      if (kind === 'job') {
        const job = await services.store.job(id);
        return job && (['progress', jobView(job)] as const);
      }
      const found = await services.store.case(caseId);
      return kind === 'case'
        ? found && (['case', await caseView(found, services)] as const)
        : ([kind, { id }] as const);
    });
  const stop = services.store.watch((event) => {
    if (event.caseId === caseId) tell(event);
  });
  tell({ kind: 'case', caseId, id: caseId });
  const beat = setInterval(() => send(async () => undefined), BEAT_MS);
  raw.on('close', () => {
    open--;
    stop();
    clearInterval(beat);
  });
}

const plainHeaders = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(Object.entries(reply.getHeaders()).map(([k, v]) => [k, String(v)]));
