import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAcl, writeAcl } from '../../../src/cdmi/acl/acl-json.ts';
import { inheritedAcl, ownersAcl, rootAcl } from '../../../src/cdmi/acl/inherit.ts';
import { type Above, changedMetadata, copiedMetadata, newMetadata } from '../../../src/cdmi/metadata/change.ts';
import type { JsonObject } from '../../../src/cdmi/object.ts';
import { forbiddenNames } from './forbidden-names.ts';

const anna = { kind: 'dataobject', owner: 'anna' } as const;
const above: Above = {
  metadata: { colour: 'red', cdmi_value_hash: 'SHA256', cdmi_data_redundancy: '2', cdmi_assignedsize: '1000' },
  acl: rootAcl,
};
const everyone = [{ acetype: '0x0', identifier: 'EVERYONE@', aceflags: '0x0', acemask: 'ALL_PERMS' }];
const object = (metadata: JsonObject) => ({ ...anna, metadata, acl: ownersAcl });
const change = (metadata: JsonObject, given: JsonObject | undefined, ...named: readonly string[]) => {
  const changed = changedMetadata(object(metadata), { ...(given && { given }), named }, undefined);
  return { ...changed, changes: [...changed.changes].toSorted() };
};

describe('the metadata of something new', () => {
  it('is what the client gives, of whatever form of JSON [CDMI-M6]', () => {
    const given = { a: 'x', b: 1, c: [true, null], d: { e: {} }, '': '' };
    expect(newMetadata(anna, given, undefined)).toEqual({ metadata: given, acl: ownersAcl, owner: 'anna' });
  });

  it('says nothing about what the system knows better [CDMI-M4] [CDMI-M9]', () => {
    const given = Object.fromEntries(forbiddenNames.map((name) => [name, '1']));
    expect(newMetadata(anna, { ...given, a: '1' }, undefined).metadata).toEqual({ a: '1' });
  });

  it('has the wishes of its container, unless it has others [CDMI-C18] [CDMI-M8] [CDMI-M9]', () => {
    expect(newMetadata(anna, { cdmi_data_redundancy: '3' }, above)).toEqual({
      metadata: { cdmi_value_hash: 'SHA256', cdmi_data_redundancy: '3' },
      acl: inheritedAcl(rootAcl, 'dataobject'),
      owner: 'anna',
    });
    expect(newMetadata(anna, { cdmi_value_hash: '' }, above).metadata['cdmi_value_hash']).toBe('');
  });

  it('is protected as its container is, unless it is to be protected otherwise [CDMI-T1] [CDMI-T6]', () => {
    const period = '2010-01-01T00:00:00.000000Z/2099-01-01T00:00:00.000000Z';
    const guarded = { metadata: { cdmi_retention_period: period, cdmi_hold_id: ['case_7'] }, acl: rootAcl };
    expect(newMetadata(anna, {}, guarded).metadata).toEqual(guarded.metadata);
    expect(newMetadata(anna, { cdmi_hold_id: ['case_15'] }, guarded).metadata).toEqual({
      ...guarded.metadata,
      cdmi_hold_id: ['case_15'],
    });
    expect(changedMetadata(object({}), { given: {}, named: [] }, guarded).metadata).toEqual({});
  });

  it('lets the client say who may do what, instead of what it would inherit [CDMI-A2]', () => {
    const { acl, metadata } = newMetadata(anna, { cdmi_acl: everyone }, above);
    expect(acl).toEqual(readAcl(everyone));
    expect(metadata).not.toHaveProperty('cdmi_acl');
  });

  it('belongs to whoever makes it [CDMI-M11]', () => {
    expect(newMetadata(anna, { cdmi_owner: 'bert' }, above)).toMatchObject({ owner: 'anna' });
  });

  it.each<[JsonObject, RegExp]>([
    [{ cdmi_value_hash: 'MD5' }, /cdmi_value_hash must be SHA160 or SHA256, not "MD5"/],
    [{ cdmi_value_hash: 'toString' }, /not "toString"/],
    [{ cdmi_value_hash: 7 }, /not "7"/],
    [{ cdmi_acl: 'EVERYONE@' }, /cdmi_acl must be an array/],
    [{ cdmi_retention_period: '2030' }, /must be start\/end/],
    [{ cdmi_retention_period: 7 }, /must be a string/],
    [{ cdmi_retention_autodelete: 'soon' }, /must be "true" or "false"/],
    [{ cdmi_hold_id: 'case_7' }, /must be an array/],
    [{ cdmi_hold_id: ['a', 7] }, /must be an array of strings/],
  ])('%j is refused [CDMI-M8] [CDMI-T4]', (given, message) => {
    expect(() => newMetadata(anna, given, undefined)).toThrow(message);
    expect(() => changedMetadata(object({}), { given, named: [] }, undefined)).toThrow(message);
  });

  it('is not that of a copy as far as it protects the source [CDMI-T5] [CDMI-D16]', () => {
    const source = {
      a: '1',
      cdmi_value_hash: 'SHA160',
      cdmi_retention_id: 'r',
      cdmi_retention_period: '2010-01-01T00:00:00.000000Z/2099-01-01T00:00:00.000000Z',
      cdmi_retention_autodelete: 'true',
      cdmi_hold_id: ['case_7'],
    };
    expect(copiedMetadata(source)).toEqual({ a: '1', cdmi_value_hash: 'SHA160' });
  });
});

