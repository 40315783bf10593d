import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readObjectId } from '../../../src/cdmi/object-id.ts';
import { type Case, type Expected, readCases, type Step } from '../../cdmi/cases/case.ts';
import { type CdmiLab, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

for (const version of ['1.1.1', '1.0.2']) {
  for (const [name, cases] of readCases()) {
    describe(`${name}, CDMI ${version}`, () => {
      for (const [index, one] of cases.entries()) {
        if (one.versions?.includes(version) === false) continue;
        const ids = one.proves.map((id) => `[CDMI-${id}]`).join(' ');
        it(`${ids} ${one.title}`, () => run(one, `${name}-${index}-${version}`, version));
      }
    });
  }
}

async function run({ steps }: Case, place: string, version: string): Promise<void> {
  const kept = new Map<string, string>();
  await exchange({ send: 'PUT ~', as: 'container', json: {}, status: 201 }, place, version, kept);
  for (const [index, step] of steps.entries()) await exchange(step, place, version, kept, `step ${index + 1}`);
}

async function exchange(step: Step, place: string, version: string, kept: Map<string, string>, at = 'set-up') {
  const text = (template: string) => filled(template, place, kept);
  const [method = '', target = ''] = text(step.send).split(' ');
  const type = step.as ?? step.for;
  const body =
    step.json !== undefined
      ? text(JSON.stringify(step.json))
      : step.text !== undefined
        ? text(step.text)
        : bytesOf(step);
  const response = await fetch(new URL(target, lab.root), {
    method,
    redirect: 'manual',
    headers: {
      ...(type && { accept: `application/cdmi-${type}`, 'x-cdmi-specification-version': version }),
      ...(step.as && { 'content-type': `application/cdmi-${step.as}` }),
      ...(body !== undefined && step.as === undefined && { 'content-type': '' }),
      ...(step.version && { 'x-cdmi-specification-version': step.version }),
      ...Object.fromEntries(Object.entries(step.headers ?? {}).map(([name, value]) => [name, text(value)])),
    },
    ...(body !== undefined && { body }),
  });
  const raw = Buffer.from(await response.arrayBuffer());
  const answer = raw.toString();
  expect([step.status].flat(), `${at}: ${step.send} → ${answer}`).toContain(response.status);
  for (const [name, wanted] of Object.entries(step.has ?? {})) {
    check(response.headers.get(name) ?? undefined, wanted, text, `${at}, header ${name}`);
  }
  if (step.body !== undefined) check(answer, step.body, text, `${at}, body`);
  if (step.raw !== undefined) expect(raw.toString('hex'), at).toBe(step.raw);
  if (response.status === 204) expect(answer, at).toBe('');
  const inJson = (field: string) => fieldOf(JSON.parse(answer), field);
  for (const [field, wanted] of Object.entries(step.fields ?? {}))
    check(inJson(field), wanted, text, `${at}, ${field}`);
  if (step.only !== undefined) expect(Object.keys(JSON.parse(answer)).sort(), at).toEqual([...step.only].sort());
  if (step.last !== undefined) expect(Object.keys(JSON.parse(answer)).slice(-step.last.length), at).toEqual(step.last);
  for (const [name, from] of Object.entries(step.keep ?? {})) {
    const found = from.startsWith('header:') ? response.headers.get(from.slice(7)) : inJson(from);
    expect(found, `${at}, ${from}`).toEqual(expect.any(String));
    kept.set(name, String(found));
  }
}

function bytesOf({ bytes }: Step): Buffer<ArrayBuffer> | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes, 'hex');
}

function filled(template: string, place: string, kept: ReadonlyMap<string, string>): string {
  const path = `/cdmi/${place}/`;
  const named = template.replaceAll('~', path).replace(/<(\w+)(:lower)?>/g, (all, name, lower) => {
    const value = kept.get(name) ?? all;
    return lower ? value.toLowerCase() : value;
  });
  return named.replace(/^([A-Z]+) (?:http:\/\/[^/]+)?\/cdmi\//, '$1 /cdmi/');
}

/** A field by its name, or one in it: names with dots in them are tried first. */
function fieldOf(json: unknown, path: string): unknown {
  if (path === '' || typeof json !== 'object' || json === null) return path === '' ? json : undefined;
  if (Object.hasOwn(json, path)) return (json as Record<string, unknown>)[path];
  const [first = '', ...rest] = path.split('.');
  return Object.hasOwn(json, first) ? fieldOf((json as Record<string, unknown>)[first], rest.join('.')) : undefined;
}

function check(found: unknown, wanted: Expected, text: (template: string) => string, where: string): void {
  const plain = typeof wanted === 'string' ? text(wanted) : wanted;
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) expect(found, where).toEqual(plain);
  else if ('matches' in plain) expect(found, where).toMatch(new RegExp(text(String(plain.matches))));
  else if ('not' in plain) {
    const other = typeof plain.not === 'string' ? text(plain.not) : plain.not;
    expect(found, where).toBeDefined();
    expect(isDeepStrictEqual(found, other), where).toBe(false);
  } else if (plain.is === 'there') expect(found, where).toBeDefined();
  else if (plain.is === 'absent') expect(found, where).toBeUndefined();
  else if (plain.is === 'an id') expect(readObjectId(String(found)) ?? 'no ID', where).toBe(found);
  else if (plain.is === 'a time') expect(found, where).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  else expect(found, where).toEqual(plain);
}
