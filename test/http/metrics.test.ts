import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commonProject } from '../../src/occi/entity.ts';
import { base, L1, type Lab, startHomeLab } from './home-lab.ts';
import { until } from './until.ts';

const json = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
const lamp = JSON.stringify({ kind: 'http://lab.test/occi/home#lamp', attributes: { 'test.lab.watts': 5 } });

let lab: Lab;
beforeEach(async () => {
  lab = await startHomeLab();
});
afterEach(() => lab.close());

/** The series of a metric: what is between braces, and the value. */
async function series(metric: string): Promise<ReadonlyMap<string, number>> {
  const { body } = await lab.gateway.metrics();
  const lines = body.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === metric ? [[labels, Number(value)] as const] : [];
  });
  return new Map(lines);
}

describe('requests', () => {
  it.each([
    ['GET', L1, {}, 'route="entity",method="GET",status="200",rendering="text/plain"'],
    ['HEAD', L1, {}, 'route="entity",method="HEAD",status="200",rendering="text/plain"'],
    ['GET', '/lamp/', { accept: 'text/uri-list' }, 'route="kind",method="GET",status="200",rendering="text/uri-list"'],
    ['GET', '/', { accept: 'text/occi' }, 'route="path",method="GET",status="200",rendering="text/occi"'],
    [
      'GET',
      '/-/',
      { accept: 'application/occi+json' },
      'route="query",method="GET",status="200",rendering="application/occi+json"',
    ],
    ['OPTIONS', '/-/', {}, 'route="query",method="OPTIONS",status="200",rendering="none"'],
    ['GET', '/healthz', {}, 'route="operator",method="GET",status="200",rendering="none"'],
    ['GET', '/lamp/nobody', {}, 'route="entity",method="GET",status="404",rendering="text/plain"'],
    ['GET', '/metrics/deeper', {}, 'route="nothing",method="GET",status="404",rendering="text/plain"'],
    ['GET', '/-/', { 'user-agent': 'x OCCI/9.0' }, 'route="unknown",method="GET",status="501",rendering="text/plain"'],
    ['BREW', L1, {}, 'route="entity",method="other",status="405",rendering="text/plain"'],
  ])('%s %s is counted by the sort of its target, never by its path', async (method, path, headers, labels) => {
    const before = (await series('occi_requests_total')).get(labels) ?? 0;
    for (let i = 0; i < 3; i++) await lab.request(method, path, { headers });
    expect((await series('occi_requests_total')).get(labels)).toBe(before + 3);
  });

  it('that change something are counted, too', async () => {
    await lab.request('POST', '/lamp/', { headers: json, body: lamp });
    const labels = 'route="kind",method="POST",status="201",rendering="application/occi+json"';
    expect((await series('occi_requests_total')).get(labels)).toBe(1);
  });

  it('make as many series as there are sorts of targets, however many paths and methods are tried', async () => {
    const count = async () => (await series('occi_requests_total')).size;
    await lab.request('GET', '/lamp/none-0');
    await lab.request('BREW', '/none-0/');
    const before = await count();
    for (let i = 1; i < 20; i++) {
      await lab.request('GET', `/lamp/none-${i}`);
      await lab.request(`BREW${i}`, `/none-${i}/`);
    }
    expect(await count()).toBe(before);
  });

  it('have their time in a histogram whose buckets add up', async () => {
    for (let i = 0; i < 5; i++) await lab.request('GET', L1);
    const labels = 'route="entity",method="GET"';
    const buckets = [...(await series('occi_request_duration_seconds_bucket'))]
      .filter(([name]) => name.startsWith(`${labels},`))
      .map(([, value]) => value);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(buckets.at(-1)).toBe(5);
    expect((await series('occi_request_duration_seconds_count')).get(labels)).toBe(5);
    const sum = (await series('occi_request_duration_seconds_sum')).get(labels);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(60);
  });

  it('are told while they are being answered', async () => {
    const body = new TransformStream<Uint8Array, Uint8Array>();
    const init = { method: 'POST', headers: json, body: body.readable, duplex: 'half' } as const;
    const answer = lab.gateway.fetch(new Request(`${base}/lamp/`, init));
    const inFlight = async () => (await series('occi_requests_in_flight')).get('');
    await until(inFlight, (now) => now === 1);
    const writer = body.writable.getWriter();
    await writer.write(new TextEncoder().encode(lamp));
    await writer.close();
    expect((await answer).status).toBe(201);
    expect(await inFlight()).toBe(0);
  });
});

describe('the store', () => {
  it('tells how long commits took, how many share a transaction, and that none waits', async () => {
    const committed = async () =>
      (await series('occi_store_commit_duration_seconds_count')).get('outcome="committed"') ?? 0;
    const batched = async () => (await series('occi_store_batch_size_sum')).get('') ?? 0;
    const [before, batchedBefore] = [await committed(), await batched()];
    const creations = Array.from({ length: 20 }, () => lab.request('POST', '/lamp/', { headers: json, body: lamp }));
    for (const { status } of await Promise.all(creations)) expect(status).toBe(201);
    expect(await committed()).toBeGreaterThanOrEqual(before + 20);
    expect((await batched()) - batchedBefore).toBeGreaterThanOrEqual(20);
    expect((await series('occi_store_commits_waiting')).get('')).toBe(0);
    expect((await series('occi_outbox_commands')).get('')).toBe(0);
  });
});

describe('quotas', () => {
  it('are told of the projects that the quota file names, with what they use', async () => {
    await lab.close();
    const directory = mkdtempSync(join(tmpdir(), 'occi-quota-'));
    const quotaFile = join(directory, 'quota.yaml');
    writeFileSync(quotaFile, `default: { lamp: 100 }\nprojects: { "${commonProject}": { socket: 7 } }\n`);
    lab = await startHomeLab({ quotaFile });
    const project = `project="${commonProject}"`;
    expect([...(await series('occi_quota_limit'))]).toEqual([
      [`${project},resource="lamp"`, 100],
      [`${project},resource="socket"`, 7],
    ]);
    const used = await series('occi_quota_used');
    expect([used.get(`${project},resource="lamp"`), used.get(`${project},resource="socket"`)]).toEqual([2, 1]);
    rmSync(directory, { recursive: true });
  });
});

describe('the process', () => {
  it('tells how late its event loop is, and its memory', async () => {
    expect((await series('nodejs_eventloop_lag_seconds')).get('')).toBeGreaterThanOrEqual(0);
    expect((await series('process_resident_memory_bytes')).get('')).toBeGreaterThan(0);
  });
});

describe('/metrics on the port for clients', () => {
  it('is not there, and nobody can make something there', async () => {
    expect((await lab.request('GET', '/metrics')).status).toBe(404);
    expect((await lab.request('PUT', '/metrics', { headers: json, body: lamp })).status).toBe(404);
  });

  it('is there where OCCI_METRICS_PUBLIC says so', async () => {
    const open = await startHomeLab({ metricsPublic: true });
    const { status, headers, text } = await open.request('GET', '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^occi_requests_in_flight 1$/m);
    expect((await open.request('POST', '/metrics')).status).toBe(405);
    await open.close();
  });
});
