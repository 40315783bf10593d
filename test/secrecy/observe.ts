/**
 * Set up in every test process: what its children write is kept, and the credentials that it sends, gets and hands over
 * are noticed, so that no test has to say which of its values are secrets.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { basename, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { commandIsSecret, fieldsAreSecret } from './credentials.ts';
import { keepFor, keepLog } from './keep.ts';
import { keepAudit } from './kept-log.ts';

interface Spawning {
  readonly process: ChildProcess;
  readonly options: { readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv | null };
}

keepFor(relative(process.cwd(), expect.getState().testPath ?? 'unknown'));
let started = 0;

on<Spawning>('tracing:child_process.spawn:start', ({ process: child, options }) => {
  started += 1;
  const { args, env } = options;
  commandIsSecret(args, env ?? {});
  child.once('exit', () => keepAudit(env?.['OCCI_AUDIT_LOG']));
  const program = args.find((word) => /\/src\/.*\.ts$/.test(word)) ?? args[0] ?? '';
  const log = `${started}.${basename(program)}`;
  // It has its streams a moment later, and nothing has come through them by then.
  queueMicrotask(() => {
    keepAll(child.stdout, `${log}.stdout`);
    keepAll(child.stderr, `${log}.stderr`);
  });
});
on<{ request: ClientRequest }>('http.client.request.start', ({ request }) => fieldsAreSecret(request.getHeaders()));
on<{ request: IncomingMessage }>('http.server.request.start', ({ request }) => fieldsAreSecret(request.headers));
on<{ response: ServerResponse }>('http.server.response.finish', ({ response }) =>
  fieldsAreSecret(response.getHeaders()),
);
on<{ request: { headers: readonly string[] } }>('undici:request:create', ({ request }) =>
  fieldsAreSecret(pairs(request.headers)),
);
on<{ response: { headers: readonly Buffer[] } }>('undici:request:headers', ({ response }) =>
  fieldsAreSecret(pairs(response.headers.map(String))),
);

function on<M>(channel: string, told: (message: M) => void): void {
  subscribe(channel, (message) => told(message as M));
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []));
}

/** Keeps what comes before anybody reads it: a listener would set the stream flowing, whether it is read or not. */
function keepAll(stream: Readable | null | undefined, log: string): void {
  // A process that could not be started has none.
  if (stream === null || stream === undefined) return;
  const push = stream.push.bind(stream);
  stream.push = (piece: Buffer | null, ...more) => {
    if (piece !== null) keepLog(log, piece);
    return push(piece, ...more);
  };
}
