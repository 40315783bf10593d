import { discover } from '../../src/client/discovery.ts';
import type { Exchange, Fields, Send, WireRequest } from '../../src/client/exchange.ts';
import { spaceOf } from '../../src/client/location.ts';
import { openWire } from '../../src/client/wire.ts';
import type { Check } from '../../src/conformance/check.ts';
import type { Dialect } from '../../src/conformance/dialect.ts';
import { readRequirements } from '../../src/conformance/requirement.ts';
import { type Result, run } from '../../src/conformance/run.ts';
import { attemptsFor, type Selection } from '../../src/conformance/selection.ts';
import type { GatewayOptions } from '../../src/index.ts';
import { serveGateway } from '../client/served-gateway.ts';

/** The dialect of faults that say nothing else. */
export const usualDialect: Dialect = { version: '1.2', rendering: 'text/plain' };

/** A fault that a server may have: what it makes of exchanges with one that is right. */
export interface Mutation {
  readonly name: string;
  /** The ids of the checks of its room that have to fail. */
  readonly breaks: readonly [string, ...string[]];
  /** The ids of those of other rooms that have to fail, too: they see the same, or what it leads to. */
  readonly also?: readonly string[];
  /** In which dialect it shows; OCCI 1.2 in text/plain when nothing is said. */
  readonly dialect?: Dialect;
  /** How long checks wait for what never comes with it; 3 s. Less for faults with which much never comes. */
  readonly patienceMs?: number;
  /** What it answers, given what was asked and what is right. */
  readonly mutate?: (exchange: Exchange) => Exchange;
  /** What it takes a request for, before anything is done. */
  readonly mistake?: (request: WireRequest) => WireRequest;
}

/** A gateway that checks are made against, as it is or with a fault. */
export interface Laboratory {
  /** Makes checks in all dialects, or in those that are selected. */
  results(checks: readonly Check[], selection?: Selection): Promise<readonly Result[]>;
  /** Makes checks with a fault, in the dialect in which it shows. */
  resultsWith(
    mutation: Pick<Mutation, 'dialect' | 'patienceMs' | 'mutate' | 'mistake'>,
    checks: readonly Check[],
  ): Promise<readonly Result[]>;
  /** The ids of the checks that fail with a fault, sorted. */
  failing(checks: readonly Check[], mutation: Mutation): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How the gateway of a laboratory is set. */
export type LaboratoryOptions = Pick<GatewayOptions, 'lineEnds'>;

/** Serves a gateway with a record of its own. */
export async function openLaboratory(options: LaboratoryOptions = {}): Promise<Laboratory> {
  const served = await serveGateway(options);
  const wire = openWire();
  const space = spaceOf(served.url);
  const { catalogue, location } = await discover({ send: wire.send, space, userAgent: 'test OCCI/1.2' });
  const requirements = readRequirements();
  const results = async (checks: readonly Check[], selection: Selection, send: Send, patienceMs: number) => {
    const found: Result[] = [];
    const attempts = attemptsFor(checks, requirements, { isDestructive: true, ...selection });
    await run({ send, space, queryInterface: location, catalogue, patienceMs }, attempts, (result) =>
      found.push(result),
    );
    return found;
  };
  const resultsWith: Laboratory['resultsWith'] = (mutation, checks) => {
    const { dialect: { version, rendering } = usualDialect, patienceMs = 3000 } = mutation;
    const selection: Selection = { versions: [version], renderings: [rendering] };
    return results(checks, selection, faulty(wire.send, mutation), patienceMs);
  };
  return {
    results: (checks, selection = {}) => results(checks, selection, wire.send, 10_000),
    resultsWith,
    async failing(checks, mutation) {
      const found = await resultsWith(mutation, checks);
      return found
        .filter(({ verdict }) => verdict === 'fail')
        .map(({ check }) => check.id)
        .toSorted();
    },
    async close() {
      wire.close();
      await served.close();
    },
  };
}

function faulty(
  send: Send,
  { mutate = (exchange) => exchange, mistake = (request) => request }: Pick<Mutation, 'mutate' | 'mistake'>,
): Send {
  return async (request) => {
    const { response } = await send(mistake(request));
    return mutate({ request, response });
  };
}

/** Header fields without those of a name. */
export function without(headers: Fields, name: string): Fields {
  return headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase());
}

/** The same exchange with another status. */
export function withStatus({ request, response }: Exchange, status: number): Exchange {
  return { request, response: { ...response, status } };
}

/** The same exchange with a header field of the answer as it is now, or without it. */
export function withHeader({ request, response }: Exchange, name: string, value?: string): Exchange {
  const others = without(response.headers, name);
  const headers: Fields = value === undefined ? others : [...others, [name, value]];
  return { request, response: { ...response, headers } };
}

/** The same exchange with another body of the answer. */
export function withBody(exchange: Exchange, change: (text: string) => string): Exchange {
  const { request, response } = exchange;
  const body = new TextEncoder().encode(change(new TextDecoder().decode(response.body)));
  return withHeader({ request, response: { ...response, body } }, 'Content-Length', String(body.length));
}
