import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import type { FollowerLog } from '../../../src/gateway/followed-file.ts';
import { type OpenPolicy, openPolicy } from '../../../src/gateway/policy/open-policy.ts';
import { PolicyError } from '../../../src/gateway/policy/rules.ts';
import { Model } from '../../../src/occi/model.ts';
import { loadModelFiles } from '../../../src/spec/model-files.ts';

const model = new Model(loadModelFiles());
const only = (role: string) => `occi:list: role:${role}\nocci:show: role:${role}\n`;

describe('a policy follows its file', () => {
  let directory: string;
  let file: string;
  let log: { readonly info: Mock<FollowerLog['info']>; readonly error: Mock<FollowerLog['error']> };
  let open: OpenPolicy | undefined;
  const start = async () => {
    open = await openPolicy({ file, model, log, everyMs: 5 });
    return open;
  };
  const listing = ({ current }: OpenPolicy) => {
    const roles = ['old', 'new', 'reader'];
    return roles.filter((role) => {
      return current.allows({ user: 'u', project: 'p', roles: [role], proof: 'basic' }, 'occi', 'list', {});
    });
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-policy-'));
    file = join(directory, 'policy.yaml');
    log = { info: vi.fn(), error: vi.fn() };
    open = undefined;
    writeFileSync(file, only('old'));
  });
  afterEach(() => {
    open?.close();
    rmSync(directory, { recursive: true });
  });

  it.each<[string, (text: string) => void]>([
    ['is written in place', (text) => writeFileSync(file, text)],
    [
      'is replaced by another, as editors do',
      (text) => {
        writeFileSync(`${file}~`, text);
        renameSync(`${file}~`, file);
      },
    ],
    [
      'is taken away and comes back',
      (text) => {
        rmSync(file);
        writeFileSync(file, text);
      },
    ],
  ])('when it %s', async (_, write) => {
    const policy = await start();
    expect(listing(policy)).toEqual(['old']);
    write(only('new'));
    await vi.waitFor(() => expect(listing(policy)).toEqual(['new']));
    expect(log.info).toHaveBeenCalledExactlyOnceWith({ file }, 'policy changed');
    expect(log.error).not.toHaveBeenCalled();
  });

  it('when a link to it is turned, as container platforms do', async () => {
    for (const [name, role] of [
      ['1', 'old'],
      ['2', 'new'],
    ] as const) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'policy.yaml'), only(role));
    }
    symlinkSync('1', join(directory, 'now'));
    file = join(directory, 'now', 'policy.yaml');
    const policy = await start();
    symlinkSync('2', join(directory, 'next'));
    renameSync(join(directory, 'next'), join(directory, 'now'));
    await vi.waitFor(() => expect(listing(policy)).toEqual(['new']));
  });

  it('unless it is broken: then the one before goes on, and the log says why, once', async () => {
    const policy = await start();
    const before = policy.current;
    writeFileSync(file, 'occi:list: role:new nd role:old\n');
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled());
    expect(log.error.mock.calls[0]?.[0]).toMatchObject({
      file,
      err: { message: `${file}: occi:list: column 10: unexpected \`nd\`` },
    });
    expect(policy.current).toBe(before);
    writeFileSync(file, only('new'));
    await vi.waitFor(() => expect(listing(policy)).toEqual(['new']));
    expect(log.error).toHaveBeenCalledOnce();
  });

  it('unless it is away: then the one before goes on until it is back', async () => {
    const policy = await start();
    rmSync(file);
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled());
    expect(listing(policy)).toEqual(['old']);
    writeFileSync(file, only('new'));
    await vi.waitFor(() => expect(listing(policy)).toEqual(['new']));
  });

  it('and what has begun keeps the one it began with', async () => {
    const policy = await start();
    const { current } = policy;
    writeFileSync(file, only('new'));
    await vi.waitFor(() => expect(policy.current).not.toBe(current));
    expect(listing({ current, close() {} })).toEqual(['old']);
  });

  it('is not there at the start: there is no start', async () => {
    rmSync(file);
    await expect(start()).rejects.toThrow(PolicyError);
    await expect(start()).rejects.toThrow(`${file}: ENOENT`);
  });

  it('is broken at the start: there is no start', async () => {
    writeFileSync(file, 'occi:list: role:a and\nocci:show: nobody\n');
    await expect(start()).rejects.toThrow(
      `${file}: occi:list: column 11: something is missing at the end\n${file}: occi:show: column 1: unexpected \`nobody\``,
    );
  });

  it('is not named: the defaults hold', async () => {
    open = await openPolicy({ model, log });
    expect(listing(open)).toEqual(['reader']);
  });
});
