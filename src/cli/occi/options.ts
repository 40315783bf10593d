import { type Command, Option } from 'commander';
import type { Attributes, Catalogue } from '../../client/index.ts';
import { core } from '../../occi/entity.ts';
import { attributesIn } from './attribute-words.ts';
import { secondsIn } from './connection.ts';
import type { Patience } from './waiting.ts';
import type { Work } from './work.ts';

/** An option that may stand there several times. */
export function repeated(flags: string, meaning: string): Option {
  return new Option(flags, meaning).argParser((value: string, before: readonly string[] = []) => [...before, value]);
}

/** The option for attributes, and what it gives. */
export const attributeOption = () => repeated('-t, --attribute <name=value>', 'an attribute; again for another one');

/** The option for mixins. */
export const mixinOption = () => repeated('-M, --mixin <name>', 'a mixin, os_tpl#debian-13; again for another one');

/** The options of verbs that describe an entity. */
export interface WordingOptions {
  readonly attribute?: readonly string[];
  readonly mixin?: readonly string[];
  readonly title?: string;
}

/** Attributes and title as options have them. @throws UsageError */
export function attributesFrom(catalogue: Catalogue, { attribute, title }: WordingOptions): Attributes {
  return { ...(title === undefined ? {} : { [core.title]: title }), ...attributesIn(catalogue, attribute) };
}

/** The options of verbs that can wait. */
export interface WaitOptions {
  readonly wait?: boolean;
  readonly waitTimeout: string;
}

/** Gives a verb the options to wait with. */
export function waitable(command: Command, what: string): Command {
  return command.option('-w, --wait', `wait ${what}`).option('--wait-timeout <s>', 'seconds to wait at most', '300');
}

/** The patience that options ask for. @throws UsageError */
export function patienceOf({ client, progress }: Work, { waitTimeout }: WaitOptions): Patience {
  return { client, progress, limit: secondsIn(waitTimeout, '--wait-timeout') };
}

/** The text that is shown below the help of a verb. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  occi ${line}`).join('\n')}`;
}
