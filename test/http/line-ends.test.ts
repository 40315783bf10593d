import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';

const home = 'http://lab.test/occi/home#';
const plainly = { accept: 'text/plain', 'content-type': 'text/plain' };
const asList = { accept: 'text/uri-list' };

/** The lines of a body, all of which have to end in CR LF. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\r\n');
  expect(lines.pop()).toBe('');
  for (const line of lines) expect(line).toMatch(/^[^\r\n]+$/);
  return lines;
}

describe('GFD.229: lines by the letter, OCCI_LINE_ENDS=crlf', () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await startHomeLab({ lineEnds: 'crlf' });
  });
  afterEach(() => lab.close());

  const get = async (path: string, headers: Readonly<Record<string, string>> = plainly) => {
    const { text } = await lab.request('GET', path, { headers });
    return linesOf(text);
  };

  it('ends every line of an entity in CR LF, and takes it back as it is [TEXT-5.1.1-a]', async () => {
    const { text } = await lab.request('GET', L1, { headers: plainly });
    expect(linesOf(text)[0]).toMatch(/^Category: lamp;/);
    const { status } = await lab.request('PUT', L1, { headers: plainly, body: text });
    expect(status).toBe(200);
    expect((await lab.request('GET', L1, { headers: plainly })).text).toBe(text);
  });

  it('ends every line of a URI list in CR LF, also of a long one [TEXT-8-a]', async () => {
    expect((await get('/', asList)).toSorted()).toEqual([L1, L2, S1, P1].map((path) => base + path).toSorted());
    const resources = Array.from({ length: 1200 }, (_, i) => ({ kind: `${home}socket`, title: `Socket ${i}` }));
    const headers = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
    const made = await lab.request('POST', '/socket/', { headers, body: JSON.stringify({ resources }) });
    expect(made.status).toBe(200);
    const sockets = await get('/socket/', asList);
    expect(sockets).toHaveLength(1201);
    for (const line of sockets) expect(new URL(line).href).toBe(line);
    expect((await get('/socket/')).map((line) => line.replace('X-OCCI-Location: ', ''))).toEqual(sockets);
  });

  it('ends every other answer so, and leaves what is empty empty', async () => {
    expect((await get('/-/')).length).toBeGreaterThan(3);
    expect(await get('/none')).toEqual(['there is no entity at /none']);
    expect((await lab.request('DELETE', P1, { headers: plainly })).text).toBe('OK\r\n');
    const { text } = await lab.request('POST', '/socket/', {
      headers: plainly,
      body: `Category: socket; scheme="${home}"; class="kind"`,
    });
    expect(linesOf(text)).toEqual([expect.stringMatching(/^X-OCCI-Location: /)]);
    expect((await lab.request('GET', '/plug/', { headers: asList })).text).toBe('');
  });

  it('says nothing about headers and JSON', async () => {
    const inHeaders = await lab.request('GET', L1, { headers: { accept: 'text/occi' } });
    expect([inHeaders.status, inHeaders.text]).toEqual([200, 'OK']);
    const json = await lab.request('GET', L1, { headers: { accept: 'application/occi+json' } });
    expect(json.json()).toMatchObject({ kind: `${home}lamp` });
    expect(json.text).not.toMatch(/[\r\n]/);
  });
});
