import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { isJson } from './json-members.ts';
import { nowhere, thing } from './thing.ts';
import { plain } from './whole.ts';

/** The query interface, asked by a client that says who it is in another way. */
const askedBy = (trial: Trial, userAgent: string): Promise<Reply> =>
  trial.ask({ location: trial.queryInterface, userAgent });

/** Answers of many kinds: a success, a creation, and refusals. */
async function answers(trial: Trial): Promise<readonly Reply[]> {
  const { location } = trial.plainKind;
  const created = await trial.ask({ method: 'POST', location, says: plain(trial, {}) });
  if (created.isSuccess) trial.made(created);
  return [
    created,
    await trial.ask({ location: trial.queryInterface }),
    await trial.ask({ location }),
    await trial.ask({ location: nowhere(trial) }),
    await malformed(trial),
    await askedBy(trial, 'occi-conformance OCCI/99.0'),
  ];
}

/** A request that no grammar allows. */
async function malformed(trial: Trial): Promise<Reply> {
  const { location } = trial.plainKind;
  const fields = [['Content-Type', 'text/plain']] as const;
  const reply = await trial.ask({ method: 'POST', location, body: 'Category: ; ; =";\n', fields });
  if (reply.isSuccess) trial.made(reply);
  return reply;
}

/** Whether a body is what its media type says. */
function isTruthful({ type, text, lines }: Reply): boolean {
  switch (type) {
    case 'application/occi+json':
    case 'application/json':
      return isJson(text);
    case 'text/plain':
    case 'text/occi+plain':
      return lines.every((line) => /^[ \t]|^(?:category|link|x-occi-[a-z]+|location)[ \t]*:|^OK$/i.test(line));
    case 'text/occi':
      return text === '' || text.trim() === 'OK';
    case 'text/uri-list':
      return lines.every((line) => /^(?:#|\/|[a-z][a-z0-9+.-]*:)/i.test(line));
    default:
      return false;
  }
}

/** Header fields, versions and status codes (GFD.223 §5 and §8, GFD.185 §3.6). */
export const protocolChecks: readonly Check[] = [
  {
    id: 'protocol/server',
    proves: ['HTTP-5-a', 'HTTP-5.2-c', 'HTTP-5.3-a'],
    title: 'Every answer, refusals included, says in Server which version of OCCI is spoken',
    renderings: everyRendering,
    async run(trial) {
      for (const reply of await answers(trial)) {
        const server = reply.header('server') ?? 'no such header';
        const what = `the answer ${reply.status} to ${reply.request} has OCCI/X.Y in Server`;
        trial.must(/(?<![A-Za-z0-9])OCCI\/\d+\.\d+(?!\d)/.test(server), what, server);
      }
    },
  },
  {
    id: 'protocol/token',
    proves: ['HTTP-5.3-b'],
    title: 'The version in Server is that of the documents',
    async run(trial) {
      const server = (await trial.ask({ location: trial.queryInterface })).header('server') ?? 'no such header';
      const token = `OCCI/${trial.dialect.version}`;
      trial.must(server.split(/[\s,]+/).includes(token), `Server has ${token}`, server);
    },
  },
  {
    id: 'protocol/later-version',
    proves: ['HTTP-5.3-c'],
    title: 'A request of a later version is answered with 501',
    async run(trial) {
      trial.answered(await askedBy(trial, 'occi-conformance OCCI/99.0'), [501], 'nobody speaks OCCI 99.0');
      const { id, location } = trial.plainKind;
      await trial.make(id);
      const says = plain(trial, {});
      const creation = await trial.ask({ method: 'POST', location, says, userAgent: 'occi-conformance OCCI/99.0' });
      if (creation.isSuccess) trial.made(creation);
      trial.answered(creation, [501], 'nobody speaks OCCI 99.0');
    },
  },
  {
    id: 'protocol/version-numbers',
    proves: ['HTTP-5.3-c'],
    title: 'Versions are compared as numbers',
    async run(trial) {
      trial.answered(await askedBy(trial, 'occi-conformance OCCI/1.10'), [501], '1.10 is later than 1.2');
    },
  },
  {
    id: 'protocol/known-version',
    proves: ['HTTP-5.3-c'],
    title: 'Clients of this version and of none are served',
    async run(trial) {
      const { version } = trial.dialect;
      for (const userAgent of [`occi-conformance OCCI/${version}`, 'Mozilla/5.0', `rOCCI/4.3 OCCI/${version}`]) {
        trial.answered(await askedBy(trial, userAgent), [200], `User-Agent: ${userAgent} names no later version`);
      }
    },
  },
  {
    id: 'protocol/accept',
    proves: ['HTTP-5.2-a'],
    title: 'Answers say in Accept what the server reads',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      const accept = reply.header('accept') ?? 'no such header';
      trial.must(accept.includes(trial.dialect.rendering), `Accept has ${trial.dialect.rendering}`, accept);
    },
  },
  {
    id: 'protocol/content-type',
    proves: ['HTTP-5.2-b'],
    title: 'Content-Type names the rendering of the body',
    renderings: everyRendering,
    async run(trial) {
      const { location } = await thing(trial);
      for (const place of [trial.queryInterface, location, trial.plainKind.location]) {
        const reply = await trial.ask({ location: place });
        if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
        const type = reply.header('content-type') ?? 'no such header';
        trial.must(isTruthful(reply), `Content-Type of ${place} is that of its body`, type);
      }
    },
  },
  {
    id: 'protocol/verbs',
    proves: ['HTTP-8-a'],
    title: 'What the protocol defines for entities and collections of kinds is implemented',
    async run(trial) {
      const implemented = (reply: Reply): void => {
        const isThere = reply.status !== 405 && reply.status !== 501;
        trial.must(isThere, `${reply.request} is implemented`, `${reply.status}`);
      };
      const collection = trial.plainKind.location;
      const created = await trial.ask({ method: 'POST', location: collection, says: plain(trial, {}) });
      implemented(created);
      const location = trial.made(created);
      const title = { [core.title]: 'verbs' };
      implemented(await trial.ask({ location: collection }));
      implemented(await trial.ask({ location: trial.queryInterface }));
      implemented(await trial.ask({ location }));
      implemented(await trial.ask({ method: 'POST', location, says: { attributes: title } }));
      implemented(await trial.ask({ method: 'PUT', location, says: plain(trial, title) }));
      implemented(await trial.remove(location));
    },
  },
  {
    id: 'status/not-found',
    proves: ['HTTP-5.4-a'],
    title: 'What does not exist is answered with 404',
    renderings: everyRendering,
    async run(trial) {
      const location = nowhere(trial);
      trial.answered(await trial.ask({ location }), [404], 'nothing is there');
    },
  },
  {
    id: 'status/malformed',
    proves: ['HTTP-5.4-a'],
    title: 'What cannot be understood is answered with 400',
    async run(trial) {
      trial.answered(await malformed(trial), [400], 'no grammar allows that');
    },
  },
  {
    id: 'status/allow',
    proves: ['HTTP-5.4-a'],
    title: 'An answer 405 says in Allow what is possible',
    async run(trial) {
      const says = plain(trial, {});
      const reply = await trial.ask({ method: 'PUT', location: trial.queryInterface, says });
      if (reply.status !== 405) throw new NotApplicable(`${reply.request} is refused with ${reply.status}`);
      trial.must(reply.header('allow') !== undefined, 'an answer 405 has the header Allow (RFC 9110 §15.5.6)', 'none');
    },
  },
];
