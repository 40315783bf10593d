import { type Arrived, reply, type ScriptedServer, startScripted } from '../client/scripted-server.ts';

const text = 'Content-Type: text/plain';

const model = `Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; location="/compute/"
Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"; class="mixin"; location="/user_data/"`;

/** How the machine is that {@link startOcciServer} shows. */
export type MachineState = () => string;

/** An OCCI 1.1 server of few words, with one machine, `/compute/1`; other answers are those of the script. */
export function startOcciServer(
  state: MachineState,
  script: (request: Arrived) => string | undefined = () => undefined,
): Promise<ScriptedServer> {
  return startScripted((request) => {
    const own = script(request);
    if (own !== undefined) return own;
    if (request.path === '/-/') return reply('200 OK', [text], model);
    if (request.path !== '/compute/1') return reply('404 Not Found', [text], 'nothing there');
    const kind = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
    return reply('200 OK', [text], `${kind}\nX-OCCI-Attribute: occi.compute.state="${state()}"`);
  });
}
