import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OcciError } from '../../src/occi/errors.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import type { Payload } from '../../src/renderers/renderer.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { dataAt, inHeaders, payload } from './home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1024 });
const fieldNames = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'] as const;

/** Content or an error for the client; anything else is the failure this file looks for. */
function outcome(parse: (payload: Payload) => unknown, sent: Payload): 'read' | 'refused' {
  try {
    parse(sent);
    return 'read';
  } catch (error) {
    if (error instanceof OcciError) return 'refused';
    throw error;
  }
}

const readers = [textPlain, uriList, occiJson];
const anyOutcome = expect.stringMatching(/^(read|refused)$/);

describe('whatever is sent, it is read or refused [JSON-X-d]', () => {
  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const { parse } of readers) expect(outcome(parse, payload(bytes))).toEqual(anyOutcome);
      }),
      { numRuns: 1000 },
    );
  });

  it('random text of the characters that matter', () => {
    const text = fc.string({ unit: fc.constantFrom(...'"\\,;<>=\'{}[]:. \t\r\na1'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.constantFrom(...fieldNames), (value, name) => {
        expect(outcome(textPlain.parse, payload(`${name}: ${value}`))).toEqual(anyOutcome);
        expect(outcome(headerText.parse, inHeaders({ [name]: value }))).toEqual(anyOutcome);
        expect(outcome(occiJson.parse, payload(`{"attributes":${value}}`))).toEqual(anyOutcome);
      }),
      { numRuns: 2000 },
    );
  });

  it('JSON of any shape, under every name there is', () => {
    const names = fc.constantFrom(
      ...['kind', 'mixins', 'mixin', 'attributes', 'action', 'actions', 'id', 'links', 'resources', 'kinds', 'source'],
      ...['target', 'location', 'term', 'scheme', 'depends', 'applies', 'title', '__proto__', 'constructor', 'a.b', ''],
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 1.5, '', 'http://a.test/b#c'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
      ),
    }));
    fc.assert(
      fc.property(value, (sent) => {
        expect(outcome(occiJson.parse, payload(JSON.stringify(sent)))).toEqual(anyOutcome);
      }),
      { numRuns: 2000 },
    );
    expect(({} as Record<string, unknown>)['kind']).toBeUndefined();
  });
});

describe('requests of deployed clients, damaged', () => {
  interface Request {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  const requests = dataAt('field-requests.json') as readonly Request[];
  const json =
    '{"resources":[{"kind":"http://a.test/b#c","mixins":["http://a.test/b#d"],"attributes":{"a":{"b":[1e3,null,"\\u00e9"]}},"links":[{"target":{"location":"/x"}}]}]}';

  /** One place of a text cut out, doubled or replaced. */
  const damage = fc.record({
    at: fc.nat(),
    length: fc.nat(6),
    put: fc.string({ unit: fc.constantFrom(...'"\\,;<=\n{[}]') }),
  });
  const damaged = (text: string, { at, length, put }: { at: number; length: number; put: string }) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + length);
  };

  it('are read or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...requests),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        ({ headers, body }, blows) => {
          const broken = (text: string) => blows.reduce(damaged, text);
          if (body !== undefined) expect(outcome(textPlain.parse, payload(broken(body)))).toEqual(anyOutcome);
          const fields = Object.entries(headers ?? {}).map(([name, value]) => [name, broken(value)]);
          expect(outcome(headerText.parse, inHeaders(Object.fromEntries(fields)))).toEqual(anyOutcome);
          expect(outcome(occiJson.parse, payload(broken(json)))).toEqual(anyOutcome);
        },
      ),
      { numRuns: 2000 },
    );
    expect(outcome(occiJson.parse, payload(json.replace('null,', '')))).toBe('read');
  });
});

describe('a mebibyte of what scanners stumble over is dealt with in under a second', () => {
  const size = 1_048_576;
  const units = ['"', '\\', ';', ',', '<', '=', '{', '[', ' ', '\n', '\t', 'a', 'a-'];
  const pairs = [
    '"\\',
    '";',
    '",',
    '"=',
    '"<',
    '\\"',
    ';,',
    ';=',
    ',=',
    '<>',
    '<"',
    'a=',
    'a=1,',
    'a;',
    'a\n',
    ' \n',
    '{"',
    '["',
    '[{',
  ];
  const starts = [
    'Category: a; scheme=',
    'Link: ',
    'Link: <a>; a.b=',
    'X-OCCI-Attribute: ',
    'X-OCCI-Attribute: a="',
    'X-OCCI-Location: ',
    '',
  ];

  /** Milliseconds of work; the clock would also count what else the machine does. */
  const timed = (parse: (payload: Payload) => unknown, sent: Payload): number => {
    const before = process.threadCpuUsage();
    outcome(parse, sent);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };

  it.each([...units, ...pairs])('%j', { timeout: 60_000 }, (unit) => {
    const text = unit.repeat(size / unit.length);
    for (const start of starts) {
      expect(timed(textPlain.parse, payload(start + text)), start).toBeLessThan(1000);
    }
    for (const name of fieldNames)
      expect(timed(headerText.parse, inHeaders({ [name]: text })), name).toBeLessThan(1000);
    for (const start of ['', '"', '["', '{"', '{"attributes":{"a":"']) {
      expect(timed(occiJson.parse, payload(start + text)), start).toBeLessThan(1000);
      expect(timed(occiJson.parse, payload(`${start + text}"}}`)), start).toBeLessThan(1000);
    }
  });
});
