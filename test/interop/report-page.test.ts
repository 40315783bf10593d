import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/conformance/report/html.ts';
import { junitReport } from '../../src/conformance/report/junit.ts';
import {
  checkOf,
  exchangeOf,
  hostile,
  hostileReport,
  reportOf,
  requirement,
  resultOf,
} from '../conformance/made-up-report.ts';
import { startBrowser } from './lab/browser.ts';

const requirements = [
  requirement('HTTP-1'),
  requirement('HTTP-2', { level: 'SHOULD' }),
  requirement('CORE-1', { document: 'GFD.221' }),
];
const report = reportOf(requirements, [
  resultOf(checkOf('answer/any', ['HTTP-1']), 'fail', { exchanges: [exchangeOf('first'), exchangeOf('second')] }),
  resultOf(checkOf('answer/quick', ['HTTP-2']), 'pass', { exchanges: [exchangeOf('third')] }),
  resultOf(checkOf('model/kinds', ['CORE-1']), 'pass'),
]);

describe('The page of a report, in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'occi-report-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Opens a page as a file. What it complains about, and what it asks the network for, comes with it. */
  async function open(html: string): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const file = join(directory, 'report.html');
    writeFileSync(file, html);
    const page = await browser.newPage();
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${file}`);
    return { page, complaints, requests };
  }

  /** The ids of what is shown. */
  const shown = (page: Page, name: string) =>
    page.locator(`.${name}:visible`).evaluateAll((all) => all.map(({ id }) => id));

  it('shows everything at first, failures unfolded, without a complaint or a request', async () => {
    const { page, complaints, requests } = await open(htmlReport(report));
    expect(await shown(page, 'finding')).toEqual(['CORE-1', 'HTTP-1', 'HTTP-2']);
    expect(await shown(page, 'result')).toEqual(['check-0', 'check-1', 'check-2']);
    expect(await page.locator('details[open] > summary code').allTextContents()).toEqual([
      'HTTP-1',
      'answer/any',
      'POST /compute/?action=start',
    ]);
    expect(await page.locator('pre:visible').last().textContent()).toBe('HTTP/1.1 200 OK\n\nsecond');
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.close();
  });

  it('filters by verdict, document, level and words', async () => {
    const { page } = await open(htmlReport(report));
    await page.getByLabel('pass').uncheck({ force: true });
    expect([await shown(page, 'finding'), await shown(page, 'result')]).toEqual([['HTTP-1'], ['check-0']]);
    await page.getByLabel('pass').check({ force: true });
    await page.getByLabel('Document').selectOption('GFD.221');
    expect([await shown(page, 'finding'), await shown(page, 'result')]).toEqual([['CORE-1'], ['check-2']]);
    await page.getByLabel('Document').selectOption('');
    await page.getByLabel('Level').selectOption('SHOULD');
    expect([await shown(page, 'finding'), await shown(page, 'result')]).toEqual([['HTTP-2'], ['check-1']]);
    await page.getByLabel('Level').selectOption('');
    await page.getByLabel('Words').fill('kinds');
    expect(await shown(page, 'result')).toEqual(['check-2']);
    await page.close();
  });

  it('unfolds what a link leads to, also when the filter hides it', async () => {
    const { page } = await open(htmlReport(report));
    await page.getByLabel('Words').fill('HTTP-2');
    await page.locator('#HTTP-2 > summary').click();
    await page.locator('#HTTP-2 a').click();
    await page.locator('#check-1[open]').waitFor({ state: 'visible' });
    expect(await page.locator('#check-1 > .exchange').count()).toBe(1);
    await page.close();
  });

  it('shows hostile answers as text, and runs nothing of them', async () => {
    const { page, complaints, requests } = await open(htmlReport(hostileReport()));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.outcome').textContent()).toContain('</script></style></pre>--></failure>]]><img');
    expect(await page.locator('script').count()).toBe(1);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.close();
  });

  it('can be read in the dark, on a phone, and on paper', async () => {
    const { page } = await open(htmlReport(report));
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
    await page.setViewportSize({ width: 380, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('form').isVisible()).toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(1000);
    await page.close();
  });

  it('agrees that the JUnit report is well-formed', async () => {
    const page = await browser.newPage();
    const parsed = await page.evaluate((xml) => {
      const parsedXml = new DOMParser().parseFromString(xml, 'application/xml');
      return { errors: parsedXml.querySelectorAll('parsererror').length, text: parsedXml.documentElement.textContent };
    }, junitReport(hostileReport()));
    expect(parsed.errors).toBe(0);
    expect(parsed.text).toContain(hostile.slice(0, 60));
    await page.close();
  });
});
