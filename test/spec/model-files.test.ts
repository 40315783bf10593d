import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../src/occi/action.ts';
import { type AttributeDefinition, coerce } from '../../src/occi/attribute.ts';
import { core } from '../../src/occi/entity.ts';
import type { Kind } from '../../src/occi/kind.ts';
import { entityKind } from '../../src/occi/kind.ts';
import type { Lifecycle } from '../../src/occi/lifecycle.ts';
import { type Mixin, osTemplate, resourceTemplate } from '../../src/occi/mixin.ts';
import { Model } from '../../src/occi/model.ts';
import { builtInModelFiles, loadModelFiles, readModelFiles } from '../../src/spec/model-files.ts';

const ogf = 'http://schemas.ogf.org/occi/';
const infrastructure = `${ogf}infrastructure#`;
const homeLab = fileURLToPath(new URL('../fixtures/home-lab.json', import.meta.url));

/** `name:type`, with what the query interface says about the attribute: `!` required, `=` immutable. */
function brief({ name, type, required, mutable, default: value }: AttributeDefinition): string {
  const marks = `${required ? '!' : ''}${mutable ? '' : '='}`;
  return `${name}:${type}${marks}${value === undefined ? '' : `(${JSON.stringify(value)})`}`;
}

/** One category as the query interface shows it, on one line, without what is missing. */
function line(model: Model, category: Kind | Mixin | Action): string {
  const parts: [string, readonly string[]][] = [['attributes', model.attributesOf(category).map(brief)]];
  if (category.class !== 'action') {
    parts.unshift(['location', category.location === undefined ? [] : [category.location]]);
    parts.push(['actions', model.actionIdsOf(category)]);
  }
  if (category.class === 'kind') parts.unshift(['parent', category.parent === undefined ? [] : [category.parent]]);
  if (category.class === 'mixin') parts.unshift(['depends', category.depends], ['applies', category.applies]);
  const shown = parts.filter(([, items]) => items.length > 0).map(([part, items]) => ` ${part} ${items.join(' ')}`);
  return `${category.class} ${category.id} "${category.title}"${shown.join('')}`;
}

const lines = (model: Model) => [...model.kinds, ...model.mixins, ...model.actions].map((item) => line(model, item));

