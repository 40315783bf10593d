import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { type FilledQueues, filledQueues, notification } from './filled-queues.ts';

const event = { cdmi_event: '', objectName: '' };
const names = (values: readonly { cdmi_event: string; objectName: string }[]) =>
  values.map(({ cdmi_event, objectName }) => `${cdmi_event} ${objectName}`);

describe('ISO/IEC 17826 §20: notification queues', () => {
  let lab: Lab;
  let queues: FilledQueues;
  beforeEach(async () => {
    lab = await startLab({ cdmi: true });
    queues = filledQueues(lab);
  });
  afterEach(() => lab.close());

  it('[CDMI-S12] tell what becomes of an object, in order', async () => {
    const made = await queues.put('/cdmi/events', notification([], [{ objectName: 'starts a' }], event));
    expect(made.status, made.text).toBe(201);
    expect((made.json() as { metadata: object }).metadata).toMatchObject({ cdmi_notification_status: 'Current' });
    await queues.write('/cdmi/a');
    await queues.write('/cdmi/b');
    await queues.write('/cdmi/a', { value: 'w' });
    await lab.request('GET', '/cdmi/a');
    await queues.write('/cdmi/ac', { value: undefined, copy: '/cdmi/a' });
    await queues.write('/cdmi/am', { value: undefined, move: '/cdmi/ac' });
    await queues.write('/cdmi/ar', { value: undefined, reference: '/cdmi/a' });
    await lab.request('DELETE', '/cdmi/a');
    expect(names(await queues.values('/cdmi/events', 8))).toEqual([
      'cdmi_create_complete a',
      'cdmi_modify_complete a',
      'cdmi_read a',
      'cdmi_create_complete ac',
      'cdmi_copy ac',
      'cdmi_rename am',
      'cdmi_reference ar',
      'cdmi_delete a',
    ]);
  });
});
