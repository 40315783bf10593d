import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/conformance/report/html.ts';
import { jsonReport } from '../../src/conformance/report/json.ts';
import { jsonReportSchema } from '../../src/conformance/report/json-schema.ts';
import { junitReport } from '../../src/conformance/report/junit.ts';
import { textReport } from '../../src/conformance/report/text.ts';
import { visible } from '../../src/conformance/report/visible.ts';
import { checkOf, exchangeOf, hostile, hostileReport, reportOf, requirement, resultOf } from './made-up-report.ts';
import { elementsOf } from './well-formed.ts';

const requirements = [
  requirement('HTTP-1', { text: 'A server answers.' }),
  requirement('HTTP-2', { level: 'SHOULD', text: 'It is quick.' }),
  requirement('CORE-1', { document: 'GFD.221', text: 'It has kinds.' }),
  requirement('CORE-2', { document: 'GFD.221', text: 'It has mixins.' }),
  requirement('CORE-3', { document: 'GFD.221', text: 'It has links.' }),
];
const results = [
  resultOf(checkOf('answer/any', ['HTTP-1']), 'fail', {
    reason: 'it answers with 200; here: 500',
    exchanges: [exchangeOf('the body of the answer', [['Server', 'cloud/1']])],
  }),
  resultOf(checkOf('answer/quick', ['HTTP-2']), 'inconclusive', { reason: 'no time was told' }),
  resultOf(checkOf('model/kinds', ['CORE-1']), 'pass', { exchanges: [exchangeOf('kinds')] }, 2),
  resultOf(checkOf('model/mixins', ['CORE-2']), 'not applicable', { reason: 'the server has no mixins' }),
];
const report = reportOf(requirements, results, { profile: 'wg', left: ['/compute/1: DELETE answers 500'] });
const long = reportOf(requirements, [
  resultOf(checkOf('answer/any', ['HTTP-1']), 'fail', {
    exchanges: [exchangeOf('x'.repeat(20_000), [['Category', 'y'.repeat(20_000)]])],
  }),
]);

