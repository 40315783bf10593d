import { describe, expect, it } from 'vitest';
import { mask } from '../../../src/cdmi/acl/bits.ts';
import { ownersAcl } from '../../../src/cdmi/acl/inherit.ts';
import { mayAdd, mayGive, mayRead, mayRemove, needs, readable, suffices } from '../../../src/cdmi/acl/needs.ts';
import { principalOf } from '../../../src/cdmi/acl/permitted.ts';

const metadata = { cdmi_acl: [], cdmi_size: '1', colour: 'red', constructor: 'x' };

describe('what is shown to whom [CDMI-A6]', () => {
  it.each<[string, number, boolean]>([
    ['value', mask.READ_OBJECT, true],
    ['value', mask.ALL_PERMS & ~mask.READ_OBJECT, false],
    ['valuerange', mask.ALL_PERMS & ~mask.READ_OBJECT, false],
    ['children', mask.LIST_CONTAINER, true],
    ['children', mask.ALL_PERMS & ~mask.LIST_CONTAINER, false],
    ['childrenrange', mask.ALL_PERMS & ~mask.LIST_CONTAINER, false],
    ['metadata', mask.READ_METADATA, true],
    ['metadata', mask.READ_ACL, true],
    ['metadata', mask.ALL_PERMS & ~mask.READ_METADATA & ~mask.READ_ACL, false],
    ['objectID', mask.READ_METADATA, true],
    ['objectID', mask.READ_ATTRIBUTES, true],
    ['objectID', mask.WRITE_OBJECT | mask.TRAVERSE_CONTAINER | mask.DELETE, false],
    ['toString', mask.READ_ATTRIBUTES, true],
    ['toString', 0, false],
  ])('%s to who has %i', (field, granted, shown) => {
    expect(mayRead(field, granted)).toBe(shown);
  });

  it('the list of who may do what has a right of its own', () => {
    expect(readable(metadata, mask.READ_METADATA | mask.READ_ACL)).toBe(metadata);
    expect(readable(metadata, mask.READ_METADATA)).toEqual({ cdmi_size: '1', colour: 'red', constructor: 'x' });
    expect(readable(metadata, mask.READ_ACL)).toEqual({ cdmi_acl: [] });
    expect(readable(metadata, mask.READ_OBJECT)).toEqual({});
  });
});

describe('what is allowed to whom [CDMI-A7]', () => {
  it('each part of an object has a right of its own', () => {
    const { append, presentation, ...single } = needs.change;
    const bits = Object.values(single);
    expect(new Set(bits).size).toBe(bits.length);
    for (const need of bits) expect(suffices(mask.ALL_PERMS & ~need, need)).toBe(false);
    for (const need of [append, presentation]) expect(suffices(mask.WRITE_OBJECT, need)).toBe(true);
    expect(suffices(mask.APPEND_DATA, append)).toBe(true);
    expect(suffices(mask.APPEND_DATA, needs.change.value)).toBe(false);
  });

  it('containers and other members are added under different rights', () => {
    expect(mayAdd('container', mask.ADD_SUBCONTAINER)).toBe(true);
    expect(mayAdd('container', mask.ADD_OBJECT)).toBe(false);
    for (const kind of ['dataobject', 'queue', 'reference'] as const) {
      expect(mayAdd(kind, mask.ADD_OBJECT)).toBe(true);
      expect(mayAdd(kind, mask.ADD_SUBCONTAINER)).toBe(false);
    }
  });

  it('an object is removed with its own consent or that of its container', () => {
    expect(mayRemove(mask.DELETE, 0)).toBe(true);
    expect(mayRemove(0, mask.DELETE_OBJECT)).toBe(true);
    expect(mayRemove(mask.DELETE_OBJECT, mask.DELETE)).toBe(false);
  });

  it('an owner gives an object away, and an administrator takes it [CDMI-M11]', () => {
    const object = { owner: 'anna', project: 'p', acl: ownersAcl };
    const user = (name: string, administrator = false) =>
      principalOf({ user: name, project: 'p', roles: [], proof: 'basic' }, administrator);
    expect(mayGive(user('anna'), object, 'bert', mask.WRITE_OWNER)).toBe(true);
    expect(mayGive(user('anna'), object, 'bert', mask.ALL_PERMS & ~mask.WRITE_OWNER)).toBe(false);
    expect(mayGive(user('bert'), object, 'bert', mask.ALL_PERMS)).toBe(false);
    expect(mayGive(user('root', true), object, 'root', 0)).toBe(true);
    expect(mayGive(user('root', true), object, 'bert', mask.ALL_PERMS)).toBe(false);
  });
});
