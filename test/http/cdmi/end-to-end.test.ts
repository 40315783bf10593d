import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, base, type Lab, startLab } from '../home-lab.ts';
import { pathOf, type Speaker, speakTo } from '../speaker.ts';
import { type Client, client, infrastructure, linkBetween, mixin, storageOf } from './export-lab.ts';

/** What the example does in OCCI, in one rendering or another. */
interface Tongue {
  readonly name: string;
  compute(speaker: Speaker): Promise<Answer>;
  link(speaker: Speaker, machine: string, storage: string, id: string): Promise<Answer>;
  /** The storage that stands for containers. */
  storages(speaker: Speaker): Promise<Answer>;
  show(speaker: Speaker, path: string): Promise<Answer>;
  delete(speaker: Speaker, path: string): Promise<Answer>;
}

const older = { 'user-agent': 'example/1.0 OCCI/1.1' };
const category = (term: string) => `Category: ${term}; scheme="${infrastructure}"; class="kind"`;

const tongues: readonly Tongue[] = [
  {
    name: 'OCCI 1.1 in text/plain',
    compute: (speaker) => speaker.plain('POST', '/compute/', category('compute'), older),
    link: (speaker, machine, storage, id) => {
      const attributes = {
        'occi.core.source': machine,
        'occi.core.target': storage,
        'occi.storagelink.deviceid': id,
      };
      const lines = Object.entries(attributes).map(([name, value]) => `X-OCCI-Attribute: ${name}="${value}"`);
      return speaker.plain('POST', '/storagelink/', [category('storagelink'), ...lines].join('\n'), older);
    },
    storages: (speaker) => speaker.plain('GET', '/cdmi_container/', undefined, older),
    show: (speaker, path) => speaker.plain('GET', path, undefined, older),
    delete: (speaker, path) => speaker.plain('DELETE', path, undefined, older),
  },
  {
    name: 'OCCI 1.2 in JSON',
    compute: (speaker) => speaker.json('POST', '/compute/', { kind: `${infrastructure}compute` }),
    link: (speaker, machine, storage, id) =>
      speaker.json('POST', '/storagelink/', linkBetween(machine, storage, { 'occi.storagelink.deviceid': id })),
    storages: (speaker) => speaker.json('GET', '/cdmi_container/'),
    show: (speaker, path) => speaker.json('GET', path),
    delete: (speaker, path) => speaker.json('DELETE', path),
  },
];

describe.each(tongues)('a container, exported and linked to a machine: $name', (tongue) => {
  let lab: Lab;
  let who: Client;
  let speaker: Speaker;
  beforeAll(async () => {
    lab = await startLab({ cdmi: true });
    who = client(lab);
    speaker = speakTo(lab);
  });
  afterAll(() => lab.close());

  it('[INF-20] [INF-28] [INF-29] [CDMI-X3] from the first to the last request', async () => {
    const container = await who.exported('results/');
    const { objectID: id } = container;
    const storage = storageOf(container);
    const uuid = storage.slice('/storage/'.length);
    const listed = await tongue.storages(speaker);
    expect(listed.text).toContain(uuid);
    const shown = await tongue.show(speaker, storage);
    for (const word of [id, `/cdmi/cdmi_objectid/${id}/`, 'OCCI/iSCSI', 'online']) expect(shown.text).toContain(word);
    expect(shown.text).not.toContain('action');

    const machine = pathOf((await tongue.compute(speaker)).headers.get('location'));
    const linked = await tongue.link(speaker, machine, storage, id);
    expect(linked.status, linked.text).toBe(201);
    const link = pathOf(linked.headers.get('location'));
    expect((await tongue.show(speaker, machine)).text).toContain(link.slice('/storagelink/'.length));
    expect((await tongue.show(speaker, link)).text).toContain(id);
    expect((await who.container('results/')).exports).toEqual({
      'OCCI/iSCSI': { identifier: id, permissions: [base + machine], storage: base + storage },
    });

    const put = { headers: { 'content-type': 'text/plain' }, body: '42' };
    expect((await lab.request('PUT', `/cdmi/cdmi_objectid/${id}/answer`, put)).status).toBe(201);
    expect((await lab.request('GET', '/cdmi/results/answer')).text).toBe('42');

    expect((await who.cdmi('DELETE', 'results/')).status).toBe(409);
    expect((await tongue.delete(speaker, link)).status).toBe(200);
    expect((await who.container('results/')).exports?.['OCCI/iSCSI']?.permissions).toEqual([]);
    expect((await who.cdmi('DELETE', 'results/')).status).toBe(204);
    expect((await tongue.show(speaker, storage)).status).toBe(404);
    expect((await tongue.delete(speaker, machine)).status).toBe(200);
    expect((await tongue.storages(speaker)).text).not.toContain(uuid);
  });

  it('[CDMI-X4] the query interface describes what storage says of its container', async () => {
    const { text } = await tongue.show(speaker, '/-/');
    for (const word of [...mixin.split(/(?<=#)/), 'cdmi.objectid', 'cdmi.uri', 'cdmi.protocols', '/cdmi_container/']) {
      expect(text).toContain(word);
    }
  });
});
