import { z } from 'zod';
import { exampleEnterprise } from '../../cdmi/object-id.ts';
import { setting, wholeNumber } from '../../setting.ts';

const onOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

const listOf = (text: string) => text.split(',').flatMap((name) => name.trim() || []);

const names = z
  .string()
  .regex(/^(?:cdmi_\w+(?: *, *cdmi_\w+)*)?$/, 'must be a comma list of capabilities such as cdmi_copy_container')
  .transform(listOf);

const standards = z
  .string()
  .regex(/^(?:\w+(?: *, *\w+)*)?$/, 'must be a comma list of standards such as iSCSI')
  .transform(listOf);

/** How CDMI is spoken. */
export const cdmiSettings = {
  cdmi: setting('OCCI_CDMI', onOff, 'off', 'whether CDMI (ISO/IEC 17826) is served under /cdmi/: on or off'),
  cdmiEnterpriseNumber: setting(
    'OCCI_CDMI_ENTERPRISE_NUMBER',
    wholeNumber(1, 2 ** 24 - 1),
    String(exampleEnterprise),
    'private enterprise number (IANA) in new object IDs; the default is the one that is kept for examples',
  ),
  cdmiMaxValueBytes: setting(
    'OCCI_CDMI_MAX_VALUE_BYTES',
    wholeNumber(0, 2 ** 49),
    '1099511627776',
    'largest value that is sent in plain HTTP (413); for JSON OCCI_MAX_BODY_BYTES holds',
  ),
  cdmiMaxHashedBytes: setting(
    'OCCI_CDMI_MAX_HASHED_BYTES',
    wholeNumber(0, 2 ** 49),
    '17179869184',
    'largest value that is read again for its hash when it has changed in part, or came in parts (413)',
  ),
  cdmiExports: setting(
    'OCCI_CDMI_EXPORTS',
    standards,
    'iSCSI,NFSv4',
    'comma list of the standards by which machines reach exported containers: iSCSI is OCCI/iSCSI',
  ),
  cdmiWithout: setting(
    'OCCI_CDMI_WITHOUT',
    names,
    '',
    'comma list of capabilities that are neither advertised nor done, such as cdmi_copy_container',
  ),
  cdmiDomains: setting(
    'OCCI_CDMI_DOMAINS',
    onOff,
    'off',
    'whether each project has domains, to which its objects belong, under /cdmi/cdmi_domains/: on or off',
  ),
  cdmiMaxFilledQueues: setting(
    'OCCI_CDMI_MAX_FILLED_QUEUES',
    wholeNumber(0, 1000),
    '100',
    'how many queues of a project are filled by the server: with results of queries, notifications, logs',
  ),
  cdmiMaxFilledValues: setting(
    'OCCI_CDMI_MAX_FILLED_VALUES',
    wholeNumber(1, 100_000_000),
    '100000',
    'how many values may be in such a queue; when nobody takes them out, it is not filled any more',
  ),
  cdmiSummarySeconds: setting(
    'OCCI_CDMI_SUMMARY_SECONDS',
    wholeNumber(1, 86_400),
    '60',
    'how often what has been counted of domains is written down; so much of it is lost with the process',
  ),
  cdmiSummaryDays: setting(
    'OCCI_CDMI_SUMMARY_DAYS',
    wholeNumber(1, 36_525),
    '400',
    'how many daily summaries of a domain stay; those of months and years do always',
  ),
  cdmiSlashless: setting(
    'OCCI_CDMI_SLASHLESS_CONTAINERS',
    onOff,
    'off',
    'whether containers can be made without the slash at the end, as some clients do and the standard forbids: on or off',
  ),
} as const;

/** What the settings above come to. */
export interface CdmiConfig {
  readonly cdmi: boolean;
  readonly cdmiEnterpriseNumber: number;
  readonly cdmiMaxValueBytes: number;
  readonly cdmiMaxHashedBytes: number;
  readonly cdmiExports: readonly string[];
  readonly cdmiWithout: readonly string[];
  readonly cdmiDomains: boolean;
  readonly cdmiMaxFilledQueues: number;
  readonly cdmiMaxFilledValues: number;
  readonly cdmiSummarySeconds: number;
  readonly cdmiSummaryDays: number;
  readonly cdmiSlashless: boolean;
}
