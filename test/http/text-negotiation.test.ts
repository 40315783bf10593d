import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, L1, type Lab, startHomeLab } from './home-lab.ts';
import { attribute, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `lamp; scheme="${home}"; class="kind"`;
const plainBody = `Category: ${lamp}\nX-OCCI-Attribute: test.lab.watts=1`;
const inHeaders = { category: lamp, 'x-occi-attribute': 'test.lab.watts=2' };
const jsonBody = JSON.stringify({ kind: `${home}lamp`, attributes: { 'test.lab.watts': 3 } });

describe('GFD.185 §3.6.6, GFD.223 §5.2: which rendering is sent', () => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterAll(() => lab.close());

  const P = 'text/plain; charset=utf-8';
  const J = 'application/occi+json';
  it.each([
    [undefined, P],
    ['', P],
    ['*/*', P],
    ['text/*', P],
    ['text/plain', P],
    ['TEXT/PLAIN', P],
    ['text/occi', 'text/occi'],
    ['text/plain,text/occi', P],
    ['text/plain,text/occi;q=0.2', P],
    ['text/occi, text/plain', 'text/occi'],
    ['text/plain;q=0.2, text/occi;q=0.9', 'text/occi'],
    ['text/html, text/plain;q=0.1', P],
    ['application/occi+json;q=0.5, image/png', J],
    ['application/*', J],
    ['application/json', 'application/json'],
    ['text/plain;q=0, application/occi+json', J],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', P],
    [',text/occi,', 'text/occi'],
    ['text, nonsense', P],
  ])('Accept: %s gets %s [H11-3.6.6-a] [H11-3.6.6-d] [D3]', async (accept, type) => {
    const { status, headers } = await client.raw('GET', L1, { headers: accept === undefined ? {} : { accept } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
  });

  it('what is excluded is not sent, even if it is the default [H11-3.6.6-e]', async () => {
    const { status, headers } = await client.raw('GET', L1, { headers: { accept: 'text/plain;q=0, */*' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).not.toMatch(/^text\/plain/);
  });

  it.each(['image/png', 'text/html', 'text/plain;q=0', 'image/*'])(
    'Accept: %s is not acceptable [H11-3.6.6-e] [D4]',
    async (accept) => {
      for (const path of ['/-/', '/lamp/', L1]) {
        const { status, headers } = await client.raw('GET', path, { headers: { accept } });
        expect(status).toBe(406);
        expect(headers.get('server')).toContain('OCCI/1.2');
      }
    },
  );

  it('says which types are handled, text first [H11-3.6.6-b] [D6]', async () => {
    for (const path of ['/-/', '/', '/lamp/']) {
      const { headers } = await client.raw('GET', path);
      expect(headers.get('accept')).toMatch(/^text\/plain, text\/occi, .*application\/occi\+json/);
    }
  });

  it('the type of the request does not decide that of the response [H11-3.6.6-d]', async () => {
    const { headers, json } = await client.raw('POST', '/lamp/', {
      headers: { 'content-type': 'text/plain', accept: 'application/occi+json' },
      body: plainBody,
    });
    expect(headers.get('content-type')).toBe(J);
    expect(json()).toMatchObject({ kind: `${home}lamp` });
  });

  it('errors come in the type that was asked for, or as text [X-2]', async () => {
    const type = async (accept: string) =>
      (await client.raw('GET', '/lamp/0', { headers: { accept } })).headers.get('content-type');
    expect(await type('text/occi')).toBe('text/occi');
    expect(await type('application/occi+json')).toBe('application/problem+json');
    expect(await type('text/uri-list')).toBe(P);
    expect(await type('image/png')).toBe(P);
  });
});

describe('X-1: which rendering is read', () => {
  let lab: Lab;
  let client: Speaker;
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterAll(() => lab.close());

  it.each([
    ['text/plain', {}, plainBody, '1'],
    ['text/plain,text/occi', {}, plainBody, '1'],
    ['text/bazonk,text/plain', {}, plainBody, '1'],
    [undefined, {}, plainBody, '1'],
    ['text/occi', inHeaders, '', '2'],
    ['text/occi', inHeaders, 'OK', '2'],
    ['text/occi,text/plain', inHeaders, undefined, '2'],
    [undefined, inHeaders, undefined, '2'],
    ['application/x-www-form-urlencoded', inHeaders, undefined, '2'],
    ['application/x-www-form-urlencoded', inHeaders, '', '2'],
    ['application/octet-stream', inHeaders, undefined, '2'],
    ['application/occi+json', {}, jsonBody, '3'],
    ['application/occi+json; charset=utf-8', {}, jsonBody, '3'],
    ['application/json', {}, jsonBody, '3'],
  ])('Content-Type: %s with headers %j and body %s [X-1] [D5]', async (type, headers, body, watts) => {
    const {
      status,
      headers: answer,
      text,
    } = await client.raw('POST', '/lamp/', {
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      // Fetch adds a type to text of its own accord, but not to bytes.
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    expect(status, text).toBe(201);
    const made = await client.plain('GET', (answer.get('location') ?? '').slice(base.length));
    expect(attribute(made.text, 'test.lab.watts')).toBe(watts);
  });

  it.each(['image/png', 'application/xml', 'text', 'text/occiplain'])(
    'a body of type %s is not read, and nothing is created [X-1] [D5]',
    async (type) => {
      const before = await client.list('/lamp/');
      const { status } = await client.raw('POST', '/lamp/', { headers: { 'content-type': type }, body: plainBody });
      expect(status).toBe(415);
      expect(await client.list('/lamp/')).toEqual(before);
    },
  );

  it('the filter of a GET is in the headers, whatever Content-Type says [D7] [H11-3.4-a] [H11-3.4.2-c]', async () => {
    for (const type of ['text/occi', 'text/plain', 'application/occi+json', undefined]) {
      const urls = await client.list('/', {
        ...(type === undefined ? {} : { 'content-type': type }),
        category: `socket; scheme="${home}"`,
      });
      expect(urls).toHaveLength(1);
    }
  });
});
