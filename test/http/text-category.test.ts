import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementsOf, valuesOf } from './grammar.ts';
import { type Lab, startHomeLab, startLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';

describe('GFD.229 §4.1, §5.2: categories as text', () => {
  let lab: Lab;
  let client: Speaker;
  let categories: readonly string[];
  let infrastructure: readonly string[];

  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
    categories = valuesOf((await client.plain('GET', '/-/')).text, 'Category');
    const cloud = await startLab();
    infrastructure = valuesOf((await speakTo(cloud).plain('GET', '/-/')).text, 'Category');
    await cloud.close();
  });
  afterAll(() => lab.close());

  const line = (term: string) => categories.find((category) => category.startsWith(`${term};`)) ?? '';
  const typeIds = (lines: readonly string[]) =>
    lines.map((category) => {
      const [, term, scheme] = /^([^;]+); scheme="([^"]+)"/.exec(category) ?? [];
      return `${scheme}${term}`;
    });

  it('has term, scheme, class, title, rel, location, attributes and actions in this order [TEXT-4-a] [TEXT-4.1-a] [TEXT-4.1-b]', () => {
    // That each line fits the grammar, speakTo has checked; here is one in full.
    expect(line('lamp')).toBe(
      `lamp; scheme="${home}"; class="kind"; title="Lamp"; rel="http://schemas.ogf.org/occi/core#resource"; ` +
        'location="/lamp/"; attributes="occi.core.id{immutable} occi.core.title occi.core.summary ' +
        'test.lab.watts{required} test.lab.colour test.lab.lit{immutable} test.lab.state{immutable}"; ' +
        'actions="http://lab.test/occi/home/lamp/action#on http://lab.test/occi/home/lamp/action#off"',
    );
  });

  it('renders each kind, mixin and action as one line, none twice [TEXT-5.2-a] [TEXT-5.4-a] [H11-3.4.1-c]', () => {
    expect(categories.map((category) => category.slice(0, category.indexOf(';')))).toEqual([
      ...['entity', 'resource', 'link', 'lamp', 'desklamp', 'socket', 'plug'],
      ...['dimmer', 'palette', 'warm'],
      ...['on', 'off', 'fade'],
    ]);
    const ids = typeIds(infrastructure);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says what is required and immutable in braces right after the name [TEXT-4.1-c] [H11-3.5.1-b] [C11-4.4.1-b]', () => {
    expect(line('lamp')).toContain('test.lab.watts{required}');
    expect(line('lamp')).toContain('test.lab.state{immutable}');
    expect(line('lamp')).toMatch(/ test\.lab\.colour /);
    expect(line('fade')).toContain('attributes="level{required}"');
    expect(line('palette')).not.toContain('attributes=');
  });

  it('names actions by type identifiers that resolve [TEXT-4.1-d] [D45]', () => {
    const known = new Set(typeIds(infrastructure.filter((category) => category.includes('class="action"'))));
    const named = infrastructure.flatMap((category) => /actions="([^"]+)"/.exec(category)?.[1]?.split(' ') ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it('has exactly one type identifier in rel [TEXT-4.1-e]', () => {
    for (const category of [...categories, ...infrastructure]) {
      const rel = /; rel="([^"]*)"/.exec(category)?.[1];
      if (rel !== undefined) expect(rel).toMatch(/^\S+#\S+$/);
    }
    expect(line('desklamp')).toContain(`rel="${home}lamp"`);
  });

  it('gives an action neither rel nor location nor actions [TEXT-5.2.3-a]', () => {
    const actions = [...categories, ...infrastructure].filter((category) => category.includes('class="action"'));
    expect(actions.length).toBeGreaterThan(12);
    for (const action of actions) expect(action).not.toMatch(/; (?:rel|location|actions)=/);
  });

  it('shows what a mixin depends on as rel, never what it applies to [TEXT-5.5.2-a] [D24]', () => {
    expect(line('warm')).toContain(`rel="${home}palette"`);
    expect(line('dimmer')).not.toContain('rel=');
    const template = infrastructure.find((category) => category.startsWith('small;'));
    expect(template).toContain('rel="http://schemas.ogf.org/occi/infrastructure#resource_tpl"');
  });

  it('gives every category that can be instantiated a location ending in a slash [TEXT-4.1-f] [H11-3.3.1-b] [H11-3.3.1-c]', () => {
    const bound = [...categories, ...infrastructure].filter((category) => !category.includes('class="action"'));
    for (const category of bound) {
      if (category.startsWith('entity;')) expect(category).not.toContain('location=');
      else expect(category).toMatch(/; location="\/(?:[a-z0-9_-]+\/)+"/);
    }
  });

  it('has terms and attribute names that the grammar of 1.1 can read [H11-3.5.1-a] [H11-4-a] [D28]', () => {
    for (const category of infrastructure) {
      expect(category).toMatch(/^[a-z][a-z0-9_-]*;/);
      for (const name of /; attributes="([^"]+)"/.exec(category)?.[1]?.split(' ') ?? []) {
        expect(name.replace(/\{.*\}$/, '')).toMatch(/^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)*$/);
      }
    }
  });

  it('has titles that clients without a tokenizer can read: no separators, quotes or empty values [TEXT-4.1-g]', () => {
    for (const category of [...categories, ...infrastructure]) {
      expect(/; title="([^"]*)"/.exec(category)?.[1]).toMatch(/^[^;=,"\\]+$/);
      expect(category).not.toContain('""');
    }
  });

  it('is the same list in one header, with the body OK [TEXT-5.4-a] [TEXT-7-e]', async () => {
    const { headers } = await client.occi('GET', '/-/');
    expect(elementsOf(headers.get('category'))).toEqual(categories);
  });

  it('shows only the categories of a filter, completely [H11-3.4.1-d] [D8]', async () => {
    const { headers } = await client.occi('GET', '/-/', { category: `lamp; scheme="${home}"` });
    expect(elementsOf(headers.get('category'))).toEqual([line('lamp')]);
    const two = await client.plain('GET', '/-/', undefined, {
      category: `socket; scheme="${home}"; class="kind", warm; scheme="${home}"; class="mixin";`,
    });
    expect(valuesOf(two.text, 'Category')).toEqual([line('socket'), line('warm')]);
  });

  it('puts core kinds first, so that whoever drops or samples the first lines loses nothing [H11-4-a]', () => {
    expect(categories.slice(0, 3).map((category) => category.split(';')[0])).toEqual(['entity', 'resource', 'link']);
    expect(infrastructure[1]).toMatch(/^\w+; scheme=[a-z:./#"]*; class="(?:action|kind|mixin)"/);
  });
});
