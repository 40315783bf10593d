import { type Check, Inconclusive, textRenderings } from '../check.ts';
import { statementsIn, valuesIn } from './text-statements.ts';
import { uriReference } from './text-syntax.ts';
import { lists, thing } from './thing.ts';
import { addedMixin } from './user-mixin.ts';

/** Collections in text (GFD.229 §3, §4.4, §5.3). */
export const textCollectionChecks: readonly Check[] = [
  {
    id: 'text-collection/renderings',
    proves: ['TEXT-3-a'],
    title: 'There is text/plain and text/occi for entities, and text/uri-list for collections',
    async run(trial) {
      const { location } = await thing(trial);
      for (const accept of ['text/plain', 'text/occi', 'text/uri-list']) {
        const isList = accept === 'text/uri-list';
        const reply = await trial.ask({ location: isList ? trial.plainKind.location : location, accept });
        trial.must(reply.isSuccess, `${accept} is one of the three text renderings`, `${reply.status}`);
        trial.must(reply.type === accept, `the Content-Type is ${accept}`, reply.type || 'none');
      }
    },
  },
  {
    id: 'text-collection/locations',
    proves: ['TEXT-5.3-a'],
    title: 'A collection is rendered as X-OCCI-Location, and nothing else',
    renderings: textRenderings,
    async run(trial) {
      const made = await thing(trial);
      const reply = await trial.ask({ location: trial.plainKind.location });
      // A long list may not fit into header fields.
      if (reply.isRefused) throw new Inconclusive(`the collection is refused: ${reply.status} ${reply.text}`);
      const statements = statementsIn(trial, reply);
      const other = statements.find(({ field }) => field === 'category' || field === 'x-occi-attribute');
      trial.must(other === undefined, 'there is nothing but locations', `${other?.field}: ${other?.value}`);
      const isThere = valuesIn(statements, 'x-occi-location').length > 0 && lists(trial, reply, made);
      trial.must(isThere, `${made.location} is among the values of X-OCCI-Location`, reply.text.slice(0, 200));
    },
  },
  {
    id: 'text-collection/references',
    proves: ['TEXT-4-a', 'TEXT-4.4-a'],
    title: 'The value of X-OCCI-Location is a URI reference',
    renderings: textRenderings,
    async run(trial) {
      await thing(trial);
      const reply = await trial.ask({ location: trial.plainKind.location });
      const wrong = valuesIn(statementsIn(trial, reply), 'x-occi-location').find((one) => !uriReference.test(one));
      trial.must(wrong === undefined, 'X-OCCI-Location holds URI references, as they are', wrong);
    },
  },
  {
    id: 'text-collection/empty',
    proves: ['TEXT-5.3-a'],
    title: 'An empty collection has no locations',
    renderings: textRenderings,
    async run(trial) {
      const { location } = await addedMixin(trial);
      const reply = await trial.ask({ location });
      trial.answered(reply, [200, 204], 'it is a collection, though an empty one');
      const [first] = statementsIn(trial, reply);
      trial.must(first === undefined, 'nothing is listed', `${first?.field}: ${first?.value}`);
    },
  },
];
