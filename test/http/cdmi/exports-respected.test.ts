import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/backends/backend.ts';
import { type ScriptedBackend, scriptedBackend } from '../../gateway/scripted-backend.ts';
import { type Lab, startLab } from '../home-lab.ts';
import { person, startTenantsLab } from '../tenants-lab.ts';
import { until } from '../until.ts';
import { client, infrastructure, iscsi, storageOf } from './export-lab.ts';

let lab: Lab | undefined;
afterEach(() => lab?.close());

describe('a backend that serves storage', () => {
  let backend: ScriptedBackend;
  beforeEach(async () => {
    backend = scriptedBackend(['compute', 'storage', 'storagelink'].map((term) => infrastructure + term));
    lab = await startLab({ cdmi: true, backend: [backend] });
  });

  it('hears nothing of what stands for containers, nor of links to it', async () => {
    const who = client(lab as Lab);
    const machine = await who.compute();
    const container = await who.exported('quiet/');
    const link = await who.link(machine, storageOf(container));
    await who.occi('POST', link, { attributes: { 'occi.storagelink.mountpoint': '/mnt' } });
    await who.occi('DELETE', link);
    await who.occi('DELETE', storageOf(container));
    expect(backend.delivered.map(({ location }) => location)).toEqual([machine]);
  });

  it('refuses to delete a volume: the export that was to go with it stays as it was', async () => {
    const who = client(lab as Lab);
    const machine = await who.compute();
    const exports = { 'OCCI/NFSv4': { permissions: ['http://elsewhere.test/compute/7'] } };
    expect((await who.cdmi('PUT', 'stays/', { exports })).status).toBe(201);
    const before = await who.container('stays/');
    const link = await who.link(machine, storageOf(before, 'OCCI/NFSv4'));
    const linked = await who.container('stays/');
    await who.occi('POST', '/storage/', { kind: `${infrastructure}storage`, attributes: { 'occi.storage.size': 1 } });
    backend.answer = () => {
      throw new Refusal('conflict', 'not now');
    };
    expect((await who.occi('DELETE', '/storage/')).status).toBe(409);
    expect(await who.container('stays/')).toEqual(linked);
    expect((await who.show(link)).target?.location).toBe(storageOf(before, 'OCCI/NFSv4'));
    expect((await who.show(storageOf(before, 'OCCI/NFSv4'))).attributes['cdmi.objectid']).toBe(before.objectID);
    backend.answer = () => [];
    expect((await who.occi('DELETE', '/storage/')).status).toBe(200);
    expect(await who.container('stays/')).not.toHaveProperty('exports');
  });
});

