import type { Attributes } from '../../occi/attribute.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { typeKind } from './infrastructure-types.ts';
import { machine } from './machine.ts';
import { attributeNames, offered } from './offered.ts';
import { infrastructure } from './standard-types.ts';

/** A mixin of the infrastructure, and the requirements on it. */
interface StandardMixin {
  readonly id: string;
  readonly applies: 'compute' | 'network' | 'networkinterface';
  /** Values for what it brings. */
  readonly attributes: Attributes;
  readonly proves: { readonly offered?: string; readonly shown: string };
}

const mixins = {
  ipnetwork: {
    id: `${infrastructure}/network#ipnetwork`,
    applies: 'network',
    attributes: {
      'occi.network.address': '10.20.40.0/24',
      'occi.network.gateway': '10.20.40.1',
      'occi.network.allocation': 'static',
    },
    proves: { offered: 'INF-15', shown: 'INF-17' },
  },
  ipnetworkinterface: {
    id: `${infrastructure}/networkinterface#ipnetworkinterface`,
    applies: 'networkinterface',
    attributes: { 'occi.networkinterface.address': '10.20.41.5', 'occi.networkinterface.allocation': 'static' },
    proves: { offered: 'INF-22', shown: 'INF-24' },
  },
  ssh_key: {
    id: `${infrastructure}/credentials#ssh_key`,
    applies: 'compute',
    attributes: {
      'occi.credentials.ssh.publickey':
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea conformance',
    },
    proves: { offered: 'INF-48', shown: 'INF-50' },
  },
  user_data: {
    id: `${infrastructure}/compute#user_data`,
    applies: 'compute',
    attributes: { 'occi.compute.userdata': 'IyEvYmluL3NoCg==' },
    proves: { offered: 'INF-53', shown: 'INF-55' },
  },
} as const satisfies Readonly<Record<string, StandardMixin>>;

type Name = keyof typeof mixins;
const names = Object.keys(mixins) as readonly Name[];

/** Who has no IP networks needs none of their mixins; the others should be there. */
const isForNetworks = (name: Name) => name === 'ipnetwork' || name === 'ipnetworkinterface';

/** The mixin as it is listed. @throws NotApplicable when it is not, or the kind that it is for */
async function listedMixin(trial: Trial, name: Name) {
  const { id, applies } = mixins[name];
  typeKind(trial, applies);
  const found = (await offered(trial)).find((one) => one.id === id);
  if (found === undefined) throw new NotApplicable(`the server has no mixin ${id}`);
  return found;
}

/** An instance that has the mixin from the beginning. */
async function carrier(trial: Trial, name: Name): Promise<string> {
  const { id, applies, attributes } = mixins[name];
  if (applies === 'compute') return machine(trial, { mixins: [id], attributes });
  if (applies === 'network') return trial.make(applies, { mixins: [id], attributes });
  const range = { 'occi.network.address': '10.20.41.0/24', 'occi.network.allocation': 'static' };
  const isRanged = trial.catalogue.find(mixins.ipnetwork.id, 'mixin') !== undefined;
  const target = await trial.make('network', isRanged ? { mixins: [mixins.ipnetwork.id], attributes: range } : {});
  const ends = { [core.source]: await machine(trial), [core.target]: target };
  return trial.make(applies, { mixins: [id], attributes: { ...attributes, ...ends } });
}

/** Says that `applies` names one kind. @throws NotApplicable when the mixin is not there */
async function mustApply(trial: Trial, name: Name): Promise<void> {
  const { applies } = await listedMixin(trial, name);
  const { id } = typeKind(trial, mixins[name].applies);
  trial.must(applies.join() === id, `${name} applies to ${id}`, applies.join(', ') || 'to all kinds');
}

/** Says that only machines can have it. @throws NotApplicable when it or other kinds are not there */
async function mustRefuse(trial: Trial, name: Name): Promise<void> {
  const mixin = await listedMixin(trial, name);
  const other = ['network', 'storage'].find((term) => trial.catalogue.find(term, 'kind')?.location !== undefined);
  if (other === undefined) throw new NotApplicable('the server has no other resources than machines');
  const kind = trial.kind(other);
  const says = { kind: kind.id, mixins: [mixin.id], attributes: trial.required(kind) };
  const reply = await trial.ask({ method: 'POST', location: kind.location, says });
  const isThere = reply.isSuccess && (await trial.read(trial.made(reply))).mixins.includes(mixin.id);
  trial.must(!isThere, `${name} is put on machines only`, `a ${other} has it`);
}

/** The mixins of the infrastructure (GFD.224 §3.2.1, §3.4.1.1, §3.5.2). */
export const infrastructureMixinChecks: readonly Check[] = [
  ...names.flatMap((name): readonly Check[] => {
    const { id, attributes, applies, proves } = mixins[name];
    return [
      {
        id: `infrastructure/${name}`,
        proves: [proves.offered],
        title: `The mixin ${name} is offered, with its attributes`,
        renderings: everyRendering,
        async run(trial) {
          typeKind(trial, applies);
          const found = (await offered(trial)).find((one) => one.id === id && one.class === 'mixin');
          if (found === undefined && isForNetworks(name)) throw new NotApplicable(`the server has no mixin ${id}`);
          trial.must(found !== undefined, `the mixin ${id} is offered`, 'it is not');
          const missing = Object.keys(attributes).find(
            (one) => found !== undefined && !attributeNames(found).includes(one),
          );
          trial.must(missing === undefined, `${name} lists its attributes`, `no ${missing}`);
        },
      },
      {
        id: `infrastructure/${name}-shown`,
        proves: [proves.shown],
        title: `A ${applies} with ${name} shows ${Object.keys(attributes).join(', ')}`,
        renderings: everyRendering,
        async run(trial) {
          await listedMixin(trial, name);
          const shown = await trial.read(await carrier(trial, name));
          trial.must(
            shown.mixins.includes(id),
            `the ${applies} shows the mixin ${id}`,
            shown.mixins.join(', ') || 'none',
          );
          for (const [attribute, value] of Object.entries(attributes)) {
            const has = shown.attributes[attribute];
            const expected = `${attribute} is ${JSON.stringify(value)}, as the creation had it`;
            trial.must(has === value, expected, JSON.stringify(has) ?? 'it has none');
          }
        },
      },
    ];
  }),
  {
    id: 'infrastructure/ipnetwork-applies',
    proves: ['INF-16'],
    title: 'ipnetwork applies to network',
    renderings: jsonRendering,
    run: (trial) => mustApply(trial, 'ipnetwork'),
  },
  {
    id: 'infrastructure/ipnetworkinterface-applies',
    proves: ['INF-23'],
    title: 'ipnetworkinterface applies to networkinterface',
    renderings: jsonRendering,
    run: (trial) => mustApply(trial, 'ipnetworkinterface'),
  },
  {
    id: 'infrastructure/ssh_key-applies',
    proves: ['INF-49'],
    title: 'ssh_key is put on machines only',
    run: (trial) => mustRefuse(trial, 'ssh_key'),
  },
  {
    id: 'infrastructure/user_data-applies',
    proves: ['INF-54'],
    title: 'user_data is put on machines only',
    run: (trial) => mustRefuse(trial, 'user_data'),
  },
];
