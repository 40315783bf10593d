import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { person, startTenantsLab } from '../tenants-lab.ts';
import { until } from '../until.ts';
import { speaking } from './cdmi-lab.ts';
import { type FilledQueues, filledQueues, type Json, notification } from './filled-queues.ts';

const event = { cdmi_event: '', objectName: '' };
const names = (values: readonly Json[]) => values.map(({ cdmi_event, objectName }) => `${cdmi_event} ${objectName}`);

describe('ISO/IEC 17826 §21: notification queues', () => {
  let lab: Lab;
  let queues: FilledQueues;
  beforeEach(async () => {
    lab = await startLab({ cdmi: true });
    queues = filledQueues(lab);
  });
  afterEach(() => lab.close());

  const container = (path: string, body: object) =>
    lab.request('PUT', path, { headers: speaking('container'), body: JSON.stringify(body) });

  /** What has come when the last event is there, which is that an object of that name is made. */
  async function heard(queue = '/cdmi/events'): Promise<readonly string[]> {
    await queues.write('/cdmi/last');
    const read = async () => {
      const answer = await lab.request('GET', `${queue}?values:1000`, { headers: speaking('queue') });
      return names(((answer.json() as Json).value ?? []).map((text: string) => JSON.parse(text)));
    };
    const all = await until(read, (values) => values.includes('cdmi_create_complete last'));
    return all.slice(0, -1);
  }

  it('[CDMI-S12] tell what becomes of objects, in order', async () => {
    const made = await queues.put('/cdmi/events', notification([], [], event));
    expect(made.status, made.text).toBe(201);
    expect((made.json() as Json).metadata).toMatchObject({ cdmi_notification_status: 'Current' });
    await queues.write('/cdmi/a');
    await queues.write('/cdmi/a', { value: 'w' });
    await queues.put('/cdmi/a', { mine: '1' }, 'object');
    await lab.request('GET', '/cdmi/a');
    await lab.request('HEAD', '/cdmi/a');
    await queues.write('/cdmi/c', { value: undefined, copy: '/cdmi/a' });
    await queues.write('/cdmi/m', { value: undefined, move: '/cdmi/c' });
    await queues.write('/cdmi/r', { value: undefined, reference: '/cdmi/a' });
    await lab.request('DELETE', '/cdmi/a');
    expect(await heard()).toEqual([
      'cdmi_create_complete a',
      'cdmi_modify_complete a',
      'cdmi_modify_complete a',
      'cdmi_read a',
      'cdmi_create_complete c',
      'cdmi_copy c',
      'cdmi_rename m',
      'cdmi_reference r',
      'cdmi_delete a',
    ]);
  });

  it('[CDMI-S12] [CDMI-H7] what comes in parts is being made until the last of them', async () => {
    await queues.put('/cdmi/events', notification([], [], event));
    const part = (range: string, body: string, partial: string) =>
      lab.request('PUT', '/cdmi/p', {
        headers: { 'content-type': 'text/plain', 'content-range': `bytes ${range}/4`, 'x-cdmi-partial': partial },
        body,
      });
    await part('0-1', 'ab', 'true');
    await part('2-3', 'cd', 'false');
    await part('0-1', 'xy', 'true');
    await part('2-3', 'zz', 'false');
    expect(await heard()).toEqual([
      'cdmi_create_processing p',
      'cdmi_create_complete p',
      'cdmi_modify_processing p',
      'cdmi_modify_complete p',
    ]);
  });

  it('[CDMI-S12] containers: what is in them when they are copied, snapshots, exports, their end', async () => {
    await container('/cdmi/k/', {});
    await queues.write('/cdmi/k/o');
    await queues.put('/cdmi/events', notification([], [], event));
    await container('/cdmi/c/', { copy: '/cdmi/k/' });
    await container('/cdmi/k/', { snapshot: 's' });
    await container('/cdmi/k/', { exports: { 'OCCI/iSCSI': {} } });
    await container('/cdmi/k/', { exports: {} });
    await lab.request('DELETE', '/cdmi/k/');
    expect(await heard()).toEqual([
      'cdmi_create_complete c/',
      'cdmi_copy c/',
      'cdmi_create_complete o',
      'cdmi_modify_complete k/',
      'cdmi_snapshot k/',
      'cdmi_modify_complete k/',
      'cdmi_export k/',
      'cdmi_modify_complete k/',
      'cdmi_export k/',
      'cdmi_delete k/',
    ]);
  });

  it('[CDMI-S12] only of the events and objects that are asked for, and of what has happened', async () => {
    const results = { cdmi_event_result: '', cdmi_event_time: '', cdmi_event_user: '', metadata: { cdmi_size: '' } };
    await queues.put('/cdmi/events', notification(['cdmi_modify_complete'], [{ objectName: '== a' }], results));
    await queues.write('/cdmi/a');
    await queues.write('/cdmi/b');
    await queues.write('/cdmi/b', { value: 'ww' });
    expect((await queues.write('/cdmi/a', { value: 'ww', valuetransferencoding: 'no' })).status).toBe(400);
    await queues.write('/cdmi/a', { value: 'www' });
    expect(await queues.values('/cdmi/events', 1)).toEqual([
      {
        cdmi_event_result: '204 No Content',
        cdmi_event_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        cdmi_event_user: 'anybody',
        metadata: { cdmi_size: '3' },
      },
    ]);
  });

  it('[CDMI-S12] [CDMI-S4] the value is that of the time of the event', async () => {
    await queues.put('/cdmi/events', notification([], [{ cdmi_event_user: '== anybody' }], { value: '' }));
    for (const value of ['one', 'two', 'three']) await queues.write('/cdmi/a', { value });
    await lab.request('DELETE', '/cdmi/a');
    const values = await queues.values('/cdmi/events', 4);
    const texts = values.map(({ value }) => Buffer.from(value, 'base64').toString());
    expect(texts).toEqual(['one', 'two', 'three', 'three']);
  });

  it('[CDMI-S12] several queues hear the same, queues of others do, and none hears of those that are filled', async () => {
    await queues.put('/cdmi/events', notification([], [], event));
    await queues.put('/cdmi/also', notification([], [], event));
    await queues.put('/cdmi/q', {});
    await lab.request('POST', '/cdmi/q', { headers: speaking('queue'), body: '{"value": ["x"]}' });
    await lab.request('DELETE', '/cdmi/q?value');
    await queues.put('/cdmi/also?metadata:mine', { mine: '1' });
    const expected = ['cdmi_create_complete q', 'cdmi_modify_complete q', 'cdmi_modify_complete q'];
    expect(await heard()).toEqual(expected);
    expect(await heard('/cdmi/also')).toEqual(expected);
  });

  it('[CDMI-S12] [CDMI-S11] nothing comes while the type is taken off', async () => {
    const type = { cdmi_queue_type: 'cdmi_notification_queue' };
    await queues.put('/cdmi/events', notification(['cdmi_create_complete'], [], event));
    const change = (metadata: object) => queues.put('/cdmi/events?metadata:cdmi_queue_type', metadata);
    expect((await change({})).status).toBe(204);
    expect(await queues.status('/cdmi/events', 'cdmi_notification_status')).toBe('Halted');
    await queues.write('/cdmi/a');
    expect((await change(type)).status).toBe(204);
    await queues.write('/cdmi/b');
    expect(await heard()).toEqual(['cdmi_create_complete b']);
    const events = { cdmi_notification_events: ['cdmi_read'] };
    expect((await queues.put('/cdmi/events?metadata:cdmi_notification_events', events)).status).toBe(403);
  });

  it('[CDMI-S12] an event that there is none of is 400', async () => {
    expect((await queues.put('/cdmi/events', notification(['cdmi_explode']))).status).toBe(400);
  });

  it('[CDMI-S12] a queue that goes with its container is heard of no more, and others are', async () => {
    await container('/cdmi/k/', {});
    await queues.put('/cdmi/k/events', notification([], [], event));
    await queues.put('/cdmi/events', notification([], [{ objectName: '!= last' }, { objectName: '== last' }], event));
    await lab.request('DELETE', '/cdmi/k/');
    expect(await heard()).toEqual(['cdmi_delete k/']);
    await lab.request('DELETE', '/cdmi/events');
    await queues.write('/cdmi/a');
    await queues.put('/cdmi/again', notification([], [], event));
    await queues.write('/cdmi/b');
    expect(names(await queues.values('/cdmi/again', 1))).toEqual(['cdmi_create_complete b']);
  });

  it('[CDMI-T9] [CDMI-S12] what vanishes because its time has come is told, too', async () => {
    await queues.put('/cdmi/events', notification(['cdmi_delete'], [], { ...event, cdmi_event_user: '' }));
    const end = new Date(Date.now() + 300).toISOString().replace('Z', '000Z');
    const metadata = {
      cdmi_retention_period: `2020-01-01T00:00:00.000000Z/${end}`,
      cdmi_retention_autodelete: 'true',
    };
    const made = await queues.write('/cdmi/brief', { metadata });
    expect(made.status, made.text).toBe(201);
    expect(await queues.values('/cdmi/events', 1)).toEqual([
      { cdmi_event: 'cdmi_delete', objectName: 'brief', cdmi_event_user: '' },
    ]);
  });
});