describe('what else has a say in exports', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-exports-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const written = (name: string, value: object) => {
    const file = join(directory, name);
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(value));
    return file;
  };

  it('the quota: what would be too much is made on neither side', async () => {
    lab = await startTenantsLab({ cdmi: true, quotaFile: written('quotas.yaml', { default: { storage: 1 } }) });
    const who = client(lab);
    await who.exported('first/');
    const refused = await who.cdmi('PUT', 'second/', { exports: iscsi });
    expect(refused.status, refused.text).toBe(403);
    expect((await who.cdmi('GET', 'second/')).status).toBe(404);
    expect(await who.storages()).toHaveLength(1);
    expect((await who.cdmi('PUT', 'first/', { exports: {} })).status).toBe(204);
    await who.exported('second/');
  });

  it('the quota of sizes, where a container is assigned one', async () => {
    const quotaFile = written('quotas.yaml', { default: { 'occi.storage.size': 10 } });
    lab = await startTenantsLab({ cdmi: true, quotaFile });
    const who = client(lab);
    const container = await who.exported('sized/');
    const size = async () => (await who.show(storageOf(container))).attributes['occi.storage.size'];
    const assign = async (bytes: string) =>
      (await who.cdmi('PUT', 'sized/', { metadata: { cdmi_assignedsize: bytes } })).status;
    expect(await size()).toBe(0.001);
    expect(await assign('5000000000')).toBe(204);
    expect(await size()).toBe(5);
    expect(await assign('11000000000')).toBe(403);
    expect(await size()).toBe(5);
  });

  it('the policy, of CDMI and of storage', async () => {
    const policyFile = written('policy.yaml', {
      'storage:create': 'role:architect',
      'storage:delete': 'role:architect',
      'cdmi:update': 'role:architect or role:writer',
    });
    lab = await startTenantsLab({ cdmi: true, policyFile });
    const as = (roles: string) => client(lab as Lab, person(lab as Lab, 'ours', roles));
    const [architect, member] = [as('member,architect'), as('member')];
    expect((await member.cdmi('PUT', 'no/', { exports: iscsi })).status).toBe(403);
    const container = await architect.exported('yes/');
    expect((await as('writer').cdmi('PUT', 'yes/', { exports: {} })).status).toBe(403);
    expect((await member.occi('DELETE', storageOf(container))).status).toBe(403);
    expect((await member.cdmi('DELETE', 'yes/')).status).toBe(403);
    expect((await member.container('yes/')).exports).toEqual(container.exports);
    expect((await architect.cdmi('DELETE', 'yes/')).status).toBe(204);
  });

  it('[CDMI-T6] a hold, which OCCI cannot go around', async () => {
    lab = await startTenantsLab({ cdmi: true });
    const who = client(lab);
    const container = await who.exported('held/');
    const hold = { metadata: { cdmi_hold_id: ['court'] } };
    expect((await who.cdmi('PUT', 'held/', hold)).status).toBe(204);
    expect((await who.occi('DELETE', storageOf(container))).status).toBe(403);
    expect((await who.container('held/')).exports).toEqual(container.exports);
  });

  it('the access control list of the container', async () => {
    lab = await startTenantsLab({ cdmi: true });
    const who = client(lab);
    const container = await who.exported('guarded/');
    const read = { acetype: 'ALLOW', identifier: 'EVERYONE@', aceflags: 'NO_FLAGS', acemask: 'READ_ALL' };
    expect((await who.cdmi('PUT', 'guarded/', { metadata: { cdmi_acl: [read] } })).status).toBe(204);
    expect((await who.occi('DELETE', storageOf(container))).status).toBe(403);
    expect((await who.cdmi('PUT', 'guarded/', { exports: {} })).status).toBe(403);
    expect(await who.storages()).toEqual([storageOf(container)]);
  });

  it('the time at which a container goes: not before the last link has gone', async () => {
    lab = await startLab({ cdmi: true });
    const who = client(lab);
    const machine = await who.compute();
    const container = await who.exported('brief/');
    const link = await who.link(machine, storageOf(container));
    const soon = new Date(Date.now() + 100).toISOString().replace('Z', '000Z');
    const metadata = {
      cdmi_retention_period: `1990-01-01T00:00:00.000000Z/${soon}`,
      cdmi_retention_autodelete: 'true',
    };
    expect((await who.cdmi('PUT', 'brief/', { metadata })).status).toBe(204);
    expect((await who.cdmi('PUT', 'gone/', { metadata })).status).toBe(201);
    // Once that one has gone, it was the other's turn, too.
    const gone = async (path: string) => (await who.cdmi('GET', path)).status === 404;
    await until(
      () => gone('gone/'),
      (is) => is,
    );
    expect(await gone('brief/')).toBe(false);
    await who.occi('DELETE', link);
    await until(
      () => gone('brief/'),
      (is) => is,
    );
    expect(await who.storages()).toEqual([]);
  });
});

it('what was exported can be read and deleted where CDMI is off, and is exported anew where it is on again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'occi-exports-'));
  try {
    const on = await startLab({ cdmi: true, dataDir });
    const container = await client(on).exported('k/');
    await on.gateway.close();
    const off = await startLab({ dataDir });
    const shown = await client(off).show(storageOf(container));
    expect(shown.attributes['occi.storage.state']).toBe('online');
    expect((await client(off).occi('DELETE', storageOf(container))).status).toBe(200);
    await off.gateway.close();
    lab = await startLab({ cdmi: true, dataDir });
    const who = client(lab);
    expect(await who.container('k/')).not.toHaveProperty('exports');
    expect((await who.cdmi('PUT', 'k/', { exports: iscsi })).status).toBe(204);
    expect(await who.storages()).toEqual([storageOf(await who.container('k/'))]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
