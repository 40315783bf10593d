import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { speaking } from './cdmi-lab.ts';

/** How many names a path has at most. */
const deepest = 256;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ cdmi: true, cdmiDomains: true });
});
afterAll(() => lab.close());

it('[CDMI-C10] [CDMI-C11] containers are neither moved nor copied to where something in them would be too deep', async () => {
  expect(await put('low/', 'container', chain('container', 100))).toBe(201);
  expect(await put('high/', 'container', chain('container', 200))).toBe(201);
  const enough = deepest - 100;
  for (const by of ['copy', 'move']) {
    expect([by, await put(below('high', enough + 1, 'x'), 'container', { [by]: '/cdmi/low/' })]).toEqual([by, 400]);
    expect(await put(below('high', enough, by), 'container', { [by]: '/cdmi/low/' })).toBe(201);
    expect(await status(below('high', enough, `${by}${'/c'.repeat(99)}`))).toBe(200);
  }
  // It is nowhere deeper than before.
  expect(await put('up/', 'container', { move: `/cdmi/${below('high', enough, 'move')}` })).toBe(201);
  expect(await status(`up${'/c'.repeat(99)}/`)).toBe(200);
});

it('[CDMI-B10] neither are domains', async () => {
  const at = 'cdmi_domains/';
  for (const name of ['low', 'high']) expect(await put(`${at}${name}/`, 'domain', chain('domain', 140))).toBe(201);
  expect(await put(`${at}${below('high', 140, 'x')}`, 'domain', { move: `/cdmi/${at}low/` })).toBe(400);
  expect(await put(`${at}${below('high', 100, 'x')}`, 'domain', { move: `/cdmi/${at}low/` })).toBe(201);
});

/** Makes so many of a kind, each in the one before. */
function chain(kind: string, levels: number) {
  let serial: object = { objectType: `application/cdmi-${kind}`, objectName: 'c/', children: [] };
  for (let level = 1; level < levels; level++) {
    serial = { objectType: `application/cdmi-${kind}`, objectName: 'c/', children: [serial] };
  }
  return { deserializevalue: Buffer.from(JSON.stringify(serial)).toString('base64') };
}

/** A path of a container in the one that so many names lead to. */
function below(first: string, names: number, name: string): string {
  return `${first}/${'c/'.repeat(names - 1)}${name}/`;
}

async function put(path: string, kind: string, body: object): Promise<number> {
  const answer = await lab.request('PUT', `/cdmi/${path}`, { headers: speaking(kind), body: JSON.stringify(body) });
  return answer.status;
}

async function status(path: string): Promise<number> {
  return (await lab.request('GET', `/cdmi/${path}`, { headers: speaking('container') })).status;
}
