import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runToEnd, startGateway, temporaryDirectory } from './command.ts';

describe('measurements', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const running: RunningGateway[] = [];
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop('SIGKILL')));
    directory.remove();
  });
  const start = async (environment: Readonly<Record<string, string>> = {}, name = 'data') => {
    const gateway = await startGateway(`${directory.path}/${name}`, environment);
    running.push(gateway);
    return gateway;
  };

  it('have a port of their own, on which there is nothing else', async () => {
    const gateway = await start();
    const url = new URL(gateway.metricsUrl);
    expect(Number(url.port)).not.toBe(gateway.port);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await answer.text()).toMatch(/^occi_requests_in_flight 0$/m);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(new URL('/metrics?name=x', url))).status).toBe(200);
    for (const path of ['/', '/-/', '/compute/', '/healthz', '//metrics']) {
      expect((await fetch(new URL(url.origin + path))).status, path).toBe(404);
    }
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  });

  it('are on none with off', async () => {
    const gateway = await start({ OCCI_METRICS_PORT: 'off' });
    expect(gateway.log().find(({ msg }) => msg === 'listening')).not.toHaveProperty('metricsUrl');
  });

  it('are done without where the port is taken; clients are served', async () => {
    const first = await start();
    const second = await start({ OCCI_METRICS_PORT: new URL(first.metricsUrl).port }, 'other');
    expect((await fetch(`${second.url}/-/`)).status).toBe(200);
    expect((await second.stop()).stdout).toContain('measurements cannot be read');
  });

  it.each(['on', '-1', '65536'])('OCCI_METRICS_PORT=%s is refused', async (port) => {
    const { code, stderr } = await runToEnd([], { OCCI_METRICS_PORT: port });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^occi-gateway: OCCI_METRICS_PORT=\S+: must be /);
  });
});
