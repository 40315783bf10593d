import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../../src/client/index.ts';
import { type RunningGateway, startGateway } from '../server/command.ts';
import { runOcci } from './occi-command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

interface Shown {
  readonly url: string;
  readonly kind: string;
  readonly mixins: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly url: string; readonly target: string; readonly kind: string }[];
}

describe('occi and the gateway', { timeout: 60_000 }, () => {
  let directory: string;
  let gateway: RunningGateway;
  let client: Client;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cli-'));
    gateway = await startGateway(join(directory, 'data'));
    client = await connect({ endpoint: gateway.url });
  });
  afterEach(async () => {
    for (const kind of ['compute', 'network', 'storage']) await client.deleteAll(kind);
  });
  afterAll(async () => {
    client.close();
    await gateway.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the command; it has to succeed. */
  const occi = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runOcci(args, { environment: { OCCI_ENDPOINT: gateway.url } });
    if (code !== 0) throw new Error(`occi ${args.join(' ')} ends with ${code}: ${stderr}`);
    return stdout;
  };
  const json = async <T = Shown>(...args: readonly string[]): Promise<T> =>
    JSON.parse(await occi(...args, '--output', 'json')) as T;
  const create = async (...args: readonly string[]): Promise<string> => (await occi('create', ...args)).trim();

  it('model, list, describe: what there is', async () => {
    const model = await occi('model', '--output', 'uri');
    expect(model.split('\n')).toContain(`${infrastructure}compute`);
    const compute = await json<{ attributes: { name: string; type: string }[]; actions: string[] }>('model', 'compute');
    expect(compute.attributes).toContainEqual(expect.objectContaining({ name: 'occi.compute.cores', type: 'number' }));
    expect(compute.attributes).toContainEqual(expect.objectContaining({ name: 'occi.core.title' }));
    expect(compute.actions).toContain('http://schemas.ogf.org/occi/infrastructure/compute/action#stop');
    expect(await occi('list', 'os_tpl')).toMatch(/^mixin +debian-13 +Debian 13 \(trixie\) +http:\S+os_tpl#$/m);
    expect(await occi('describe', 'os_tpl#debian-13')).toContain('Debian 13 (trixie)');
    expect(await occi('list')).toBe('');
    expect(await json('list')).toEqual([]);
  });

  it.each(['json', 'text', 'headers'])('create and update with all that there is, in %s', async (rendering) => {
    const spoken = ['--rendering', rendering];
    const file = join(directory, 'setup.sh');
    writeFileSync(file, '#!/bin/sh\necho "Grüße"\n');
    writeFileSync(join(directory, 'key.pub'), 'ssh-ed25519 AAAA anna\n');
    const network = await create('network', '--title', 'Inside');
    expect(network).toMatch(new RegExp(`^${gateway.url}/network/${uuid}$`));
    const machine = await json(
      ...['create', ...spoken, '--resource', 'compute', '--title', 'First = "best"', '--wait'],
      ...[
        '--mixin',
        'os_tpl#debian-13',
        '--attribute',
        'occi.compute.cores=2',
        '--attribute',
        'occi.compute.memory=1.5',
      ],
      ...['--link', new URL(network).pathname.slice(1), '--context', `public_key=file://${directory}/key.pub`],
      ...['--context', `user_data=file://${file}`],
    );
    expect(machine).toMatchObject({
      kind: `${infrastructure}compute`,
      attributes: {
        'occi.core.title': 'First = "best"',
        'occi.compute.state': 'active',
        'occi.compute.cores': 2,
        'occi.compute.memory': 1.5,
        'org.openstack.compute.user_data': Buffer.from('#!/bin/sh\necho "Grüße"\n').toString('base64'),
        'occi.credentials.ssh.publickey': 'ssh-ed25519 AAAA anna',
      },
      links: [{ target: network, kind: `${infrastructure}networkinterface` }],
    });
    expect(machine.mixins.map((id) => id.slice(id.indexOf('#')))).toEqual(
      expect.arrayContaining(['#debian-13', '#ssh_key', '#user_data']),
    );

    const changed = await json(
      'update',
      ...spoken,
      machine.url,
      '--title',
      'Old faithful',
      '-t',
      'occi.compute.share=7',
    );
    expect(changed.attributes).toMatchObject({ 'occi.core.title': 'Old faithful', 'occi.compute.share': 7 });
    const [found] = await json<Shown[]>('list', ...spoken, 'compute', '--filter', 'occi.core.title=Old faithful');
    expect(found?.url).toBe(machine.url);
    expect(await json('list', 'compute', '--filter', 'occi.core.title=Nobody')).toEqual([]);
    expect(await json<Shown[]>('list', 'compute', '--mixin', 'os_tpl#debian-13')).toHaveLength(1);
  });

  it('trigger, watch', async () => {
    const machine = await create('compute', '--mixin', 'resource_tpl#small', '--wait');
    const path = new URL(machine).pathname;
    const stopped = await json('trigger', path, 'stop', '--attribute', 'method=graceful', '--wait');
    expect(stopped.attributes['occi.compute.state']).toBe('inactive');
    await occi('trigger', 'compute', 'start');
    const started = await json('watch', path, '--until', 'active');
    expect(started.attributes['occi.compute.state']).toBe('active');
    const [saved] = await json<{ id: string; class: string }[]>('trigger', path, 'save', '-t', 'name=golden');
    expect(saved).toMatchObject({ class: 'mixin', id: expect.stringMatching(/os_tpl#.*golden/) });
  });

  it('link, unlink', async () => {
    const machine = await create('compute', '--wait');
    const disk = await create('storage', '-t', 'occi.storage.size=0.5', '--wait');
    const link = (await occi('link', machine, disk, '--attribute', 'occi.storagelink.deviceid=/dev/vdz')).trim();
    expect(await json('describe', link)).toMatchObject({
      kind: `${infrastructure}storagelink`,
      attributes: { 'occi.storagelink.deviceid': '/dev/vdz' },
    });
    expect((await json('describe', machine)).links).toMatchObject([{ url: link, target: disk }]);
    expect(await occi('unlink', new URL(link).pathname)).toBe(`${link}\n`);
    expect((await json('describe', machine)).links).toEqual([]);
  });

  it('tag, untag', async () => {
    const [one = '', two = ''] = await Promise.all([1, 2].map(() => create('network')));
    const tags = 'http://lab.test/tags#mine';
    expect(await occi('tag', tags, '--define', '/tag/mine/', '--title', 'Mine', one, two)).toBe(`${one}\n${two}\n`);
    expect((await occi('list', 'mine', '-o', 'uri')).trim().split('\n').toSorted()).toEqual([one, two].toSorted());
    await occi('untag', 'mine', one);
    expect(await occi('list', '/tag/mine/', '-o', 'uri')).toBe(`${two}\n`);
    await occi('untag', 'mine', '--undefine');
    expect((await json('describe', two)).mixins).not.toContain(tags);
    expect(await occi('model', '--output', 'uri')).not.toContain(tags);
  });

  it('delete: what is named, and with --all what there is', async () => {
    const [one = '', two = '', three = ''] = await Promise.all([1, 2, 3].map(() => create('network')));
    expect(await json('delete', new URL(one).pathname, two, '--wait')).toEqual([one, two]);
    expect(await occi('list', 'network', '-o', 'uri')).toBe(`${three}\n`);
    expect(await occi('delete', 'network', '--all', '--wait')).toBe(`${three}\n`);
    expect(await occi('list', 'network', '-o', 'text')).toBe('');
  });

  it('export, and create --from it', async () => {
    const network = await create('network', '--title', 'Inside');
    const machine = await create('compute', '-M', 'resource_tpl#small', '--title', 'One', '-j', network, '--wait');
    const document = await occi('export');
    expect(JSON.parse(document)).toMatchObject([{ url: machine }, { url: network }]);
    const file = join(directory, 'document.json');
    writeFileSync(file, document);
    const made = await json<string[]>('create', '--from', file);
    expect(made).toHaveLength(3);
    const again = await json<Shown[]>('describe', 'compute');
    expect(again.map(({ attributes }) => attributes['occi.core.title'])).toEqual(['One', 'One']);
    const copy = again.find(({ url }) => url !== machine);
    expect(made).toContain(copy?.url);
    expect(copy?.mixins.some((id) => id.endsWith('#small'))).toBe(true);
    // The copy is linked to the copy.
    expect(made).toContain(copy?.links[0]?.target);
    await occi('delete', machine, network);
    const { code, stdout } = await runOcci(['create', '--from', '-', '-o', 'uri'], {
      environment: { OCCI_ENDPOINT: gateway.url },
      input: document,
    });
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });
});
