import { describe, expect, it } from 'vitest';
import { exampleEnterprise, newObjectId } from '../../src/cdmi/object-id.ts';
import { checkName, readPath, readPlainPath } from '../../src/cdmi/path.ts';

const id = newObjectId(exampleEnterprise);

describe('paths below the root of CDMI', () => {
  it.each([
    ['/', { from: 'root', names: [], slash: true }],
    ['/a/b', { from: 'root', names: ['a', 'b'], slash: false }],
    ['/a//b/', { from: 'root', names: ['a', 'b'], slash: true }],
    ['/n%20m/%C3%BC', { from: 'root', names: ['n m', 'ü'], slash: false }],
    ['/cdmi_capabilities/container/', { from: 'capabilities', names: ['container'], slash: true }],
    ['/cdmi_objectid/', { from: 'ids', names: [], slash: true }],
    [`/cdmi_objectid/${id}/a`, { from: { id }, names: ['a'], slash: false }],
    [`/cdmi_objectid/${id.toLowerCase()}`, { from: { id }, names: [], slash: false }],
    ['/a/cdmi_objectid', { from: 'root', names: ['a', 'cdmi_objectid'], slash: false }],
  ])('[CDMI-G10] [CDMI-I3] [CDMI-I5] %s', (path, read) => {
    expect(readPath(path)).toEqual(read);
  });

  it('[CDMI-G10] in JSON a percent sign is one', () => {
    expect(readPlainPath('/n m/50%25')).toEqual({ from: 'root', names: ['n m', '50%25'], slash: false });
  });

  it.each(['/a%2Fb', '/%ff', `/${'a/'.repeat(300)}`])('[CDMI-G10] %s is refused', (path) => {
    expect(() => readPath(path)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it.each(['/cdmi_objectid/xyz', '/cdmi_objectid/00007ED900000000'])('[CDMI-I4] %s leads nowhere', (path) => {
    expect(() => readPath(path)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it.each(['cdmi_x', 'cdmi_objectid', '', '.', '..', 'a/b', 'a?b', 'a\nb', 'ü'.repeat(128)])(
    '[CDMI-G13] %j is no name for anything new',
    (name) => {
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    },
  );

  it.each(['a', 'CDMI', 'x_cdmi_', 'a b', 'grüße', '%41', ';:=&'])('[CDMI-G13] %j is one', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });
});