describe('the model files that come with the gateway', () => {
  const model = new Model(loadModelFiles());
  const categories = [...model.kinds, ...model.mixins, ...model.actions];
  const kind = (term: string) => model.kindOf({ kind: infrastructure + term });
  const mixin = (id: string) => model.mixin(id) as Mixin;
  const attribute = (name: string) =>
    categories
      .flatMap(({ attributes }) => attributes)
      .find((definition) => definition.name === name) as AttributeDefinition;
  const accepts = (name: string, value: string | number) => () => coerce(attribute(name), { form: 'json', value });

  it('start with the three core kinds, in an order that clients rely on [CORE-5.1-a] [CORE-5.3.3-d]', () => {
    expect(model.kinds.map(({ id }) => id)).toEqual([
      `${ogf}core#entity`,
      `${ogf}core#resource`,
      `${ogf}core#link`,
      ...['compute', 'network', 'storage', 'networkinterface', 'storagelink'].map((term) => infrastructure + term),
    ]);
    for (const { scheme } of model.kinds.slice(0, 3)) expect(scheme).toMatch(/^[a-z:./#]*$/);
  });

  it('list the ends of a link with the kinds of its ends [CORE-5.3.3-f]', () => {
    expect(model.attributesOf(kind('storagelink')).slice(0, 6).map(brief)).toEqual([
      'occi.core.id:string=',
      'occi.core.title:string',
      'occi.core.source:string!',
      'occi.core.source.kind:string=',
      'occi.core.target:string!',
      'occi.core.target.kind:string=',
    ]);
    expect(model.attributesOf(kind('storagelink')).map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.values(core).filter((name) => name !== core.summary)),
    );
  });

  it('have kinds that all descend from core#entity, which alone has neither parent nor location [CORE-5.3-b] [JSON-3.2.1-b]', () => {
    for (const { id, parent, location } of model.kinds) {
      expect(model.descends(id, entityKind)).toBe(true);
      expect([parent === undefined, location === undefined]).toEqual([id === entityKind, id === entityKind]);
    }
  });

  it('have an owner for every action [CORE-5.3.5-b]', () => {
    const owned = new Set([...model.kinds, ...model.mixins].flatMap(({ actions }) => actions));
    expect(model.actions.map(({ id }) => id)).toEqual([...owned]);
  });

  it('use only names that 1.1 can write [CORE-5.5.1-a]', () => {
    for (const { term, attributes } of categories) {
      expect(term).toMatch(/^[a-z][a-z0-9_-]*$/);
      for (const { name } of attributes) expect(name).toMatch(/^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)*$/);
    }
  });

  it('require of clients only what generic clients can fill in [CORE-5.3.2-f]', () => {
    const required = [...model.kinds, ...model.mixins].flatMap(({ attributes }) =>
      attributes.filter((definition) => definition.required).map(({ name }) => name),
    );
    expect(required).toEqual(['occi.core.source', 'occi.core.target', 'occi.storage.size']);
  });

  it('have the kinds of GFD.224 with the attributes and actions that 1.1 has besides', () => {
    const own = (item: Kind) => `${item.location} ${item.aliases.join(' ')} ${item.attributes.map(brief).join(' ')}`;
    expect(model.kinds.slice(3).map(own)).toEqual([
      '/compute/  occi.compute.architecture:string occi.compute.cores:number occi.compute.hostname:string ' +
        'occi.compute.share:number occi.compute.speed:number occi.compute.memory:number ' +
        'occi.compute.state:string= occi.compute.state.message:string=',
      '/network/  occi.network.vlan:number occi.network.label:string ' +
        'occi.network.state:string= occi.network.state.message:string=',
      '/storage/  occi.storage.size:number! occi.storage.state:string= occi.storage.state.message:string=',
      '/networkinterface/ /link/networkinterface/ occi.networkinterface.interface:string= ' +
        'occi.networkinterface.mac:string ' +
        'occi.networkinterface.state:string= occi.networkinterface.state.message:string=',
      '/storagelink/ /link/storagelink/ occi.storagelink.deviceid:string occi.storagelink.mountpoint:string ' +
        'occi.storagelink.state:string= occi.storagelink.state.message:string=',
    ]);
    expect(kind('networkinterface').ends).toEqual({ source: kind('compute').id, target: kind('network').id });
    expect(kind('storagelink').ends).toEqual({ source: kind('compute').id, target: kind('storage').id });
    expect(
      categories
        .flatMap(({ attributes }) => attributes)
        .filter(({ generated }) => generated)
        .map(({ name }) => name),
    ).toEqual([
      'occi.networkinterface.mac',
      'occi.storagelink.deviceid',
      'occi.networkinterface.address',
      'occi.networkinterface.gateway',
      'occi.networkinterface.allocation',
    ]);
  });

  it('have the state machines of GFD.224 §3', () => {
    const edges = ({ transitions }: Lifecycle) =>
      transitions.map(
        ({ action, from, to, via }) =>
          `${from.join('|')} -${action.slice(action.indexOf('#') + 1)}-> ${via === undefined ? '' : `(${via}) `}${to}`,
      );
    const machines = model.kinds.slice(3).map(({ lifecycle }) => lifecycle as Lifecycle);
    expect(machines.map(edges)).toEqual([
      [
        'inactive|suspended -start-> active',
        'active -stop-> inactive',
        'active -restart-> active',
        'active -suspend-> suspended',
        'active -save-> active',
        'inactive -save-> inactive',
      ],
      ['inactive -up-> active', 'active -down-> inactive'],
      [
        'offline -online-> online',
        'online|degraded -offline-> offline',
        'online -backup-> (backup) online',
        'online -snapshot-> (snapshot) online',
        'online -resize-> (resize) online',
      ],
      [],
      [],
    ]);
    expect(machines.map(({ initial, settled, error }) => [initial, settled, error])).toEqual([
      ['inactive', 'active', 'error'],
      ['inactive', 'active', 'error'],
      ['offline', 'online', 'error'],
      ['inactive', 'active', 'error'],
      ['inactive', 'active', 'error'],
    ]);
    for (const machine of machines) {
      expect(attribute(machine.attribute).pattern).toEqual({ enum: machine.states });
      expect(machine.message).toBe(`${machine.attribute}.message`);
    }
  });

  it('have the actions of GFD.224 §3 with their parameters', () => {
    const parameters = model.actions
      .filter(({ attributes }) => attributes.length > 0)
      .map(({ term, attributes }) => [term, ...attributes.map(brief), ...(attributes[0]?.pattern?.enum ?? [])]);
    expect(parameters).toEqual([
      ['stop', 'method:string("graceful")', 'graceful', 'acpioff', 'poweroff'],
      ['restart', 'method:string("graceful")', 'graceful', 'warm', 'cold'],
      ['suspend', 'method:string("suspend")', 'hibernate', 'suspend'],
      ['save', 'method:string("hot")', 'name:string', 'hot', 'deferred', 'deffered'],
      ['resize', 'size:number!'],
    ]);
  });

  it.each([
    ['occi.compute.architecture', ['x86', 'x64'], ['arch', 'X64']],
    ['occi.compute.cores', [1, 64], [0, 1.5, -1]],
    ['occi.compute.memory', [0.006, 0.1, 4], [0, -1]],
    ['occi.compute.hostname', ['My rOCCI VM', 'dyso::1'], []],
    ['occi.compute.share', [0, 100], [-1, 0.5]],
    ['occi.compute.speed', [3, 2.4], [0]],
    ['occi.storage.size', [0.006, 0.1, 1000], [0, -0.1]],
    ['occi.network.vlan', [0, 4095], [-1, 4096, 1.5]],
    ['occi.network.label', ['private'], ['', 'a b']],
    ['occi.networkinterface.mac', ['52:54:00:ab:CD:ef', '52-54-00-ab-cd-ef'], ['52:54:00:ab:cd', '5254.00ab.cdef']],
    [
      'occi.networkinterface.address',
      ['10.0.0.7', '192.168.0.0/24', '::', '::1', 'fc00::/7', '2001:db8::1', '::ffff:10.0.0.7'],
      ['', '10.0.0', 'abc', '10.0.0.1/', '10.0.0.1/2222', '10.0.0.1:80', `::${'0'.repeat(60)}`],
    ],
    ['occi.network.gateway', ['10.0.0.1', 'fe80::1'], ['gateway']],
    ['occi.network.allocation', ['dynamic', 'static'], ['dhcp']],
  ])('limit %s to what the document allows', (name, good, bad) => {
    for (const value of good) expect(accepts(name, value)()).toBe(value);
    for (const value of bad) expect(accepts(name, value)).toThrow(name);
  });

  it('have the sizes of GFD.222 §4.2, immutable and related to resource_tpl first', () => {
    const templates = model.mixins.filter(({ depends }) => depends[0] === resourceTemplate);
    const sizes = templates.map(({ id, location, attributes }) => [id, location, ...attributes.map(brief)]);
    const size = (term: string, cores: number, memory: number, disk: number) => [
      `${ogf}infrastructure/compute/template/1.1#${term}`,
      `/resource_tpl/${term}/`,
      `occi.compute.cores:number=(${cores})`,
      `occi.compute.memory:number=(${memory})`,
      `occi.compute.ephemeral_storage.size:number=(${disk})`,
      'occi.compute.ephemeral_storage.deviceid:string=',
    ];
    expect(sizes).toEqual([
      size('small', 1, 1, 10),
      size('medium', 2, 2, 20),
      size('large', 4, 4, 40),
      size('mem_small', 1, 4, 10),
      size('mem_medium', 2, 8, 20),
      size('mem_large', 4, 16, 40),
    ]);
    for (const { applies } of templates) expect(applies).toEqual([kind('compute').id]);
    expect([mixin(osTemplate).location, mixin(resourceTemplate).location]).toEqual(['/os_tpl/', '/resource_tpl/']);
  });

  it('take contextualization data at creation and never again, under the names of 1.2 and the older ones', () => {
    const ids = [
      `${ogf}infrastructure/credentials#ssh_key`,
      `${ogf}infrastructure/compute#user_data`,
      'http://schemas.openstack.org/compute/instance#user_data',
      'http://schemas.openstack.org/instance/credentials#public_key',
    ];
    const definitions = ids.flatMap((id) => mixin(id).attributes);
    expect(definitions.map(({ name }) => name)).toEqual([
      'occi.credentials.ssh.publickey',
      'occi.compute.userdata',
      'org.openstack.compute.user_data',
      'org.openstack.credentials.publickey.name',
      'org.openstack.credentials.publickey.data',
    ]);
    for (const { mutable, required, atCreation } of definitions) {
      expect({ mutable, required, atCreation }).toEqual({ mutable: false, required: false, atCreation: true });
    }
    expect(ids.map((id) => mixin(id).applies)).toEqual(ids.map(() => [kind('compute').id]));
  });

  it('apply the IP mixins to what has an address', () => {
    expect(mixin(`${ogf}infrastructure/network#ipnetwork`).applies).toEqual([kind('network').id]);
    expect(mixin(`${ogf}infrastructure/networkinterface#ipnetworkinterface`).applies).toEqual([
      kind('networkinterface').id,
    ]);
  });
});

