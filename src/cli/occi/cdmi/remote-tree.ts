import { asContainer, childOf, nameIn } from '../../../client/cdmi/remote-path.ts';
import { type CdmiClient, ClientError } from '../../../client/index.ts';

/** Something in a container, as its listing has it. */
export interface Member {
  readonly path: string;
  readonly name: string;
  readonly type: 'container' | 'object' | 'reference';
}

/** What is in a container. @throws ClientError `unreadable` for names that nothing can have */
export async function* membersOf(client: CdmiClient, container: string): AsyncGenerator<Member> {
  for await (const listed of client.children(container)) {
    const type = listed.endsWith('/') ? 'container' : listed.endsWith('?') ? 'reference' : 'object';
    const name = listed.replace(/[/?]$/, '');
    if (!isName(name)) {
      const problem = `${client.urlOf(container)} has something by the name of ${JSON.stringify(listed)}`;
      throw new ClientError('unreadable', problem, {
        advice: 'nothing can have that name; ask whoever runs the server',
      });
    }
    const path = childOf(container, name);
    yield { path: type === 'container' ? asContainer(path) : path, name, type };
  }
}

/** All that is below a container; containers before what is in them. */
export async function* treeBelow(client: CdmiClient, container: string): AsyncGenerator<Member> {
  for await (const member of membersOf(client, container)) {
    yield member;
    if (member.type === 'container') yield* treeBelow(client, member.path);
  }
}

/** Names become those of files: none may lead elsewhere. */
function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && nameIn(name) === name;
}
