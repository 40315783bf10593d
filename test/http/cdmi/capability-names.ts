/**
 * The names that the standard gives capabilities (ISO/IEC 17826 §12.2), of 1.0.2 and 1.1.1 together. What a server adds
 * may not begin with `cdmi_`.
 */
const kinds = ['dataobject', 'container', 'queue', 'domain'] as const;

/** Of the system as a whole. */
const ofSystem = [
  ...['domains', 'dataobjects', 'queues', 'references', 'snapshots', 'serialization_json', 'multipart_mime'],
  ...['cifs', 'iscsi', 'nfs', 'occi_iscsi', 'webdav'].map((protocol) => `export_${protocol}`),
  ...['maxitems', 'maxsize', 'maxtotalsize'].map((limit) => `metadata_${limit}`),
  ...['notification', 'logging', 'query', 'query_regex', 'query_contains', 'query_tags', 'query_value'],
  ...['access_control', 'audit', 'data_integrity', 'encryption', 'immutability', 'sanitization'].map(
    (concern) => `security_${concern}`,
  ),
  ...['move_from_local', 'move_from_remote', 'move_from_ID', 'move_to_ID', 'copy_from_local', 'copy_from_remote'].map(
    (way) => `object_${way}`,
  ),
  ...['object_access', 'post_dataobject', 'post_queue', 'deserialize_dataobject', 'deserialize_queue'].map(byId),
  ...['copy_dataobject', 'copy_queue', 'create_reference', 'create_value_range'].map(byId),
  ...kinds.map((kind) => `serialize_${kind}_to_ID`),
  'authentication_methods',
];

/** Of metadata, for objects of every type. */
const ofMetadata = [
  ...['acl', 'size', 'ctime', 'atime', 'mtime', 'acount', 'mcount', 'assignedsize'],
  ...['data_redundancy', 'data_dispersion', 'data_retention', 'data_autodelete', 'data_holds', 'encryption'],
  ...['geographic_placement', 'immediate_redundancy', 'infrastructure_redundancy', 'latency', 'RPO', 'RTO'],
  ...['sanitization_method', 'throughput', 'value_hash', 'authentication_methods'],
];

const ofObjects = {
  dataobject: ['read_value', 'read_value_range', 'modify_value', 'modify_value_range'],
  container: [
    ...['list_children', 'list_children_range', 'snapshot', 'create_value_range', 'copy_dataobject_from_queue'],
    ...kinds.map((kind) => `serialize_${kind}`),
    ...['dataobject', 'container', 'queue'].map((kind) => `deserialize_${kind}`),
    ...['dataobject', 'container', 'queue', 'reference'].map((kind) => `create_${kind}`),
    ...['dataobject', 'queue'].map((kind) => `post_${kind}`),
    ...['cifs', 'nfs', 'iscsi', 'occi', 'webdav'].map((protocol) => `export_container_${protocol}`),
    ...['dataobject', 'container'].flatMap((kind) => [`move_${kind}`, `copy_${kind}`]),
  ],
  queue: ['read_value', 'modify_value', 'move_queue', 'copy_queue', 'reference_queue'],
  domain: [
    ...['list_children', 'list_children_range', 'domain_summary', 'domain_members', 'create_domain'],
    ...['move_domain', 'copy_domain', 'deserialize_domain'],
  ],
} as const;

/** The names that may be advertised, by the path of the capability object below the root. */
export const standardNames: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['cdmi_capabilities/', prefixed(ofSystem)],
  ...kinds.map((kind): [string, ReadonlySet<string>] => {
    const common = ['read_metadata', 'modify_metadata', `delete_${kind}`, `modify_deserialize_${kind}`];
    return [`cdmi_capabilities/${kind}/`, prefixed([...ofMetadata, ...common, ...ofObjects[kind]])];
  }),
]);

function byId(name: string): string {
  return `${name}_by_ID`;
}

function prefixed(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => `cdmi_${name}`));
}
