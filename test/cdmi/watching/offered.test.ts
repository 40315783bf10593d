import { expect, it } from 'vitest';
import { lackingWith } from '../../../src/cdmi/watching/offered.ts';

it.each([
  [[], []],
  [['cdmi_copy_queue'], []],
  [['cdmi_logging'], ['cdmi_security_audit']],
  [['cdmi_query'], []],
  [
    ['cdmi_query', 'cdmi_notification'],
    ['cdmi_query_contains', 'cdmi_query_tags', 'cdmi_query_regex', 'cdmi_query_value'],
  ],
])('[CDMI-K9] without %j there is no %j either', (without, lacking) => {
  expect(lackingWith(without)).toEqual(lacking);
});

it('[CDMI-K9] without queues there are none that the server fills', () => {
  expect(lackingWith(['cdmi_queues'])).toEqual(
    expect.arrayContaining([
      'cdmi_query',
      'cdmi_notification',
      'cdmi_logging',
      'cdmi_security_audit',
      'cdmi_query_tags',
    ]),
  );
});
