import { type Mutation, withBody } from '../mutation.ts';

/** Ends lines in another way than a server that is right. */
const lineEnds = (change: (text: string) => string): Pick<Mutation, 'breaks' | 'mutate'> => ({
  breaks: ['text-plain/line-ends', 'uri-list/line-ends'],
  mutate: (exchange) => withBody(exchange, change),
});

/** Faults at the ends of lines. */
export const textLineEndMutations: readonly Mutation[] = [
  { name: 'lines end in CR', ...lineEnds((text) => text.replaceAll('\r\n', '\r')) },
  { name: 'lines end in LF', ...lineEnds((text) => text.replaceAll('\r\n', '\n')) },
  { name: 'the last line has no end', ...lineEnds((text) => text.replace(/\r\n$/, '')) },
  { name: 'there are empty lines', ...lineEnds((text) => text.replace(/\r\n(?!$)/g, '\r\n\r\n')) },
];
