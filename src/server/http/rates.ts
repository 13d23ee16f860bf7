import { OsteonError } from '../../base/index.ts';
import { RATES, type Rate } from '../api/route.ts';

const MINUTE_MS = 60_000;
/** Callers remembered at once; the one seen longest ago goes first. */
const MOST_CALLERS = 10_000;

/** One bucket a caller and kind of call: full at first, filled again within a minute. */
export function createRates(now: () => number, perMinute: Readonly<Record<Rate, number>> = RATES) {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    /** @throws http.rate */
    spend(caller: string, rate: Rate): void {
      const key = `${rate} ${caller}`;
      const most = perMinute[rate];
      const time = now();
      const old = buckets.get(key) ?? { left: most, at: time };
      buckets.delete(key);
      const left = Math.min(most, old.left + ((time - old.at) / MINUTE_MS) * most) - 1;
      buckets.set(key, { left: Math.max(left, 0), at: time });
      if (buckets.size > MOST_CALLERS) buckets.delete(buckets.keys().next().value as string);
      if (left < 0) throw new OsteonError('http.rate', { perMinute: most }, 'Wait a minute and try again');
    },
  };
}
export type Rates = ReturnType<typeof createRates>;
