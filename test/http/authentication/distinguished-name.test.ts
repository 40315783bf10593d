import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonical,
  readDistinguishedName,
  readSubject,
  slashForm,
} from '../../../src/http/authentication/x509/distinguished-name.ts';
import { readSubjectMap } from '../../../src/http/authentication/x509/map-file.ts';

describe('distinguished names', () => {
  it('are the same in all forms', () => {
    const forms = [
      readDistinguishedName('CN=Anna Lab,OU=People,DC=lab,DC=test'),
      readDistinguishedName('cn = Anna Lab, ou=People, dc=lab , 0.9.2342.19200300.100.1.25=test'),
      readDistinguishedName('/DC=test/DC=lab/OU=People/CN=Anna Lab'),
      readSubject('DC=test\nDC=lab\nOU=People\nCN=Anna Lab'),
    ];
    expect(new Set(forms.map(canonical)).size).toBe(1);
    expect(slashForm(forms[0] ?? [])).toBe('/DC=test/DC=lab/OU=People/CN=Anna Lab');
  });

  it.each([
    [
      'CN=Lab\\, Anna,O=x',
      [
        ['O', 'x'],
        ['CN', 'Lab, Anna'],
      ],
    ],
    [
      'CN="Lab, Anna",O=x',
      [
        ['O', 'x'],
        ['CN', 'Lab, Anna'],
      ],
    ],
    ['CN=Zo\\C3\\AB', [['CN', 'Zoë']]],
    ['CN=a\\\\b\\+c\\"d', [['CN', 'a\\b+c"d']]],
    [
      'UID=7+CN=Anna,O=x',
      [
        ['O', 'x'],
        ['UID', '7'],
        ['CN', 'Anna'],
      ],
    ],
    [
      '/O=x/CN=host/node.lab.test',
      [
        ['O', 'x'],
        ['CN', 'host/node.lab.test'],
      ],
    ],
    [
      '/O=x/CN=Anna/emailAddress=a@lab.test',
      [
        ['O', 'x'],
        ['CN', 'Anna'],
        ['EMAILADDRESS', 'a@lab.test'],
      ],
    ],
    ['E=a@lab.test', [['EMAILADDRESS', 'a@lab.test']]],
  ] as const)('are read: %s', (text, parts) => {
    expect(readDistinguishedName(text).map(({ type, value }) => [type, value])).toEqual(parts);
  });

  it.each(['', 'Anna', '/Anna', '=x', 'C N=x', 'CN=x,'])('are refused when they are none: %j', (text) => {
    expect(() => readDistinguishedName(text)).toThrow('is no part of a name');
  });

  it('are never the same for different subjects, whatever stands in a value', () => {
    const part = fc.tuple(fc.constantFrom('CN', 'O', 'DC'), fc.string({ maxLength: 12 }));
    const escaped = (value: string) => value.replace(/[\\,+"<>;=\n ]/g, (one) => `\\${one === '\n' ? '0A' : one}`);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const lines = parts.map(([type, value]) => `${type}=${escaped(value)}`).join('\n');
        const name = readSubject(lines);
        expect(name).toEqual(parts.map(([type, value]) => ({ type, value })));
        expect(canonical(name)).toBe(JSON.stringify(parts));
      }),
    );
  });
});

describe('the subjects file', () => {
  const text = `# who is who
"/DC=test/DC=lab/CN=Anna Lab" anna lab member,reader

"CN=Otto\\, the other,O=x"\totto  other
`;

  it('maps subjects in either form to users', () => {
    const map = readSubjectMap(text);
    expect(map.get(readSubject('DC=test\nDC=lab\nCN=Anna Lab'))).toEqual({
      user: 'anna',
      project: 'lab',
      roles: ['member', 'reader'],
      proof: 'x509',
    });
    expect(map.get(readSubject('O=x\nCN=Otto\\, the other'))).toMatchObject({ user: 'otto', roles: [] });
    expect(map.get(readSubject('DC=test\nDC=lab/CN=Anna Lab'))).toBeUndefined();
    expect(map.get(readSubject('CN=Anna Lab\nDC=lab\nDC=test'))).toBeUndefined();
  });

  it.each([
    ['no quotes', 'CN=Anna anna lab'],
    ['no project', '"CN=Anna" anna'],
    ['no name', '"Anna" anna lab'],
    ['too much', '"CN=Anna" anna lab member reader'],
    ['a project that is not of ASCII', '"CN=Anna" anna Labör'],
    ['the same again', '"/O=x/CN=Otto, the other" otto lab'],
  ])('names the line that makes no sense: %s', (_, line) => {
    expect(() => readSubjectMap(`${text}${line}\n`)).toThrow(/^line 5: /);
  });
});
