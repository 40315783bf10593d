import { standardTypes } from '../../../src/conformance/checks/standard-types.ts';
import { type Mutation, withBody } from '../mutation.ts';
import { onAnswers } from './exchanges.ts';

/** Changes what the instances of a type show. */
const shown = (term: string, change: (text: string) => string) =>
  onAnswers('GET', new RegExp(`^/${term}/.`), (exchange) => withBody(exchange, change));

/** The checks of other rooms that are made with the same type, or look at the same attribute. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  network: ['entity/read', 'identity/shows-kind', 'identity/kind-is-kept'],
  'occi.storage.size': ['text-entity/attribute-lines'],
};

/** Faults with the types of the infrastructure. */
export const infrastructureTypeMutations: readonly Mutation[] = standardTypes.flatMap(
  ({ term, always }): readonly Mutation[] => [
    {
      name: `a ${term} shows a kind of the provider`,
      breaks: [`infrastructure/${term}`],
      also: elsewhere[term] ?? [],
      mutate: shown(term, (text) => text.replace(/infrastructure#"; class="kind"/, 'own#"; class="kind"')),
    },
    ...always.map((name): Mutation => {
      return {
        name: `a ${term} does not show ${name}`,
        breaks: [`infrastructure/${term}-attributes`],
        also: elsewhere[name] ?? [],
        patienceMs: 1000,
        mutate: shown(term, (text) =>
          text
            .split('\n')
            .filter((line) => !line.startsWith(`X-OCCI-Attribute: ${name}=`))
            .join('\n'),
        ),
      };
    }),
  ],
);
