import type { Exchange } from '../../../src/client/exchange.ts';
import { type Mutation, withBody } from '../mutation.ts';

/** Ends the lines of a body as wanted, the last one in a way of its own. */
export function withLineEnds(each: string, last: string) {
  return (exchange: Exchange): Exchange => withBody(exchange, (text) => text.split('\n').join(each) + last);
}

const both = ['text-plain/line-ends', 'uri-list/line-ends'] as const;

/** Faults at the ends of lines. */
export const textLineEndMutations: readonly Mutation[] = [
  { name: 'lines end in CR', breaks: both, also: ['practice/methods'], mutate: withLineEnds('\r', '\r') },
  { name: 'lines end in LF', breaks: both, also: ['practice/methods'], mutate: withLineEnds('\n', '\n') },
  { name: 'the last line has no end', breaks: both, mutate: withLineEnds('\r\n', '') },
  { name: 'there are empty lines', breaks: both, also: ['practice/methods'], mutate: withLineEnds('\r\n\r\n', '\r\n') },
];
