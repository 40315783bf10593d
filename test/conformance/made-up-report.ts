import type { Exchange, Fields } from '../../src/client/exchange.ts';
import type { Check } from '../../src/conformance/check.ts';
import { dialects } from '../../src/conformance/dialect.ts';
import type { Report } from '../../src/conformance/report/report.ts';
import type { Requirement } from '../../src/conformance/requirement.ts';
import type { Result, Verdict } from '../../src/conformance/run.ts';
import type { Selection } from '../../src/conformance/selection.ts';
import { summarise } from '../../src/conformance/summary.ts';

/** A requirement that exists only in tests. */
export function requirement(id: string, more: Partial<Requirement> = {}): Requirement {
  return { id, document: 'GFD.223', section: '9.1', level: 'MUST', actor: 'server', text: `${id} is so.`, ...more };
}

/** A check that proves requirements. */
export function checkOf(id: string, proves: readonly [string, ...string[]], more: Partial<Check> = {}): Check {
  return { id, proves, title: `The title of ${id}`, run: async () => {}, ...more };
}

/** What a check has come to, in the dialect with that number. */
export function resultOf(check: Check, verdict: Verdict, more: Partial<Result> = {}, dialect = 0): Result {
  const [first] = dialects;
  const why = verdict === 'pass' ? {} : { reason: `the reason of ${check.id}` };
  return {
    check,
    dialect: dialects[dialect] ?? (first as NonNullable<typeof first>),
    verdict,
    exchanges: [],
    ...why,
    ...more,
  };
}

/** An exchange with a body in each direction. */
export function exchangeOf(answer: string | Uint8Array, headers: Fields = []): Exchange {
  const bytes = (text: string | Uint8Array) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return {
    request: {
      method: 'POST',
      url: 'http://cloud.example.org/compute/?action=start',
      headers: [['Content-Type', 'text/plain']],
      body: bytes('Category: start'),
    },
    response: { status: 200, reason: 'OK', headers, body: bytes(answer), milliseconds: 12 },
  };
}

/** A report about a server that does not exist. */
export function reportOf(
  requirements: readonly Requirement[],
  results: readonly Result[],
  more: Partial<Report> = {},
  selection: Selection = {},
): Report {
  const checks = [...new Set(results.map(({ check }) => check))];
  return {
    suite: '1.2.3',
    endpoint: 'http://cloud.example.org/',
    server: 'cloud/1 OCCI/1.2',
    started: new Date('2026-01-02T03:04:05.678Z'),
    milliseconds: 4321,
    selection,
    requirements,
    results,
    summary: summarise({ requirements, checks, results, selection }),
    planned: results.length,
    notes: [],
    left: [],
    ...more,
  };
}

const everything = String.fromCharCode(...Array.from({ length: 0xa0 }, (_, code) => code));

/** What a server might answer to break out of a report. */
export const hostile = `</script></style></pre>--></failure>]]><img src=x onerror=alert(1)>"'&amp;\u202e\ufffe${everything}`;

/** A report of which every word of the server is hostile. */
export function hostileReport(): Report {
  const check = checkOf('server/hostile', ['HTTP-9-a']);
  const exchange = exchangeOf(new TextEncoder().encode(`${hostile}\n`), [['X-Hostile', hostile]]);
  const { response } = exchange;
  const result = resultOf(check, 'fail', {
    reason: `it is polite; here: ${hostile}`,
    exchanges: [
      {
        ...exchange,
        response: { ...response, reason: hostile, body: Buffer.concat([response.body, Uint8Array.of(0xff, 0xfe)]) },
      },
    ],
  });
  return reportOf([requirement('HTTP-9-a')], [result], { server: hostile, left: [hostile], notes: [hostile] });
}
