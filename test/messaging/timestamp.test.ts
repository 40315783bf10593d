import { expect, it } from 'vitest';
import { timestamp } from '../../src/messaging/timestamp.ts';

it('timestamps of notifications are as Python writes them, of now, and each sorts after the one before', () => {
  const stamps = Array.from({ length: 10_000 }, timestamp);
  expect(stamps[0]).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}$/);
  expect(stamps.toSorted()).toEqual(stamps);
  expect(new Set(stamps).size).toBe(stamps.length);
  const told = Date.parse(`${stamps[0]?.replace(' ', 'T')}Z`);
  expect(Math.abs(told - Date.now())).toBeLessThan(60_000);
});
