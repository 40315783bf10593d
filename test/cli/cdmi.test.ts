import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Listed } from '../../src/cli/occi/cdmi/listing.ts';
import { reply, startScripted } from '../client/scripted-server.ts';
import { until } from '../http/until.ts';
import { type Ending, type RunningGateway, startGateway } from '../server/command.ts';
import { type Circumstances, runOcci, startOcci } from './occi-command.ts';

describe('occi cdmi', { timeout: 60_000 }, () => {
  let data: string;
  let directory: string;
  let gateway: RunningGateway;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
    gateway = await startGateway(data, { OCCI_CDMI: 'on', OCCI_CDMI_DOMAINS: 'on' });
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
  });
  afterEach(async () => {
    for (const one of await lines('ls')) await occi('rm', '-r', one);
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (args: readonly string[], { environment, input = '' }: Circumstances = {}): Promise<Ending> => {
    return runOcci(['cdmi', ...args], { environment: { OCCI_ENDPOINT: gateway.url, ...environment }, input });
  };
  /** Runs the command; it has to succeed. */
  const occi = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0) throw new Error(`occi cdmi ${args.join(' ')} ends with ${code}: ${stderr}`);
    expect(stderr).toBe('');
    return stdout;
  };
  const lines = async (...args: readonly string[]) => (await occi(...args)).split('\n').filter((line) => line !== '');
  const file = (name: string, text?: string): string => {
    const path = join(directory, name);
    if (text !== undefined) writeFileSync(path, text);
    return path;
  };
  const url = (path: string) => `${gateway.url}/cdmi/${path}`;

  it('[CDMI-O1] [CDMI-O6] domains: made, listed with what belongs to them, enabled, moved, removed', async () => {
    expect(await occi('mkdir', 'cdmi_domains/lab/inner')).toBe(`${url('cdmi_domains/lab/inner/')}\n`);
    await occi(
      'meta',
      'cdmi_domains/lab',
      'cdmi_domain_enabled=true',
      'cdmi_domain_delete_reassign=/cdmi/cdmi_domains/',
    );
    expect(JSON.parse(await occi('meta', 'cdmi_domains/lab', '--output', 'json'))).toMatchObject({
      type: 'domain',
      metadata: { cdmi_domain_enabled: 'true' },
    });
    const made = await fetch(url('of-lab'), {
      method: 'PUT',
      headers: { 'content-type': 'application/cdmi-object', 'x-cdmi-specification-version': '1.1.1' },
      body: JSON.stringify({ value: 'of lab', domainURI: '/cdmi/cdmi_domains/lab/' }),
    });
    expect(made.status).toBe(201);
    const listed = JSON.parse(await occi('ls', 'cdmi_domains', '--long', '--output', 'json')) as Listed[];
    expect(listed.find(({ name }) => name === 'lab/')).toMatchObject({ type: 'domain', size: 6, objects: 1 });
    expect(await occi('ls', 'cdmi_domains', '--long')).toMatch(/^6 B +\S+Z +domain, objects: 1 +lab\/$/m);
    expect(await occi('mv', 'cdmi_domains/lab', 'cdmi_domains/new')).toBe(`${url('cdmi_domains/new/')}\n`);
    expect(await lines('ls', 'cdmi_domains/new')).toContain('inner/');
    expect(await run(['rm', 'cdmi_domains/new'])).toMatchObject({ code: 2, stderr: expect.stringContaining('domain') });
    await occi('rm', '--recursive', 'cdmi_domains/new');
    expect(await lines('ls', 'cdmi_domains')).not.toContain('new/');
    expect(await occi('get', 'of-lab', '-')).toBe('of lab');
  });

  it('put and get: a file, under its name or another one, into containers that are made', async () => {
    const notes = file('notes.txt', 'Grüße');
    expect(await occi('put', notes, 'letters/2026/')).toBe(`${url('letters/2026/notes.txt')}\n`);
    expect(await occi('put', notes, 'letters/2026')).toBe(`${url('letters/2026/notes.txt')}\n`);
    expect(await occi('put', notes, '/letters/old.txt')).toBe(`${url('letters/old.txt')}\n`);
    expect(await lines('ls', '--recursive')).toEqual([
      'letters/',
      'letters/2026/',
      'letters/2026/notes.txt',
      'letters/old.txt',
    ]);
    expect(await occi('get', 'letters/old.txt', '-')).toBe('Grüße');
    expect(await occi('get', 'letters/old.txt', file('copy'))).toBe(`${file('copy')}\n`);
    expect(readFileSync(file('copy'), 'utf8')).toBe('Grüße');
    await occi('get', url('letters/2026/notes.txt'), 'letters/old.txt', `${directory}/down/`);
    expect(readdirSync(file('down'))).toEqual(['notes.txt', 'old.txt']);
    const response = await fetch(url('letters/old.txt'));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    await response.body?.cancel();
  });

  it('put and get: standard input and output, ranges', async () => {
    const put = await run(['put', '-', 'log.txt', '--type', 'text/plain'], { input: 'one two three' });
    expect(put).toMatchObject({ code: 0, stdout: `${url('log.txt')}\n`, stderr: '' });
    expect(await occi('get', 'log.txt', '-', '--range', '4-6')).toBe('two');
    expect(await occi('get', 'log.txt', '-', '--range', '8-')).toBe('three');
    expect(await run(['put', '-', 'log.txt', '--range', '4-6'], { input: 'TWO' })).toMatchObject({ code: 0 });
    expect(await occi('get', 'log.txt', '-')).toBe('one TWO three');
    expect(await run(['get', 'log.txt', '-', '--range', '99-'])).toMatchObject({ code: 1, stdout: '' });
    expect(await run(['put', '-', 'empty.txt'], { input: '' })).toMatchObject({ code: 0 });
    expect(await occi('get', 'empty.txt', '-')).toBe('');
    expect(await run(['get', 'log.txt', '/dev/null'])).toMatchObject({ code: 0, stdout: '/dev/null\n' });
  });

  it('put and get: directories with all names that there are', async () => {
    const names = ['a b.txt', '100%.txt', '%41.txt', 'Ünïcödé.txt', '東京.txt', `;:&=+#@!$'"*,\\.txt`, '-r', '...'];
    mkdirSync(file('tree/in ner/empty'), { recursive: true });
    for (const name of names) file(`tree/in ner/${name}`, name);
    symlinkSync(file('tree/in ner/a b.txt'), file('tree/link.txt'));
    symlinkSync('/', file('tree/everything'));
    const { code, stderr } = await run(['put', '-r', file('tree'), 'kept']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `occi: ${file('tree/everything')} is left out: it is neither a file nor a directory\n`,
    });
    const there = await lines('ls', '-r', 'kept');
    expect(there.toSorted()).toEqual(
      ['in ner/', 'in ner/empty/', 'link.txt', ...names.map((name) => `in ner/${name}`)].toSorted(),
    );
    await occi('get', '--recursive', 'kept', file('back'));
    expect(readdirSync(file('back/in ner')).toSorted()).toEqual([...names, 'empty'].toSorted());
    for (const name of names) expect(readFileSync(file(`back/in ner/${name}`), 'utf8')).toBe(name);
    // Where there is one already, it goes into it, as with cp.
    await occi('put', '-r', file('tree/in ner'), 'kept/');
    await occi('get', '-r', 'kept/in ner', directory);
    expect(readdirSync(directory)).toContain('in ner');
    await occi('mv', 'kept/in ner/100%.txt', 'kept/50% ü.txt');
    expect(await occi('get', 'kept/50% ü.txt', '-')).toBe('100%.txt');
  });

  it('says that the server has no name with a question mark', async () => {
    const { code, stderr } = await run(['put', file('what?.txt', 'x'), 'what?.txt']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/cdmi\/what%3F\.txt is refused with 400 .*cannot be the name of an object\n {6}\S/);
  });

  it('ls: in brief, in full, as JSON and as URLs', async () => {
    await occi('put', file('a b.txt', '12345'), 'box/');
    await occi('mkdir', 'box/in');
    expect(await lines('ls', 'box')).toEqual(['a b.txt', 'in/']);
    expect(await lines('ls', 'box/a b.txt')).toEqual(['box/a b.txt']);
    const [heading, first, second] = await lines('ls', '-l', 'box/');
    expect(heading).toMatch(/^SIZE +MODIFIED +TYPE +NAME$/);
    expect(first).toMatch(/^5 B +\d{4}-\d\d-\d\dT[\d:]{8}Z +text\/plain; charset=utf-8 +a b\.txt$/);
    expect(second).toMatch(/ container +in\/$/);
    expect(await lines('ls', 'box', '--output', 'uri')).toEqual([url('box/a%20b.txt'), url('box/in/')]);
    const [object] = JSON.parse(await occi('ls', 'box', '-l', '-o', 'json')) as Listed[];
    expect(object).toMatchObject({
      name: 'a b.txt',
      path: 'box/a b.txt',
      type: 'object',
      size: 5,
      mimetype: 'text/plain; charset=utf-8',
      id: expect.stringMatching(/^00[0-9A-F]+$/),
    });
    expect(await occi('ls', `cdmi_objectid/${object?.id}`)).toBe(`cdmi_objectid/${object?.id}\n`);
  });

  it('cp and mv: at the server, one or several, containers with all that is in them', async () => {
    await occi('put', file('one.txt', '1'), file('two.txt', '2'), 'box/');
    const [before] = JSON.parse(await occi('ls', 'box', '-l', '-o', 'json')) as Listed[];
    expect(await occi('cp', 'box/one.txt', 'box/two.txt', 'copies/')).toBe(
      `${url('copies/one.txt')}\n${url('copies/two.txt')}\n`,
    );
    expect(await occi('mv', 'box/one.txt', 'new/uno.txt')).toBe(`${url('new/uno.txt')}\n`);
    const [after] = JSON.parse(await occi('ls', 'new', '-l', '-o', 'json')) as Listed[];
    expect(after?.id).toBe(before?.id);
    expect(await run(['cp', 'box', 'other'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--recursive'),
    });
    expect(await occi('cp', '-r', 'box', 'other')).toBe(`${url('other/')}\n`);
    expect(await occi('cp', '-r', 'copies', 'other')).toBe(`${url('other/copies/')}\n`);
    expect(await lines('ls', '-r', 'other')).toEqual(['copies/', 'copies/one.txt', 'copies/two.txt', 'two.txt']);
    expect(await occi('mv', 'other', 'copies/')).toBe(`${url('copies/other/')}\n`);
    expect(await lines('ls')).toEqual(['box/', 'copies/', 'new/']);
  });

  it('rm: objects, and containers when it is said', async () => {
    await occi('put', file('one.txt', '1'), 'box/in/');
    expect(await run(['rm', 'box/in'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--recursive'),
    });
    expect(await run(['rm', 'box/in/one.txt', 'box/gone'])).toMatchObject({
      code: 3,
      stdout: `${url('box/in/one.txt')}\n`,
    });
    expect(JSON.parse(await occi('rm', '-r', 'box', '-o', 'json'))).toEqual([url('box/')]);
    expect(await run(['rm', '-r', '/'])).toMatchObject({ code: 2 });
  });

  it('follows references, and removes them without what they lead to', async () => {
    await occi('put', file('one.txt', '1'), 'box/');
    const refer = async (name: string, to: string) => {
      const headers = { 'Content-Type': 'application/cdmi-object', 'X-CDMI-Specification-Version': '1.1.1' };
      const body = JSON.stringify({ reference: url(to) });
      expect(await fetch(url(name), { method: 'PUT', headers, body })).toMatchObject({ status: 201 });
    };
    await refer('short', 'box/one.txt');
    await refer('lost', 'nowhere');
    await refer('boxes', 'box/');
    expect(await occi('get', 'short', '-')).toBe('1');
    expect(await occi('get', 'short', `${directory}/`)).toBe(`${file('short')}\n`);
    expect(await lines('ls', 'boxes')).toEqual(['one.txt']);
    expect(JSON.parse(await occi('ls', '-o', 'json'))).toContainEqual(
      expect.objectContaining({ name: 'lost', type: 'reference' }),
    );
    expect(await lines('rm', 'short', 'lost', 'boxes')).toEqual(['short', 'lost', 'boxes'].map(url));
    expect(await lines('ls', '-r')).toEqual(['box/', 'box/one.txt']);
  });

  it('lists what the server can do', async () => {
    expect(await lines('ls', 'cdmi_capabilities')).toEqual(expect.arrayContaining(['container/', 'dataobject/']));
  });

  it('meta: shows, sets and removes items, and leaves the others alone', async () => {
    await occi('put', file('one.txt', '1'), 'one.txt');
    const text = await occi('meta', 'one.txt', 'author=Anna B.', 'a;b:c=odd', 'tags:=["x",1]', 'mail=a=b');
    expect(text).toMatch(/^author +Anna B\.$/m);
    expect(await occi('meta', 'one.txt', '--remove', 'author', '--remove', 'mail', '-o', 'text')).not.toMatch(
      /author|mail/,
    );
    const { metadata, ...object } = JSON.parse(await occi('meta', 'one.txt', '-o', 'json'));
    expect(object).toMatchObject({ path: 'one.txt', type: 'object', size: 1, isComplete: true });
    expect(metadata).toMatchObject({ 'a;b:c': 'odd', tags: ['x', 1], cdmi_size: '1' });
    expect(await run(['meta', 'one.txt', 'tags:=['])).toMatchObject({ code: 2 });
    expect(await run(['meta', 'one.txt', 'tags'])).toMatchObject({ code: 2 });
  });

  it('checks the hash of what it sends and gets, where the container asks for one (CDMI-M8)', async () => {
    await occi('mkdir', 'safe');
    await occi('meta', 'safe/', 'cdmi_value_hash=SHA256');
    await occi('put', file('one.txt', 'right'), 'safe/');
    expect(await occi('get', 'safe/one.txt', '-')).toBe('right');
    const { metadata } = JSON.parse(await occi('meta', 'safe/one.txt', '-o', 'json'));
    expect(metadata.cdmi_hash).toBe(createHash('sha256').update('right').digest('hex').toUpperCase());
  });

  it.each([
    ['get what is not there', ['get', 'nowhere'], 3],
    ['a container where a file is meant', ['get', '/'], 2],
    ['no place to put it', ['put', 'file'], 2],
    ['a file that is not there', ['put', '/nonexistent', 'x'], 2],
    ['a directory', ['put', '/proc/self/fd', 'x'], 2],
    ['input without a name', ['put', '-', 'box/'], 2],
    ['a range that is none', ['get', 'x', '-', '--range', '9-1'], 2],
    ['names that lead elsewhere', ['ls', '../compute/'], 3],
    ['another server', ['ls', 'http://cloud.test/cdmi/'], 2],
    ['no such verb', ['dance'], 2],
  ])('ends as other verbs do: %s', async (_, args, code) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^occi: [^\n]+\n {6}[^\n]+\n$/);
  });

  it('says where the root of another server is', async () => {
    expect(await run(['ls'], { environment: { OCCI_CDMI_ROOT: '/elsewhere/' } })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`GET ${gateway.url}/elsewhere/?`),
    });
    expect(await run(['--root', 'cdmi', 'ls'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes nowhere else, whatever names a server has', async () => {
    for (const name of ['../evil', '..', 'a/b', '/etc']) {
      const server = await startScripted(({ path }) => {
        const about = path.includes('children') ? { children: [name] } : { objectType: 'application/cdmi-container' };
        return reply('200 OK', ['Content-Type: application/cdmi-container'], JSON.stringify(about));
      });
      const environment = { OCCI_ENDPOINT: server.url };
      expect(await run(['get', '-r', 'box', file('down/box')], { environment })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(JSON.stringify(name)),
      });
      await server.close();
      expect(readdirSync(file('down/box'))).toEqual([]);
      expect(readdirSync(file('down'))).toEqual(['box']);
      rmSync(file('down'), { recursive: true });
    }
  });

  it('ends at once with Ctrl-C, and says how to go on', async () => {
    const asking = startOcci(['cdmi', 'put', '-', 'endless.bin'], { environment: { OCCI_ENDPOINT: gateway.url } });
    asking.type('some');
    await until(
      async () => gateway.log().some(({ path }) => String(path).includes('endless.bin')),
      (isThere) => isThere,
    );
    asking.interrupt();
    expect(await asking.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/interrupted; get/),
    });
  });

  it('tells how it is used', async () => {
    const { stdout, code } = await run(['help', 'put']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Usage: occi cdmi put[\s\S]*Examples:\n {2}occi cdmi put notes\.txt letters\//);
  });
});
