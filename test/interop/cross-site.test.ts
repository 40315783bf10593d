import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, temporaryDirectory } from '../server/command.ts';
import { startBrowser } from './lab/browser.ts';

const category = 'Category: compute; scheme=&quot;http://schemas.ogf.org/occi/infrastructure#&quot;';

/** A form that is no form: what the browser makes of its one field is a machine in text/plain. */
const trap = (target: string) => `<!doctype html><meta charset="utf-8">
<form action="${target}/compute/" method="post" enctype="text/plain">
<input type="hidden" name="${category}&#10;X-OCCI-Attribute: occi.core.title" value="&quot;planted&quot;">
<button>See kittens</button></form>`;

describe('A page of another site, in a browser', () => {
  const directory = temporaryDirectory();
  let browser: Browser;
  let site: Server;
  let target = '';
  beforeAll(async () => {
    site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(trap(target));
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    browser = await startBrowser();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    site?.close();
    directory.remove();
  });

  /** Presses the button, and tells what the gateway says to that and has then. */
  async function press(dataDir: string, environment: Readonly<Record<string, string>>) {
    const gateway = await startGateway(`${directory.path}/${dataDir}`, environment);
    try {
      target = gateway.url;
      const page = await browser.newPage();
      await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
      const answered = page.waitForResponse((response) => response.url() === `${target}/compute/`);
      await page.click('button');
      const status = (await answered).status();
      await page.close();
      const machines = await (await fetch(`${target}/compute/`, { headers: { accept: 'text/uri-list' } })).text();
      return { status, machines: machines.split('\n').filter((line) => line !== '').length };
    } finally {
      await gateway.stop('SIGKILL');
    }
  }

  it('makes no machine, whatever button is pressed', async () => {
    expect(await press('careful', {})).toEqual({ status: 403, machines: 0 });
  });

  it('makes one where everybody is trusted, so that it is the gateway that refuses', async () => {
    expect(await press('trusting', { OCCI_TRUSTED_ORIGINS: '*' })).toEqual({ status: 201, machines: 1 });
  });
});
