import type { RemoteEntity } from '../../client/remote-entity.ts';
import { worded } from '../../client/wording.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, Inconclusive, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { linkedResource } from './linked-resource.ts';
import { templatesFor } from './machine.ts';
import { whole } from './whole.ts';

/** Whether a resource shows a link to another one. */
async function leadsTo(trial: Trial, source: string, target: string): Promise<boolean> {
  return shows(trial, await trial.read(source), target);
}

function shows(trial: Trial, { links }: Pick<RemoteEntity, 'links'>, target: string): boolean {
  return links.some((link) => link.target !== undefined && trial.locationOf(link.target) === target);
}

/** The attributes of a link that say what it is between, as paths. */
async function ends(trial: Trial, link: string) {
  const { attributes } = await trial.read(link);
  const path = (value: unknown) => (typeof value === 'string' ? trial.locationOf(value) : undefined);
  return { source: path(attributes[core.source]), target: path(attributes[core.target]) };
}

/** Resources and the links between them (GFD.223 §10.2.2, GFD.185 §3.4.5). */
export const resourceLinkChecks: readonly Check[] = [
  {
    id: 'put/keeps-links',
    proves: ['HTTP-10.2.2-a'],
    title: 'PUT on a resource leaves its links as they are',
    renderings: everyRendering,
    async run(trial) {
      const { source, target, link } = await linkedResource(trial);
      if (!(await leadsTo(trial, source, target))) throw new Inconclusive('the resource does not show its link');
      const now = await whole(trial, source);
      const says = { ...now, attributes: { ...now.attributes, [core.title]: trial.unique('replaced') } };
      const reply = await trial.ask({ method: 'PUT', location: source, says });
      if (!reply.isSuccess) throw new Inconclusive(`the resource cannot be replaced: ${reply.status} ${reply.text}`);
      trial.answered(await trial.ask({ location: link }), [200], 'the link is still there');
      trial.must(await leadsTo(trial, source, target), 'the resource still shows its link');
    },
  },
  {
    id: 'put/link-refused',
    proves: ['H11-3.4.4-l'],
    versions: ['1.1'],
    title: 'A full update with a link in it is answered with 400, and the links stay',
    renderings: textRenderings,
    async run(trial) {
      const { source, target, link, linkKind, targetKind } = await linkedResource(trial);
      if (!(await leadsTo(trial, source, target))) throw new Inconclusive('the resource does not show its link');
      const another = await trial.make(targetKind);
      const { kind } = await trial.read(source);
      const says = { kind, links: [{ target: another, kind: linkKind }] };
      const reply = await trial.ask({ method: 'PUT', location: source, says });
      trial.answered(reply, [400], 'a full update has no links in it');
      trial.answered(await trial.ask({ location: link }), [200], 'the link is still there');
      trial.must(await leadsTo(trial, source, target), 'the resource still shows its link');
      trial.must(!(await leadsTo(trial, source, another)), 'the resource has no other link');
    },
  },
  {
    id: 'update/no-link-on-link',
    proves: ['H11-3.4.4-j'],
    versions: ['1.1'],
    title: 'A partial update puts no link on a link',
    async run(trial) {
      const { target, link, linkKind } = await linkedResource(trial);
      const says = { links: [{ target, kind: linkKind }] };
      const reply = await trial.ask({ method: 'POST', location: link, says });
      trial.must(reply.isRefused, 'a link on a link is refused', `${reply.status}`);
    },
  },
  {
    id: 'link/inline',
    proves: ['H11-3.4.5-a'],
    versions: ['1.1'],
    title: 'Links in the request for a resource are created with it, and only the resource is told of',
    renderings: textRenderings,
    async run(trial) {
      trial.kind('networkinterface');
      const target = await trial.make('network');
      const kind = trial.kind('compute');
      const says = worded(trial.session, {
        kind: kind.id,
        mixins: templatesFor(trial),
        attributes: trial.required(kind),
        links: [{ target, kind: 'networkinterface' }],
      });
      const reply = await trial.ask({ method: 'POST', location: kind.location, says });
      trial.answered(reply, [200, 201], 'a link may come with the resource it starts from');
      const source = trial.made(reply);
      const told = new Set(reply.locations.map((one) => trial.locationOf(one)));
      trial.must(told.size < 2, 'only the resource is told of', reply.locations.join(', '));
      const { links } = await trial.read(source);
      const [link] = links.filter((one) => one.target !== undefined && trial.locationOf(one.target) === target);
      trial.must(link !== undefined, 'the resource shows the link that was created with it', `${links.length} links`);
      if (link?.url === undefined) return;
      const found = await ends(trial, trial.locationOf(link.url));
      trial.must(found.source === source && found.target === target, `it leads from ${source} to ${target}`);
    },
  },
  {
    id: 'link/shown',
    proves: ['H11-3.4.5-b'],
    versions: ['1.1'],
    title: 'A resource shows the links that start from it',
    renderings: textRenderings,
    async run(trial) {
      const { source, target } = await linkedResource(trial);
      trial.must(await leadsTo(trial, source, target), `${source} shows its link to ${target}`, 'it does not');
    },
  },
  {
    id: 'link/made',
    proves: ['H11-3.4.5-c'],
    versions: ['1.1'],
    title: 'A link is created with kind, source and target, and not without target',
    renderings: textRenderings,
    async run(trial) {
      const { source, target, link } = await linkedResource(trial);
      const found = await ends(trial, link);
      trial.must(found.source === source, `the link starts from ${source}`, found.source);
      trial.must(found.target === target, `the link leads to ${target}`, found.target);
    },
  },
  {
    id: 'link/target-needed',
    proves: ['H11-3.4.5-c', 'H11-3.4.4-b'],
    versions: ['1.1'],
    title: 'A link without a target is refused',
    async run(trial) {
      const { source, linkKind } = await linkedResource(trial);
      const kind = trial.kind(linkKind);
      const says = { kind: kind.id, attributes: { [core.source]: source } };
      const reply = await trial.ask({ method: 'POST', location: kind.location, says });
      if (reply.isSuccess) trial.made(reply);
      trial.must(reply.isRefused, 'a link without a target is refused', `${reply.status}`);
    },
  },
  {
    id: 'delete/link',
    proves: ['H11-3.4.4-n'],
    versions: ['1.1'],
    title: 'A link that is deleted disappears from its source',
    renderings: textRenderings,
    async run(trial) {
      const { source, target, link } = await linkedResource(trial);
      if (!(await leadsTo(trial, source, target))) throw new Inconclusive('the resource does not show its link');
      const gone = await trial.remove(link);
      if (!gone.isSuccess) throw new Inconclusive(`the link cannot be deleted: ${gone.status} ${gone.text}`);
      const { links } = await trial.until(source, (entity) => !shows(trial, entity, target));
      trial.must(!shows(trial, { links }, target), 'the source does not show a link that was deleted');
    },
  },
];
