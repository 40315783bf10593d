import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { serverSettings, settings } from '../src/config.ts';
import type { GatewayOptions } from '../src/index.ts';

const source = new URL('../src/', import.meta.url);
const textOf = (names: readonly string[]) =>
  names.map((name) => readFileSync(new URL(name, source), 'utf8')).join('\n');
/** All that opens a gateway; and the command, which alone reads the settings of its server. */
const opening = textOf([
  ...readdirSync(source).filter((name) => /^(?:gateway|open-.*)\.ts$/.test(name)),
  'http/limits/settings.ts',
  'cdmi/values/s3/settings.ts',
]);
const command = textOf([
  'main.ts',
  'http/tls-settings.ts',
  'http/node-server.ts',
  'http/plain-port.ts',
  'http/metrics/metrics-server.ts',
]);
const isRead = (name: string, text: string) => new RegExp(`\\b${name}\\b`).test(text);

describe('the options of the library', () => {
  it('are the settings that have an effect there', () => {
    const own = Object.keys(settings).filter((name) => !serverSettings.some((one) => one === name));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((name) => !isRead(name, opening))).toEqual([]);
  });

  it('are not those of the server, which it does not have', () => {
    expectTypeOf<keyof GatewayOptions & (typeof serverSettings)[number]>().toBeNever();
    expect(serverSettings.filter((name) => isRead(`config\\.${name}`, opening))).toEqual([]);
    expect(serverSettings.filter((name) => !isRead(name, command))).toEqual([]);
  });
});
