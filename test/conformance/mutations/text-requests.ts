import type { WireRequest } from '../../../src/client/exchange.ts';
import type { Mutation } from '../mutation.ts';

const utf8 = new TextDecoder();

/** Changes what a request in text/plain says. */
function heard(change: (text: string) => string) {
  return (request: WireRequest): WireRequest => {
    return { ...request, body: new TextEncoder().encode(change(utf8.decode(request.body))) };
  };
}

/** Takes requests for something else that nobody understands. */
function deafTo(pattern: RegExp) {
  return heard((text) => (pattern.test(text) ? 'Category: nothing' : text));
}

/** Faults in how requests in text are understood. */
export const textRequestMutations: readonly Mutation[] = [
  {
    name: 'the last line is lost',
    breaks: ['text-request/grammar'],
    mistake: heard((text) => text.replace(/(\r\nX-OCCI-Attribute: occi\.core\.summary=.*)\r\n$/, '')),
  },
  {
    name: 'CR LF is not understood',
    breaks: ['text-request/grammar', 'text-request/bare-class'],
    mistake: deafTo(/summary.*\r\n$|class=kind/),
  },
  { name: 'the class has to be quoted', breaks: ['text-request/bare-class'], mistake: deafTo(/class=kind/) },
  {
    name: 'categories are references only',
    breaks: ['text-request/full-category'],
    mistake: deafTo(/class="kind"; title=/),
  },
  {
    name: 'escapes stay as they are',
    breaks: ['text-request/escapes'],
    mistake: heard((text) => text.replace(/\\([Cd])/g, '\\\\$1')),
  },
  {
    name: 'commas are separators everywhere',
    breaks: ['text-request/escapes', 'text-request/full-category'],
    also: ['mutability/later'],
    mistake: deafTo(/"[^\n]*, /),
  },
  { name: 'a semicolon at the end is a fault', breaks: ['text-request/semicolon'], mistake: deafTo(/;\r\n/) },
];
