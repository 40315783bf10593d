import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ace } from '../../../src/cdmi/acl/ace.ts';
import { flag, mask } from '../../../src/cdmi/acl/bits.ts';
import { inheritedAcl, ownersAcl, rootAcl } from '../../../src/cdmi/acl/inherit.ts';
import { type Principal, permitted, permittedAtRoot, principalOf } from '../../../src/cdmi/acl/permitted.ts';
import { anybody, type Credentials } from '../../../src/gateway/credentials.ts';

const user = (name: string, more: Partial<Credentials> = {}): Principal => {
  const credentials: Credentials = { user: name, project: 'p', roles: ['member'], proof: 'basic', ...more };
  return principalOf(credentials, credentials.roles.includes('admin'));
};
const [owner, anna, bert] = [user('owner'), user('anna'), user('bert')];
const ace = (type: Ace['type'], identifier: string, bits: number, flags = 0): Ace => ({
  type,
  identifier,
  flags,
  mask: bits,
});
const object = (...acl: readonly Ace[]) => ({ owner: 'owner', project: 'p', acl });

describe('ISO/IEC 17826 §16.1.6 evaluation [CDMI-A3]', () => {
  it('the first entry that has a bit decides', () => {
    const allow = ace('allow', 'anna', mask.READ_OBJECT | mask.WRITE_OBJECT);
    const deny = ace('deny', 'EVERYONE@', mask.WRITE_OBJECT);
    expect(permitted(anna, object(allow, deny))).toBe(mask.READ_OBJECT | mask.WRITE_OBJECT);
    expect(permitted(anna, object(deny, allow))).toBe(mask.READ_OBJECT);
    expect(permitted(bert, object(allow, deny))).toBe(0);
  });

  it('what two entries allow adds up, also where both have a bit', () => {
    const acl = object(ace('allow', 'anna', 0x3), ace('allow', 'EVERYONE@', 0x6));
    expect(permitted(anna, acl)).toBe(0x7);
  });

  it('what no entry mentions is refused, whoever asks', () => {
    expect(permitted(owner, object())).toBe(0);
    expect(permitted(user('root', { roles: ['admin'] }), object())).toBe(0);
  });

  it('entries that only watch, and those that are only there to be inherited, do not count', () => {
    expect(permitted(anna, object(ace('audit', 'anna', 1), ace('allow', 'anna', 1, flag.INHERIT_ONLY)))).toBe(0);
  });

  it.each<[string, number, Principal, boolean]>([
    ['OWNER@', 0, owner, true],
    ['OWNER@', 0, anna, false],
    ['GROUP@', 0, anna, true],
    ['GROUP@', 0, user('anna', { project: 'q' }), false],
    ['EVERYONE@', 0, principalOf(anybody, true), true],
    ['ANONYMOUS@', 0, principalOf(anybody, true), true],
    ['ANONYMOUS@', 0, anna, false],
    ['AUTHENTICATED@', 0, anna, true],
    ['AUTHENTICATED@', 0, principalOf(anybody, true), false],
    ['ADMINISTRATOR@', 0, user('root', { roles: ['admin'] }), true],
    ['ADMINISTRATOR@', 0, anna, false],
    ['ADMINUSERS@', 0, user('root', { roles: ['admin'] }), true],
    ['anna', 0, anna, true],
    ['Anna', 0, anna, false],
    ['member', 0, anna, false],
    ['anna', flag.IDENTIFIER_GROUP, anna, false],
    ['member', flag.IDENTIFIER_GROUP, anna, true],
    ['MEMBER', flag.IDENTIFIER_GROUP, user('x', { roles: ['Member'] }), true],
    ['p', flag.IDENTIFIER_GROUP, anna, true],
    ['P', flag.IDENTIFIER_GROUP, anna, false],
    ['nobody@', 0, anna, false],
  ])('%s with flags %i', (identifier, flags, who, about) => {
    expect(permitted(who, object(ace('allow', identifier, 1, flags)))).toBe(about ? 1 : 0);
  });

  it('an owner and those who run the cloud get into a root container all the same', () => {
    const root = object(ace('deny', 'EVERYONE@', mask.ALL_PERMS));
    expect(permittedAtRoot(owner, root)).toBe(mask.ALL_PERMS);
    expect(permittedAtRoot(user('root', { roles: ['admin'] }), root)).toBe(mask.ALL_PERMS);
    expect(permittedAtRoot(anna, root)).toBe(0);
  });

  it('is that of each bit, one after the other', () => {
    const who = fc.constantFrom(owner, anna, bert, principalOf(anybody, true));
    const entries = fc.array(
      fc.record({
        type: fc.constantFrom('allow' as const, 'deny' as const, 'audit' as const),
        identifier: fc.constantFrom('OWNER@', 'anna', 'bert', 'EVERYONE@', 'AUTHENTICATED@', 'ANONYMOUS@'),
        flags: fc.constantFrom(0, flag.INHERIT_ONLY, flag.INHERITED, flag.OBJECT_INHERIT),
        mask: fc.integer({ min: 0, max: 0xffffffff }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(who, entries, (one, acl) => {
        const granted = permitted(one, object(...acl));
        for (let bit = 0; bit < 32; bit++) {
          const needed = 2 ** bit;
          expect(Math.floor(granted / needed) % 2 === 1).toBe(walk(one, acl, needed));
        }
      }),
    );
  });
});

/** The walk through a list as the standard tells it, for a single bit. */
function walk(who: Principal, acl: readonly Ace[], needed: number): boolean {
  const names = ['EVERYONE@', who.anonymous ? 'ANONYMOUS@' : 'AUTHENTICATED@', who.user];
  if (who.user === 'owner') names.push('OWNER@');
  for (const entry of acl) {
    if (!names.includes(entry.identifier) || entry.type === 'audit') continue;
    if (Math.floor(entry.flags / flag.INHERIT_ONLY) % 2 === 1) continue;
    if (Math.floor(entry.mask / needed) % 2 === 1) return entry.type === 'allow';
  }
  return false;
}

describe('ISO/IEC 17826 §16.1.6 lists that nobody has given [CDMI-A4]', () => {
  it('a root container lets its owner and its project do all, and others read', () => {
    const root = object(...rootAcl);
    expect(permitted(owner, root)).toBe(mask.ALL_PERMS);
    expect(permitted(anna, root)).toBe(mask.ALL_PERMS);
    const stranger = permitted(user('carl', { project: 'q' }), root);
    expect(stranger & mask.READ_ALL).toBe(mask.READ_ALL);
    expect(stranger & (mask.WRITE_OBJECT | mask.DELETE | mask.WRITE_ACL | mask.WRITE_METADATA)).toBe(0);
  });

  it('what is below inherits that', () => {
    for (const kind of ['container', 'dataobject']) {
      const below = inheritedAcl(rootAcl, kind);
      expect(below.map(({ identifier, mask }) => [identifier, mask])).toEqual(
        rootAcl.map(({ identifier, mask }) => [identifier, mask]),
      );
    }
  });

  it('what inherits nothing lets its owner do all, and nobody else anything', () => {
    for (const parent of [undefined, [], [ace('allow', 'EVERYONE@', 1)]]) {
      const acl = inheritedAcl(parent, 'dataobject');
      expect(acl).toBe(ownersAcl);
      expect(permitted(owner, object(...acl))).toBe(mask.ALL_PERMS);
      expect(permitted(anna, object(...acl))).toBe(0);
    }
  });
});

describe('ISO/IEC 17826 §16.1.4 inheritance [CDMI-A5] [CDMI-C18]', () => {
  const { OBJECT_INHERIT, CONTAINER_INHERIT, NO_PROPAGATE, INHERIT_ONLY, INHERITED, IDENTIFIER_GROUP } = flag;

  it.each<[string, number, number | undefined, number | undefined]>([
    ['none', 0, undefined, undefined],
    ['object', OBJECT_INHERIT, INHERITED, OBJECT_INHERIT | INHERIT_ONLY | INHERITED],
    ['container', CONTAINER_INHERIT, undefined, CONTAINER_INHERIT | INHERITED],
    ['both', 3, INHERITED, 3 | INHERITED],
    ['both, once', 3 | NO_PROPAGATE, INHERITED, INHERITED],
    ['object, once', OBJECT_INHERIT | NO_PROPAGATE, INHERITED, undefined],
    ['only to be inherited', 3 | INHERIT_ONLY, INHERITED, 3 | INHERITED],
    ['a group', OBJECT_INHERIT | IDENTIFIER_GROUP, INHERITED | IDENTIFIER_GROUP, 0xc9],
  ])('%s', (_name, flags, ofObject, ofContainer) => {
    const parent = [ace('allow', 'anna', 1, flags)];
    const flagsOf = (kind: string) => inheritedAcl(parent, kind).find(({ identifier }) => identifier === 'anna')?.flags;
    expect(flagsOf('dataobject')).toBe(ofObject);
    expect(flagsOf('queue')).toBe(ofObject);
    expect(flagsOf('container')).toBe(ofContainer);
  });

  it('reaches what it is meant for, however deep', () => {
    const flags = fc.subarray([OBJECT_INHERIT, CONTAINER_INHERIT, NO_PROPAGATE, INHERIT_ONLY]);
    fc.assert(
      fc.property(flags, fc.nat(4), fc.boolean(), (some, depth, ends) => {
        const has = (one: number) => some.includes(one as (typeof some)[number]);
        const kinds = [...Array.from({ length: depth }, () => 'container'), ...(ends ? ['dataobject'] : [])];
        let acl: readonly Ace[] = [
          ace(
            'allow',
            'anna',
            1,
            some.reduce((all: number, one) => all | one, 0),
          ),
        ];
        for (const kind of kinds) acl = inheritedAcl(acl, kind);
        const meant = has(ends ? OBJECT_INHERIT : CONTAINER_INHERIT) && (kinds.length === 1 || !has(NO_PROPAGATE));
        expect(permitted(anna, object(...acl)) === 1).toBe(kinds.length === 0 ? !has(INHERIT_ONLY) : meant);
      }),
    );
  });

  it('keeps the order of the entries', () => {
    const parent = [ace('deny', 'anna', 1, 3), ace('allow', 'EVERYONE@', 0xf, 3), ace('allow', 'bert', 0xff, 0)];
    const child = object(...inheritedAcl(parent, 'container'));
    expect([permitted(anna, child), permitted(bert, child)]).toEqual([0xe, 0xf]);
  });
});
