import { afterEach, describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, connect } from '../../src/client/index.ts';
import { reply, type ScriptedServer, startScripted } from './scripted-server.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const actions = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const core = 'http://schemas.ogf.org/occi/core#';
const plain = 'Content-Type: text/plain; charset=utf-8';
const json = 'Content-Type: application/occi+json';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Answers by method and path, or in order where there are several; `$` is the URL of the server. */
type Answers = Readonly<Record<string, string | readonly string[]>>;

async function server(answers: Answers): Promise<ScriptedServer> {
  const asked = new Map<string, number>();
  const started: ScriptedServer = await startScripted(({ method, path }) => {
    const key = `${method} ${path}`;
    const nth = asked.get(key) ?? 0;
    asked.set(key, nth + 1);
    const answer = answers[key] ?? reply('404 Not Found');
    const text = typeof answer === 'string' ? answer : (answer[Math.min(nth, answer.length - 1)] ?? '');
    return withUrl(text, started.url);
  });
  open.push(started);
  return started;
}

/** Fills in the URL, and says the right length again. */
function withUrl(answer: string, url: string): string {
  if (!answer.includes('$')) return answer;
  const [head = '', body = ''] = answer.replaceAll('$', url).split(/\r\n\r\n(.*)/s);
  return `${head.replace(/(Content-Length: )[0-9]+/, `$1${Buffer.byteLength(body)}`)}\r\n\r\n${body}`;
}

async function clientOf(answers: Answers, options: Partial<ClientOptions> = {}) {
  const { url, requests } = await server(answers);
  const client: Client = await connect({ endpoint: url, pauseMs: 1, ...options });
  open.push(client);
  return { client, requests, url };
}

const kind = (term: string, more = '') => `Category: ${term};scheme="${infrastructure}";class="kind"${more}`;