describe('a change of the metadata', () => {
  it('replaces all that clients set [CDMI-M2]', () => {
    expect(change({ a: '1', cdmi_latency: '5' }, { b: '2' })).toMatchObject({
      metadata: { b: '2' },
      changes: ['metadata'],
    });
    expect(change({ a: '1' }, {})).toMatchObject({ metadata: {} });
  });

  it('is none where the request does not speak of it', () => {
    expect(change({ a: '1' }, undefined)).toMatchObject({ metadata: { a: '1' }, changes: [] });
  });

  it('sets the named items, removes those that are not there, and passes over the rest [CDMI-M3]', () => {
    const before = { keep: '1', chg: 'a', rm: 'x' };
    const { metadata, changes } = change(before, { chg: 'b', add: 'n', other: 'zzz' }, 'chg', 'rm', 'add');
    expect(metadata).toEqual({ keep: '1', chg: 'b', add: 'n' });
    expect(changes).toEqual(['metadata']);
    expect(change(before, undefined, 'rm').metadata).toEqual({ keep: '1', chg: 'a' });
  });

  it('passes over what the system knows better, and asks for no right then [CDMI-M4]', () => {
    for (const name of forbiddenNames) {
      expect(change({ a: '1' }, { [name]: '999' }, name)).toMatchObject({ metadata: { a: '1' }, changes: [] });
    }
  });

  it('needs the right to it also where nothing is different, so that nobody learns by guessing', () => {
    expect(change({ a: '1' }, { a: '1' }).changes).toEqual(['metadata']);
    expect(change({ a: '1' }, { a: '1' }, 'a').changes).toEqual(['metadata']);
  });

  it('leaves alone who may do what, whose it is and what protects it, unless it speaks of that', () => {
    const guards = { cdmi_hold_id: ['x'], cdmi_retention_id: 'r' };
    expect(change({ ...guards, a: '1' }, { b: '1' })).toEqual({
      metadata: { ...guards, b: '1' },
      acl: ownersAcl,
      owner: 'anna',
      changes: ['metadata'],
    });
  });

  it('tells which rights it needs [CDMI-A7]', () => {
    expect(change({}, { cdmi_acl: everyone }, 'cdmi_acl').changes).toEqual(['acl']);
    expect(change({}, { cdmi_acl: writeAcl(ownersAcl) }, 'cdmi_acl').changes).toEqual([]);
    expect(change({}, { cdmi_owner: 'bert' }, 'cdmi_owner')).toMatchObject({ owner: 'bert', changes: ['owner'] });
    expect(change({}, { cdmi_owner: 'anna' }, 'cdmi_owner').changes).toEqual([]);
    expect(change({}, { cdmi_hold_id: { a: '' } }, 'cdmi_hold_id')).toMatchObject({
      metadata: { cdmi_hold_id: ['a'] },
      changes: ['hold'],
    });
    expect(change({ cdmi_hold_id: ['a'] }, {}, 'cdmi_hold_id')).toMatchObject({ metadata: {}, changes: ['hold'] });
    expect(change({}, { cdmi_retention_autodelete: true }, 'cdmi_retention_autodelete')).toMatchObject({
      metadata: { cdmi_retention_autodelete: 'true' },
      changes: ['retention'],
    });
    expect(change({}, { a: '1', cdmi_acl: everyone, cdmi_owner: 'bert', cdmi_hold_id: ['a'] }).changes).toEqual([
      'acl',
      'hold',
      'metadata',
      'owner',
    ]);
  });

  it('falls back to what the container has where an item is removed', () => {
    const before = { ...object({ cdmi_value_hash: 'SHA160', a: '1' }), acl: readAcl(everyone) };
    const replaced = changedMetadata(before, { given: {}, named: [] }, above);
    expect(replaced.metadata).toEqual({ cdmi_value_hash: 'SHA256', cdmi_data_redundancy: '2' });
    expect(replaced.acl).toBe(before.acl);
    const other = changedMetadata(before, { given: { cdmi_value_hash: 'SHA160' }, named: [] }, above);
    expect(other.metadata).toEqual({ cdmi_value_hash: 'SHA160', cdmi_data_redundancy: '2' });
    const named = changedMetadata(before, { given: {}, named: ['cdmi_acl', 'cdmi_value_hash'] }, above);
    expect(named.metadata).toEqual({ cdmi_value_hash: 'SHA256', a: '1' });
    expect(named.acl).toEqual(inheritedAcl(rootAcl, 'dataobject'));
  });

  it.each([7, '', null])('%j is no owner', (cdmi_owner) => {
    expect(() => change({}, { cdmi_owner })).toThrow(/cdmi_owner must be a string/);
  });

  it('is that of a plain model', () => {
    const name = fc.constantFrom<string[]>('a', 'b', 'c', 'constructor', '__proto__', 'cdmi_size', 'cdmi_latency');
    const items = fc.dictionary(name, fc.constantFrom('1', '2'), { maxKeys: 6 });
    const client = (one: JsonObject) => Object.entries(one).filter(([key]) => key !== 'cdmi_size');
    fc.assert(
      fc.property(items, items, fc.uniqueArray(name), (some, given, named) => {
        const before = Object.fromEntries(client(some));
        const expected = new Map(named.length === 0 ? [] : client(before));
        for (const one of named) expected.delete(one);
        for (const [key, value] of client(given)) {
          if (named.length === 0 || named.includes(key)) expected.set(key, value);
        }
        const { metadata } = change(before, given, ...named);
        expect(new Map(Object.entries(metadata))).toEqual(expected);
      }),
    );
  });
});
