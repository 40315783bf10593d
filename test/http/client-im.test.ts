import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, type Lab, startLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const headers = { accept: 'text/plain', 'content-type': 'text/plain,text/occi', connection: 'close' };

/** What the Infrastructure Manager (`im_OCCI.py`) sends, and how it reads answers: by searching and cutting text. */
describe('Infrastructure Manager', () => {
  let lab: Lab;
  let client: Speaker;
  beforeEach(async () => {
    lab = await startLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const post = (path: string, lines: readonly string[]) =>
    client.raw('POST', path, { headers, body: `${lines.join('\n')}\n` });
  const get = async (path: string) => (await client.raw('GET', path, { headers })).text;
  const state = (text: string, name: string) =>
    text
      .split('\n')
      .find((line) => line.includes(`occi.${name}.state`))
      ?.split('=')[1]
      ?.replaceAll('"', '')
      .trim();
  /** The path after the endpoint of a created entity: the 17 characters of the field name cut off (A6). */
  const created = (text: string) => {
    expect(text).not.toMatch(/\s$/);
    return text.slice(17).slice(base.length);
  };

  it('T3: looks for the query interface and for locations and schemes in it [A1] [A2] [A3] [A4] [A13]', async () => {
    expect((await client.raw('HEAD', '/-/', { headers })).status).toBe(200);
    const lines = (await get('/-/')).split('\n');
    expect(lines[0]).toMatch(/^Category: entity;/);
    const line = lines.find((one) => one.indexOf('Category: networkinterface;') === 0);
    expect(
      line
        ?.split(';')
        .find((part) => part.includes('location='))
        ?.split('=')[1],
    ).toBe('"/networkinterface/"');
    for (const one of lines) {
      expect(one.split('; ').every((part, index) => index === 0 || /^[a-z]+="[^"]+"$/.test(part))).toBe(true);
      expect(one).toMatch(/; class="(?:kind|mixin|action)"/);
    }
    expect(lines.some((one) => one.includes('Category: small;') && one.includes('resource_tpl'))).toBe(true);
    expect(lines.some((one) => one.includes('Category: debian-13;') && one.includes('os_tpl'))).toBe(true);
  });

  it('T3: a volume, a machine with it, a network; then all goes away [A5] [A6] [A7] [A8] [A11] [A17] [A20]', async () => {
    const volume = await post('/storage/', [
      `Category: storage; scheme="${infrastructure}"; class="kind"`,
      'X-OCCI-Attribute: occi.core.title="im-volume"',
      'X-OCCI-Attribute: occi.storage.size=1',
    ]);
    expect(volume.status).toBe(201);
    const storage = created(volume.text);
    await expect.poll(async () => state(await get(storage), 'storage')).toBe('online');

    const answer = await post('/compute/', [
      `Category: compute; scheme="${infrastructure}"; class="kind"`,
      'Category: debian-13; scheme="http://localhost/occi/infrastructure/os_tpl#"; class="mixin"',
      'Category: user_data; scheme="http://schemas.openstack.org/compute/instance#"; class="mixin"',
      'Category: public_key; scheme="http://schemas.openstack.org/instance/credentials#"; class="mixin"',
      'X-OCCI-Attribute: occi.compute.cores=2',
      'X-OCCI-Attribute: occi.compute.memory=4.0',
      'X-OCCI-Attribute: occi.core.id="im-1700000000"',
      'X-OCCI-Attribute: occi.core.title="front"',
      'X-OCCI-Attribute: occi.compute.hostname="front"',
      `X-OCCI-Attribute: org.openstack.compute.user_data="${btoa('#cloud-config\n')}"`,
      'X-OCCI-Attribute: org.openstack.credentials.publickey.data="ssh-rsa AAAA im"',
      `Link: <${storage}>; rel="${infrastructure}storage"; self="/storagelink/im-1"; category="${infrastructure}storagelink"; ` +
        `occi.core.target="${storage}"; occi.core.source="/compute/im-1700000000"; occi.core.id="im-1";occi.storagelink.deviceid="/dev/vdb"`,
    ]);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.headers.get('location')).toBe(base + created(answer.text));
    const machine = created(answer.text);
    await expect.poll(async () => state(await get(machine), 'compute')).toBe('active');
    const text = await get(machine);
    expect(text).toMatch(/^X-OCCI-Attribute: occi\.compute\.memory=4$/m);
    const disk = text.split('\n').find((line) => line.startsWith('Link:') && line.includes('/storage/'));
    expect(disk).toContain('; occi.storagelink.deviceid="/dev/vdb"');

    const network = created(
      (
        await post('/network/', [
          `Category: network; scheme="${infrastructure}"; class="kind"`,
          'Category: ipnetwork; scheme="http://schemas.ogf.org/occi/infrastructure/network#"; class="mixin"',
          'X-OCCI-Attribute: occi.network.address="10.1.1.0/24"',
          'X-OCCI-Attribute: occi.network.allocation="dynamic"',
        ])
      ).text,
    );
    expect(await get(network)).toContain('occi.network.address="10.1.1.0/24"');
    const nic = await post('/networkinterface/', [
      `Category: networkinterface;scheme="${infrastructure}";class="kind"`,
      'Category: ipnetworkinterface;scheme="http://schemas.ogf.org/occi/infrastructure/networkinterface#";class="mixin"',
      'X-OCCI-Attribute: occi.core.id="im-2"',
      `X-OCCI-Attribute: occi.core.target="${network}"`,
      `X-OCCI-Attribute: occi.core.source="${machine}"`,
    ]);
    expect(nic.status, nic.text).toBe(201);
    const networks = async () => (await get(machine)).split('\n').filter((line) => line.includes('</network/'));
    await expect.poll(async () => (await networks())[0]).toMatch(/occi\.networkinterface\.state="active"/);
    const parts = ((await networks())[0] ?? '').split(';').map((part) => part.trim());
    const value = (name: string) =>
      parts
        .find((part) => part.startsWith(`${name}=`))
        ?.split('=')[1]
        ?.replaceAll('"', '');
    expect(value('occi.networkinterface.interface')).toMatch(/[0-9]/);
    expect(value('occi.networkinterface.address')).toMatch(/^10\.1\.1\.[0-9]+$/);
    expect(value('self')).toBe(created(nic.text));

    const suspend =
      'Category: suspend;scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#";class="action"';
    expect((await post(`${machine}?action=suspend`, [suspend])).status).toBe(200);
    await expect.poll(async () => state(await get(machine), 'compute')).toBe('suspended');
    for (const path of [created(nic.text), machine, storage, network]) {
      expect((await client.raw('DELETE', path, { headers })).status).toBe(200);
      expect((await client.raw('GET', path, { headers })).status).toBe(404);
    }
  });
});
