import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lab } from '../home-lab.ts';
import { type Person, person, startTenantsLab } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';
import { type FilledQueues, filledQueues, type Json, logging } from './filled-queues.ts';

describe('ISO/IEC 17826 §20: logging queues', () => {
  let lab: Lab;
  let operator: Person;
  let member: Person;
  let log: FilledQueues;
  let work: FilledQueues;
  beforeEach(async () => {
    lab = await startTenantsLab({ cdmi: true, cdmiDomains: true });
    operator = { ...person(lab, 'one', 'admin') };
    member = as('member', 'one');
    log = filledQueues(operator);
    work = filledQueues(member);
  });
  afterEach(() => lab.close());

  /** Somebody else in a project. */
  function as(user: string, project: string, roles = 'member'): Person {
    return {
      project,
      request: (method, path, send = {}) => {
        const headers = { ...(send.headers as Record<string, string>), 'x-who': `${user} ${project} ${roles}` };
        return lab.request(method, path, { ...send, headers });
      },
    };
  }

  it('[CDMI-S14] tell who has done what, when, and what came of it', async () => {
    const made = await log.put('/cdmi/log', logging('cdmi_object_logging'));
    expect(made.status, made.text).toBe(201);
    await work.write('/cdmi/a');
    await member.request('GET', '/cdmi/a?value');
    await member.request('GET', '/cdmi/none');
    await member.request('DELETE', '/cdmi/a');
    await work.write('/cdmi/b', { valuetransferencoding: 'no' });
    const messages = await log.values('/cdmi/log', 5);
    expect(messages[0]).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      class: ['cdmi_object_logging'],
      domain: '/cdmi/cdmi_domains/',
      operation: 'PUT',
      URI: '/cdmi/a',
      principal: 'member',
      result: '201 Created',
    });
    expect(messages.map(({ operation, URI, result }) => `${operation} ${URI}: ${result}`)).toEqual([
      'PUT /cdmi/a: 201 Created',
      'GET /cdmi/a?value: 200 OK',
      'GET /cdmi/none: 404 Not Found',
      'DELETE /cdmi/a: 204 No Content',
      'PUT /cdmi/b: 400 Bad Request',
    ]);
    expect((await log.metadata('/cdmi/log')).cdmi_logging_status).toBe('Current');
  });

  it('[CDMI-S14] the result is that of the answer', async () => {
    await log.put('/cdmi/log', logging('cdmi_object_logging'));
    const send = (method: string, path: string, kind: string, body: object) =>
      member.request(method, path, { headers: speaking(kind), body: JSON.stringify(body) });
    const answers = [
      await send('PUT', '/cdmi/k/', 'container', { exports: { 'OCCI/iSCSI': {} } }),
      await send('PUT', '/cdmi/q', 'queue', {}),
      await send('POST', '/cdmi/q', 'queue', { value: ['a', 'b'] }),
      await send('PUT', '/cdmi/o', 'object', { move: '/cdmi/q?value' }),
      await send('POST', '/cdmi/q', 'queue', { copy: '/cdmi/o' }),
      await send('PUT', '/cdmi/k/', 'container', { snapshot: 's' }),
      await send('PUT', '/cdmi/c/', 'container', { copy: '/cdmi/k/' }),
      await send('PUT', '/cdmi/m', 'object', { move: '/cdmi/o' }),
      await send('POST', '/cdmi/k/', 'object', { value: 'x' }),
      await send('DELETE', '/cdmi/q?value', 'queue', {}),
    ];
    const messages = await log.values('/cdmi/log', answers.length);
    expect(messages.map(({ result }) => result.slice(0, 3))).toEqual(answers.map(({ status }) => `${status}`));
  });

  it('[CDMI-S14] security: who was refused, and changes of who may do what', async () => {
    await log.put('/cdmi/log', logging('cdmi_security_logging'));
    const nobody = [{ acetype: 'DENY', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'READ_OBJECT' }];
    await work.write('/cdmi/a');
    await work.put('/cdmi/a?metadata:cdmi_acl', { cdmi_acl: nobody }, 'object');
    await member.request('GET', '/cdmi/a');
    await member.request('GET', '/cdmi/none');
    await as('guest', 'one', 'reader').request('DELETE', '/cdmi/a');
    const messages = await log.values('/cdmi/log', 3);
    expect(messages.map(({ principal, operation, result }) => `${principal} ${operation}: ${result}`)).toEqual([
      'member PUT: 204 No Content',
      'member GET: 403 Forbidden',
      'guest DELETE: 403 Forbidden',
    ]);
    for (const message of messages) expect(message.class).toEqual(['cdmi_security_logging']);
  });

  it('[CDMI-S14] the system: what it does by itself', async () => {
    await log.put('/cdmi/log', logging('cdmi_datasystem_logging'));
    const end = new Date(Date.now() + 300).toISOString().replace('Z', '000Z');
    const metadata = {
      cdmi_retention_period: `2020-01-01T00:00:00.000000Z/${end}`,
      cdmi_retention_autodelete: 'true',
    };
    const made = (await work.write('/cdmi/brief', { metadata })).json() as Json;
    const [message] = await log.values('/cdmi/log', 1);
    expect(message).toMatchObject({
      operation: 'cdmi_delete',
      URI: `/cdmi/cdmi_objectid/${made.objectID}`,
      principal: '',
    });
  });

  it('[CDMI-S14] are for those who run the cloud; others neither make nor read them', async () => {
    const refused = await work.put('/cdmi/log', logging('cdmi_object_logging'));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('those who run the cloud')]);
    await work.put('/cdmi/mine', {});
    expect((await work.put('/cdmi/mine', logging('cdmi_object_logging'))).status).toBe(403);
    expect((await log.put('/cdmi/mine', logging('cdmi_object_logging'))).status).toBe(403);
    await log.put('/cdmi/log', logging('cdmi_object_logging'));
    await work.write('/cdmi/a');
    await log.values('/cdmi/log', 1);
    expect((await member.request('GET', '/cdmi/log?value', { headers: speaking('queue') })).status).toBe(403);
    const dequeue = await member.request('DELETE', '/cdmi/log?value');
    expect(dequeue.status).toBe(403);
  });

  it('[CDMI-S14] do not tell that they are read, and nothing of other projects', async () => {
    await log.put('/cdmi/log', logging('cdmi_object_logging', 'cdmi_security_logging'));
    await filledQueues(person(lab, 'two')).write('/cdmi/theirs');
    await work.write('/cdmi/a');
    await log.values('/cdmi/log', 1);
    await operator.request('GET', '/cdmi/log?value', { headers: speaking('queue') });
    await operator.request('DELETE', '/cdmi/log?value');
    await work.write('/cdmi/b');
    const messages = await log.values('/cdmi/log', 1);
    expect(messages.map(({ URI }) => URI)).toEqual(['/cdmi/b']);
  });

  it('[CDMI-S14] a class that there is none of is 400; without any, it is all of them', async () => {
    expect((await log.put('/cdmi/log', logging('cdmi_gossip'))).status).toBe(400);
    await log.put('/cdmi/log', { cdmi_queue_type: 'cdmi_logging_queue' });
    await member.request('GET', '/cdmi/none');
    expect((await log.values('/cdmi/log', 1))[0].class).toEqual(['cdmi_object_logging']);
  });
});
