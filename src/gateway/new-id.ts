import { randomUUID } from 'node:crypto';

/**
 * A new UUID of version 7 (RFC 9562 §5.7): it begins with the time in milliseconds, so that what is made together is
 * kept together. Random ones would scatter every write over the whole index of the store.
 */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
