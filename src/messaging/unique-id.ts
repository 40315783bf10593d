import { randomUUID } from 'node:crypto';

/** A UUID as Python writes its hex: 32 digits. */
export function uniqueId(): string {
  return randomUUID().replaceAll('-', '');
}
