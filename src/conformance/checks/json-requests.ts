import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive, jsonRendering, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { description } from './described-resource.ts';
import type { JsonObject } from './json-members.ts';

/** What has to be said to create a plain resource. @throws NotApplicable */
function creation(trial: Trial): JsonObject {
  return { kind: trial.plainKind.id, attributes: trial.required(trial.plainKind) };
}

/** Sends a body as it is to where plain resources are created. What it creates is deleted when the run is over. */
async function sent(trial: Trial, body: string, kind = trial.plainKind.id): Promise<Reply> {
  const fields = [['Content-Type', 'application/occi+json']] as const;
  const reply = await trial.ask({ method: 'POST', location: trial.kind(kind).location, body, fields });
  if (reply.isSuccess) trial.made(reply);
  return reply;
}

/** Says that a body is refused with 400, where one that is in order is taken. @throws Unmet, Inconclusive */
async function refused(trial: Trial, body: string, why: string): Promise<void> {
  const right = await sent(trial, JSON.stringify(creation(trial)));
  if (!right.isSuccess) throw new Inconclusive(`no plain resource can be created: ${right.status} ${right.text}`);
  trial.answered(await sent(trial, body), [400], why);
}

/** Text of an object with one more member at its end. */
function withMember(object: JsonObject, member: string): string {
  return `${JSON.stringify(object).slice(0, -1)},${member}}`;
}

/** What has to be understood in JSON, and what has not (GFD.226 §3). */
export const jsonRequestChecks: readonly Check[] = [
  {
    id: 'json-request/without-id',
    proves: ['JSON-3.1.1-b'],
    title: 'A resource is created without an id',
    renderings: jsonRendering,
    async run(trial) {
      const reply = await sent(trial, JSON.stringify(creation(trial)));
      trial.must(reply.isSuccess, 'the server gives an id to what comes without one', `${reply.status} ${reply.text}`);
    },
  },
  {
    id: 'json-request/collection',
    proves: ['JSON-3.3-f'],
    title: 'A resource is created by a collection with one member',
    renderings: jsonRendering,
    async run(trial) {
      const reply = await sent(trial, JSON.stringify({ resources: [creation(trial)] }));
      trial.must(reply.isSuccess, '{"resources": […]} is understood', `${reply.status} ${reply.text}`);
    },
  },
  {
    id: 'json-request/nested-names',
    proves: ['JSON-X-b'],
    title: 'Names of attributes may be nested at their dots',
    renderings: jsonRendering,
    async run(trial) {
      const { kind, mixins, number, attributes } = description(trial);
      if (number === undefined) throw new NotApplicable('the kind has no attributes of its own that could be given');
      const nested = number
        .split('.')
        .reduceRight<unknown>((inner, name) => ({ [name]: inner }), attributes[number]) as JsonObject;
      const { [number]: _, ...others } = trial.required(trial.kind(kind), attributes);
      const reply = await sent(trial, JSON.stringify({ kind, mixins, attributes: { ...others, ...nested } }), kind);
      trial.must(reply.isSuccess, `${number}, nested, is understood`, `${reply.status} ${reply.text}`);
      const shown = (await trial.read(trial.made(reply))).attributes[number];
      trial.must(shown === attributes[number], `${number} is ${attributes[number]}`, String(shown));
    },
  },
  {
    id: 'json-request/malformed',
    proves: ['JSON-X-d'],
    title: 'What is no JSON is answered with 400',
    renderings: jsonRendering,
    run: (trial) => refused(trial, JSON.stringify(creation(trial)).slice(0, -1), 'its last brace is missing'),
  },
  {
    id: 'json-request/array',
    proves: ['JSON-X-c'],
    title: 'An array in place of an object is answered with 400',
    renderings: jsonRendering,
    run: (trial) => refused(trial, JSON.stringify([creation(trial)]), 'a request is an object'),
  },
  {
    id: 'json-request/same-key-twice',
    proves: ['JSON-X-a'],
    title: 'An object with the same key twice is answered with 400',
    renderings: jsonRendering,
    run: (trial) =>
      refused(trial, withMember({ ...creation(trial), title: 'A' }, '"title":"B"'), 'title is there twice'),
  },
  {
    id: 'json-request/unknown-member',
    proves: ['JSON-X-e'],
    title: 'A member that nothing defines is answered with 400',
    renderings: jsonRendering,
    run: (trial) => refused(trial, withMember(creation(trial), '"colour":"red"'), 'there is no member colour'),
  },
  {
    id: 'json-request/known-member',
    proves: ['JSON-X-e'],
    title: 'A member that repeats what the server knows is passed over',
    renderings: jsonRendering,
    async run(trial) {
      const [location, id] = [trial.plainKind.location, trial.unique('x')];
      const body = { ...creation(trial), location: `${location}${id}`, actions: [], title: core.title };
      const reply = await sent(trial, JSON.stringify(body));
      trial.must(reply.isSuccess, 'location and actions are passed over', `${reply.status} ${reply.text}`);
    },
  },
];
