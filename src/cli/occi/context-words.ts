import type { Catalogue } from '../../client/index.ts';
import { pairIn } from './attribute-words.ts';
import { textOfFile } from './text-of-file.ts';
import { UsageError } from './usage-error.ts';

/** A way to hand something to a machine that boots: a mixin with an attribute. */
interface Channel {
  readonly mixin: string;
  readonly attribute: string;
  readonly encode: (text: string) => string;
}

const asIs = (text: string) => text;
const oneLine = (text: string) => text.trim();
const base64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * The ways there are, the better one first. That of the standard (GFD.224 §3.5.3, §3.5.4) is plain, and scripts have
 * line ends, which text renderings cannot carry.
 */
const channels: Readonly<Record<string, readonly Channel[]>> = {
  user_data: [
    {
      mixin: 'http://schemas.openstack.org/compute/instance#user_data',
      attribute: 'org.openstack.compute.user_data',
      encode: base64,
    },
    {
      mixin: 'http://schemas.ogf.org/occi/infrastructure/compute#user_data',
      attribute: 'occi.compute.userdata',
      encode: asIs,
    },
  ],
  public_key: [
    {
      mixin: 'http://schemas.ogf.org/occi/infrastructure/credentials#ssh_key',
      attribute: 'occi.credentials.ssh.publickey',
      encode: oneLine,
    },
    {
      mixin: 'http://schemas.openstack.org/instance/credentials#public_key',
      attribute: 'org.openstack.credentials.publickey.data',
      encode: oneLine,
    },
  ],
};

/** What a new machine is told. */
export interface MachineContext {
  readonly mixins: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What is handed to a machine, `user_data=file://setup.sh`, in the way its server has. Any other name is that of an
 * attribute.
 *
 * @throws UsageError when a file cannot be read, or the server has no such way
 */
export function contextIn(catalogue: Catalogue, words: readonly string[] = []): MachineContext {
  const mixins: string[] = [];
  const attributes: Record<string, string> = {};
  for (const word of words) {
    const [name, value] = pairIn(word, '--context');
    const text = value.startsWith('file://') ? textOfFile(value.slice('file://'.length)) : value;
    const ways = Object.hasOwn(channels, name) ? channels[name] : undefined;
    if (ways === undefined) attributes[name] = text;
    else {
      const { mixin, attribute, encode } = offered(catalogue, name, ways);
      mixins.push(mixin);
      attributes[attribute] = encode(text);
    }
  }
  return { mixins, attributes };
}

function offered(catalogue: Catalogue, name: string, ways: readonly Channel[]): Channel {
  const found = ways.find(({ mixin }) => catalogue.find(mixin, 'mixin') !== undefined);
  if (found !== undefined) return found;
  throw new UsageError(`the server has no way to give ${name} to machines`, 'occi model shows what it has');
}
