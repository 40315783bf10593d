import { describe, expect, it } from 'vitest';
import { fromRocci } from '../../src/cli/occi/rocci.ts';
import { runOcci } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

const words = (line: string) => line.split(' ');

describe('command lines of rOCCI-cli', () => {
  it.each([
    ['--action list --resource compute', 'list compute'],
    ['-a list -r os_tpl -o json', 'list os_tpl --output json'],
    ['--resource /compute/1 --action describe', 'describe /compute/1'],
    [
      '-a create -r compute -M os_tpl#a,resource_tpl#b -t x=num(1) -j /network/1,/network/2 -T public_key=k',
      'create --resource compute --link /network/1 --link /network/2 --mixin os_tpl#a --mixin resource_tpl#b -t x=num(1) -T public_key=k',
    ],
    ['--action=create --resource=compute -w', 'create --resource compute -w'],
    ['--action create --resource compute --wait-for-active 60', 'create --resource compute --wait --wait-timeout 60'],
    ['--action update --resource /compute/1 --mixin m', 'update /compute/1 --mixin m'],
    ['--action delete --resource /compute/1', 'delete /compute/1'],
    ['--action trigger --resource /compute/1 --trigger-action start', 'trigger /compute/1 start'],
    ['-a link -r /compute/1 -j /storage/1', 'link /compute/1 /storage/1'],
    ['--action unlink --resource /storagelink/1', 'unlink /storagelink/1'],
    ['-e http://cloud.test --dump-model', 'model -e http://cloud.test'],
    [
      '-a list -r compute --auth x509 --voms --user-cred proxy.pem --media-type text/plain,text/occi --output-format plain',
      'list compute --auth x509 --user-cred proxy.pem --rendering text/plain,text/occi --output text',
    ],
    ['-a list -X -d --skip-ca-check --ca-file ca.pem', 'list --dump --insecure --ca ca.pem'],
  ])('%s', (before, now) => {
    expect(fromRocci(words(before))).toEqual(words(now));
  });

  it('leaves others as they are', () => {
    for (const line of ['list compute', 'create -r compute -M a,b', 'trigger x start -t action=1']) {
      expect(fromRocci(words(line))).toEqual(words(line));
    }
  });

  it('says what is missing', () => {
    expect(() => fromRocci(['--action', 'create'])).toThrow('--resource is missing');
    expect(() => fromRocci(words('--action trigger --resource /compute/1'))).toThrow('--trigger-action is missing');
    expect(() => fromRocci(['--action', 'toString'])).toThrow('there is no action "toString"');
  });

  it('work as a whole', async () => {
    const server = await startOcciServer(() => 'active');
    const args = ['--endpoint', server.url, '--auth', 'none', '--action', 'describe', '--resource', '/compute/1'];
    const { code, stdout } = await runOcci([...args, '--output-format', 'plain']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Category: compute; .*\nX-OCCI-Attribute: occi.compute.state="active"\n$/);
    await server.close();
  });
});
