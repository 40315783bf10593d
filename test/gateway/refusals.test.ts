import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal, Unanswered, Unreachable } from '../../src/index.ts';
import { type Answer, type Lab, startLab } from '../http/home-lab.ts';
import { type ScriptedBackend, scriptedBackend } from './scripted-backend.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const compute = `${infrastructure}compute`;
const network = `${infrastructure}network`;
const networkinterface = `${infrastructure}networkinterface`;
const json = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };

let backend: ScriptedBackend;
let lab: Lab;
beforeEach(async () => {
  backend = scriptedBackend([compute, network, networkinterface]);
  lab = await startLab({ backend: [backend] });
});
afterEach(() => lab.close());

const post = (path: string, body: object): Promise<Answer> =>
  lab.request('POST', path, { headers: json, body: JSON.stringify(body) });
const everything = async () => (await lab.request('GET', '/', { headers: { accept: 'application/occi+json' } })).json();
const refuse = (...what: string[]) => {
  backend.answer = (command) => {
    if (what.includes(command.do)) throw new Refusal('conflict', `no ${command.do} today`);
    return [];
  };
};
const created = async (path: string, body: object) => {
  const answer = await post(path, body);
  expect(answer.status).toBe(201);
  return new URL(answer.headers.get('location') as string).pathname;
};

describe('a command that the backend refuses', () => {
  it('leaves nothing of a create, and the client learns the reason', async () => {
    refuse('create');
    const answer = await post('/compute/', { kind: compute });
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'conflict', detail: 'no create today' });
    expect(await everything()).toEqual({ resources: [], links: [] });
  });

  it('takes back what was accepted before it in the same request [X-3] [H11-3.6.4-a]', async () => {
    let creates = 0;
    backend.answer = (command) => {
      if (command.do === 'create' && ++creates === 2) throw new Refusal('conflict', 'one is enough');
      return [];
    };
    const answer = await post('/compute/', { resources: [{ kind: compute }, { kind: compute }, { kind: compute }] });
    expect(answer.status).toBe(409);
    expect(await everything()).toEqual({ resources: [], links: [] });
    const [first, second, undone, ...more] = backend.delivered;
    expect([first?.do, second?.do, undone?.do, more]).toEqual(['create', 'create', 'delete', []]);
    expect(undone?.location).toBe(first?.location);
  });

  it('takes back a resource when a link inside of it is refused', async () => {
    const target = await created('/network/', { kind: network });
    backend.answer = (command) => {
      if (command.do === 'create' && backend.delivered.at(-1)?.location.startsWith('/networkinterface/') === true) {
        throw new Refusal('bad-reference', 'that network is full');
      }
      return [];
    };
    const links = [{ kind: networkinterface, target: { location: target } }];
    const answer = await post('/compute/', { kind: compute, links });
    expect(answer.status).toBe(400);
    expect(await everything()).toMatchObject({ resources: [{ kind: network }] });
    expect((await lab.request('GET', '/compute/')).text).toBe('');
    expect(backend.delivered.at(-1)).toMatchObject({ do: 'delete' });
  });

  it('leaves an update undone', async () => {
    const location = await created('/compute/', { kind: compute, attributes: { 'occi.compute.cores': 1 } });
    const before = (await lab.request('GET', location)).text;
    refuse('update');
    expect((await post(location, { attributes: { 'occi.compute.cores': 2 } })).status).toBe(409);
    expect((await lab.request('GET', location)).text).toBe(before);
  });

  it('leaves the state as it was', async () => {
    const location = await created('/compute/', { kind: compute });
    const id = String(backend.delivered[0]?.id);
    backend.answer = () => [{ id, state: 'active', message: null }];
    await post(location, { attributes: { 'occi.compute.cores': 2 } });
    const before = (await lab.request('GET', location)).text;
    expect(before).toContain('occi.compute.state="active"');
    refuse('act');
    const action = `${infrastructure.replace('#', '/compute/action#')}stop`;
    expect((await post(`${location}?action=stop`, { action })).status).toBe(409);
    expect((await lab.request('GET', location)).text).toBe(before);
  });

  it('leaves no template behind when a save is refused', async () => {
    const location = await created('/compute/', { kind: compute });
    await backend.emit({ id: String(backend.delivered[0]?.id), state: 'active', message: null });
    const model = (await lab.request('GET', '/-/')).text;
    refuse('act');
    const action = `${infrastructure.replace('#', '/compute/action#')}save`;
    expect((await post(`${location}?action=save`, { action })).status).toBe(409);
    expect((await lab.request('GET', '/-/')).text).toBe(model);
  });

  it('brings a deleted entity back with its links', async () => {
    const source = await created('/compute/', { kind: compute });
    const target = await created('/network/', { kind: network });
    const link = { kind: networkinterface, source: { location: source }, target: { location: target } };
    await created('/networkinterface/', link);
    const before = (await lab.request('GET', source, { headers: { accept: 'application/occi+json' } })).json();
    refuse('delete');
    expect((await lab.request('DELETE', source)).status).toBe(409);
    expect((await lab.request('GET', source, { headers: { accept: 'application/occi+json' } })).json()).toEqual(before);
  });
});

