import { type Check, textRenderings } from '../check.ts';

/** Which rendering an answer has (GFD.185 §3.6.6). */
export const negotiationChecks: readonly Check[] = [
  {
    id: 'negotiation/accept',
    proves: ['H11-3.6.6-a'],
    versions: ['1.1'],
    title: 'The answer is in the rendering that Accept names',
    renderings: textRenderings,
    async run(trial) {
      const { rendering } = trial.dialect;
      const reply = await trial.ask({ location: trial.queryInterface });
      trial.must(reply.type === rendering, `Accept: ${rendering} is answered in ${rendering}`, reply.type);
    },
  },
  {
    id: 'negotiation/default',
    proves: ['H11-3.6.6-a'],
    versions: ['1.1'],
    title: 'Without Accept, and where anything is accepted, the answer is in text/plain',
    async run(trial) {
      for (const accept of [null, '*/*']) {
        const reply = await trial.ask({ location: trial.queryInterface, accept });
        const what = accept === null ? 'a request without Accept' : `Accept: ${accept}`;
        trial.must(reply.type === 'text/plain', `${what} is answered in text/plain`, reply.type || 'no Content-Type');
      }
    },
  },
  {
    id: 'negotiation/alternative',
    proves: ['H11-3.6.6-a'],
    versions: ['1.1'],
    title: 'Of several types that are accepted the server takes one that it has',
    async run(trial) {
      const accept = 'text/html, text/plain;q=0.5';
      const reply = await trial.ask({ location: trial.queryInterface, accept });
      trial.answered(reply, [200], 'text/plain is accepted');
      trial.must(reply.type === 'text/plain', `Accept: ${accept} is answered in text/plain`, reply.type);
    },
  },
  {
    id: 'negotiation/not-acceptable',
    proves: ['H11-3.6.6-e'],
    versions: ['1.1'],
    title: 'A type that cannot carry the answer is refused with 406',
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface, accept: 'image/png' });
      trial.answered(reply, [406], 'no picture says that');
    },
  },
];
