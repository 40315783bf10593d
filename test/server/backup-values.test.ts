import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, type RunningGateway, runToEnd, startGateway, temporaryDirectory } from './command.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let data: string;
let kept: string;
const running: RunningGateway[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
  data = `${directory.path}/data`;
  kept = `${directory.path}/backup`;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop('SIGKILL')));
  directory.remove();
});

async function start(dataDir = data): Promise<RunningGateway> {
  const gateway = await startGateway(dataDir, { OCCI_CDMI: 'on' });
  running.push(gateway);
  return gateway;
}

const run = (words: readonly string[], dataDir = data, environment: Environment = {}) =>
  runToEnd(words, { OCCI_DATA_DIR: dataDir, OCCI_CDMI: 'on', ...environment });

/** A value that tells whose it is, and of which writing; of different sizes, up to two frames. */
const textOf = (name: string, writing: number) => `${name} ${writing}\n`.repeat(1 + ((writing * 977) % 12_000));

async function put({ url }: RunningGateway, name: string, writing: number): Promise<void> {
  const answer = await fetch(`${url}/cdmi/${name}`, { method: 'PUT', body: textOf(name, writing) });
  expect(answer.ok).toBe(true);
  await answer.arrayBuffer();
}

/** Reads everything there is, by name; each has to be as it was written by one writing. */
async function readAll({ url }: RunningGateway): Promise<ReadonlyMap<string, number>> {
  const headers = { accept: 'application/cdmi-container', 'x-cdmi-specification-version': '1.1.1' };
  const { children } = (await (await fetch(`${url}/cdmi/?children`, { headers })).json()) as { children: string[] };
  const found = new Map<string, number>();
  for (const name of children.filter((child) => !child.endsWith('/'))) {
    const answer = await fetch(`${url}/cdmi/${name}`);
    const text = await answer.text();
    const writing = Number(/^\S+ (\d+)\n/.exec(text)?.[1]);
    expect({ name, status: answer.status, isWhole: text === textOf(name, writing) }).toEqual({
      name,
      status: 200,
      isWhole: true,
    });
    found.set(name, writing);
  }
  return found;
}

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));

describe('occi-gateway backup and restore, with values of CDMI', () => {
  it('have every value that the record refers to, while all of them are replaced and removed', async () => {
    const gateway = await start();
    const lasting = Array.from({ length: 20 }, (_, at) => `lasting-${at}`);
    for (const name of lasting) await put(gateway, name, 1);
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      let writing = 0;
      while (!isOver) {
        const name = `moving-${writer}-${writing % 5}`;
        await put(gateway, name, ++writing);
        if (writing % 3 === 0) await fetch(`${gateway.url}/cdmi/${name}`, { method: 'DELETE' });
      }
      return writing;
    });
    // What is removed while the second is made is kept by the first.
    const first = await run(['backup', `${kept}-1`]);
    const second = await run(['backup', kept, '--earlier', `${kept}-1`]);
    isOver = true;
    const written = await Promise.all(writers);
    expect(Math.min(...written)).toBeGreaterThan(5);
    for (const one of [first, second]) expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toBe(`backed up to ${kept}: occi.sqlite, agent.sqlite, values\n`);
    const { values } = JSON.parse(readFileSync(`${kept}/backup.json`, 'utf8'));
    expect(values).toMatchObject({ count: filesOf(`${kept}/values`).length });
    await gateway.stop('SIGKILL');

    for (const [at, backup] of [`${kept}-1`, kept].entries()) {
      const elsewhere = `${directory.path}/elsewhere-${at}`;
      expect(await run(['restore', backup], elsewhere)).toMatchObject({ code: 0, stderr: '' });
      const found = await readAll(await start(elsewhere));
      for (const name of lasting) expect(found.get(name)).toBe(1);
      expect(found.size).toBeGreaterThan(lasting.length);
    }
  }, 60_000);

  it('bring back what was replaced, removed, or lost on the disk', async () => {
    const first = await start();
    for (const name of ['a', 'b', 'c']) await put(first, name, 1);
    expect((await run(['backup', kept])).code).toBe(0);
    await put(first, 'a', 2);
    await fetch(`${first.url}/cdmi/b`, { method: 'DELETE' });
    await put(first, 'd', 1);
    await first.stop();
    rmSync(`${data}/cdmi/values`, { recursive: true });
    expect((await run(['restore', kept])).stderr).toContain('is there already; --force replaces it');
    expect(await run(['restore', '--force', kept])).toMatchObject({ code: 0, stderr: '' });
    expect([...(await readAll(await start()))]).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it.each([
    ['damaged', 'is damaged', (path: string) => writeFileSync(path, readFileSync(path).fill('x', 1, 2))],
    ['gone', 'has been damaged', (path: string) => rmSync(path)],
  ])('touch nothing when a value is %s', async (_, told, harm) => {
    const gateway = await start();
    await put(gateway, 'a', 1);
    await gateway.stop();
    expect((await run(['backup', kept])).code).toBe(0);
    harm(filesOf(`${kept}/values`)[0] as string);
    const elsewhere = `${directory.path}/elsewhere`;
    const { code, stderr } = await run(['restore', kept], elsewhere);
    expect([code, stderr]).toEqual([1, expect.stringContaining(told)]);
    expect(readdirSync(directory.path)).not.toContain('elsewhere');
  });

  it('leave the values to the record that has them, and give them to one that replaces it', async () => {
    const first = await start();
    await put(first, 'a', 1);
    await first.stop();
    expect((await run(['backup', kept])).code).toBe(0);
    // Somebody takes the directory of values with him to where the record is restored, without asking.
    const elsewhere = `${directory.path}/elsewhere`;
    expect((await run(['restore', kept], elsewhere)).code).toBe(0);
    cpSync(`${data}/cdmi/claim`, `${elsewhere}/cdmi/claim`);
    const refused = await runToEnd([], { OCCI_DATA_DIR: elsewhere, OCCI_CDMI: 'on', OCCI_PORT: '0' });
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining(`another copy of this record, the one in ${data} on `),
    ]);
    expect(refused.stdout + refused.stderr).toContain(`remove the file ${elsewhere}/cdmi/claim`);
    expect(await run(['restore', '--force', kept], elsewhere)).toMatchObject({ code: 0, stderr: '' });
    expect([...(await readAll(await start(elsewhere)))]).toEqual([['a', 1]]);
    // In its own place it is still the same.
    expect(await run(['restore', '--force', kept])).toMatchObject({ code: 0, stderr: '' });
    expect([...(await readAll(await start()))]).toEqual([['a', 1]]);
  });

  it('say of values in a bucket where they are, and take nothing else for it', async () => {
    const gateway = await start();
    await put(gateway, 'a', 1);
    await gateway.stop();
    const bucket = { OCCI_CDMI_S3_BUCKET: 'shelf' };
    expect(await run(['backup', kept], data, bucket)).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(`${kept}/backup.json`, 'utf8')).values).toEqual({
      bucket: 'shelf',
      prefix: 'occi/',
    });
    const elsewhere = `${directory.path}/elsewhere`;
    expect((await run(['restore', kept], elsewhere)).stderr).toContain('set OCCI_CDMI_S3_BUCKET to restore it');
    expect((await run(['restore', kept], elsewhere, bucket)).stdout).toContain('values are in the bucket shelf');
  });
});
