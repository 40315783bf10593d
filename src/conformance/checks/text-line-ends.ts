import { type Check, Inconclusive } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { describedResource } from './described-resource.ts';

/** Says that every line ends in CR LF, the last one included. @throws Unmet, Inconclusive */
function endsInCrLf(trial: Trial, reply: Reply): void {
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  if (reply.lines.length === 0) throw new Inconclusive(`${reply.request} shows nothing`);
  const wrong = reply.text.split('\r\n').find((line, at, { length }) => {
    return /[\r\n]/.test(line) || (line === '') !== (at === length - 1);
  });
  trial.must(wrong === undefined, 'every line ends in CR LF, the last one, too', JSON.stringify(wrong?.slice(0, 120)));
}

/** The ends of lines (GFD.229 §5.1.1, §8), which are not what clients stumble over. */
export const textLineEndChecks: readonly Check[] = [
  {
    id: 'text-plain/line-ends',
    proves: ['TEXT-5.1.1-a'],
    title: 'The lines of a resource end in CR LF',
    renderings: ['text/plain'],
    async run(trial) {
      const { location } = await describedResource(trial);
      endsInCrLf(trial, await trial.ask({ location }));
    },
  },
  {
    id: 'uri-list/line-ends',
    proves: ['TEXT-8-a'],
    title: 'The lines of a URI list end in CR LF',
    async run(trial) {
      const { kind } = await describedResource(trial);
      const { location } = trial.kind(kind);
      endsInCrLf(trial, await trial.ask({ location, accept: 'text/uri-list' }));
    },
  },
];
