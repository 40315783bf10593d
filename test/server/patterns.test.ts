import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInModelFiles } from '../../src/index.ts';
import { type Ambiguity, ambiguityOf } from './pattern-ambiguity.ts';
import { scanPatterns } from './pattern-literals.ts';

const src = new URL('../../src/', import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .toSorted();
const scanned = files.map((file) => ({ file, ...scanPatterns(readFileSync(new URL(file, src), 'utf8')) }));

/** The client and the commands around it: who runs them has chosen the server that they read. */
const ofUsers = /^(?:cli|client|conformance)\//;

/** Those of the gateway whose time may grow faster than their input, and why that does no harm. */
const bounded: Readonly<Record<string, string>> = {
  'cdmi/domains/summary/summary-value.ts /0+$/': 'three digits',
  'gateway/save.ts /^[^a-z]+|-+$/g': 'dashes in a row have become one',
  'http/authentication/basic/password-hash.ts /=+$/': 'the encoding of a hash of our own',
  'http/authentication/keystone/token-check.ts /\\/+$/': 'the URL of Keystone, which the operator sets',
  'http/authentication/x509/distinguished-name.ts /(?:\\\\[0-9A-Fa-f]{2})+|\\\\./gs':
    'a search goes on after what it found',
  'spec/model-schema.ts /[A-Za-z][A-Za-z0-9+.-]*:[^\\s"<>\\\\^`{|}#]*#/': 'a model file, and only as a whole',
  'store/postgres/postgres-store.ts /^(\\w+:\\/\\/)(?:[^@/]*@)?([^?]*).*$/': 'the URL of the database',
};

describe('how long matching may take', () => {
  it.each<[source: string, flags: string, ambiguity: Ambiguity]>([
    ['^(a+)+$', '', 'exponential'],
    ['(a*)*b', '', 'exponential'],
    ['^(a|a)*b', '', 'exponential'],
    ['^(a|aa)+$', '', 'exponential'],
    ['^(?:a|[b-d]|c)*$', '', 'exponential'],
    ['^(x(a?|b?))*c', '', 'exponential'],
    ['^(\\w+\\s?)*$', '', 'exponential'],
    ['^(?:[a-z]+,?)+$', 'i', 'exponential'],
    ['^(a{1,64}){1,64}$', '', 'exponential'],
    ['^x(?=(a+)+b)', '', 'exponential'],
    ['^(?:.|\\n|\\s)*b', '', 'exponential'],
    ['^a*a*b', '', 'polynomial'],
    ['^(.*)=(.*)$', '', 'polynomial'],
    ['^\\s*(.*?)\\s*$', '', 'polynomial'],
    ['\\s+$', '', 'polynomial'],
    ['a+b', '', 'polynomial'],
    ['^a+b', 'm', 'polynomial'],
    ['^a+b', '', 'linear'],
    ['a+b', 'y', 'linear'],
    ['[a-z]+', '', 'linear'],
    ['^(?:a|b)*c', '', 'linear'],
    ['^(?:a+b)+$', '', 'linear'],
    ['^(?:[^"\\\\]|\\\\.)*$', 's', 'linear'],
    ['^[^=]*=.*$', '', 'linear'],
    ['^(?:\\/[a-z]+)*$', '', 'linear'],
    ['^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$', '', 'linear'],
  ])('/%s/%s: %s', (source, flags, ambiguity) => {
    expect(ambiguityOf(source, flags)).toBe(ambiguity);
  });

  it('is not said of what is not understood', () => {
    for (const source of ['(a)\\1', '(?<n>a)\\k<n>', '(?i:a)']) expect(() => ambiguityOf(source, '')).toThrow();
  });
});

describe('regular expressions in the sources', () => {
  it('are found, all of them', () => {
    const lines = [
      'const a = b / c; // no /x/',
      'f(/[/"]\\/`/gu, `$' + '{d.split(/\'/)[0]} /y/`, "/z/");',
      'return /q/.test(e) / 2;',
    ];
    expect(scanPatterns(lines.join('\n')).patterns).toEqual([
      { source: '[/"]\\/`', flags: 'gu', line: 2 },
      { source: "'", flags: '', line: 2 },
      { source: 'q', flags: '', line: 3 },
    ]);
    for (const { file, rest } of scanned) {
      // A slash that is still there divides, and then it has a space on both sides.
      expect(rest.replaceAll(' / ', ''), file).not.toContain('/');
    }
    expect(scanned.flatMap(({ patterns }) => patterns).length).toBeGreaterThan(150);
  });

  it('are not made at run time, but from patterns of model files, and of literals', () => {
    const dynamic = scanned.filter(({ rest }) => /\bRegExp\(/.test(rest)).map(({ file }) => file);
    expect(dynamic).toEqual([
      'conformance/checks/text-categories.ts',
      'conformance/checks/text-syntax.ts',
      'occi/attribute.ts',
      'spec/model-schema.ts',
    ]);
  });

  it('take a time that grows with their input, not faster, or their input is short', () => {
    const superlinear: string[] = [];
    for (const { file, patterns } of scanned) {
      for (const { source, flags, line } of patterns) {
        const ambiguity = ambiguityOf(source, flags);
        expect(ambiguity, `${file}:${line}: /${source}/${flags}`).not.toBe('exponential');
        if (ambiguity === 'polynomial' && !ofUsers.test(file)) superlinear.push(`${file} /${source}/${flags}`);
      }
    }
    expect(superlinear.toSorted()).toEqual(Object.keys(bounded).toSorted());
  });

  it('of the model files do, too', () => {
    const patterns: string[] = [];
    for (const file of builtInModelFiles) {
      JSON.parse(readFileSync(file, 'utf8'), (key, value) => {
        if (key === 'pattern' && typeof value === 'string') patterns.push(value);
        return value;
      });
    }
    expect(patterns.length).toBeGreaterThan(4);
    for (const pattern of patterns) expect(ambiguityOf(pattern, 'u'), pattern).toBe('linear');
  });
});
