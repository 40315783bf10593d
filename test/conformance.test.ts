import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { all, conformance, idsIn, problems, readProofs } from '../scripts/conformance.ts';
import advertised from '../spec/cdmi/capabilities.json' with { type: 'json' };
import { cdmiDocuments, documents, type Requirement, readRequirements } from '../src/conformance/requirement.ts';

describe('Conformance', () => {
  const requirements = readRequirements(all);
  const proofs = readProofs();

  it('every MUST for servers has a test, and every id in a title exists', () => {
    expect(problems(requirements, proofs)).toEqual([]);
  });

  it('docs/conformance.md is up to date', () => {
    const page = readFileSync(new URL('../docs/conformance.md', import.meta.url), 'utf8');
    expect(page === conformance(requirements, proofs), 'run: node scripts/conformance.ts').toBe(true);
  });

  it('capabilities of CDMI are named that are advertised, where what they promise is offered', () => {
    const names = Object.values(advertised).flatMap((branch) => Object.keys(branch));
    const promised = requirements.filter(({ notOffered }) => notOffered === undefined);
    const named = promised.flatMap(({ capability }) => capability ?? []);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('checks of OCCI know nothing of CDMI', () => {
    const ids = (of?: Readonly<Record<string, string>>) => readRequirements(of).map(({ id }) => id);
    expect(ids().filter((id) => id.startsWith('CDMI-'))).toEqual([]);
    expect(ids(cdmiDocuments).filter((id) => !id.startsWith('CDMI-'))).toEqual([]);
    expect(ids(documents).length + ids(cdmiDocuments).length).toBe(requirements.length);
  });

  it('requirements are plain sentences, and planned ones say why', () => {
    for (const { id, text, planned, note } of requirements) {
      expect(text, id).toMatch(/^[A-Z0-9t][^`*|]+\.$/);
      if (planned === true) expect(note, id).toBeDefined();
    }
  });
});

describe('The check', () => {
  const must: Requirement = { id: 'CORE-1', document: 'GFD.221', level: 'MUST', actor: 'server', text: 'It is so.' };

  it('reads ids from titles, not from comments and not from tests that do not run', () => {
    expect(idsIn("describe('a [CORE-1]', () => {\n  it.each(rows)('b [X-2] [TEXT-4.3-c]', f);\n")).toEqual([
      'CORE-1',
      'X-2',
      'TEXT-4.3-c',
    ]);
    expect(
      idsIn("// [CORE-1]\n * [CORE-2]\nit.skip('c [CORE-3]', f);\nit.todo(\n  'd [CORE-4]',\n);\n/[A-Z-]/"),
    ).toEqual([]);
  });

  it('never counts a requirement as proven from which the gateway differs', () => {
    const differs: Requirement = { ...must, differs: 'It is not.' };
    const proofs = new Map([['CORE-1', ['a.test.ts']]]);
    expect(problems([differs], new Map())).toEqual([]);
    expect(conformance([must], proofs)).toContain('1 of 1');
    expect(conformance([differs], proofs)).toContain('0 of 1');
    expect(conformance([differs], proofs)).toContain('| differs: It is not. |');
  });

  it('never counts what is not offered, tells why, and by which capability the rest is promised', () => {
    const left: Requirement = { ...must, notOffered: 'Nobody asks for it.', capability: 'cdmi_x' };
    const proofs = new Map([['CORE-1', ['a.test.ts']]]);
    expect(problems([left], new Map())).toEqual([]);
    const page = conformance([left], proofs);
    expect(page).toContain('0 of 1 | – | – | – | 0 | 0 | 1 |');
    expect(page).toContain('| MUST, with `cdmi_x` | It is so. | not offered: Nobody asks for it. |');
  });

  it('finds what cases of CDMI prove', () => {
    expect(readProofs().get('CDMI-D13')).toContain('test/cdmi/cases/data-objects.json');
  });

  it('tells unknown ids and open MUSTs', () => {
    const same: Requirement = { ...must, id: 'C11-1', sameAs: ['CORE-1'] };
    expect(problems([must, same], new Map())).toEqual([
      'CORE-1 has no test: It is so.',
      'C11-1 has no test: It is so.',
    ]);
    expect(problems([must, same], new Map([['CORE-1', ['a.test.ts']]]))).toEqual([]);
    expect(problems([], new Map([['CORE-9', ['a.test.ts']]]))).toEqual(['CORE-9 does not exist; a.test.ts']);
    expect(
      problems(
        [
          { ...must, planned: true },
          { ...must, id: 'CORE-2', actor: 'client' },
        ],
        new Map(),
      ),
    ).toEqual([]);
  });
});
