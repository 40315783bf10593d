import type { Entity, EntityView } from '../../occi/entity.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Scope } from '../provider.ts';
import type { CollectionTarget } from '../selection.ts';
import type { Owned } from './check.ts';
import { missingRoles } from './explanation.ts';
import type { Sight } from './policy.ts';
import type { Subject, Verb } from './rule-names.ts';

/** Who asks, and the rules that hold for him. */
export type Asking = Pick<Scope, 'credentials' | 'policy' | 'trail'>;

/**
 * Lets a request go on when the client may do something with all of some entities. What is to be created belongs to
 * the client.
 *
 * @param where the collection a request went to, which is asked about when it is empty
 * @throws OcciError `forbidden`
 */
export function authorize(scope: Asking, verb: Verb, entities: readonly Entity[], where?: CollectionTarget): void {
  const { policy, credentials } = scope;
  for (const entity of entities) {
    const what = verb === 'create' ? credentials : entity;
    const kind = policy.kindOf(entity);
    scope.trail?.operations.add(nameOf(kind, verb));
    if (!policy.allows(credentials, kind, verb, what)) throw forbidden(scope, kind, verb, what);
  }
  if (entities.length === 0 && where !== undefined) authorizeFor(scope, subjectOf(where), verb);
}

/** The same for what belongs to nobody else: collections, definitions of mixins, the query interface. */
export function authorizeFor(scope: Asking, subject: Subject, verb: Verb): void {
  const { policy, credentials } = scope;
  scope.trail?.operations.add(nameOf(subject, verb));
  if (!policy.allows(credentials, subject, verb, credentials)) throw forbidden(scope, subject, verb, credentials);
}

/** The same for a change of an entity, which may put mixins on it, take some off, and bring links. */
export function authorizeChange(
  scope: Asking,
  verb: 'update' | 'replace',
  before: Entity,
  after: Entity,
  links: readonly { readonly entity: Entity }[],
): void {
  authorize(scope, verb, [before]);
  if (after.mixins.some((id) => !before.mixins.includes(id))) authorize(scope, 'tag', [before]);
  if (before.mixins.some((id) => !after.mixins.includes(id))) authorize(scope, 'untag', [before]);
  for (const { entity } of links) authorize(scope, 'create', [entity]);
}

/** What a collection is asked about as a whole. */
export function subjectOf(where: CollectionTarget): Subject {
  return 'category' in where && where.category.class === 'kind' ? where.category : 'occi';
}

/** An entity as a client may see it: without the links that he may not. */
export function visible(view: EntityView, sees: Sight | undefined): EntityView {
  if (sees === undefined || view.links.every(sees)) return view;
  // A new view, and no copy: renderings that are remembered with the old one have all links.
  const { entity, links } = view;
  return { entity, links: links.filter(sees) };
}

function nameOf(subject: Subject, verb: Verb): string {
  return `${typeof subject === 'string' ? subject : subject.term}:${typeof verb === 'string' ? verb : verb.term}`;
}

function forbidden({ policy, credentials }: Asking, subject: Subject, verb: Verb, what: Owned): OcciError {
  const rule = policy.ruleFor(subject, verb);
  const roles = missingRoles(policy, rule, credentials, what);
  const reason = roles.length === 0 ? 'refuses it' : `asks for the role ${roles.join(' or ')}`;
  return new OcciError(
    'forbidden',
    `${nameOf(subject, verb)} is not allowed to you: the policy rule ${rule.name} ${reason}`,
    {
      token: rule.name,
    },
  );
}
