import { describe, expect, it } from 'vitest';
import { readQuotas } from '../../../src/gateway/quota/quota-file.ts';
import { QuotaError, Quotas } from '../../../src/gateway/quota/quotas.ts';
import { splitTypeIdentifier } from '../../../src/occi/category.ts';
import type { Kind } from '../../../src/occi/kind.ts';
import { Model } from '../../../src/occi/model.ts';
import { loadModelFiles } from '../../../src/spec/model-files.ts';
import { ownMixins } from '../../../src/store/amounts.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';

function kind(id: string, parent: string, more: Partial<Kind> = {}): Kind {
  const { scheme, term } = splitTypeIdentifier(id);
  return { class: 'kind', id, scheme, term, parent, attributes: [], actions: [], aliases: [], ...more };
}

const own = [
  kind('http://example.org/occi#bigcompute', `${infrastructure}compute`, {
    attributes: [{ name: 'org.example.gpus', type: 'number', mutable: true, required: false }],
  }),
  kind('http://example.org/occi#lamp', 'http://schemas.ogf.org/occi/core#resource'),
  kind('http://example.com/occi#lamp', 'http://schemas.ogf.org/occi/core#resource'),
];
const model = new Model([...loadModelFiles(), { kinds: own, mixins: [], actions: [] }]);
const read = (text: string) => readQuotas(text, 'quota.yaml', model);

/** The limits of a project, by the names of the resources. */
function limits(quotas: Quotas, project = 'p'): Readonly<Record<string, number>> {
  return Object.fromEntries(quotas.limitsOf(project).map(({ resource, most }) => [resource, most]));
}

describe('a quota file', () => {
  it('says what each project may use, and what is different for some', () => {
    const quotas = read(`
default:
  compute: 10
  network: 5
  occi.storage.size: 100.5
projects:
  rich: { compute: 100, mixins: 7 }
  free: { compute: unlimited, network: unlimited, occi.storage.size: unlimited }
  usual:
  42: { network: 0 }
`);
    const usual = { compute: 10, network: 5, 'occi.storage.size': 100.5 };
    expect(limits(quotas)).toEqual(usual);
    expect(limits(quotas, 'rich')).toEqual({ ...usual, compute: 100, mixins: 7 });
    expect(limits(quotas, 'free')).toEqual({});
    expect(limits(quotas, 'usual')).toEqual(usual);
    expect(limits(quotas, '42')).toEqual({ ...usual, network: 0 });
  });

  it.each(['', '# nothing yet\n', 'default:\n', 'projects:\n', '{}'])('may say nothing: %j', (text) => {
    expect(limits(read(text))).toEqual({});
  });

  it('counts a kind with what inherits from it, attributes of any kind, and mixins', () => {
    const counts = (name: string) => read(`default: { "${name}": 1 }`).limitsOf('p')[0]?.counts;
    expect(counts('compute')).toEqual([`${infrastructure}compute`, 'http://example.org/occi#bigcompute']);
    expect(counts('bigcompute')).toEqual(['http://example.org/occi#bigcompute']);
    expect(counts('http://example.com/occi#lamp')).toEqual(['http://example.com/occi#lamp']);
    expect(counts('link')).toEqual([
      'http://schemas.ogf.org/occi/core#link',
      `${infrastructure}networkinterface`,
      `${infrastructure}storagelink`,
    ]);
    expect(counts('entity')).toHaveLength(model.kinds.length);
    expect(counts('org.example.gpus')).toEqual(['org.example.gpus']);
    expect(counts('mixins')).toEqual([ownMixins]);
  });

  it('may call a kind by its term here and by its type identifier there', () => {
    const quotas = read(`
default: { compute: 1 }
projects: { p: { "${infrastructure}compute": 2 } }
`);
    expect(limits(quotas)).toEqual({ compute: 2 });
    expect(limits(quotas, 'other')).toEqual({ compute: 1 });
  });

  it.each<[string, string | RegExp]>([
    ['default: { computer: 1 }', 'quota.yaml: there is no kind or attribute computer; is compute meant?'],
    [
      'projects: { p: { occi.compute.core: 1 } }',
      'there is no kind or attribute occi.compute.core; is occi.compute.cores meant?',
    ],
    ['default: { zzzzzzzzzzzz: 1 }', /there is no kind or attribute zzzzzzzzzzzz$/],
    ['default: { occi.compute.hostname: 1 }', 'quota.yaml: occi.compute.hostname is no number'],
    [
      'default: { lamp: 1 }',
      'lamp is the term of several kinds; write one of http://example.org/occi#lamp, http://example.com/occi#lamp',
    ],
    ['default: { compute: -1 }', 'quota.yaml: default: compute: must be a number from 0, or unlimited'],
    ['default: { compute: many }', 'default: compute: must be a number from 0, or unlimited'],
    ['default: { compute: .nan }', 'default: compute: must be a number from 0, or unlimited'],
    ['default: [compute]', 'default: must be a mapping of names to numbers'],
    ['projects: 5', 'projects: must be a mapping of projects to what they may use'],
    ['project: { p: { compute: 1 } }', /quota\.yaml: .*project/],
    ['[]', /^quota\.yaml: /],
    ['default: { compute: 1', /^quota\.yaml: .*line 1/],
    ['default: { compute: 1, compute: 2 }', /^quota\.yaml: .*unique/],
  ])('is refused with the place and the reason: %s', (text, message) => {
    expect(() => read(text)).toThrow(QuotaError);
    expect(() => read(text)).toThrow(message);
  });

  it('is refused with a line for each mistake', () => {
    expect(() => read('default: { computer: 1, occi.compute.hostname: 2 }')).toThrow(
      /^quota\.yaml: .* computer;.*\nquota\.yaml: occi\.compute\.hostname is no number$/,
    );
  });

  it('shows what is usual, and what is named', () => {
    const names = (quotas: Quotas) => quotas.standings('p', new Map()).map(({ name }) => name);
    const usual = names(new Quotas(model));
    expect(usual).toEqual([
      'compute',
      'network',
      'storage',
      'link',
      'mixins',
      'occi.compute.cores',
      'occi.compute.memory',
      'occi.storage.size',
    ]);
    expect(names(read('projects: { q: { org.example.gpus: 1, network: 2 } }'))).toEqual([...usual, 'org.example.gpus']);
    expect(names(new Quotas(model, {}, true))).toEqual([...usual, 'cdmi.objects', 'cdmi.size']);
    expect(names(read('default: { cdmi.size: 1000 }'))).toEqual([...usual, 'cdmi.size']);
    // Another model has other kinds.
    expect(names(new Quotas(new Model([])))).toEqual(['mixins']);
  });
});
