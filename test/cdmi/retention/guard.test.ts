import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/cdmi/acl/needs.ts';
import { writeTime } from '../../../src/cdmi/metadata/time.ts';
import type { Completion, JsonObject } from '../../../src/cdmi/object.ts';
import { checkChange, guardOf, removalRefused } from '../../../src/cdmi/retention/guard.ts';

const now = Date.parse('2026-11-21T22:36:00Z') * 1000;
const object = (metadata: JsonObject, completion: Completion = 'Complete') => ({ metadata, completion });
const from = (start: number, end: number) => ({ cdmi_retention_period: `${writeTime(start)}/${writeTime(end)}` });
const day = 86_400_000_000;
const [past, present, future] = [
  from(now - 2 * day, now - day),
  from(now - day, now + day),
  from(now + day, now + 2 * day),
];
const held = { cdmi_hold_id: ['case_7'] };

const change = (before: JsonObject, after: JsonObject, ...changes: readonly Change[]) =>
  checkChange(object(before), new Set(changes), after, now);

describe('ISO/IEC 17826 §17 retention [CDMI-T1]', () => {
  it('guards an object until its end [CDMI-T2]', () => {
    expect(guardOf(object({}))).toEqual({});
    expect(guardOf(object(present))).toEqual({ guardedUntil: (now + day) / 1000 });
    expect(guardOf(object(past))).toEqual({ guardedUntil: (now - day) / 1000 });
    expect(guardOf(object(future))).toEqual({ guardedUntil: (now + 2 * day) / 1000 });
    expect(guardOf(object(from(0, 1)))).toEqual({ guardedUntil: 1 });
  });

  it('keeps it from being changed from its start on, and also when it is over [CDMI-T2]', () => {
    for (const part of ['value', 'append', 'presentation', 'attributes', 'metadata', 'acl', 'owner'] as const) {
      for (const period of [past, present]) {
        expect(() => change(period, period, part), part).toThrow(/under retention since .*: it can only be read/);
      }
      expect(() => change(future, future, part), part).not.toThrow();
      expect(() => change({}, {}, part), part).not.toThrow();
    }
  });

  it('begins when the object is complete', () => {
    expect(guardOf(object({ ...present, ...held }, 'Processing'))).toEqual({});
    expect(guardOf(object({ ...present, ...held }, 'Error: no'))).toEqual({});
    expect(() => checkChange(object(present, 'Processing'), new Set(['value']), present, now)).not.toThrow();
  });

  it('can end later, and never earlier [CDMI-T3]', () => {
    for (const [start, end] of [
      [now - 2 * day, now - day],
      [now - day, now + day],
      [now + day, now + 2 * day],
    ] as const) {
      const before = from(start, end);
      expect(() => change(before, from(start, end + 1), 'retention')).not.toThrow();
      expect(() => change(before, from(start - 1, end), 'retention')).not.toThrow();
      expect(() => change(before, before, 'retention')).not.toThrow();
      expect(() => change(before, from(start, end - 1), 'retention')).toThrow(/can only become longer/);
      expect(() => change(before, from(start + 1, end), 'retention')).toThrow(/can only become longer/);
      expect(() => change(before, {}, 'retention')).toThrow(/can only become longer/);
    }
  });

  it('ends with the object where that is wanted [CDMI-T9]', () => {
    const autodelete = { cdmi_retention_autodelete: 'true' };
    const end = (now + day) / 1000;
    expect(guardOf(object({ ...present, ...autodelete }))).toEqual({ guardedUntil: end, expires: end });
    expect(guardOf(object({ ...present, cdmi_retention_autodelete: 'false' }))).toEqual({ guardedUntil: end });
    expect(guardOf(object(autodelete))).toEqual({});
    expect(guardOf(object({ ...present, ...autodelete, ...held }))).toEqual({
      guardedUntil: Number.MAX_SAFE_INTEGER,
      expires: end,
    });
    expect(() => change(present, { ...present, ...autodelete }, 'retention')).toThrow(/under retention/);
    expect(() => change(future, { ...future, ...autodelete }, 'retention')).not.toThrow();
    expect(() => change(present, { ...present, cdmi_retention_id: 'x' }, 'retention')).toThrow(/under retention/);
  });
});

describe('ISO/IEC 17826 §17 holds', () => {
  it('guard an object for ever, and keep it from being changed [CDMI-T6]', () => {
    expect(guardOf(object(held))).toEqual({ guardedUntil: Number.MAX_SAFE_INTEGER });
    expect(guardOf(object({ cdmi_hold_id: [] }))).toEqual({});
    expect(() => change(held, held, 'value')).toThrow(/on hold \(case_7\): it can only be read/);
    expect(() => change({ cdmi_hold_id: [] }, { cdmi_hold_id: [] }, 'value')).not.toThrow();
  });

  it('can be added, and not removed [CDMI-T7]', () => {
    expect(() => change(held, { cdmi_hold_id: ['case_15', 'case_7'] }, 'hold')).not.toThrow();
    expect(() => change({}, held, 'hold')).not.toThrow();
    expect(() => change(present, { ...present, ...held }, 'hold')).not.toThrow();
    for (const after of [{}, { cdmi_hold_id: [] }, { cdmi_hold_id: ['case_15'] }]) {
      expect(() => change(held, after, 'hold')).toThrow(/the hold "case_7" cannot be released/);
    }
  });

  it('are told to whoever wants to remove what they guard [CDMI-T2]', () => {
    const of = (metadata: JsonObject, name = 'o') => removalRefused({ id: '00AB', name, metadata });
    expect(of(held)).toMatchObject({ code: 'forbidden', message: '"o" is on hold (case_7)' });
    expect(of(from(0, 1), '').message).toBe('"00AB" is under retention until 1970-01-01T00:00:00.000001Z');
  });
});

describe('protection', () => {
  it('never becomes less by any row of changes that are let through', () => {
    const metadata = fc.record(
      {
        cdmi_hold_id: fc.subarray(['a', 'b', 'c']),
        cdmi_retention_period: fc
          .tuple(fc.integer({ min: -3, max: 3 }), fc.nat(4))
          .map(([start, length]) => from(now + start * day, now + (start + length) * day).cdmi_retention_period),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(metadata, { minLength: 2, maxLength: 8 }), ([first = {}, ...rest]) => {
        let present: JsonObject = first;
        for (const next of rest) {
          try {
            change(present, next, 'retention', 'hold');
          } catch {
            continue;
          }
          const [before, after] = [guardOf(object(present)), guardOf(object(next))];
          expect(after.guardedUntil ?? 0).toBeGreaterThanOrEqual(before.guardedUntil ?? 0);
          present = next;
        }
      }),
    );
  });
});
