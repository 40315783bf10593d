import { expect, it } from 'vitest';
import { Recent } from '../../src/messaging/recent.ts';

it('what was recent is known, and the oldest is forgotten first', () => {
  const recent = new Recent(3);
  for (let i = 0; i < 10; i++) {
    for (const id of [`${i}`, `${i}`]) recent.add(id);
    const known = Array.from({ length: 10 }, (_, id) => `${id}`).filter((id) => recent.has(id));
    expect(known).toEqual([i - 2, i - 1, i].filter((id) => id >= 0).map(String));
  }
});
