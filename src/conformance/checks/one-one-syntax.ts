import type { Fields } from '../../client/exchange.ts';
import { core } from '../../occi/entity.ts';
import { type Check, NotApplicable, textRenderings } from '../check.ts';
import { thing } from './thing.ts';

/** The syntax of the renderings of 1.1, as far as 1.2 says something else (GFD.185 §3.5). */
export const oneOneSyntaxChecks: readonly Check[] = [
  {
    id: 'one-one/commas',
    proves: ['H11-3.5-a'],
    versions: ['1.1'],
    title: 'Values joined by commas mean the same as repeated lines',
    renderings: textRenderings,
    async run(trial) {
      const { location } = await thing(trial);
      for (const isJoined of [true, false]) {
        const [title, summary] = [trial.unique('a, b'), trial.unique('c')];
        const values = [`${core.title}="${title}"`, `${core.summary}="${summary}"`];
        const form = isJoined ? [values.join(', ')] : values;
        const fields: Fields = form.map((value) => ['X-OCCI-Attribute', value]);
        const isBody = trial.dialect.rendering === 'text/plain';
        const reply = await trial.ask({
          method: 'POST',
          location,
          fields: [['Content-Type', trial.dialect.rendering], ...(isBody ? [] : fields)],
          ...(isBody ? { body: fields.map(([name, value]) => `${name}: ${value}\n`).join('') } : {}),
        });
        trial.must(reply.isSuccess, `${isJoined ? 'joined' : 'repeated'} attributes are read`, `${reply.status}`);
        const { attributes } = await trial.read(location);
        const isRight = attributes[core.title] === title && attributes[core.summary] === summary;
        trial.must(
          isRight,
          `${values.join(' and ')} are set`,
          `${attributes[core.title]}, ${attributes[core.summary]}`,
        );
      }
    },
  },
  {
    id: 'one-one/structures',
    proves: ['H11-3.5-b'],
    versions: ['1.1'],
    title: 'Category, Link, X-OCCI-Attribute and X-OCCI-Location are the only structures',
    renderings: ['text/plain'],
    async run(trial) {
      const { location } = await thing(trial);
      for (const place of [trial.queryInterface, location, trial.plainKind.location]) {
        const { lines } = await trial.ask({ location: place });
        const other = lines.find(
          (line) => !/^(?:[ \t]|(?:Category|Link|X-OCCI-Attribute|X-OCCI-Location)[ \t]*:)/i.test(line),
        );
        trial.must(other === undefined, `${place} consists of the four structures`, other);
      }
    },
  },
  {
    id: 'one-one/lower-case',
    proves: ['H11-3.5.1-a'],
    versions: ['1.1'],
    title: 'Terms and names of attributes are in lower case',
    renderings: ['text/plain'],
    async run(trial) {
      const { content } = await trial.ask({ location: trial.queryInterface });
      for (const { id, term, attributes } of content.drafts.flatMap((draft) => draft.categories)) {
        trial.must(/^[a-z][a-z0-9_-]*$/.test(term), `the term of ${id} is in lower case`, term);
        const odd = attributes.find(({ name }) => !/^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)*$/.test(name));
        trial.must(odd === undefined, `the attributes of ${id} have names in lower case`, odd?.name);
      }
    },
  },
  {
    id: 'one-one/properties',
    proves: ['H11-3.5.1-b'],
    versions: ['1.1'],
    title: 'Immutable and required attributes are marked',
    renderings: ['text/plain'],
    async run(trial) {
      const { content } = await trial.ask({ location: trial.queryInterface });
      const all = content.drafts.flatMap((draft) => draft.categories).flatMap(({ attributes }) => attributes);
      const states = all.filter(({ name }) => /^occi\.(?:compute|network|storage)\.state$/.test(name));
      const sizes = all.filter(({ name }) => name === 'occi.storage.size');
      if (states.length + sizes.length === 0) throw new NotApplicable('the server has no kinds of the infrastructure');
      const mutable = states.find((one) => one.mutable !== false);
      trial.must(mutable === undefined, 'states are marked immutable', mutable?.name);
      const optional = sizes.find((one) => one.required !== true);
      trial.must(optional === undefined, 'the size of a storage is marked required', optional?.name);
    },
  },
];
