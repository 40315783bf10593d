import type { Model } from '../../occi/model.ts';
import { defaultRules } from './defaults.ts';
import { print } from './expression.ts';
import { Policy } from './policy.ts';
import { targetsOf } from './rule-names.ts';

const introduction = `# Who may do what, as it is without this file. Take away the # in front of what you change.
# A rule that stands here comes before all that do not; among those that do, the most specific one decides.
`;

/** A policy file with every rule there can be, each commented out and with what it says by default. */
export function samplePolicy(model: Model): string {
  const policy = new Policy(model);
  const general = defaultRules.map(({ name, says, about }) => `# ${about}\n${line(name, says)}`);
  const byKind = model.kinds
    .map((kind) => {
      const rules = targetsOf(model)
        .filter(({ subject }) => subject === kind)
        .map(({ verb }) => {
          const name = typeof verb === 'string' ? verb : verb.term;
          return line(`${kind.term}:${name}`, print(policy.ruleFor(kind, verb).says));
        });
      return rules.length === 0 ? '' : `\n# ${kind.title ?? kind.term}: ${kind.id}\n${rules.join('\n')}`;
    })
    .filter((section) => section !== '');
  return `${introduction}\n${general.join('\n')}\n${byKind.join('\n')}\n`;
}

function line(name: string, says: string): string {
  return `#${JSON.stringify(name)}: ${JSON.stringify(says)}`;
}
