import type { Json } from '../object.ts';
import { readAutodelete, readHolds, readPeriodText } from '../retention/guard-items.ts';
import { readEnabled, readUri } from './domain-items.ts';
import { readHashName, valueHash } from './value-hash.ts';

/** An item of metadata with a meaning, as far as clients may set it (ISO/IEC 17826 §16). */
export interface Item {
  /** The right under which it is changed. */
  readonly part: 'metadata' | 'retention' | 'hold';
  /** What is made in a container that has it gets it, too. */
  readonly inherited: boolean;
  /**
   * Checks what a client sends, and gives it the one form in which it is kept; without it, it is kept as it is.
   *
   * @throws OcciError `attribute-value`
   */
  readonly read?: (value: Json) => Json;
  /** It is done as the client wishes, so it comes back with `_provided` behind its name. */
  readonly provided?: true;
}

const wish: Item = { part: 'metadata', inherited: true };
const setting: Item = { part: 'metadata', inherited: false };

/**
 * Data system metadata (§16.4): what clients wish. What is not provided is kept, so that whoever reads it sees that it
 * was wished and not provided. Then what queues are told (§20, §21, §22), and domains and their members (§10), which means
 * nothing to other objects. Credentials of members are not among it: who somebody is, is proven to the gateway.
 */
const items: Readonly<Record<string, Item>> = {
  [valueHash]: { ...wish, read: readHashName, provided: true },
  cdmi_retention_id: { ...wish, part: 'retention' },
  cdmi_retention_period: { part: 'retention', inherited: true, read: readPeriodText, provided: true },
  cdmi_retention_autodelete: { part: 'retention', inherited: true, read: readAutodelete, provided: true },
  cdmi_hold_id: { part: 'hold', inherited: true, read: readHolds, provided: true },
  cdmi_data_redundancy: wish,
  cdmi_immediate_redundancy: wish,
  cdmi_infrastructure_redundancy: wish,
  cdmi_data_dispersion: wish,
  cdmi_geographic_placement: wish,
  cdmi_encryption: wish,
  cdmi_latency: wish,
  cdmi_throughput: wish,
  cdmi_sanitization_method: wish,
  cdmi_RPO: wish,
  cdmi_RTO: wish,
  cdmi_assignedsize: setting,
  cdmi_queue_type: setting,
  cdmi_scope_specification: setting,
  cdmi_results_specification: setting,
  cdmi_notification_events: setting,
  cdmi_logging_class: setting,
  cdmi_domain_enabled: { ...setting, read: readEnabled('cdmi_domain_enabled') },
  cdmi_domain_delete_reassign: { ...setting, read: readUri('cdmi_domain_delete_reassign') },
  cdmi_member_enabled: { ...setting, read: readEnabled('cdmi_member_enabled') },
  cdmi_member_type: setting,
  cdmi_member_name: setting,
  cdmi_member_principal: setting,
  cdmi_member_privileges: setting,
  cdmi_member_groups: setting,
  cdmi_delegation_URI: setting,
};

/** What user metadata must not begin with (§16.2). */
const reserved = 'cdmi_';

/**
 * What an item is that clients may set. Of what begins with `cdmi_`, all else is the system's, or will be some day:
 * what clients send of it is passed over, since they send back what they have read.
 */
export function itemNamed(name: string): Item | undefined {
  if (!name.startsWith(reserved)) return setting;
  return Object.hasOwn(items, name) ? items[name] : undefined;
}
