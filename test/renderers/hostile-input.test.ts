import { describe, expect, it } from 'vitest';
import type { Content } from '../../src/occi/draft.ts';
import { OcciError } from '../../src/occi/errors.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { inHeaders, payload } from './home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1024 });
const fieldNames = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'];
const beginnings = [...fieldNames.map((name) => `${name}: `), 'Link: </a>; ', 'X-OCCI-Attribute: a.b="'];

/** Milliseconds of processor time it takes to read or refuse something. A refusal never says it all back. */
function timed(attempt: () => Content): number {
  const start = process.cpuUsage();
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof OcciError)) throw error;
    expect(error.message.length).toBeLessThan(500);
  }
  return process.cpuUsage(start).user / 1000;
}

describe('a mebibyte of many small things takes less than a second of the processor', () => {
  // Continuation lines, inside quotes and outside; many elements; many quoted pieces.
  it.each(['x\n ', '\n ', '"x",', '<>,', '/a,', "='", 'a""', '\\"', '"\\"",'])('%j', (unit) => {
    const filling = unit.repeat(1_048_576 / unit.length);
    for (const beginning of beginnings) {
      const body = payload(`${beginning}${filling}"`);
      expect(timed(() => textPlain.parse(body))).toBeLessThan(1000);
    }
    for (const name of fieldNames) {
      const request = inHeaders({ [name]: filling });
      expect(timed(() => headerText.parse(request))).toBeLessThan(1000);
    }
    const body = payload(`{"title":"${filling}"}`);
    expect(timed(() => occiJson.parse(body))).toBeLessThan(1000);
  });
});
