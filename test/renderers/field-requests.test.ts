import { describe, expect, it } from 'vitest';
import { Model } from '../../src/occi/model.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { builtInModelFiles, readModelFiles } from '../../src/spec/model-files.ts';
import { dataAt, draftOf, inHeaders, payload } from './home-lab.ts';

interface FieldRequest {
  readonly id: string;
  readonly description: string;
  readonly source: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: {
    readonly kind: string;
    readonly mixins: readonly string[];
    readonly attributes: Readonly<Record<string, string>>;
    readonly links: number;
  };
}

const requests = dataAt('field-requests.json') as readonly FieldRequest[];
const model = new Model(readModelFiles(builtInModelFiles));

describe('requests as deployed clients send them', () => {
  it('are all here', () => {
    expect(requests).toHaveLength(26);
  });

  it.each(requests)('$id: $description ($source)', ({ headers, body, expected }) => {
    const content =
      headers === undefined
        ? textPlain.parse(payload(body ?? ''))
        : textOcci({ maxHeaderBytes: 1024 }).parse(inHeaders(headers));
    const { categories, attributes, links } = draftOf(content);
    const ids = categories.map((reference) => model.find(reference)?.id ?? reference.id);
    expect(new Set(ids)).toEqual(new Set([expected.kind, ...expected.mixins]));
    expect(ids).toHaveLength(1 + expected.mixins.length);
    const texts = [...attributes].map(([name, raw]) => [name, raw.form === 'json' ? raw : raw.text]);
    expect(Object.fromEntries(texts)).toEqual(expected.attributes);
    expect(links).toHaveLength(expected.links);
  });

  const link = (id: string) => {
    const { headers, body } = requests.find((request) => request.id === id) as FieldRequest;
    const content =
      body === undefined
        ? textOcci({ maxHeaderBytes: 1024 }).parse(inHeaders(headers ?? {}))
        : textPlain.parse(payload(body));
    return draftOf(content).links[0];
  };

  it('keeps what a link says about itself (Q35)', () => {
    expect(link('Q35')).toMatchObject({
      target: '/network/1',
      rel: ['http://schemas.ogf.org/occi/infrastructure#network'],
      self: '/networkinterface/im-1',
      attributes: new Map([
        ['occi.core.target', { form: 'quoted', text: '/network/1' }],
        ['occi.core.source', { form: 'quoted', text: '/compute/c1' }],
        ['occi.core.id', { form: 'quoted', text: 'im-1' }],
      ]),
    });
  });

  it('reads quoted names of parameters (Q41)', () => {
    expect(link('Q41')?.rel).toEqual(['http://schemas.ogf.org/occi/infrastructure#network']);
  });

  it('takes two category parameters of a link together (Q51)', () => {
    expect(link('Q51')?.categories.map(({ term }) => term)).toEqual(['networkinterface', 'ipnetworkinterface']);
  });
});