describe('a backend that cannot be reached', () => {
  it('is answered with 503 and Retry-After, and nothing is stored', async () => {
    backend.answer = () => {
      throw new Unreachable('nobody is there');
    };
    const answer = await post('/compute/', { kind: compute });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.json()).toMatchObject({ code: 'unavailable', detail: 'nobody is there' });
    expect(await everything()).toEqual({ resources: [], links: [] });
  });

  it('shows in readiness and nowhere else', async () => {
    expect((await lab.request('GET', '/readyz')).status).toBe(200);
    backend.fault = new Error('no agent answers');
    const ready = await lab.request('GET', '/readyz');
    expect([ready.status, ready.text]).toEqual([503, 'no agent answers']);
    expect((await lab.request('GET', '/healthz')).status).toBe(200);
    expect((await lab.request('GET', '/-/')).status).toBe(200);
  });
});

describe('a command that nobody has answered', () => {
  const id = '0b0a2c4e-0000-4000-8000-0000000000aa';
  const machine = { kind: compute, attributes: { 'occi.core.id': `urn:uuid:${id}` } };

  it('may have been carried out, so it is undone until that is answered', async () => {
    let undone = 0;
    backend.answer = (command) => {
      if (command.do === 'create') throw new Unanswered('no answer');
      if (++undone < 3) throw new Unanswered('no answer to that either');
      return [];
    };
    expect((await post('/compute/', machine)).status).toBe(503);
    expect(await everything()).toEqual({ resources: [], links: [] });
    await vi.waitFor(() => expect(undone).toBe(3), 5000);
    const [created, ...deletes] = backend.delivered;
    expect(created).toMatchObject({ do: 'create' });
    expect(new Set(deletes.map(({ commandId }) => commandId)).size).toBe(1);
    expect(deletes.map(({ do: what, redelivered }) => [what, redelivered])).toEqual([
      ['delete', undefined],
      ['delete', true],
      ['delete', true],
    ]);
  });

  it('keeps the same from being asked for again until it is undone', async () => {
    let isThere = false;
    backend.answer = () => {
      if (!isThere) throw new Unanswered('no answer');
      return [];
    };
    expect((await post('/compute/', machine)).status).toBe(503);
    const refused = await post('/compute/', machine);
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ detail: expect.stringMatching(/still being carried out/) });
    isThere = true;
    await vi.waitFor(async () => expect((await post('/compute/', machine)).status).toBe(201), 5000);
    const { resources } = (await everything()) as { resources: unknown[] };
    expect(resources).toHaveLength(1);
  });

  it('of a delete is repeated until it is answered: what may be gone cannot be brought back', async () => {
    const location = await created('/compute/', machine);
    let asked = 0;
    backend.answer = () => {
      if (++asked < 3) throw new Unanswered('no answer');
      return [];
    };
    expect((await lab.request('DELETE', location)).status).toBe(200);
    expect((await lab.request('GET', location)).status).toBe(404);
    await vi.waitFor(() => expect(asked).toBe(3), 5000);
  });
});

describe('a backend that fails in an unexpected way', () => {
  it('is a 500 that tells a request id and no more, nothing is stored, and the process goes on', async () => {
    backend.answer = () => {
      throw new TypeError('cannot read properties of a secret');
    };
    const answer = await post('/compute/', { kind: compute });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(answer.text).toContain(String(answer.headers.get('x-request-id')));
    expect(await everything()).toEqual({ resources: [], links: [] });
    backend.answer = () => [];
    expect((await post('/compute/', { kind: compute })).status).toBe(201);
  });
});
