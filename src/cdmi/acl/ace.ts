/** An entry of an access control list (ISO/IEC 17826 §16.1.2), as numbers. */
export interface Ace {
  readonly type: 'allow' | 'deny' | 'audit';
  /** `OWNER@`, …, or the name of a user or group. */
  readonly identifier: string;
  readonly flags: number;
  readonly mask: number;
}
