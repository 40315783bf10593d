import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elementsOf, linesOf, utf8 } from './grammar.ts';
import { L1, L2, type Lab, P1, S1, startHomeLab, startLab } from './home-lab.ts';
import { expectEntity } from './json-rules.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

/** The ways to send back what was received. */
const ways: Readonly<Record<string, (client: Speaker, path: string) => Promise<number>>> = {
  async 'text/plain'(client, path) {
    const { text } = await client.plain('GET', path);
    const answer = await client.plain('PUT', path, text);
    expect(answer.text).toBe(text);
    return answer.status;
  },
  async 'text/occi'(client, path) {
    const { headers } = await client.occi('GET', path);
    const fields = ['category', 'link', 'x-occi-attribute'].flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, utf8(value)] as const];
    });
    const answer = await client.occi('PUT', path, Object.fromEntries(fields));
    for (const [name, value] of fields) expect(utf8(answer.headers.get(name))).toBe(value);
    return answer.status;
  },
  async 'application/occi+json'(client, path) {
    const value = (await client.json('GET', path)).json();
    const answer = await client.json('PUT', path, value);
    expect(answer.json()).toEqual(value);
    expectEntity(answer.json());
    return answer.status;
  },
};

describe.each(Object.entries(ways))('GFD.223 §10.2.2: PUT takes back what GET showed as %s', (_, echo) => {
  let lab: Lab | undefined;
  afterEach(() => lab?.close());

  it.each([L1, L2, S1, P1])('from the home lab: %s [H11-3.4.4-k] [H11-3.4.4-i] [D14] [D16]', async (path) => {
    lab = await startHomeLab();
    const client = speakTo(lab);
    const before = (await client.plain('GET', path)).text;
    expect(await echo(client, path)).toBe(200);
    expect((await client.plain('GET', path)).text).toBe(before);
  });

  it('from a cloud, with links, mixins and a title full of separators [H11-3.4.4-k]', async () => {
    lab = await startLab();
    const client = speakTo(lab);
    const { compute, links } = await cloud(client);
    for (const path of [compute, ...links]) {
      const before = (await client.plain('GET', path)).text;
      expect(await echo(client, path)).toBe(200);
      expect((await client.plain('GET', path)).text).toBe(before);
    }
  });
});

describe('GFD.223 §10.2.2: what PUT changes', () => {
  let lab: Lab;
  let client: Speaker;
  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  it('removes what is missing, but never links [H11-3.4.4-k] [H11-3.4.4-l]', async () => {
    await client.plain('POST', L1, 'X-OCCI-Attribute: occi.core.summary="by the sofa"');
    const { text } = await client.plain('GET', L1);
    const without = text.split('\n').filter((line) => !/^Link:|summary|colour/.test(line));
    const { status, text: after } = await client.plain('PUT', L1, without.join('\n'));
    expect(status).toBe(200);
    expect(attribute(after, 'occi.core.summary')).toBeUndefined();
    expect(attribute(after, 'test.lab.colour')).toBe('"white"');
    const links = (one: string) => linesOf(one).filter(([name]) => name === 'Link');
    expect(links(after)).toEqual(links(text));
  });

  it('refuses a new link, and what was there stays [H11-3.4.4-l] [D14]', async () => {
    const { text } = await client.plain('GET', L1);
    const link = `Link: <${S1}>; rel="http://lab.test/occi/home#socket"; category="http://lab.test/occi/home#plug"`;
    const { status } = await client.plain('PUT', L1, `${text}\n${link}`);
    expect(status).toBe(400);
    expect((await client.plain('GET', L1)).text).toBe(text);
  });

  it('keeps kind and mixins when no category is sent [H11-3.4.4-m] [D15]', async () => {
    await client.json('POST', L1, { mixins: ['http://lab.test/occi/home#dimmer'] });
    const { status, headers, text } = await client.plain('PUT', L1, 'X-OCCI-Attribute: test.lab.watts=7');
    expect(status, text).toBe(200);
    expect(elementsOf(text.split('\n')[1] ?? '')[0]).toMatch(/^Category: dimmer/);
    expect(attribute(text, 'occi.core.title')).toBeUndefined();
    expect(headers.get('location')).toContain(L1);
  });

  it.each([
    ['X-OCCI-Attribute: test.lab.state="on"', 403],
    ['X-OCCI-Attribute: occi.core.id="urn:uuid:00000000-0000-4000-8000-000000000000"', 403],
    ['Category: socket; scheme="http://lab.test/occi/home#"; class="kind"', 400],
  ])('refuses %s with %i [H11-3.4.4-j]', async (line, expected) => {
    const { text } = await client.plain('GET', L1);
    const name = /X-OCCI-Attribute: ([^=]+)/.exec(line)?.[1];
    const others =
      name === undefined
        ? text
        : text
            .split('\n')
            .filter((one) => !one.includes(` ${name}=`))
            .join('\n');
    expect((await client.plain('PUT', L1, `${others}\n${line}`)).status).toBe(expected);
    expect((await client.plain('POST', L1, line)).status).toBe(expected);
    expect((await client.plain('GET', L1)).text).toBe(text);
  });
});

/** A machine with templates, an SSH key, a network, a disk and a tag. */
async function cloud(client: Speaker) {
  const scheme = 'http://schemas.ogf.org/occi/infrastructure#';
  const create = async (collection: string, entity: object) => {
    const { status, headers, text } = await client.json('POST', collection, entity);
    expect(status, text).toBe(201);
    return pathOf(headers.get('location'));
  };
  await client.json('POST', '/-/', { mixins: [{ term: 'mine', scheme: 'http://lab.test/tags#', location: '/mine/' }] });
  const network = await create('/network/', { kind: `${scheme}network`, title: 'net' });
  const storage = await create('/storage/', { kind: `${scheme}storage`, attributes: { 'occi.storage.size': 1.5 } });
  const compute = await create('/compute/', {
    kind: `${scheme}compute`,
    title: 'größer; "a, b" = <c> \\',
    mixins: [
      'http://localhost/occi/infrastructure/os_tpl#debian-13',
      'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#small',
      'http://schemas.ogf.org/occi/infrastructure/credentials#ssh_key',
      'http://lab.test/tags#mine',
    ],
    attributes: { 'occi.compute.hostname': 'web', 'occi.credentials.ssh.publickey': 'ssh-ed25519 AAAA= me@home' },
    links: [
      { kind: `${scheme}networkinterface`, target: { location: network } },
      { kind: `${scheme}storagelink`, target: { location: storage } },
    ],
  });
  await expect
    .poll(async () => attribute((await client.plain('GET', compute)).text, 'occi.compute.state'))
    .toBe('"active"');
  const own = async () => [...(await client.list('/networkinterface/')), ...(await client.list('/storagelink/'))];
  const links = (await own()).map((url) => pathOf(url));
  for (const link of links) {
    await expect.poll(async () => (await client.plain('GET', link)).text).toMatch(/\.state="active"/);
  }
  return { compute, links };
}
