import { type Browser, chromium } from 'playwright-core';
import { needPackages } from './shared.ts';

/** Starts chromium. Where it is missing it is installed first, which takes minutes. */
export async function startBrowser(): Promise<Browser> {
  await needPackages('chromium', 'fonts-dejavu-core');
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}
