import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/conformance/report/html.ts';
import { conclusion, conforms } from '../../src/conformance/report/report.ts';
import { textReport } from '../../src/conformance/report/text.ts';
import { count, summarise } from '../../src/conformance/summary.ts';
import { checkOf, reportOf, requirement, resultOf } from './made-up-report.ts';

const one = requirement('HTTP-1');
const [a, b] = [checkOf('a', ['HTTP-1']), checkOf('b', ['HTTP-1'])];

describe('The verdict on a requirement', () => {
  it.each([
    { of: ['pass', 'fail'], is: 'fail' },
    { of: ['inconclusive', 'fail'], is: 'fail' },
    { of: ['pass', 'inconclusive'], is: 'inconclusive' },
    { of: ['not applicable', 'pass'], is: 'pass' },
    { of: ['not applicable', 'not applicable'], is: 'not applicable' },
  ] as const)('is $is for checks with $of', ({ of: [first, second], is }) => {
    const { summary } = reportOf([one], [resultOf(a, first), resultOf(b, second)]);
    expect(summary.findings.map(({ verdict, results }) => ({ verdict, results: results.length }))).toEqual([
      { verdict: is, results: 2 },
    ]);
  });

  it('is "not checked" without checks, and says why', () => {
    const requirements = [one, requirement('HTTP-2'), requirement('HTTP-3', { note: 'Later.', planned: true })];
    const checks = [checkOf('a', ['HTTP-1'], { isDestructive: true }), checkOf('b', ['HTTP-4'])];
    const { findings } = summarise({ requirements, checks, results: [], selection: {} });
    expect(findings.map(({ verdict }) => verdict)).toEqual(['not checked', 'not checked', 'not checked']);
    expect(findings.map(({ why }) => why)).toEqual([
      expect.stringContaining('--destructive'),
      'there is no check for it',
      'Later.',
    ]);
    const chosen = summarise({ requirements: [one], checks: [a], results: [], selection: {} });
    expect(chosen.findings[0]?.why).toBe('its checks are not among those that were made');
  });

  it('follows for what says the same in the other version, by what was done in that version', () => {
    const old = requirement('H11-1', { document: 'GFD.185', sameAs: 'HTTP-1' });
    const { summary } = reportOf([one, old], [resultOf(a, 'pass'), resultOf(a, 'fail', {}, 3)]);
    expect(summary.findings.map(({ requirement: { id }, verdict }) => [id, verdict])).toEqual([
      ['HTTP-1', 'pass'],
      ['H11-1', 'fail'],
    ]);
  });

  it('is only given on servers, and on what is selected', () => {
    const requirements = [
      one,
      requirement('HTTP-2', { level: 'MAY' }),
      requirement('HTTP-3', { actor: 'client' }),
      requirement('CORE-1', { document: 'GFD.221' }),
      requirement('H11-1', { document: 'GFD.185' }),
      requirement('X-1', { document: 'interoperability', level: 'practice' }),
    ];
    const ids = (selection: Parameters<typeof reportOf>[3]) =>
      reportOf(requirements, [resultOf(a, 'pass')], {}, selection).summary.findings.map((each) => each.requirement.id);
    expect(ids({})).toEqual(['CORE-1', 'HTTP-1', 'HTTP-2', 'H11-1', 'X-1']);
    expect(ids({ documents: ['GFD.223'] })).toEqual(['HTTP-1', 'HTTP-2']);
    expect(ids({ levels: ['MUST'] })).toEqual(['CORE-1', 'HTTP-1', 'H11-1']);
    expect(ids({ versions: ['1.1'] })).toEqual(['H11-1', 'X-1']);
    expect(ids({ ids: ['a', 'CORE-1'] })).toEqual(['CORE-1', 'HTTP-1']);
  });
});

describe('A summary', () => {
  const requirements = [
    requirement('HTTP-1'),
    requirement('HTTP-2', { level: 'SHOULD' }),
    requirement('CORE-1', { document: 'GFD.221' }),
  ];
  const results = [
    resultOf(checkOf('a', ['HTTP-1', 'CORE-1']), 'pass'),
    resultOf(checkOf('b', ['HTTP-2']), 'fail'),
    resultOf(checkOf('c', ['CORE-1']), 'inconclusive'),
  ];

  it('counts by document and level', () => {
    const { tallies, findings } = reportOf(requirements, results).summary;
    const none = { fail: 0, inconclusive: 0, pass: 0, 'not applicable': 0, 'not checked': 0 };
    expect(tallies).toEqual([
      { document: 'GFD.221', title: 'Core 1.2', level: 'MUST', counts: { ...none, inconclusive: 1 } },
      { document: 'GFD.223', title: 'HTTP Protocol 1.2', level: 'MUST', counts: { ...none, pass: 1 } },
      { document: 'GFD.223', title: 'HTTP Protocol 1.2', level: 'SHOULD', counts: { ...none, fail: 1 } },
    ]);
    expect(count(findings)).toEqual({ ...none, pass: 1, fail: 1, inconclusive: 1 });
  });

  it('says whether a MUST fails, and nothing else decides it', () => {
    const should = reportOf(requirements, results);
    expect([conforms(should), conclusion(should)]).toEqual([true, 'failed: no MUST, 1 SHOULD']);
    const must = reportOf(requirements, [...results, resultOf(checkOf('d', ['HTTP-1']), 'fail')], {
      givenUp: 'enough',
    });
    expect([conforms(must), conclusion(must)]).toEqual([false, 'failed: 1 MUST, 1 SHOULD; the run is not complete']);
  });

  it('tells practice from what documents ask for', () => {
    const custom = [requirement('X-1', { document: 'interoperability', level: 'practice' })];
    const report = reportOf(custom, [resultOf(checkOf('e', ['X-1']), 'fail')]);
    const told = 'failed: no MUST, no SHOULD, and 1 of practice, which no document asks for';
    expect([conforms(report), conclusion(report)]).toEqual([true, told]);
    for (const text of [textReport(report), htmlReport(report)]) {
      expect(text).toMatch(/interoperability(?: §\S+)?, practice, which no document asks for/);
    }
  });
});
