import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reply, type ScriptedServer } from '../client/scripted-server.ts';
import { runOcci } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

describe('what occi makes of the words for a server that tells little', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startOcciServer(
      () => 'active',
      ({ method }) => (method === 'POST' ? reply('201 Created', ['Location: /compute/1'], 'OK') : undefined),
    );
  });
  afterAll(() => server.close());

  const create = async (...args: readonly string[]) => {
    const { code, stdout } = await runOcci(['create', 'compute', '--endpoint', server.url, ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${server.url}/compute/1\n` });
    return server.requests.at(-1)?.body.split('\n').slice(1);
  };

  it('types values as the standard has them, and else as they are written', async () => {
    const attributes = [
      'occi.compute.cores=2',
      'occi.compute.hostname=12',
      'occi.core.title="in quotes"',
      'test.lab.text=12',
      'test.lab.number=num(12)',
      'test.lab.half=float(0.5)',
      'test.lab.yes=bool(true)',
      'test.lab.equals=a=b',
    ];
    expect(await create(...attributes.flatMap((word) => ['--attribute', word]))).toEqual([
      'X-OCCI-Attribute: occi.compute.cores=2',
      'X-OCCI-Attribute: occi.compute.hostname="12"',
      'X-OCCI-Attribute: occi.core.title="in quotes"',
      'X-OCCI-Attribute: test.lab.text="12"',
      'X-OCCI-Attribute: test.lab.number=12',
      'X-OCCI-Attribute: test.lab.half=0.5',
      'X-OCCI-Attribute: test.lab.yes=true',
      'X-OCCI-Attribute: test.lab.equals="a=b"',
    ]);
  });

  it('hands over user data as it is where there is only the mixin of the standard', async () => {
    expect(await create('--context', 'user_data=a script', '--context', 'test.lab.name=my key')).toEqual([
      'Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"; class="mixin"',
      'X-OCCI-Attribute: occi.compute.userdata="a script"',
      'X-OCCI-Attribute: test.lab.name="my key"',
    ]);
  });
});
