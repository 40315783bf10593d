/** Items that clients send, because they have read them, and that are not theirs to set. */
export const forbiddenNames: readonly string[] = [
  'cdmi_size',
  'cdmi_ctime',
  'cdmi_mtime',
  'cdmi_atime',
  'cdmi_acount',
  'cdmi_mcount',
  'cdmi_hash',
  'cdmi_value_hash_provided',
  'cdmi_data_redundancy_provided',
  'cdmi_hold_id_provided',
  'cdmi_query_status',
  'cdmi_nobody_knows',
];
