/** A rule that holds where the file of the operator says nothing else. */
export interface DefaultRule {
  readonly name: string;
  readonly says: string;
  /** For people. */
  readonly about: string;
}

/** The rules in code: readers read, members work, admins are members. Whose an entity is, is decided before. */
export const defaultRules: readonly DefaultRule[] = [
  { name: 'admin', says: 'role:admin', about: 'who runs the cloud, and may look into every project' },
  { name: 'member', says: 'role:member or rule:admin', about: 'who works in a project' },
  { name: 'reader', says: 'role:reader or rule:member', about: 'who looks at a project' },
  { name: 'occi:list', says: 'rule:reader', about: 'GET on a collection' },
  { name: 'occi:show', says: 'rule:reader', about: 'GET on an entity, and to see it in a collection' },
  { name: 'occi:create', says: 'rule:member', about: 'POST and PUT that make an entity or a link' },
  { name: 'occi:update', says: 'rule:member', about: 'POST on an entity' },
  { name: 'occi:replace', says: 'rule:member', about: 'PUT on an entity' },
  { name: 'occi:delete', says: 'rule:member', about: 'DELETE on an entity or a collection of a kind' },
  { name: 'occi:act', says: 'rule:member', about: 'any action' },
  { name: 'occi:tag', says: 'rule:member', about: 'to put a mixin on an entity that exists' },
  { name: 'occi:untag', says: 'rule:member', about: 'to take a mixin off an entity' },
  { name: 'mixin:create', says: 'rule:member', about: 'POST on the query interface: user mixins' },
  { name: 'mixin:delete', says: 'rule:member', about: 'DELETE on the query interface' },
  { name: 'query:show', says: '@', about: 'GET on the query interface' },
  { name: 'cdmi:show', says: 'rule:reader', about: 'GET on objects of CDMI; what their lists say holds, too' },
  { name: 'cdmi:create', says: 'rule:member', about: 'PUT and POST that make objects' },
  { name: 'cdmi:update', says: 'rule:member', about: 'PUT on objects that are there' },
  { name: 'cdmi:delete', says: 'rule:member', about: 'DELETE on objects' },
];