describe('rOCCI-server 1: everything in text, no blanks, locations in bodies', () => {
  const model = [
    `Category: resource;scheme="${core}";class="kind";title="Resource";rel="${core}entity";location="/resource/"`,
    kind('compute', `;title="Compute Resource";rel="${core}resource";location="/compute/";actions="${actions}start"`),
    kind('storage', `;rel="${core}resource";location="/storage/";attributes="occi.storage.size{required}"`),
    `Category: os_tpl;scheme="${infrastructure}";class="mixin";location="/mixins/os_tpl/"`,
    `Category: uuid_debianvm_5;scheme="http://localhost/occi/infrastructure/os_tpl#";class="mixin";title="debianvm";rel="${infrastructure}os_tpl";location="/mixins/os_tpl/uuid_debianvm_5/"`,
    `Category: small;scheme="http://sitespecific.localhost/occi/infrastructure/resource_tpl#";class="mixin";rel="${infrastructure}resource_tpl"`,
    `Category: start;scheme="${actions}";class="action"`,
    `Category: save;scheme="${actions}";class="action"`,
  ].join('\n');
  const machine = [
    kind('compute', ';title="Compute Resource"'),
    'Category: uuid_debianvm_5;scheme="http://localhost/occi/infrastructure/os_tpl#";class="mixin"',
    'X-OCCI-Attribute: occi.core.id="4015"',
    'X-OCCI-Attribute: occi.compute.cores="2"',
    'X-OCCI-Attribute: occi.compute.memory=0.5',
    'X-OCCI-Attribute: occi.compute.state="inactive"',
    'X-OCCI-Attribute: org.opennebula.compute.id="4015"',
    `Link: </compute/4015?action=start>;rel="${actions}start"`,
    `Link: </storage/6>;rel="${infrastructure}storage";self="/link/storagelink/compute_4015_disk_0";category="${infrastructure}storagelink";occi.storagelink.deviceid="/dev/hda"`,
  ].join('\n');
  const answers: Answers = {
    'GET /-/': reply('200 OK', [plain, 'Server: rOCCI-server/1.1 OCCI/1.1'], model),
    'POST /compute/': reply('201 Created', [plain], 'X-OCCI-Location: $/compute/4015'),
    'POST /storage/': reply('201 Created', [json, 'Location: $/storage/4017'], 'OK'),
    'GET /compute/': reply('200 OK', ['Content-Type: text/uri-list'], '$/compute/4011\n$/compute/4015'),
    'GET /compute/4015': reply('200 OK', [plain], machine),
    'POST /compute/4015': reply('200 OK', [plain], machine),
    'POST /compute/4015?action=start': reply('200 OK', [plain]),
    'POST /compute/4015?action=save': reply(
      '200 OK',
      [plain],
      'Category: uuid_saved_9;scheme="http://localhost/occi/infrastructure/os_tpl#";class="mixin"',
    ),
    'DELETE /compute/4015': reply('200 OK', [plain]),
  };

  it('is understood, and spoken to in text/plain', async () => {
    const { client, url, requests } = await clientOf(answers);
    expect(client.rendering).toBe('text/plain');
    expect(client.catalogue.versions).toEqual(['1.1']);
    expect(client.catalogue.osTemplates.map(({ term }) => term)).toEqual(['uuid_debianvm_5']);
    expect(client.catalogue.resourceTemplates.map(({ term }) => term)).toEqual(['small']);
    const made = await client.create({ kind: 'compute', mixins: ['os_tpl#uuid_debianvm_5', 'resource_tpl#small'] });
    expect(made).toBe(`${url}/compute/4015`);
    expect(requests.at(-1)?.body).toBe(
      `Category: compute; scheme="${infrastructure}"; class="kind"\n` +
        'Category: uuid_debianvm_5; scheme="http://localhost/occi/infrastructure/os_tpl#"; class="mixin"\n' +
        'Category: small; scheme="http://sitespecific.localhost/occi/infrastructure/resource_tpl#"; class="mixin"',
    );
    expect(await client.describe(made)).toEqual({
      url: made,
      location: '/compute/4015',
      kind: `${infrastructure}compute`,
      mixins: ['http://localhost/occi/infrastructure/os_tpl#uuid_debianvm_5'],
      attributes: {
        'occi.core.id': '4015',
        'occi.compute.cores': 2,
        'occi.compute.memory': 0.5,
        'occi.compute.state': 'inactive',
        'org.opennebula.compute.id': '4015',
      },
      actions: [`${actions}start`],
      links: [
        {
          url: `${url}/link/storagelink/compute_4015_disk_0`,
          target: `${url}/storage/6`,
          targetKind: `${infrastructure}storage`,
          kind: `${infrastructure}storagelink`,
          mixins: [],
          attributes: { 'occi.storagelink.deviceid': '/dev/hda', 'occi.core.target': '/storage/6' },
        },
      ],
    });
    expect(await client.list('compute')).toEqual([`${url}/compute/4011`, made]);
    expect((await client.entities('compute')).map((one) => one.url)).toEqual([made]);
    expect(await client.trigger(made, 'start')).toEqual({ mixins: [] });
    expect((await client.trigger(made, 'save')).mixins).toEqual([
      'http://localhost/occi/infrastructure/os_tpl#uuid_saved_9',
    ]);
    expect((await client.update(made, { mixins: ['small'] })).location).toBe('/compute/4015');
    await client.delete(made);
    expect(await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 0.006 } })).toBe(
      `${url}/storage/4017`,
    );
  });

  it('makes nothing twice when nobody knows what became of it: it does not keep ids', async () => {
    const { client, requests } = await clientOf({ ...answers, 'POST /compute/': '' });
    const attributes = { 'occi.core.id': '77e5988e-528e-4e1e-925e-1b22714463f7' };
    await expect(client.create({ kind: 'compute', attributes })).rejects.toMatchObject({ kind: 'lost' });
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('ooi: below a path, 200 for what is created, 204 for what is empty or done', () => {
  const answers: Answers = {
    'GET /occi1.2/-/': reply(
      '200 OK',
      [plain, 'Server: ooi/1.2 OCCI/1.2'],
      [
        `Category: compute; scheme="${infrastructure}"; class="kind"; title="compute resource"; rel="${core}resource"; location="$/occi1.2/compute/"`,
        `Category: storage; scheme="${infrastructure}"; class="kind"; title="storage resource"; rel="${core}resource"; location="$/occi1.2/storage/"`,
        `Category: storagelink; scheme="${infrastructure}"; class="kind"; rel="${core}link"; location="$/occi1.2/storagelink/"`,
        'Category: 42; scheme="http://schemas.openstack.org/template/resource#"; class="mixin"; title="Flavor: m1.tiny"; rel="http://schemas.ogf.org/occi/infrastructure#resource_tpl"; location="$/occi1.2/resource_tpl/42"',
        'Category: user_data; scheme="http://schemas.openstack.org/compute/instance#"; class="mixin"; location="$/occi1.2/user_data/"',
        'Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"; class="mixin"; location="$/occi1.2/user_data/"',
        `Category: start; scheme="${actions}"; class="action"; title="start compute instance"`,
      ].join('\n'),
    ),
    'GET /occi1.2/compute/': reply('204 No Content'),
    'POST /occi1.2/compute/': reply('200 OK', [plain], 'X-OCCI-Location: $/occi1.2/compute/8a97b403'),
    'GET /occi1.2/compute/8a97b403': reply(
      '200 OK',
      [plain],
      [
        `Category: compute; scheme="${infrastructure}"; class="kind"; title="compute resource"; rel="${core}resource"; location="$/occi1.2/compute/"`,
        'X-OCCI-Attribute: occi.core.title="OOI_VM_1"',
        'X-OCCI-Attribute: occi.compute.memory=512',
        'X-OCCI-Attribute: occi.core.summary=',
        `Link: <$/occi1.2/storagelink/8a97b403_f551d92d>; rel="${infrastructure}storage"; self="$/occi1.2/storagelink/8a97b403_f551d92d"; category="${infrastructure}storagelink"; occi.core.target="$/occi1.2/storage/f551d92d"; occi.storagelink.deviceid="/dev/vdb"`,
        `Link: <$/occi1.2/compute/8a97b403?action=start>; rel="${actions}start"`,
      ].join('\n'),
    ),
    'POST /occi1.2/compute/8a97b403?action=start': reply('204 No Content'),
    'DELETE /occi1.2/compute/8a97b403': reply('204 No Content'),
    'POST /occi1.2/storagelink/': reply('200 OK', [plain], 'X-OCCI-Location: $/occi1.2/storagelink/8a97b403_f551d92d'),
  };

  it('is understood, and gets references with its path', async () => {
    const { url, requests } = await server(answers);
    const client = await connect({ endpoint: `${url}/occi1.2/` });
    open.push(client);
    expect(client.rendering).toBe('text/plain');
    expect(await client.list('compute')).toEqual([]);
    const made = await client.create({
      kind: 'compute',
      mixins: ['resource_tpl#42'],
      links: [{ target: '/storage/f551d92d' }],
    });
    expect(requests.at(-1)?.body).toContain(
      `Link: </occi1.2/storage/f551d92d>; rel="${infrastructure}storage"; category="${infrastructure}storagelink"; occi.core.target="/occi1.2/storage/f551d92d"`,
    );
    expect(made).toBe(`${url}/occi1.2/compute/8a97b403`);
    const { links, attributes, actions: offered } = await client.describe(made);
    expect(attributes).toEqual({ 'occi.core.title': 'OOI_VM_1', 'occi.compute.memory': 512 });
    expect(links).toMatchObject([
      { url: `${url}/occi1.2/storagelink/8a97b403_f551d92d`, target: `${url}/occi1.2/storage/f551d92d` },
    ]);
    expect(offered).toEqual([`${actions}start`]);
    expect(await client.trigger(made, 'start')).toEqual({ mixins: [] });
    expect(await client.link(made, `${url}/occi1.2/storage/f551d92d`)).toBe(
      `${url}/occi1.2/storagelink/8a97b403_f551d92d`,
    );
    expect(requests.at(-1)?.body).toContain('X-OCCI-Attribute: occi.core.source="/occi1.2/compute/8a97b403"');
    await client.delete(made);
    const { model } = client.catalogue;
    expect(model.at('/user_data/')?.scheme).toBe('http://schemas.openstack.org/compute/instance#');
  });
});

describe('occi-os and pyssf: text/occi without class, bare strings, relative locations', () => {
  const fields = [
    'Content-Type: text/occi',
    'Server: pyssf OCCI/1.1',
    `Category: compute; scheme="${infrastructure}"; rel="${core}resource"; location="/compute/", m1-nano; scheme="http://schemas.openstack.org/template/resource#"; rel="${infrastructure}resource_tpl"; location="/m1-nano/"`,
    `category: my_grp17 ; scheme='http://www.mystuff.org/sec#'; location=/mygroups/;, start; scheme="${actions}"`,
  ];
  const answers: Answers = {
    'GET /-/': reply('200 OK', fields, 'OK'),
    'POST /compute/': reply('201 Created', ['Location: /compute/1', 'Content-Type: text/occi'], 'OK'),
    'GET /compute/': [
      reply(
        '200 OK',
        ['X-OCCI-Location: /compute/1, http://0.0.0.0:8787/compute/2', 'x-occi-location: <$/compute/3>'],
        'OK',
      ),
      reply('200 OK', ['Content-Type: text/occi'], 'OK'),
    ],
    'GET /compute/1': reply(
      '200 OK',
      [
        `Category: m1-nano; scheme="http://schemas.openstack.org/template/resource#", compute; scheme="${infrastructure}"`,
        'X-OCCI-Attribute: occi.compute.cores = 1.0, occi.core.title = foo bar, occi.compute.state="active", broken, occi.core.summary=',
        'X-OCCI-Attribute: org.openstack.compute.console.vnc=http://"127.0.0.1:6080/?token=1,2"',
        `Link: </compute/1?action=start>; rel="${actions}start"`,
      ],
      'OK',
    ),
  };

  it('is understood', async () => {
    const { client, url } = await clientOf(answers, { rendering: 'text/occi' });
    const { kinds, mixins, actions: listed } = client.catalogue;
    expect([kinds, mixins, listed].map((all) => all.map(({ term }) => term))).toEqual([
      ['compute'],
      ['m1-nano', 'my_grp17'],
      ['start'],
    ]);
    expect(await client.create({ kind: 'compute', attributes: { 'occi.core.title': 'foobar' } })).toBe(
      `${url}/compute/1`,
    );
    expect(await client.list('compute')).toEqual([1, 2, 3].map((nth) => `${url}/compute/${nth}`));
    expect(await client.list('compute')).toEqual([]);
    expect(await client.describe('/compute/1')).toMatchObject({
      kind: `${infrastructure}compute`,
      mixins: ['http://schemas.openstack.org/template/resource#m1-nano'],
      attributes: {
        'occi.compute.cores': 1,
        'occi.core.title': 'foo bar',
        'occi.compute.state': 'active',
        'org.openstack.compute.console.vnc': 'http://127.0.0.1:6080/?token=1,2',
      },
      actions: [`${actions}start`],
    });
  });
});

describe('erocci and rOCCI 4: JSON with nested attributes, more than there should be, and less', () => {
  const model = JSON.stringify({
    kinds: [
      {
        term: 'compute',
        scheme: infrastructure,
        class: 'kind',
        title: null,
        related: [{ scheme: core, term: 'resource' }],
        parent: `${core}resource`,
        location: '/compute/',
        attributes: { occi: { compute: { cores: { mutable: true, required: false, type: 'Integer' } } } },
        actions: [`${actions}start`, { scheme: actions, term: 'stop' }, 7],
        spec: 'http://occi-wg.org/',
      },
      { term: 'loop', scheme: 'http://a.test/#', parent: 'http://a.test/#loop', location: '/compute/' },
    ],
    mixins: [{ term: 'tag', scheme: 'http://a.test/#', depends: null, applies: [`${infrastructure}compute`] }],
    actions: null,
    resources: [],
    links: [],
  });
  const machine = {
    kind: `${infrastructure}compute`,
    mixins: ['http://a.test/#tag', { term: 'other', scheme: 'http://a.test/#' }],
    attributes: {
      occi: { core: { title: 'one' }, compute: { cores: '2', state: 'active', speed: null } },
      'org.example.x': [1, null, 'a'],
    },
    id: 'urn:uuid:bf0c37c9-7a50-4f54-9d92-0c5f3f5a3f3b',
    actions: [{ title: 'Start', rel: `${actions}start` }],
    links: [
      '/link/1',
      { kind: 'http://a.test/#link', id: 7, target: '/storage/1', rel: `${infrastructure}storage`, x: 1 },
    ],
    owner: { name: 'anna' },
  };
  const answers: Answers = {
    'GET /-/': reply('200 OK', [json, 'Server: erocci OCCI/1.1'], model),
    'GET /compute/': [
      reply('406 Not Acceptable'),
      reply('200 OK', [json], JSON.stringify({ resources: [machine], count: 1 })),
      ...Array(2).fill(
        reply('200 OK', [json], JSON.stringify([machine, { ...machine, location: '/else/where', id: 5 }])),
      ),
      reply('200 OK', [json], '["/compute/1","$/compute/2"]'),
      reply('200 OK', [json], '{}'),
    ],
    'GET /compute/1': reply('200 OK', ['Content-Type: text/html'], JSON.stringify(machine)),
    'POST /compute/': reply('201 Created', [json], JSON.stringify(machine)),
    'POST /-/': reply('303 See Other', ['Location: $/store/usermixins/plainmixin/']),
  };

  it('is understood', async () => {
    const { client, url } = await clientOf(answers, { rendering: 'application/occi+json' });
    const found = `${url}/compute/bf0c37c9-7a50-4f54-9d92-0c5f3f5a3f3b`;
    expect(client.catalogue.typeOf('occi.compute.cores')).toBe('number');
    expect(await client.list('compute')).toEqual([found]);
    const [first, second] = await client.entities('compute');
    expect(first).toEqual({
      url: found,
      location: '/compute/bf0c37c9-7a50-4f54-9d92-0c5f3f5a3f3b',
      kind: `${infrastructure}compute`,
      mixins: ['http://a.test/#tag', 'http://a.test/#other'],
      attributes: {
        'occi.core.title': 'one',
        'occi.compute.cores': 2,
        'occi.compute.state': 'active',
        'org.example.x': [1, 'a'],
        'occi.core.id': 'urn:uuid:bf0c37c9-7a50-4f54-9d92-0c5f3f5a3f3b',
      },
      actions: [`${actions}start`],
      links: [
        { url: `${url}/link/1`, mixins: [], attributes: {} },
        {
          target: `${url}/storage/1`,
          kind: 'http://a.test/#link',
          mixins: [],
          attributes: { 'occi.core.id': '7', 'occi.core.target': '/storage/1' },
        },
      ],
    });
    expect(second?.url).toBe(`${url}/else/where`);
    expect(await client.list('compute')).toEqual([`${url}/compute/1`, `${url}/compute/2`]);
    expect(await client.entities('compute')).toEqual([]);
    expect((await client.describe('/compute/1')).attributes['occi.core.title']).toBe('one');
    expect(await client.create({ kind: 'compute' })).toBe(found);
    await client.addMixins([{ term: 'plainmixin', scheme: 'http://schemas.example.org/occi#', location: '/plain/' }]);
    expect(client.catalogue.model.attributesOf(client.catalogue.model.kindOf({ kind: 'http://a.test/#loop' }))).toEqual(
      [],
    );
  });
});

describe('how a rendering is chosen', () => {
  const text = `${kind('compute')};location="/compute/"`;
  const inJson = JSON.stringify({ kinds: [{ term: 'compute', scheme: infrastructure, location: '/compute/' }] });
  const both = 'Server: x OCCI/1.1 OCCI/1.2';

  it.each<readonly [string, readonly string[], string]>([
    [
      'JSON where OCCI 1.2 is spoken',
      [reply('200 OK', [plain, both], text), reply('200 OK', [json, both], inJson)],
      'application/occi+json',
    ],
    ['text where JSON is refused', [reply('200 OK', [plain, both], text), reply('406 Not Acceptable')], 'text/plain'],
    [
      'text where JSON is none',
      [reply('200 OK', [plain, both], text), reply('200 OK', [plain, both], text)],
      'text/plain',
    ],
    [
      'text where JSON is broken',
      [reply('200 OK', [plain, both], text), reply('200 OK', [json], '{"kinds":[')],
      'text/plain',
    ],
    [
      'text where JSON says less',
      [reply('200 OK', [plain, both], text), reply('200 OK', [json], '{"mixins":[{"term":"a","scheme":"b#"}]}')],
      'text/plain',
    ],
    [
      'JSON where text is refused',
      [reply('406 Not Acceptable'), reply('200 OK', [json, both], inJson)],
      'application/occi+json',
    ],
    ['text where nothing is said', [reply('200 OK', [], text)], 'text/plain'],
  ])('is %s', async (_, replies, rendering) => {
    const { client } = await clientOf({ 'GET /-/': replies });
    expect(client.rendering).toBe(rendering);
    expect(client.catalogue.kinds.map(({ id }) => id)).toEqual([`${infrastructure}compute`]);
  });

  it('the query interface is at the well-known path where the short one is not', async () => {
    const { client, requests } = await clientOf({ 'GET /.well-known/org/ogf/occi/-/': reply('200 OK', [], text) });
    expect(client.catalogue.kinds).toHaveLength(1);
    expect(requests.map(({ path }) => path)).toEqual(['/-/', '/.well-known/org/ogf/occi/-/']);
  });

  it.each([
    ['a page', reply('200 OK', ['Content-Type: text/html'], '<html><title>Welcome</title></html>'), 'nothing OCCI'],
    ['a list', reply('200 OK', [], 'X-OCCI-Location: /compute/1'), 'a list of entities'],
  ])('there is no client where the query interface is %s', async (_, answer, message) => {
    const { url } = await server({ 'GET /-/': answer });
    const attempt = connect({ endpoint: url });
    await expect(attempt).rejects.toMatchObject({ kind: 'unreadable', message: expect.stringContaining(message) });
  });

  it('there is no client without a URL', async () => {
    await expect(connect({ endpoint: 'localhost:3000' })).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe('what servers say about errors', () => {
  const model = reply('200 OK', [], `${kind('compute')};location="/compute/"`);

  it.each([
    ['a line', reply('409 Conflict', [plain], 'ambiguous network\n'), 'ambiguous network'],
    [
      'problem details',
      reply(
        '400 Bad Request',
        ['Content-Type: application/problem+json'],
        '{"title":"t","detail":"no size","code":"x-1"}',
      ),
      'no size',
    ],
    [
      'another object',
      reply('400 Bad Request', [json], '{"badRequest":{"code":400,"message":"no flavor"}}'),
      'no flavor',
    ],
    ['an error that is text', reply('400 Bad Request', [json], '{"error":"bad","status":400}'), 'bad'],
    ['a header field', reply('422 Unprocessable', ['X-OCCI-Error: not valid']), 'not valid'],
    [
      'a page',
      reply('502 Bad', ['Content-Type: text/html'], '<html><title>Bad  Gateway</title></html>'),
      'Bad Gateway',
    ],
    ['nothing', reply('500 Internal Server Error'), undefined],
    ['broken JSON', reply('500 Internal Server Error', [json], '{"error":'), '{"error":'],
  ])('is read from %s', async (_, answer, said) => {
    const { client } = await clientOf({ 'GET /-/': model, 'POST /compute/': answer });
    const attempt = client.create({ kind: 'compute' });
    await expect(attempt).rejects.toMatchObject({
      kind: 'refused',
      details: { status: Number(answer.slice(9, 12)), ...(said === undefined ? {} : { said }) },
      problem: expect.stringContaining(said ?? `is refused with ${answer.slice(9, 12)}`),
    });
  });

  it.each([
    ['403 Forbidden', 'you may not'],
    ['404 Not Found', 'list the collection'],
    ['405 Method Not Allowed', 'only GET, POST'],
    ['415 Unsupported Media Type', 'choose another'],
    ['503 Service Unavailable', 'try again later'],
    ['302 Found', 'use https://other.test/ instead'],
  ])('is followed by advice: %s', async (status, advice) => {
    const answer = reply(status, ['Allow: GET, POST', 'Location: https://other.test/']);
    const { client } = await clientOf({ 'GET /-/': model, 'GET /compute/1': answer }, { retries: 0 });
    await expect(client.describe('/compute/1')).rejects.toMatchObject({
      problem: expect.not.stringContaining(advice),
      message: expect.stringContaining(advice),
      details: { advice: expect.stringContaining(advice) },
    });
  });

  it('a thing that is made and nobody knows where is an error, too', async () => {
    const { client } = await clientOf({ 'GET /-/': model, 'POST /compute/': reply('201 Created', [], 'OK') });
    await expect(client.create({ kind: 'compute' })).rejects.toMatchObject({ kind: 'unreadable' });
  });

  it('a description that shows nothing is an error, too', async () => {
    const { client } = await clientOf({ 'GET /-/': model, 'GET /compute/1': reply('200 OK', [], 'OK') });
    await expect(client.describe('/compute/1')).rejects.toMatchObject({ kind: 'unreadable' });
  });
});

describe('a state that settles', () => {
  const model = reply('200 OK', [], `${kind('compute')};location="/compute/"`);
  const machine = (...attributes: readonly string[]) =>
    reply(
      '200 OK',
      [],
      [kind('compute'), ...attributes.map((one) => `X-OCCI-Attribute: occi.compute.${one}`)].join('\n'),
    );

  it('is followed through what the server says about it', async () => {
    const waiting = machine('state="waiting"');
    const starting = machine('state="inactive"', 'state.message="starting"');
    const answers = [waiting, waiting, starting, machine('state="active"')];
    const { client } = await clientOf({ 'GET /-/': model, 'GET /compute/1': answers });
    const seen: unknown[] = [];
    for await (const { attributes } of client.settled('/compute/1', { intervalMs: 1 })) {
      seen.push(attributes['occi.compute.state']);
    }
    expect(seen).toEqual(['waiting', 'inactive', 'active']);
  });

  it('is one of those that are waited for, or an error', async () => {
    for (const end of ['active', 'error']) {
      const answers = [machine('state="inactive"'), machine('state="inactive"'), machine(`state="${end}"`)];
      const { client, requests } = await clientOf({ 'GET /-/': model, 'GET /compute/1': answers });
      for await (const _ of client.settled('/compute/1', { states: ['active'], intervalMs: 1 }));
      expect(requests.filter(({ path }) => path === '/compute/1')).toHaveLength(3);
    }
  });

  it('is not waited for for ever', async () => {
    const { client } = await clientOf({ 'GET /-/': model, 'GET /compute/1': machine('state="waiting"') });
    const wait = async () => {
      for await (const _ of client.settled('/compute/1', { intervalMs: 1, timeoutMs: 30 }));
    };
    await expect(wait()).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining('still waiting') });
  });

  it('is settled where there is none', async () => {
    const { client, requests } = await clientOf({ 'GET /-/': model, 'GET /compute/1': machine('cores=1') });
    for await (const _ of client.settled('/compute/1'));
    expect(requests.filter(({ path }) => path === '/compute/1')).toHaveLength(1);
  });
});

describe('names that several things have', () => {
  const volume = 'http://schemas.ogf.org/occi/infrastructure/storage/action#';
  const text = [
    `${kind('compute')};location="/compute/";actions="${actions}resize"`,
    `${kind('storage')};location="/storage/";actions="${volume}resize"`,
    `Category: resize;scheme="${actions}";class="action"`,
    `Category: resize;scheme="${volume}";class="action"`,
  ].join('\n');
  const answers: Answers = {
    'GET /-/': reply('200 OK', [], text),
    'GET /storage/1': reply('200 OK', [], kind('storage')),
    'GET /storage/2': reply(
      '200 OK',
      [],
      `${kind('storage')}\nLink: </storage/2?action=resize>; rel="${volume}resize"`,
    ),
    'POST /storage/1?action=resize': reply('204 No Content'),
    'POST /storage/2?action=resize': reply('204 No Content'),
    'POST /storage/?action=resize': reply('200 OK', [], 'OK'),
  };

  it('mean what the entity offers, or its kind', async () => {
    const { client, requests } = await clientOf(answers);
    for (const target of ['/storage/1', '/storage/2', 'storage']) {
      await client.trigger(target, 'resize', { size: 4 });
      expect(requests.at(-1)?.body).toBe(
        `Category: resize; scheme="${volume}"; class="action"\nX-OCCI-Attribute: size=4`,
      );
    }
    await client.trigger('/storage/1', `${volume}resize`);
  });

  it('are refused where it is not clear what is meant', async () => {
    const { client, requests } = await clientOf(answers);
    const before = requests.length;
    await expect(client.trigger('/storage/1', 'explode')).rejects.toMatchObject({ kind: 'not-offered' });
    await expect(client.link('/compute/1', '/storage/1')).rejects.toMatchObject({ kind: 'not-offered' });
    await expect(client.create({ kind: 'compute', mixins: ['storage'] })).rejects.toMatchObject({
      kind: 'not-offered',
    });
    await expect(client.list('lamps')).rejects.toMatchObject({ kind: 'not-offered' });
    await expect(client.list(`${actions}resize`)).rejects.toMatchObject({ kind: 'not-offered' });
    expect(requests).toHaveLength(before);
  });
});

describe('what is elsewhere, and what is gone', () => {
  const text = [`${kind('compute')};location="/compute/"`, `${kind('networkinterface')};location="/nic/"`].join('\n');

  it('is left as it is, and left out', async () => {
    const { client, requests, url } = await clientOf({
      'GET /-/': reply('200 OK', [], text),
      'GET /compute/': reply('200 OK', [], 'http://internal.test:8787/compute/1\n/compute/2'),
      'GET /compute/1': reply(
        '200 OK',
        [],
        `${kind('compute')}\nLink: <http://far.test/n/1>; rel="x#n"; self="/nic/1"`,
      ),
      'GET /compute/2': reply('410 Gone'),
      'POST /nic/': reply('201 Created', ['Location: /nic/1']),
    });
    const found = await client.entities('compute');
    expect(found.map((one) => one.url)).toEqual([`${url}/compute/1`]);
    expect(found[0]?.links).toMatchObject([{ target: 'http://far.test/n/1', url: `${url}/nic/1` }]);
    await client.link(`${url}/compute/1`, 'http://far.test/n/1', { kind: 'networkinterface' });
    expect(requests.at(-1)?.body.split('\n').slice(1)).toEqual([
      'X-OCCI-Attribute: occi.core.source="/compute/1"',
      'X-OCCI-Attribute: occi.core.target="http://far.test/n/1"',
    ]);
  });

  it('is told apart from what fails', async () => {
    const { client } = await clientOf(
      {
        'GET /-/': reply('200 OK', [], text),
        'GET /compute/': reply('200 OK', [], '/compute/1'),
        'GET /compute/1': reply('500 Internal Server Error'),
      },
      { retries: 0 },
    );
    await expect(client.entities('compute')).rejects.toMatchObject({ details: { status: 500 } });
  });
});

describe('pages of a server that knows none', () => {
  it('are one', async () => {
    const { client, url } = await clientOf({
      'GET /-/': reply('200 OK', [], `${kind('compute')};location="/compute/"`),
      'GET /compute/?page=1&number=2': reply('200 OK', [], '$/compute/1\n$/compute/2'),
      'GET /compute/?page=2&number=2': reply('200 OK', [], '$/compute/1\n$/compute/2'),
    });
    const pages: (readonly string[])[] = [];
    for await (const page of client.pages('compute', { number: 2 })) pages.push(page);
    expect(pages).toEqual([[`${url}/compute/1`, `${url}/compute/2`]]);
  });
});