describe('the home lab', () => {
  const model = new Model(readModelFiles([...builtInModelFiles.slice(0, 1), homeLab]));
  const home = 'http://lab.test/occi/home#';
  const entity = 'occi.core.id:string= occi.core.title:string';
  const resource = `${entity} occi.core.summary:string`;
  const ends =
    'occi.core.source:string! occi.core.source.kind:string= occi.core.target:string! occi.core.target.kind:string=';
  const lamp =
    `location /%/ attributes ${resource} test.lab.watts:number! test.lab.colour:string("white") ` +
    'test.lab.lit:boolean= test.lab.state:string=';
  const switches = 'actions http://lab.test/occi/home/lamp/action#on http://lab.test/occi/home/lamp/action#off';

  it('has the categories that the worked examples show [CORE-5.3.9-a] [CORE-5.3.9-b]', () => {
    expect(lines(model)).toEqual([
      `kind ${ogf}core#entity "Abstract entity" attributes ${entity}`,
      `kind ${ogf}core#resource "Resource" parent ${ogf}core#entity location /resource/ attributes ${resource}`,
      `kind ${ogf}core#link "Link" parent ${ogf}core#entity location /link/ attributes ${entity} ${ends}`,
      `kind ${home}lamp "Lamp" parent ${ogf}core#resource ${lamp.replace('%', 'lamp')} ${switches}`,
      `kind ${home}desklamp "Desk lamp" parent ${home}lamp ${lamp.replace('%', 'desklamp')} test.lab.clamp:boolean ${switches}`,
      `kind ${home}socket "Wall socket" parent ${ogf}core#resource location /socket/ ` +
        `attributes ${resource} test.lab.volts:number(230)`,
      `kind ${home}plug "Plug between lamp and socket" parent ${ogf}core#link location /plug/ ` +
        `attributes ${entity} ${ends} test.lab.amps:number test.lab.state:string=`,
      `mixin ${home}dimmer "Dimmer" applies ${home}lamp location /dimmer/ ` +
        'attributes test.lab.level:number(100) actions http://lab.test/occi/home/dimmer/action#fade',
      `mixin ${home}palette "Colour palettes" location /palette/`,
      `mixin ${home}warm "Warm light" depends ${home}palette applies ${home}lamp location /palette/warm/ ` +
        'attributes test.lab.colour:string("amber")',
      'action http://lab.test/occi/home/lamp/action#on "Switch on" attributes ramp:number',
      'action http://lab.test/occi/home/lamp/action#off "Switch off"',
      'action http://lab.test/occi/home/dimmer/action#fade "Fade to a level" attributes level:number!',
    ]);
  });

  it('has lamps that start off and plugs that are always live', () => {
    expect(model.lifecycleOf(`${home}desklamp`)).toMatchObject({
      attribute: 'test.lab.state',
      initial: 'off',
      settled: 'off',
    });
    expect(model.lifecycleOf(`${home}plug`)).toEqual({
      attribute: 'test.lab.state',
      states: ['live'],
      initial: 'live',
      settled: 'live',
      transitions: [],
    });
    expect(model.lifecycleOf(`${home}socket`)).toBeUndefined();
  });
});

