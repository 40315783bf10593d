import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Ending, type RunningGateway, startGateway } from '../server/command.ts';
import { type Cuts, startCuttingProxy } from './cutting-proxy.ts';
import { occi, runOcci, start, startOnTerminal } from './occi-command.ts';

const mebibyte = 2 ** 20;

describe('occi cdmi and large values', { timeout: 120_000 }, () => {
  let directory: string;
  let gateway: RunningGateway;
  let size: number;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
    gateway = await startGateway(join(directory, 'data'), { OCCI_CDMI: 'on' });
    size = fill('large.bin', 72);
    expect(await run(['put', file('large.bin'), 'large.bin'])).toMatchObject({ code: 0 });
  }, 60_000);
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const file = (name: string) => join(directory, name);
  const fill = (name: string, mebibytes: number) => {
    const handle = openSync(file(name), 'w');
    const block = randomFillSync(Buffer.alloc(mebibyte));
    for (let nth = 0; nth < mebibytes; nth++) {
      block.writeUInt32BE(nth);
      writeSync(handle, block);
    }
    closeSync(handle);
    return mebibytes * mebibyte;
  };
  const run = (args: readonly string[], endpoint = gateway.url): Promise<Ending> => {
    return runOcci(['cdmi', ...args], { environment: { OCCI_ENDPOINT: endpoint } });
  };
  const proxied = async (cuts: Cuts) => {
    const proxy = await startCuttingProxy(gateway.port, cuts);
    onTestFinished(() => proxy.close());
    return proxy;
  };
  const isSame = (one: string, other: string) => readFileSync(file(one)).equals(readFileSync(file(other)));
  const parts = () => readdirSync(directory).filter((name) => name.endsWith('.part'));

  it('get goes on after each cut with what is missing', async () => {
    const proxy = await proxied({ down: [10, 30, 50].map((at) => at * mebibyte) });
    expect(await run(['get', 'large.bin', file('got.bin')], proxy.url)).toMatchObject({ code: 0, stderr: '' });
    expect(isSame('got.bin', 'large.bin')).toBe(true);
    // What was under way when it was cut comes twice, and no more.
    expect(proxy.passed.down).toBeLessThan(size + 12 * mebibyte);
    expect(parts()).toEqual([]);
  });

  it('get goes on where another one has ended, as long as it is the same version', async () => {
    const dead = await proxied({ down: [30 * mebibyte], forGood: true });
    expect(await run(['get', 'large.bin', file('again.bin')], dead.url)).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^occi: the connection was lost/),
    });
    expect(existsSync(file('again.bin'))).toBe(false);
    const [part = '', ...others] = parts();
    expect(part).toMatch(/^again\.bin\.[0-9a-f]{8}\.part$/);
    expect(others).toEqual([]);
    const there = statSync(file(part)).size;
    expect(there).toBeGreaterThan(20 * mebibyte);
    const proxy = await proxied({});
    expect(await run(['get', 'large.bin', file('again.bin')], proxy.url)).toMatchObject({ code: 0 });
    expect(isSame('again.bin', 'large.bin')).toBe(true);
    expect(proxy.passed.down).toBeLessThan(size - there + 8 * mebibyte);
    expect(parts()).toEqual([]);
  });

  it('get begins anew where the value has changed meanwhile', async () => {
    fill('first.bin', 40);
    fill('second.bin', 40);
    await run(['put', file('first.bin'), 'changing.bin']);
    const dead = await proxied({ down: [20 * mebibyte], forGood: true });
    expect(await run(['get', 'changing.bin', file('changing.bin')], dead.url)).toMatchObject({ code: 5 });
    await run(['put', file('second.bin'), 'changing.bin']);
    expect(await run(['get', 'changing.bin', file('changing.bin')])).toMatchObject({ code: 0 });
    expect(isSame('changing.bin', 'second.bin')).toBe(true);
    for (const name of parts()) rmSync(file(name));
  });

  it('put sends again only the part that was lost', async () => {
    const proxy = await proxied({ up: [20 * mebibyte, 70 * mebibyte] });
    expect(await run(['put', file('large.bin'), 'sent.bin'], proxy.url)).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['get', 'sent.bin', file('sent.bin')])).toMatchObject({ code: 0 });
    expect(isSame('sent.bin', 'large.bin')).toBe(true);
    expect(proxy.passed.up).toBeLessThan(size + 2 * 33 * mebibyte);
  });

  it('put --continue goes on where another one has ended; until then the object is not complete', async () => {
    const dead = await proxied({ up: [40 * mebibyte], forGood: true });
    expect(await run(['put', file('large.bin'), 'later.bin'], dead.url)).toMatchObject({ code: 5 });
    const { stdout } = await run(['meta', 'later.bin', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ isComplete: false, completion: 'Processing', size: 32 * mebibyte });
    expect(await run(['get', 'later.bin', file('later.bin')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('later.bin is not complete: Processing'),
    });
    const proxy = await proxied({});
    expect(await run(['put', '--continue', file('large.bin'), 'later.bin'], proxy.url)).toMatchObject({ code: 0 });
    expect(proxy.passed.up).toBeLessThan(size - 31 * mebibyte);
    expect(await run(['get', 'later.bin', file('later.bin')])).toMatchObject({ code: 0 });
    expect(isSame('later.bin', 'large.bin')).toBe(true);
  });

  it('put --continue begins anew where something else is there', async () => {
    fill('other.bin', 72);
    const dead = await proxied({ up: [40 * mebibyte], forGood: true });
    expect(await run(['put', file('other.bin'), 'other.bin'], dead.url)).toMatchObject({ code: 5 });
    expect(await run(['put', '-c', file('large.bin'), 'other.bin'])).toMatchObject({ code: 0 });
    await run(['get', 'other.bin', file('other.bin')]);
    expect(isSame('other.bin', 'large.bin')).toBe(true);
  });

  it('has bars on a terminal, and nothing of them elsewhere', async () => {
    const environment = { OCCI_ENDPOINT: gateway.url, TERM: 'xterm' };
    const { stdout, code } = await startOnTerminal(['cdmi', 'get', 'large.bin', file('bar.bin')], 100, { environment })
      .ended;
    expect(code).toBe(0);
    const drawn = stdout.split('\r\u001b[K');
    expect(drawn.some((line) => /^█*[▏▎▍▌▋▊▉]?░* {2}[0-9.]+ [KM]iB of 72\.0 MiB .* large\.bin$/.test(line))).toBe(true);
    expect(drawn.at(-1)).toBe(`${file('bar.bin')}\r\n`);
    expect(await run(['get', 'large.bin', file('bar.bin')])).toMatchObject({
      stdout: `${file('bar.bin')}\n`,
      stderr: '',
    });
  });

  it('does with little memory for 256 MiB, both ways, by file and by pipe', async () => {
    const peak = 'import resource,subprocess,sys\nc=subprocess.call(sys.argv[1:])\n';
    const program = `${peak}print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr)\nsys.exit(c)`;
    const kibibytes = async (line: string) => {
      const words = ['python3', '-c', program, 'sh', '-c', line, process.execPath, occi];
      const ended = await start(words, { environment: { OCCI_ENDPOINT: gateway.url } }).ended;
      expect(ended).toMatchObject({ code: 0 });
      return Number(ended.stderr.trim());
    };
    fill('huge.bin', 256);
    writeFileSync(file('small.bin'), 'small');
    const small = await kibibytes(`"$0" "$1" cdmi put '${file('small.bin')}' small.bin`);
    const peaks = [
      await kibibytes(`"$0" "$1" cdmi put '${file('huge.bin')}' huge.bin`),
      await kibibytes(`"$0" "$1" cdmi get huge.bin '${file('back.bin')}'`),
      await kibibytes(`"$0" "$1" cdmi put - piped.bin < '${file('huge.bin')}'`),
      await kibibytes(`"$0" "$1" cdmi get piped.bin - > '${file('piped.bin')}'`),
    ];
    expect(isSame('back.bin', 'huge.bin')).toBe(true);
    expect(isSame('piped.bin', 'huge.bin')).toBe(true);
    for (const one of peaks) expect(one - small).toBeLessThan(128 * 1024);
  });
});