describe('bounds, rights and projects', () => {
  it('[CDMI-S12] nobody hears of other projects, or of what he may not read', async () => {
    const lab = await startTenantsLab({ cdmi: true });
    const [one, two, admin] = [person(lab, 'one'), person(lab, 'two'), person(lab, 'one', 'admin')];
    await filledQueues(one).put('/cdmi/events', notification([], [], ''));
    await filledQueues(two).put('/cdmi/events', notification([], [], event));
    const nobody = [{ acetype: 'DENY', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'ALL_PERMS' }];
    await filledQueues(two).write('/cdmi/theirs');
    await filledQueues(admin).write('/cdmi/secret', { metadata: { cdmi_acl: nobody } });
    await filledQueues(one).write('/cdmi/mine');
    const heard = await filledQueues(one).values('/cdmi/events', 1);
    expect(heard.map(({ objectName }) => objectName)).toEqual(['mine']);
    expect(names(await filledQueues(two).values('/cdmi/events', 1))).toEqual(['cdmi_create_complete theirs']);
    await lab.close();
  });

  it('[CDMI-S12] a queue that nobody empties is halted, and requests go on', async () => {
    const lab = await startLab({ cdmi: true, cdmiMaxFilledValues: 3 });
    const queues = filledQueues(lab);
    await queues.put('/cdmi/events', notification(['cdmi_create_complete'], [], event));
    for (let i = 0; i < 6; i++) expect((await queues.write(`/cdmi/o${i}`)).status).toBe(201);
    const status = () => queues.status('/cdmi/events', 'cdmi_notification_status');
    await until(status, (text) => text.startsWith('Error: halted, there are 3 values'));
    expect(names(await queues.values('/cdmi/events', 3))).toEqual(
      ['o0', 'o1', 'o2'].map((name) => `cdmi_create_complete ${name}`),
    );
    await lab.close();
  });

  it('[CDMI-S12] a project has so many such queues and no more', async () => {
    const lab = await startLab({ cdmi: true, cdmiMaxFilledQueues: 2 });
    const queues = filledQueues(lab);
    await lab.request('PUT', '/cdmi/k/', { headers: speaking('container'), body: '{}' });
    expect((await queues.put('/cdmi/k/a', notification([]))).status).toBe(201);
    expect((await queues.put('/cdmi/b', notification([]))).status).toBe(201);
    const refused = await queues.put('/cdmi/c', notification([]));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('OCCI_CDMI_MAX_FILLED_QUEUES')]);
    expect((await queues.put('/cdmi/c', {})).status).toBe(201);
    await lab.request('DELETE', '/cdmi/k/');
    expect((await queues.put('/cdmi/d', notification([]))).status).toBe(201);
    await lab.close();
  });

  it.each([
    ['query', 'cdmi_query'],
    ['notification', 'cdmi_notification'],
    ['logging', 'cdmi_logging'],
  ])('[CDMI-S13] where it is not offered, a %s queue is a queue as any other', async (kind, capability) => {
    const lab = await startLab({ cdmi: true, cdmiWithout: [capability] });
    const queues = filledQueues(lab);
    const metadata = { cdmi_queue_type: `cdmi_${kind}_queue`, cdmi_scope_specification: [] };
    expect((await queues.put('/cdmi/events', metadata)).status).toBe(201);
    expect(await queues.metadata('/cdmi/events')).not.toHaveProperty(`cdmi_${kind}_status`);
    await queues.put('/cdmi/others', notification([], [], event));
    await queues.write('/cdmi/a');
    if (kind !== 'notification') await queues.values('/cdmi/others', 1);
    const answer = await lab.request('GET', '/cdmi/events?queueValues', { headers: speaking('queue') });
    expect((answer.json() as Json).queueValues).toBe('');
    await lab.close();
  });
});
