import { authenticated } from '../client/authenticated.ts';
import { ClientError } from '../client/client-error.ts';
import type { Credentials } from '../client/credentials.ts';
import { type Discovery, discover } from '../client/discovery.ts';
import { field, noBody, type Send } from '../client/exchange.ts';
import { spaceOf } from '../client/location.ts';
import type { Rendering } from '../client/rendering.ts';
import { repeated } from '../client/repeated.ts';
import { openWire, type TlsOptions } from '../client/wire.ts';
import { absolute, type NameSpace } from '../occi/name-space.ts';
import { version } from '../version.ts';
import { everyRendering, jsonRendering } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { versions } from './dialect.ts';
import { type ProfileName, profiles } from './profiles.ts';
import type { Report } from './report/report.ts';
import { readRequirements } from './requirement.ts';
import { type Result, run } from './run.ts';
import { attemptsFor, type Selection } from './selection.ts';
import { summarise } from './summary.ts';

/** Which server is examined, how it is reached, and what is looked at. */
export interface ExamineOptions {
  /** The URL below which it is, the one in front of `/-/`. */
  readonly endpoint: string;
  readonly credentials?: Credentials;
  readonly tls?: TlsOptions;
  /** How long an exchange may take; 60 s. */
  readonly timeoutMs?: number;
  /** How long checks wait for what the server does in its own time; 10 s. */
  readonly patienceMs?: number;
  readonly profile?: ProfileName;
  /** What it says counts more than the profile. */
  readonly selection?: Selection;
  /** Ends the run early. What was made is taken away, and what was found so far is reported, with the reason. */
  readonly signal?: AbortSignal;
  /** Is told how many checks there will be, once the server is known. */
  readonly onStart?: (planned: number) => void;
  /** Is told of each result as it comes. */
  readonly onResult?: (result: Result) => void;
}

/**
 * Makes the checks at a server, takes away what they have made, and judges the requirements.
 *
 * @throws ClientError when the endpoint is no URL or has credentials in it, the server is not reached, or its query interface cannot be read
 */
export async function examine(options: ExamineOptions): Promise<Report> {
  const { endpoint, profile, onStart, onResult, patienceMs, tls, timeoutMs } = options;
  const started = new Date();
  const space = spaceOf(endpoint);
  // The signal ends the run, not what tidies up after it.
  const wire = openWire({ ...(tls === undefined ? {} : { tls }), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const send = authenticated(repeated(wire.send, { retries: 2 }), options.credentials ?? { method: 'none' });
  try {
    const { catalogue, location: queryInterface } = await found(send, space);
    const asked: Selection = { ...(profile === undefined ? {} : profiles[profile].selection), ...options.selection };
    const { selection, notes } = await spoken(asked, { send, space, queryInterface, versions: catalogue.versions });
    const requirements = readRequirements();
    const attempts = attemptsFor(allChecks, requirements, selection);
    onStart?.(attempts.length);

    const results: Result[] = [];
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    const watched: Send = async (request) => {
      end.signal.throwIfAborted();
      try {
        return await send(request);
      } catch (error) {
        // It was there a moment ago. Nothing more can be found out, nor taken away.
        if (error instanceof ClientError && error.kind === 'unreachable') end.abort(error);
        throw error;
      }
    };
    const subject = {
      send: watched,
      space,
      queryInterface,
      catalogue,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    };
    const told = (result: Result) => {
      results.push(result);
      onResult?.(result);
    };
    const { left } = await run(subject, attempts, told, signal);

    const isWhole = results.length === attempts.length;
    return {
      suite: version,
      endpoint: absolute(space, '/'),
      server: catalogue.server,
      started,
      milliseconds: Date.now() - started.getTime(),
      ...(profile === undefined ? {} : { profile }),
      selection,
      requirements,
      results,
      summary: summarise({ requirements, checks: allChecks, results, selection }),
      planned: attempts.length,
      ...(isWhole ? {} : { givenUp: (signal.reason as Error).message }),
      notes,
      left,
    };
  } finally {
    wire.close();
  }
}

const agent = `occi-conformance/${version}`;

/** Servers that speak OCCI 1.1 alone refuse those who claim to speak a later version, too. */
async function found(send: Send, space: NameSpace): Promise<Discovery> {
  try {
    return await discover({ send, space, userAgent: `${agent} OCCI/1.2 OCCI/1.1` });
  } catch (error) {
    if (!(error instanceof ClientError && error.details.status === 501)) throw error;
    return discover({ send, space, userAgent: `${agent} OCCI/1.1` });
  }
}

/** What is known of a server when the checks are chosen. */
interface Acquaintance {
  readonly send: Send;
  readonly space: NameSpace;
  readonly queryInterface: string;
  /** Those of OCCI that it says it speaks. */
  readonly versions: readonly string[];
}

/**
 * A selection narrowed to what the server speaks, where it does not say itself what is to be spoken: no server has to
 * speak both versions, or has JSON because it has text.
 */
async function spoken(selection: Selection, server: Acquaintance): Promise<{ selection: Selection; notes: string[] }> {
  const notes: string[] = [];
  let narrowed = selection;
  const own = versions.filter((one) => server.versions.includes(one));
  if (selection.versions === undefined && own.length === 1) {
    narrowed = { ...narrowed, versions: own };
    notes.push(`The server says that it speaks OCCI ${own.join()} alone, and is only asked in that.`);
  }
  const isAbout12 = narrowed.versions?.includes('1.2') ?? true;
  if (selection.renderings === undefined && isAbout12 && !(await speaks(server, 'application/occi+json'))) {
    narrowed = { ...narrowed, renderings: everyRendering.filter((one) => !jsonRendering.includes(one)) };
    notes.push('The server does not speak application/occi+json, and is not asked in it.');
  }
  return { selection: narrowed, notes };
}

async function speaks({ send, space, queryInterface }: Acquaintance, rendering: Rendering): Promise<boolean> {
  const { response } = await send({
    method: 'GET',
    url: absolute(space, queryInterface),
    headers: [
      ['User-Agent', `${agent} OCCI/1.2`],
      ['Accept', rendering],
    ],
    body: noBody,
  });
  return response.status !== 406 && (field(response.headers, 'content-type')?.includes('json') ?? false);
}