describe('The text report', () => {
  const text = textReport(report);

  it('begins with the conclusion and what it is about', () => {
    expect(text.split('\n')[0]).toBe('OCCI conformance: failed: 1 MUST, no SHOULD');
    for (const line of [
      'http://cloud.example.org/',
      'cloud/1 OCCI/1.2',
      '2026-01-02 03:04:05 UTC, 4.3 s',
      'profile wg',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('has a table by document and level', () => {
    expect(text).toMatch(/fail +inconclusive +pass +n\/a +unchecked\n/);
    expect(text).toMatch(/GFD\.221 Core 1\.2 +MUST +· +· +1 +1 +1\n/);
    expect(text).toMatch(/GFD\.223 HTTP Protocol 1\.2 +MUST +1 +· +· +· +·\n +SHOULD +· +1 +· +· +·\n/);
  });

  it('tells failures in full: requirement, what was expected, what was sent and received', () => {
    for (const line of [
      'answer/any, OCCI 1.2 in text/plain: The title of answer/any',
      '  HTTP-1 (GFD.223 §9.1, MUST): A server answers.',
      '  → it answers with 200; here: 500',
      '    | POST /compute/?action=start HTTP/1.1',
      '    | Category: start',
      '    | HTTP/1.1 200 OK',
      '    | Server: cloud/1',
      '    | the body of the answer',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('| kinds');
  });

  it('tells what is inconclusive, what was not checked, and what is left on the server', () => {
    expect(text).toContain('→ no time was told');
    expect(text).toContain('CORE-3 (MUST): It has links. – there is no check for it');
    expect(text).toContain('/compute/1: DELETE answers 500');
  });

  it('gives terminals nothing to obey', () => {
    expect(textReport(hostileReport())).not.toMatch(/[^\P{Cc}\n\t]|[\u202e\ufffe]/u);
  });

  it('shortens what is long, and says so', () => {
    expect(textReport(long)).toContain('[… 18000 more bytes]');
    expect(textReport(long)).toContain('[… 19500 more characters]');
    expect(textReport(long).length).toBeLessThan(5000);
  });
});

describe('The JSON report', () => {
  it('is as its schema says', () => {
    const read = jsonReportSchema.parse(JSON.parse(jsonReport(report)));
    expect(read).toMatchObject({
      format: 'occi-conformance',
      formatVersion: 1,
      suite: '1.2.3',
      server: { endpoint: 'http://cloud.example.org/', says: 'cloud/1 OCCI/1.2' },
      profile: 'wg',
      conforms: false,
      complete: true,
      left: ['/compute/1: DELETE answers 500'],
    });
    expect(read.requirements.map(({ id, verdict, results: at }) => [id, verdict, at])).toEqual([
      ['CORE-1', 'pass', [2]],
      ['CORE-2', 'not applicable', [3]],
      ['CORE-3', 'not checked', []],
      ['HTTP-1', 'fail', [0]],
      ['HTTP-2', 'inconclusive', [1]],
    ]);
    expect(read.results[0]).toMatchObject({
      check: 'answer/any',
      version: '1.2',
      rendering: 'text/plain',
      reason: 'it answers with 200; here: 500',
      requirements: ['HTTP-1'],
      exchanges: [{ request: { method: 'POST', body: 'Category: start' }, response: { status: 200 } }],
    });
  });

  it('has what the server said as it was', () => {
    const read = jsonReportSchema.parse(JSON.parse(jsonReport(hostileReport())));
    expect(read.results[0]?.exchanges[0]?.response.headers).toEqual([['X-Hostile', hostile]]);
  });

  it('has what was said for passed checks in brief, unless all of it is wanted', () => {
    const exchanges = [exchangeOf('x'.repeat(2000), [['Category', 'y'.repeat(2000)]])];
    const check = checkOf('answer/any', ['HTTP-1']);
    const both = reportOf(requirements, [
      resultOf(check, 'pass', { exchanges }),
      resultOf(check, 'fail', { exchanges }),
    ]);
    const saidIn = (text: string) =>
      jsonReportSchema.parse(JSON.parse(text)).results.map((one) => one.exchanges[0]?.response);
    const all = { headers: [['Category', 'y'.repeat(2000)]], body: 'x'.repeat(2000) };
    expect(saidIn(jsonReport(both))).toMatchObject([
      {
        headers: [['Category', `${'y'.repeat(300)} [… 1700 more characters]`]],
        body: `${'x'.repeat(500)}\n[… 1500 more bytes]`,
      },
      all,
    ]);
    expect(saidIn(jsonReport(both, { isFull: true }))).toMatchObject([all, all]);
  });

  it('has each requirement and each result on a line', () => {
    const lines = jsonReport(report).split('\n');
    const numberOf = (start: string) => lines.filter((line) => line.startsWith(start)).length;
    expect([numberOf('{"id":'), numberOf('{"check":')]).toEqual([requirements.length, results.length]);
  });

  it('says when the run was given up', () => {
    const read = jsonReportSchema.parse(JSON.parse(jsonReport({ ...report, planned: 9, givenUp: 'interrupted' })));
    expect(read).toMatchObject({ complete: false, givenUp: 'interrupted', planned: 9 });
  });
});

describe('The JUnit report', () => {
  it('has a suite for each document and a case for each requirement', () => {
    const elements = elementsOf(junitReport(report));
    const named = (name: string) =>
      elements.filter((element) => element.name === name).map(({ attributes }) => attributes);
    expect(named('testsuites')).toMatchObject([{ tests: '5', failures: '1', errors: '0', skipped: '3' }]);
    expect(named('testsuite')).toMatchObject([
      { name: 'GFD.221 Core 1.2', tests: '3', failures: '0', skipped: '2', timestamp: '2026-01-02T03:04:05.678Z' },
      { name: 'GFD.223 HTTP Protocol 1.2', tests: '2', failures: '1', skipped: '1' },
    ]);
    expect(named('testcase')[3]).toEqual({
      classname: 'GFD.223.9.1',
      name: 'HTTP-1 (MUST): A server answers.',
      time: '0.012',
    });
    expect(named('failure')).toEqual([{ type: 'answer/any', message: 'it answers with 200; here: 500' }]);
    expect(named('skipped').map((attributes) => attributes['message'])).toEqual([
      'not applicable: the server has no mixins',
      'not checked: there is no check for it',
      'inconclusive: no time was told',
    ]);
    expect(elements.find(({ name }) => name === 'failure')?.text).toContain('HTTP/1.1 200 OK\nServer: cloud/1');
  });

  it('is well-formed whatever the server says', () => {
    const elements = elementsOf(junitReport(hostileReport()));
    expect(elements.map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure']);
    expect(elements[3]?.text).toContain(visible(hostile));
  });
});

describe('The page', () => {
  const page = htmlReport(report);

  it('needs nothing from elsewhere', () => {
    const attributes = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, value]) => value);
    expect(attributes.length).toBeGreaterThan(0);
    expect(attributes.filter((value) => !value?.startsWith('#'))).toEqual([]);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('has every requirement, every result and every exchange once', () => {
    const tags = (name: string) => [...page.matchAll(new RegExp(`<details class="${name}"`, 'g'))].length;
    expect([tags('finding'), tags('result'), tags('exchange')]).toEqual([5, 4, 2]);
    for (const { id, text } of requirements) {
      expect(page).toContain(`<code>${id}</code>`);
      expect(page).toContain(text);
    }
  });

  it('leaves nothing of what the server says as markup', () => {
    const hostilePage = htmlReport(hostileReport());
    const calm = htmlReport(reportOf([requirement('HTTP-9-a')], [], { server: 'calm' }));
    expect(hostilePage).not.toContain('<img');
    expect(hostilePage.match(/<\/script/g)).toHaveLength(calm.match(/<\/script/g)?.length ?? 0);
    expect(hostilePage).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
  });
});

describe('What is visible', () => {
  it('shows control characters as pictures, and puts half characters right', () => {
    expect(visible('a\u0000b\u001b[31m\r\n\tc\u007f\u0085\ud800\u202e')).toBe('a␀b␛[31m␍\n\tc␡\ufffd\ufffd\ufffd');
  });
});
