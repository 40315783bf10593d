import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { application } from '../../examples/mount.ts';
import { type Lab, startLab } from '../http/home-lab.ts';
import { pathOf, type Speaker, speakTo } from '../http/speaker.ts';
import { startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const network = `Category: network; scheme="${infrastructure}"; class="kind"`;
const compute = `Category: compute; scheme="${infrastructure}"; class="kind"`;

describe('where the gateway is, and how its URLs are made [X-5]', () => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  /** Makes a network and a machine on it; the target is written in both forms. */
  async function makeBoth(
    client: Speaker,
    origin: string,
    prefix: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const made = await client.plain('POST', '/occi/network/', network, headers);
    const url = made.headers.get('location') ?? '';
    expect(url).toMatch(`${origin}${prefix}/network/`);
    expect(made.text).toBe(`X-OCCI-Location: ${url}`);
    expect(await client.list('/occi/network/', headers)).toEqual([url]);
    for (const target of [url, pathOf(url), pathOf(url).slice(prefix.length)]) {
      const link = `Link: <${target}>; rel="${infrastructure}network"; category="${infrastructure}networkinterface"`;
      const machine = await client.plain('POST', '/occi/compute/', `${compute}\n${link}`, headers);
      expect(machine.status, machine.text).toBe(201);
      const path = pathOf(machine.headers.get('location'));
      const inner = `/occi${path.slice(prefix.length)}`;
      const { text } = await client.plain('GET', inner, undefined, headers);
      expect(text).toContain(`Link: <${path}?action=`);
      expect(text).toContain(`<${pathOf(url)}>; rel="${infrastructure}network"; self="${prefix}/networkinterface/`);
      const { json } = await client.json('GET', inner, undefined, headers);
      expect(json()).toMatchObject({ links: [{ source: { location: path }, target: { location: pathOf(url) } }] });
    }
  }

  it('is below a prefix', async () => {
    lab = await startLab({ prefix: '/occi' });
    const client = speakTo(lab);
    const { text } = await client.plain('GET', '/occi/-/');
    expect(text).toContain('location="/compute/"');
    await makeBoth(client, 'http://occi.lab.test', '/occi');
    expect((await client.plain('GET', '/compute/')).status).toBe(404);
    expect((await client.plain('GET', '/occision/')).status).toBe(404);
    expect((await client.plain('GET', '/occi/.well-known/org/ogf/occi/-/')).status).toBe(200);
  });

  it('is where OCCI_PUBLIC_URL says', async () => {
    lab = await startLab({ prefix: '/occi', publicUrl: 'https://clouds.test:8443/api/occi/' });
    await makeBoth(speakTo(lab), 'https://clouds.test:8443', '/api/occi');
  });

  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'clouds.test, inner.test',
    'x-forwarded-prefix': '/api/',
  };
  it('is where a trusted proxy says', async () => {
    lab = await startLab({ prefix: '/occi', trustProxy: true });
    await makeBoth(speakTo(lab), 'https://clouds.test', '/api/occi', forwarded);
  });

  it('is not where an unknown proxy says, nor where the header is none', async () => {
    lab = await startLab({ prefix: '/occi' });
    await makeBoth(speakTo(lab), 'http://occi.lab.test', '/occi', forwarded);
    await lab.close();
    lab = await startLab({ prefix: '/occi', trustProxy: true });
    const broken = {
      'x-forwarded-proto': 'javascript',
      'x-forwarded-host': 'evil.test/"><b>',
      'x-forwarded-prefix': '/../"><b>',
    };
    await makeBoth(speakTo(lab), 'http://occi.lab.test', '/occi', broken);
  });

  it('takes URLs of its own only', async () => {
    lab = await startLab();
    const link = `Link: <http://elsewhere.test/network/1>; rel="${infrastructure}network"; category="${infrastructure}networkinterface"`;
    expect((await speakTo(lab).plain('POST', '/compute/', `${compute}\n${link}`)).status).toBe(400);
  });

  it('is part of another application in the example', async () => {
    lab = await startLab({ prefix: '/occi' });
    const server = serve({ fetch: application(lab.gateway).fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const client = supertest(`http://127.0.0.1:${port}`);
    await client.get('/').expect(200, 'The clouds are at /occi/-/');
    const { headers } = await client.post('/occi/network/').type('text/plain').send(network).expect(201);
    expect(headers['location']).toMatch(`http://127.0.0.1:${port}/occi/network/`);
    const filter = 'X-OCCI-Attribute: occi.core.title="none"';
    await client.get('/occi/network/').type('text/plain').send(filter).expect(200, '');
    await client.get('/elsewhere').expect(404);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is configured by the environment', async () => {
    const directory = temporaryDirectory();
    const gateway = await startGateway(directory.path, {
      OCCI_PREFIX: '/occi',
      OCCI_PUBLIC_URL: 'https://clouds.test/occi',
    });
    const { headers } = await supertest(gateway.url)
      .post('/occi/network/')
      .type('text/plain')
      .send(network)
      .expect(201);
    expect(headers['location']).toMatch('https://clouds.test/occi/network/');
    await gateway.stop();
    directory.remove();
  });
});