describe('model files of an operator', () => {
  const scheme = 'http://lab.test/occi/home#';
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-model-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Writes a model file and gives its path. */
  function written(name: string, content: unknown): string {
    const file = join(directory, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }
  const tag = (term: string) => ({ document: 'Tags', mixins: [{ term, scheme, location: `/${term}/` }] });

  it('come after the built-in ones, sorted by name, from directories and as files', () => {
    const models = join(directory, 'models');
    mkdirSync(join(models, 'deeper.json.d'), { recursive: true });
    written('models/b.json', tag('b'));
    written('models/d.json', tag('d'));
    written('models/c.txt', 'no model file');
    const files = [models, written('c.json', tag('c')), written('a.model', tag('a'))];
    const builtIn = loadModelFiles();
    const fragments = loadModelFiles(files);
    expect(builtIn).toHaveLength(builtInModelFiles.length);
    expect(fragments.slice(0, builtIn.length)).toEqual(builtIn);
    const terms = fragments.slice(builtIn.length).map(({ mixins }) => mixins[0]?.term);
    expect(terms).toEqual(['a', 'b', 'c', 'd']);
    expect(loadModelFiles(files.toReversed())).toEqual(fragments);
  });

  it('may leave out what they do not have', () => {
    const file = written('small.json', {
      document: 'Small',
      kinds: [{ term: 'Lamp', scheme, comment: 'no title', since: '1.1' }],
      mixins: [{ term: 'm1.small', scheme, location: '/m1.small/', until: '1.1' }],
      actions: [{ term: 'on', scheme }],
    });
    expect(readModelFiles([file, written('empty.json', { document: 'Empty' })])).toEqual([
      {
        kinds: [{ class: 'kind', id: `${scheme}Lamp`, term: 'Lamp', scheme, attributes: [], aliases: [], actions: [] }],
        mixins: [
          {
            class: 'mixin',
            id: `${scheme}m1.small`,
            term: 'm1.small',
            scheme,
            location: '/m1.small/',
            attributes: [],
            actions: [],
            depends: [],
            applies: [],
            origin: 'provider',
          },
        ],
        actions: [{ class: 'action', id: `${scheme}on`, term: 'on', scheme, attributes: [] }],
      },
      { kinds: [], mixins: [], actions: [] },
    ]);
  });

  const attribute = { type: 'string', mutable: true, required: false };
  const attributes = (members: Record<string, unknown>) => ({
    kinds: [
      { term: 'entity', scheme },
      { term: 'lamp', scheme, attributes: members },
    ],
  });
  const machine = (rest: Record<string, unknown>) => ({
    kinds: [
      {
        term: 'lamp',
        scheme,
        actions: [`${scheme}on`],
        attributes: { 'test.lab.state': { ...attribute, mutable: false } },
        lifecycle: { attribute: 'test.lab.state', states: ['off', 'on'], initial: 'off', settled: 'off', ...rest },
      },
    ],
  });
  const edge = { action: `${scheme}on`, from: ['off'], to: 'on' };

  it.each<[string, unknown, readonly (string | RegExp)[]]>([
    ['no object', [], ['Invalid input: expected object, received array']],
    ['no document', { document: undefined }, ['document: Invalid input: expected string, received undefined']],
    ['an unknown member', { colour: 'red' }, ['Unrecognized key: "colour"']],
    [
      'an unknown member inside',
      attributes({ 'a.b': { ...attribute, range: '0-1' } }),
      ['kinds[1].attributes["a.b"]: Unrecognized key: "range"'],
    ],
    [
      'a mistyped type',
      attributes({ 'a.b': { ...attribute, type: 'integer' } }),
      [/^kinds\[1]\.attributes\["a\.b"]\.type: .*"number"/],
    ],
    [
      'a missing flag',
      attributes({ a: { type: 'string', mutable: true } }),
      [/^kinds\[1]\.attributes\.a\.required: .*boolean/],
    ],
    [
      'an attribute name',
      attributes({ 'a b': attribute }),
      ['kinds[1].attributes["a b"]: must be an attribute name (GFD.229 §4.3)'],
    ],
    [
      'a default of another type',
      attributes({ 'a.b': { ...attribute, default: 1 } }),
      ['kinds[1].attributes["a.b"].default: a.b must be of type string, not 1'],
    ],
    [
      'a default that breaks the pattern',
      attributes({ 'a.b': { ...attribute, default: 'x', pattern: { enum: ['y', 'z'] } } }),
      ['kinds[1].attributes["a.b"].default: a.b must be one of y, z, not "x"'],
    ],
    ['a default of null', attributes({ a: { ...attribute, default: null } }), [/^kinds\[1]\.attributes\.a\.default: /]],
    [
      'no expression',
      attributes({ a: { ...attribute, pattern: { pattern: '(' } } }),
      ['kinds[1].attributes.a.pattern.pattern: must be a regular expression'],
    ],
    [
      'another multiple',
      attributes({ a: { ...attribute, pattern: { multipleOf: 2 } } }),
      [/^kinds\[1]\.attributes\.a\.pattern\.multipleOf: /],
    ],
    [
      'a required immutable attribute',
      attributes({ a: { type: 'string', mutable: false, required: true } }),
      ['kinds[1].attributes.a.required: must be false for an immutable attribute, since no client can give it'],
    ],
    [
      'a mutable attribute for creation only',
      attributes({ a: { ...attribute, atCreation: true } }),
      ['kinds[1].attributes.a.atCreation: means nothing for a mutable attribute'],
    ],
    ['a term', { actions: [{ term: 'switch on', scheme }] }, ['actions[0].term: must be a term (GFD.229 §4.1)']],
    [
      'a scheme',
      { actions: [{ term: 'on', scheme: 'http://lab.test/' }] },
      ['actions[0].scheme: must be an absolute URI that ends in #'],
    ],
    [
      'a parent',
      { kinds: [{ term: 'a', scheme, parent: 'lamp' }] },
      ['kinds[0].parent: must be a type identifier, scheme#term'],
    ],
    ...['', 'a, b', 'a; b', 'a=b', 'a "b"', 'a\\b', 'a\nb'].map((title): [string, unknown, readonly string[]] => [
      `the title ${JSON.stringify(title)}`,
      { actions: [{ term: 'on', scheme, title }] },
      ['actions[0].title: must not be empty nor contain any of , ; = " \\'],
    ]),
    ...['lamp/', '/lamp', '/', '/a//b/', '/a b/', '/a?b/'].map((location): [string, unknown, readonly string[]] => [
      `the location ${location}`,
      { mixins: [{ term: 'm', scheme, location }] },
      ['mixins[0].location: must be a path that starts and ends with /'],
    ]),
    [
      'a location in no normal form',
      { kinds: [{ term: 'a', scheme, aliases: ['/%6c/'] }] },
      ['kinds[0].aliases[0]: must be in normal form (RFC 3986 §6.2.2)'],
    ],
    ['a mixin without location', { mixins: [{ term: 'm', scheme }] }, [/^mixins\[0]\.location: /]],
    ['an initial state', machine({ initial: 'dim' }), ['kinds[0].lifecycle.initial: dim is not one of the states']],
    [
      'states anywhere',
      machine({ settled: 'a', error: 'b', transitions: [edge, { ...edge, from: ['off', 'c'], to: 'd', via: 'e' }] }),
      [
        'kinds[0].lifecycle.settled: a is not one of the states',
        'kinds[0].lifecycle.error: b is not one of the states',
        'kinds[0].lifecycle.transitions[1].from[1]: c is not one of the states',
        'kinds[0].lifecycle.transitions[1].to: d is not one of the states',
        'kinds[0].lifecycle.transitions[1].via: e is not one of the states',
      ],
    ],
    [
      'attributes and actions of a state machine',
      machine({ attribute: 'a.b', message: 'a.c', transitions: [edge, { ...edge, action: `${scheme}off` }] }),
      [
        'kinds[0].lifecycle.attribute: a.b is not among what the kind itself lists',
        'kinds[0].lifecycle.message: a.c is not among what the kind itself lists',
        `kinds[0].lifecycle.transitions[1].action: ${scheme}off is not among what the kind itself lists`,
      ],
    ],
  ])('are refused for %s, with file and place', (_mistake, content, problems) => {
    const file = written(
      'broken.json',
      Array.isArray(content) ? content : { document: 'Broken', ...(content as object) },
    );
    const message = messageOf(() => readModelFiles([file]));
    expect(message.split('\n').map((problem) => problem.slice(0, file.length + 2))).toEqual(
      problems.map(() => `${file}: `),
    );
    for (const [index, found] of message.split('\n').entries()) {
      const problem = problems[index] as string | RegExp;
      const text = found.slice(file.length + 2);
      if (typeof problem === 'string') expect(text).toBe(problem);
      else expect(text).toMatch(problem);
    }
  });

  it('are refused together, one line for each mistake in each file', () => {
    const missing = join(directory, 'missing.json');
    const files = [
      written('1.json', '{ "document": '),
      written('2.json', { ...attributes({ 'a.b': { ...attribute, type: 'uri', unit: 1 } }), document: 'Two' }),
      written('3.json', tag('fine')),
      missing,
    ];
    expect(messageOf(() => loadModelFiles(files)).split('\n')).toEqual([
      expect.stringMatching(/^.*1\.json: .*JSON/),
      expect.stringMatching(/^.*2\.json: kinds\[1]\.attributes\["a\.b"]\.type: /),
      expect.stringMatching(/^.*2\.json: kinds\[1]\.attributes\["a\.b"]\.unit: /),
      expect.stringContaining(`${missing}: ENOENT`),
    ]);
  });
});

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
