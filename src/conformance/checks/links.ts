import { locationOf } from '../../client/location.ts';
import { core } from '../../occi/entity.ts';
import { linkKind } from '../../occi/kind.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { linkedResource } from './linked-resource.ts';

const elsewhere = 'http://conformance.example.org/elsewhere';

/** Asks for a link of the same kind as one that could be made, with other ends. */
async function anotherLink(trial: Trial, kind: string, ends: Readonly<Record<string, string>>): Promise<Reply> {
  const { id, location } = trial.kind(kind);
  const reply = await trial.ask({ method: 'POST', location, says: { kind: id, attributes: ends } });
  if (reply.isSuccess) trial.madeAll(reply);
  return reply;
}

/** Asks for a link to a resource that is somewhere else. @throws NotApplicable when the server has no plain links */
async function linkElsewhere(trial: Trial): Promise<Reply> {
  const plain = trial.catalogue.find(linkKind, 'kind');
  if (plain?.location === undefined) {
    throw new NotApplicable('the server has no links but those that lead to resources of a certain kind');
  }
  const source = await trial.make(trial.plainKind.id);
  return anotherLink(trial, linkKind, { [core.source]: source, [core.target]: elsewhere });
}

/** Whether a reference means a location. */
function isAt({ space }: Trial, reference: unknown, location: string): boolean {
  return typeof reference === 'string' && locationOf(space, reference) === location;
}

const isRefused = ({ status }: Reply) => status >= 400 && status < 500;

/** Links (GFD.221 §5.4.2, §5.4.3). */
export const linkChecks: readonly Check[] = [
  {
    id: 'links/ends',
    proves: ['CORE-5.4.3-a'],
    title: 'A link shows where it starts and where it leads',
    renderings: everyRendering,
    async run(trial) {
      const { link, source, target } = await linkedResource(trial);
      const { attributes } = await trial.read(link);
      for (const [name, location] of [
        [core.source, source],
        [core.target, target],
      ] as const) {
        const shown = attributes[name];
        const isIt = isAt(trial, shown, location);
        trial.must(isIt, `${name} of the link is ${location}`, shown === undefined ? 'it has none' : String(shown));
      }
    },
  },
  {
    id: 'links/needs-target',
    proves: ['CORE-5.4.3-a'],
    title: 'A link without a target is refused',
    renderings: everyRendering,
    async run(trial) {
      const { linkKind: kind, source } = await linkedResource(trial);
      const reply = await anotherLink(trial, kind, { [core.source]: source });
      trial.must(isRefused(reply), 'a link that leads nowhere is refused', `${reply.status}`);
    },
  },
  {
    id: 'links/source-is-here',
    proves: ['CORE-5.4.3-b'],
    title: 'The source of a link is a resource of the server',
    renderings: everyRendering,
    async run(trial) {
      const { linkKind: kind, source, target, link } = await linkedResource(trial);
      for (const [stray, what] of [
        [elsewhere, 'somewhere else'],
        [`${source}-no-such-resource`, 'nowhere'],
        [link, 'at a link'],
      ] as const) {
        const reply = await anotherLink(trial, kind, { [core.source]: stray, [core.target]: target });
        trial.must(isRefused(reply), `a link that starts ${what} is refused`, `${reply.status}`);
      }
    },
  },
  {
    id: 'links/target-elsewhere',
    proves: ['CORE-5.4.3-c'],
    title: 'The target of a link may be somewhere else',
    renderings: everyRendering,
    versions: ['1.2'],
    async run(trial) {
      const reply = await linkElsewhere(trial);
      trial.must(reply.isSuccess, `a link to ${elsewhere} is created`, `${reply.status} ${reply.text}`);
    },
  },
  {
    id: 'links/target-is-here',
    proves: ['C11-4.5.3-b'],
    title: 'The target of a link is a resource of the server',
    renderings: everyRendering,
    versions: ['1.1'],
    async run(trial) {
      const reply = await linkElsewhere(trial);
      trial.must(isRefused(reply), `a link to ${elsewhere} is refused in OCCI 1.1`, `${reply.status}`);
    },
  },
  {
    id: 'links/shown-by-source',
    proves: ['CORE-5.4.2-a'],
    title: 'A resource shows the links that start at it',
    renderings: everyRendering,
    async run(trial) {
      const { source, target } = await linkedResource(trial);
      const { links } = await trial.read(source);
      const isThere = links.some((one) => isAt(trial, one.target, target));
      trial.must(isThere, `${source} shows its link to ${target}`, `it shows ${links.length} links`);
    },
  },
  {
    id: 'links/removed',
    proves: ['CORE-5.4.2-a'],
    title: 'A link that is deleted is gone from its source, which stays',
    renderings: everyRendering,
    async run(trial) {
      const { source, target, link } = await linkedResource(trial);
      const gone = await trial.remove(link);
      if (!gone.isSuccess) throw new Inconclusive(`the link cannot be deleted: ${gone.status} ${gone.text}`);
      const { links } = await trial.read(source);
      const isThere = links.some((one) => isAt(trial, one.target, target));
      trial.must(!isThere, `${source} shows no link to ${target} after that was deleted`, 'it does');
    },
  },
  {
    id: 'links/cascade',
    proves: ['CORE-5.4.2-a'],
    title: 'The links of a resource are deleted with it',
    renderings: everyRendering,
    async run(trial) {
      const { source, link } = await linkedResource(trial);
      const gone = await trial.remove(source);
      if (!gone.isSuccess) throw new Inconclusive(`the source cannot be deleted: ${gone.status} ${gone.text}`);
      const reply = await trial.ask({ location: link });
      trial.answered(reply, [404, 410], 'its source is deleted');
    },
  },
];
