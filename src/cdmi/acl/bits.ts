/** What an entry grants or refuses (ISO/IEC 17826 §16.1.5). Some bits mean one thing on containers, another on the rest. */
export const mask = {
  READ_OBJECT: 0x1,
  LIST_CONTAINER: 0x1,
  WRITE_OBJECT: 0x2,
  ADD_OBJECT: 0x2,
  APPEND_DATA: 0x4,
  ADD_SUBCONTAINER: 0x4,
  READ_METADATA: 0x8,
  WRITE_METADATA: 0x10,
  EXECUTE: 0x20,
  TRAVERSE_CONTAINER: 0x20,
  DELETE_OBJECT: 0x40,
  DELETE_SUBCONTAINER: 0x40,
  READ_ATTRIBUTES: 0x80,
  WRITE_ATTRIBUTES: 0x100,
  WRITE_RETENTION: 0x200,
  WRITE_RETENTION_HOLD: 0x400,
  DELETE: 0x10000,
  READ_ACL: 0x20000,
  WRITE_ACL: 0x40000,
  WRITE_OWNER: 0x80000,
  SYNCHRONIZE: 0x100000,
  /** In an example of §16.1.6 only, and in no table; taken for READ_ALL. */
  READ: 0x9,
  READ_ALL: 0x9,
  RW: 0x1f,
  /** One table has 0x6006F, which leaves out WRITE_METADATA, and so would write less than RW. */
  RW_ALL: 0x601df,
  ALL_PERMS: 0x1f07ff,
} as const;

/** How an entry is inherited, and what its identifier is (§16.1.4). */
export const flag = {
  NO_FLAGS: 0,
  OBJECT_INHERIT: 0x1,
  CONTAINER_INHERIT: 0x2,
  NO_PROPAGATE: 0x4,
  INHERIT_ONLY: 0x8,
  IDENTIFIER_GROUP: 0x40,
  INHERITED: 0x80,
} as const;

/** What an entry does (§16.1.2), as the numbers of its types. */
export const aceType = { ALLOW: 0, DENY: 1, AUDIT: 2 } as const;
