import { type Rendering, rendition } from '../../client/rendering.ts';
import { worded } from '../../client/wording.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { nowhere, thing } from './thing.ts';
import { plain } from './whole.ts';

/** A request for a plain resource whose Content-Type is none of the usual ones. */
async function createdAs(trial: Trial, type: string | undefined, rendering: Rendering): Promise<Reply> {
  const { headers, body } = rendition(worded(trial.session, plain(trial, {})), rendering);
  const fields = headers.filter(([name]) => name !== 'Content-Type');
  const reply = await trial.ask({
    method: 'POST',
    location: trial.plainKind.location,
    body: new TextDecoder().decode(body),
    fields: type === undefined ? fields : [['Content-Type', type], ...fields],
  });
  if (reply.isSuccess) trial.made(reply);
  return reply;
}

/** What no document states, and interoperability depends on. */
export const practiceChecks: readonly Check[] = [
  {
    id: 'practice/headers',
    proves: ['X-GEN'],
    title: 'Answers have a length that is right, and header fields without control characters',
    renderings: everyRendering,
    async run(trial) {
      const { location } = await thing(trial);
      for (const place of [trial.queryInterface, location, trial.plainKind.location, nowhere(trial)]) {
        const reply = await trial.ask({ location: place });
        const { headers, body } = reply.exchange.response;
        const length = reply.header('content-length') ?? `${body.length}`;
        trial.must(Number(length) === body.length, `Content-Length of ${place} is ${body.length}`, length);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
        const odd = headers.find(([, value]) => /[\x00-\x08\x0a-\x1f\x7f]/.test(value));
        trial.must(odd === undefined, 'header fields have no control characters', odd?.[0]);
        const isTyped = body.length === 0 || reply.header('content-type') !== undefined;
        trial.must(isTyped, `the body of the answer ${reply.status} has a Content-Type`, 'none');
      }
    },
  },
  {
    id: 'practice/request-type',
    proves: ['X-1'],
    title: 'The type of a request is found in lists, with parameters, and where it is missing',
    async run(trial) {
      await trial.make(trial.plainKind.id);
      for (const [type, rendering] of [
        ['text/plain,text/occi', 'text/plain'],
        ['text/plain; charset=utf-8', 'text/plain'],
        [undefined, 'text/occi'],
        [undefined, 'text/plain'],
      ] as const) {
        const { isSuccess, status } = await createdAs(trial, type, rendering);
        const what = type === undefined ? `${rendering} without Content-Type` : `Content-Type: ${type}`;
        trial.must(isSuccess, `${what} is understood`, `${status}`);
      }
    },
  },
  {
    id: 'practice/errors',
    proves: ['X-2'],
    title: 'An error is told in a type that the client accepts, without header fields of OCCI',
    renderings: everyRendering,
    async run(trial) {
      const reply = await trial.ask({ location: nowhere(trial) });
      trial.must(reply.isRefused, 'there is nothing', `${reply.status}`);
      const isJson = trial.dialect.rendering.includes('json');
      const isFit = reply.text === '' || (isJson ? /json$/ : /^text\/(?!html)/).test(reply.type);
      trial.must(isFit, `the error is in ${isJson ? 'JSON' : 'text'}, as the client accepts`, reply.type);
      const leaks = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'].find(
        (name) => reply.header(name) !== undefined,
      );
      trial.must(leaks === undefined, 'an error has no header fields of OCCI', leaks);
    },
  },
  {
    id: 'practice/refused',
    proves: ['X-3'],
    title: 'An update that is refused has changed nothing',
    renderings: everyRendering,
    async run(trial) {
      const title = trial.unique('kept');
      const { location } = await thing(trial, { attributes: { [core.title]: title } });
      const before = (await trial.read(location)).attributes[core.title];
      if (before !== title) throw new Inconclusive(`the title is not ${title}, even before the update: ${before}`);
      const says = { attributes: { [core.title]: 'lost', 'org.example.conformance.nothing': 'x' } };
      const reply = await trial.ask({ method: 'POST', location, says });
      if (!reply.isRefused) throw new NotApplicable(`attributes that do not exist are not refused: ${reply.status}`);
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.title] === title, `the title is still ${title}`, `${attributes[core.title]}`);
    },
  },
  {
    id: 'practice/no-redirect',
    proves: ['X-4'],
    title: 'A collection without its final slash is not redirected',
    async run(trial) {
      const { location } = trial.plainKind;
      const { status } = await trial.ask({ location: location.replace(/\/$/, '') });
      trial.must(status < 300 || status >= 400, `${location} without its slash is no redirection`, `${status}`);
    },
  },
  {
    id: 'practice/same-url',
    proves: ['X-5'],
    title: 'URLs are absolute, begin with the address the client used, and are the same everywhere',
    renderings: ['text/plain', 'text/occi'],
    async run(trial) {
      const { location } = trial.plainKind;
      const created = await trial.ask({ method: 'POST', location, says: plain(trial, {}) });
      if (!created.isSuccess) throw new Inconclusive(`nothing can be created: ${created.status}`);
      const made = trial.made(created);
      const { locations } = await trial.ask({ location });
      // An answer that shows what was created need not say where it is.
      const listed = locations.find((one) => trial.locationOf(one) === made);
      if (listed === undefined) throw new Inconclusive(`${location} does not list what was created`);
      const [url = listed] = created.locations;
      trial.must(url.startsWith(`${trial.space.origin}/`), `the URL begins with ${trial.space.origin}`, url);
      trial.must(locations.includes(url), `the collection lists ${url} in the same way`, 'it does not');
    },
  },
  {
    id: 'practice/escapes',
    proves: ['X-6'],
    title: 'A path is the same when a letter in it is escaped',
    async run(trial) {
      const { location } = await thing(trial);
      const usual = await trial.ask({ location });
      if (!usual.isSuccess) throw new Inconclusive(`${usual.request} is answered with ${usual.status}`);
      const at = location.search(/[A-Za-z0-9][^/]*\/?$/);
      if (at === -1) throw new NotApplicable(`there is no letter at the end of ${location}`);
      const code = location.charCodeAt(at).toString(16).toUpperCase();
      const escaped = `${location.slice(0, at)}%${code}${location.slice(at + 1)}`;
      trial.answered(await trial.ask({ location: escaped }), [usual.status], `it is the same path as ${location}`);
    },
  },
  {
    id: 'practice/utf-8',
    proves: ['X-7'],
    title: 'Text outside ASCII comes back as it was sent, in bodies and in header fields',
    renderings: everyRendering,
    async run(trial) {
      const title = trial.unique('Grüße 東京');
      const { location } = await thing(trial, { attributes: { [core.title]: title } });
      const { attributes } = await trial.read(location);
      trial.must(attributes[core.title] === title, `the title is ${title}`, `${attributes[core.title]}`);
    },
  },
  {
    id: 'practice/charset',
    proves: ['X-8'],
    title: 'Text says that it is UTF-8, and requests in other charsets are refused',
    async run(trial) {
      const { headers } = (await trial.ask({ location: trial.queryInterface, accept: 'text/plain' })).exchange.response;
      const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'no Content-Type';
      trial.must(/charset="?utf-8"?/i.test(type), 'text/plain comes with charset=utf-8', type);
      const { isRefused, status } = await createdAs(trial, 'text/plain; charset=utf-16', 'text/plain');
      trial.must(isRefused, 'what is not in the charset it claims is refused', `${status}`);
    },
  },
  {
    id: 'practice/methods',
    proves: ['X-9'],
    title: 'HEAD is GET without a body, OPTIONS lists methods, and other methods are refused',
    async run(trial) {
      const { location } = await thing(trial);
      const head = await trial.ask({ method: 'HEAD', location });
      trial.answered(head, [200], 'GET is, too');
      trial.must(head.text === '', 'an answer to HEAD has no body', head.text);
      const options = await trial.ask({ method: 'OPTIONS', location });
      trial.must(options.isSuccess, 'OPTIONS is answered', `${options.status}`);
      const allow = options.header('allow') ?? 'no such header';
      trial.must(allow.includes('GET'), 'the answer to OPTIONS has the methods in Allow', allow);
      const other = await trial.ask({ method: 'PATCH', location });
      trial.must(other.isRefused, 'PATCH, which OCCI has not, is refused', `${other.status}`);
    },
  },
];
