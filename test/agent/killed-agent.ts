/**
 * An agent that is given work it cannot finish, for a test to kill. Takes the directory of its store and writes a line
 * when everything has been accepted.
 */
import { fakeDriver } from '../../src/agent/fake-driver.ts';
import { small, Workshop } from './workshop.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('a directory is needed');
const agent = await Workshop.open({ directory, driver: fakeDriver({ delayMs: 3_600_000 }) });
await agent.call('create_network', { network_id: 'net', cidr: '10.0.0.0/24' });
await agent.call('create_volume', { volume_id: 'vol', size: 1 });
await agent.call('run_instance', { instance_uuid: 'vm', flavor: small });
await agent.call('stop_instance', { instance_uuid: 'vm' });
await agent.call('attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'port' });
await agent.call('attach_volume', { instance_uuid: 'vm', volume_id: 'vol', attachment_id: 'attachment' });
process.stdout.write('accepted\n');
