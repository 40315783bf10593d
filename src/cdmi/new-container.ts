import { type Belonging, belonging } from './domains/owning-domain.ts';
import type { Holder } from './found.ts';
import { newFields } from './new-fields.ts';
import type { Container } from './object.ts';
import type { ContainerDraft } from './save-container.ts';
import type { Session } from './session.ts';

/** What a container is made of. */
export interface NewContainer {
  readonly parent: Holder;
  readonly name: string;
  readonly id: string;
  readonly draft: Pick<ContainerDraft, 'metadata' | 'others'>;
  /** Which domain it belongs to, where that is not the one that what it is in belongs to. */
  readonly of?: Belonging;
}

/** A container that is empty yet, and belongs to the client. */
export function newContainer(session: Session, { parent, name, id, draft, of = parent }: NewContainer): Container {
  const said = { given: draft.metadata.given ?? {}, others: draft.others ?? {} };
  return { ...newFields(session, 'container', { parent, name, id }, said), exports: {}, ...belonging(of) };
}
