import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Basis } from '../store/objects.ts';
import { Conflict } from '../store/store.ts';
import { inheritedAcl } from './acl/inherit.ts';
import { domainForNew } from './domains/domain-choice.ts';
import type { Reference } from './object.ts';
import { readObjectId } from './object-id.ts';
import { mayTake, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import { destination, Redirection } from './redirection.ts';
import { invalid } from './refusals.ts';
import { save } from './save.ts';
import type { Saved } from './save-data-object.ts';
import type { Session } from './session.ts';

/**
 * Makes a reference (ISO/IEC 17826 §5.16). What it leads to need not be there. Where it has no name, it gets the ID of
 * what it leads to, which is then elsewhere: so whoever knows the ID finds it.
 *
 * @throws Redirection when there is one already
 * @throws OcciError
 */
export function makeReference(
  session: Session,
  target: Target,
  to: string,
  precondition: Precondition,
): Promise<Saved> {
  const { capabilities, credentials, project, root } = session;
  capabilities.require('cdmi_references');
  const uri = destination(root, to);
  const isNameless = 'in' in target && target.in === 'nowhere';
  if (isNameless) capabilities.require('cdmi_create_reference_by_ID');
  else capabilities.require('cdmi_create_reference', 'container');
  const id = isNameless ? idIn(uri) : session.newId();
  return retrying(async () => {
    const spot = await spotOf(session, target, id);
    const { present, parent, name } = spot;
    checkPrecondition(precondition, present?.object);
    if (present?.object.kind === 'reference') throw new Redirection(present.object.target);
    if (present !== undefined) throw invalid('there is something already where the reference is to be');
    authorizeFor(session, 'cdmi', 'create');
    mayTake(session, spot, 'reference');
    const { of, expect } = await domainForNew(session, parent?.object, undefined);
    const time = session.now();
    const reference: Reference = {
      kind: 'reference',
      id,
      project,
      parent: parent?.object.id ?? '',
      name,
      revision: 0,
      created: time,
      modified: time,
      owner: credentials.user,
      metadata: {},
      acl: inheritedAcl(parent?.object.acl, 'reference'),
      others: {},
      completion: 'Complete',
      target: to,
      ...of,
    };
    const revision = await saveNew(session, reference, expect, isNameless);
    return {
      found: {
        object: { ...reference, revision },
        above: parent === undefined ? [] : [...parent.above, parent.object],
      },
      isNew: true,
    };
  });
}

async function saveNew(
  session: Session,
  reference: Reference,
  expect: readonly Basis[],
  isNameless: boolean,
): Promise<number> {
  try {
    return await save(session, { create: [reference], expect });
  } catch (error) {
    // Nothing else can be taken, and it will not become free.
    if (isNameless && error instanceof Conflict) throw invalid(`there is an object ${reference.id} here`, reference.id);
    throw error;
  }
}

function idIn(uri: string): string {
  const id = readObjectId(new URL(uri).pathname.replace(/\/$/, '').split('/').at(-1) ?? '');
  if (id !== undefined) return id;
  throw invalid('a reference without a name gets the ID of what it leads to, so its URI has to end in one', uri);
}
