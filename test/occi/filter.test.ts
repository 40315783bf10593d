import { describe, expect, it } from 'vitest';
import type { RawValue, Value } from '../../src/occi/attribute.ts';
import { commonProject, type Entity } from '../../src/occi/entity.ts';
import { matches, noFilter } from '../../src/occi/filter.ts';

const lamp = 'http://lab.test/occi/home#lamp';
const dimmer = 'http://lab.test/occi/home#dimmer';
const favourite = 'http://lab.test/occi/tags/home#favourite';
const uuid = '6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01';

const entity: Entity = {
  location: `/lamp/${uuid}`,
  project: commonProject,
  kind: lamp,
  mixins: [dimmer, favourite],
  attributes: {
    'occi.core.id': `urn:uuid:${uuid}`,
    'test.lab.watts': 40,
    'test.lab.colour': 'white',
    'test.lab.lit': false,
    'test.lab.serial': '40',
    'test.lab.rooms': ['hall', { floor: 1 }],
  },
  revision: 1,
};

const holds = (name: string, value: RawValue) => matches({ categories: [], attributes: [{ name, value }] }, entity);
const bare = (text: string): RawValue => ({ form: 'bare', text });
const quoted = (text: string): RawValue => ({ form: 'quoted', text });
const json = (value: Value): RawValue => ({ form: 'json', value });

describe('GFD.223 §7 filters', () => {
  it('lets everything pass when nothing is asked', () => {
    expect(matches(noFilter, entity)).toBe(true);
  });

  it.each([
    [[lamp], true],
    [[dimmer], true],
    [[lamp, favourite, dimmer], true],
    [['http://lab.test/occi/home#socket'], false],
    [[lamp, 'http://lab.test/occi/home#warm'], false],
    [['http://schemas.ogf.org/occi/core#resource'], false],
  ])('wants all of the categories %j: %s', (categories, result) => {
    expect(matches({ categories, attributes: [] }, entity)).toBe(result);
  });

  it.each([
    ['test.lab.watts', bare('40'), true],
    ['test.lab.watts', bare('40.0'), true],
    ['test.lab.watts', quoted('40'), true],
    ['test.lab.watts', json(40), true],
    ['test.lab.watts', json('40'), false],
    ['test.lab.watts', bare('41'), false],
    ['test.lab.watts', bare('true'), false],
    ['test.lab.serial', quoted('40'), true],
    ['test.lab.serial', bare('40'), true],
    ['test.lab.serial', bare('40.0'), false],
    ['test.lab.serial', json(40), false],
    ['test.lab.lit', bare('false'), true],
    ['test.lab.lit', quoted('false'), true],
    ['test.lab.lit', bare('0'), false],
    ['test.lab.lit', json(false), true],
    ['test.lab.colour', bare('white'), true],
    ['test.lab.colour', quoted('White'), false],
    ['test.lab.rooms', json(['hall', { floor: 1 }]), true],
    ['test.lab.rooms', json(['hall']), false],
    ['test.lab.rooms', quoted('hall'), false],
    ['test.lab.amps', bare('40'), false],
    ['toString', bare('40'), false],
  ])('compares %s with %j by the type of the value: %s', (name, value, result) => {
    expect(holds(name, value)).toBe(result);
  });

  it('knows an id with and without urn:uuid, and no other attribute so', () => {
    expect(holds('occi.core.id', quoted(`urn:uuid:${uuid}`))).toBe(true);
    expect(holds('occi.core.id', quoted(uuid))).toBe(true);
    const title = { ...entity, attributes: { 'occi.core.title': `urn:uuid:${uuid}` } };
    const condition = { name: 'occi.core.title', value: quoted(uuid) };
    expect(matches({ categories: [], attributes: [condition] }, title)).toBe(false);
  });

  it('wants all conditions at once', () => {
    const attributes = [
      { name: 'test.lab.watts', value: bare('40') },
      { name: 'test.lab.colour', value: bare('white') },
    ];
    expect(matches({ categories: [dimmer], attributes }, entity)).toBe(true);
    expect(matches({ categories: ['#other'], attributes }, entity)).toBe(false);
    const other = { ...entity, attributes: { ...entity.attributes, 'test.lab.colour': 'red' } };
    expect(matches({ categories: [dimmer], attributes }, other)).toBe(false);
  });
});
