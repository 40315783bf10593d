import type { Wording } from '../../client/wording.ts';
import type { Trial } from '../trial.ts';

/** Makes a machine, of templates where the server has some, because many make none without. */
export function machine(trial: Trial, wording: Omit<Wording, 'kind'> = {}): Promise<string> {
  const { mixins = [] } = wording;
  return trial.make('compute', { ...wording, mixins: [...templatesFor(trial, mixins), ...mixins] });
}

/** A template of each sort of which none is named. */
export function templatesFor({ catalogue }: Trial, named: readonly string[] = []): readonly string[] {
  return [catalogue.osTemplates, catalogue.resourceTemplates].flatMap((templates) => {
    const [first] = templates;
    return first === undefined || templates.some(({ id }) => named.includes(id)) ? [] : [first.id];
  });
}
