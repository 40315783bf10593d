import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedBackend } from '../../src/backends/embedded/embedded.ts';
import { idOf } from '../../src/occi/entity.ts';
import { backendContract } from './contract.ts';
import { act, entity, model } from './entities.ts';
import { Record, recordOf } from './record.ts';

const templateScheme = 'http://localhost/occi/infrastructure/os_tpl#';
const complaints: unknown[] = [];
const log = (message: string, detail?: unknown) => complaints.push([message, detail]);
const options = { delayMs: 0, templateScheme, model: () => model, provider: 'provider-1', log };
afterEach(() => expect(complaints).toEqual([]));

backendContract('embedded', {
  open: () => embeddedBackend(options),
  failing: (operation) => ({
    'occi.compute.userdata': Buffer.from(`#!/bin/sh\n# fake.fail=${operation}\n`).toString('base64'),
  }),
});

describe('the embedded backend', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'embedded-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('has templates of its own, so that a first machine can be asked for', async () => {
    const backend = await embeddedBackend(options);
    expect(backend.offers.mixins.map(({ id, location }) => [id, location])).toEqual([
      [`${templateScheme}debian-13`, '/os_tpl/debian-13/'],
      [`${templateScheme}ubuntu-24`, '/os_tpl/ubuntu-24/'],
      [`${templateScheme}alpine-3`, '/os_tpl/alpine-3/'],
    ]);
    await backend.close();
  });

  it('remembers its machines across restarts', async () => {
    const first = await embeddedBackend({ ...options, directory });
    const record = new Record(first);
    const machine = entity('compute');
    await record.carryOut({ do: 'create', entity: machine });
    await record.until(machine, 'active');
    await first.close();
    const second = await embeddedBackend({ ...options, directory });
    const found = [];
    for await (const event of second.survey(recordOf(() => [machine]))) found.push(event);
    expect(found).toMatchObject([{ id: idOf(machine), state: 'active', host: 'embedded' }]);
    await second.close();
  });

  it('takes up after a restart what was not finished', async () => {
    const first = await embeddedBackend({ ...options, directory, delayMs: 3_600_000, timeoutMs: 60_000 });
    const machine = entity('compute');
    await new Record(first).carryOut({ do: 'create', entity: machine });
    await first.close();
    const second = await embeddedBackend({ ...options, directory });
    const record = new Record(second);
    await record.until(machine, 'active');
    await record.carryOut(act(machine, 'stop'));
    await record.until(machine, 'inactive');
    await second.close();
  });
});
