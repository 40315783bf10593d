import { z } from 'zod';
import { type AttributeDefinition, coerce, type Value } from '../occi/attribute.ts';
import type { Lifecycle } from '../occi/lifecycle.ts';
import type { ModelFragment } from '../occi/model.ts';
import { normalise } from '../occi/name-space.ts';

/** What is wrong with a model file, and where in it. */
export type Issue = z.core.$ZodIssue;

const schemeSyntax = /[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}#]*#/;
/** Terms and attribute names are made of the same characters (GFD.229 §4.1, §4.3). */
const nameSyntax = /[A-Za-z0-9][A-Za-z0-9._-]*/;

const scheme = matching(schemeSyntax.source, 'must be an absolute URI that ends in #');
const term = matching(nameSyntax.source, 'must be a term (GFD.229 §4.1)');
const typeIdentifier = matching(schemeSyntax.source + nameSyntax.source, 'must be a type identifier, scheme#term');
const attributeName = matching(nameSyntax.source, 'must be an attribute name (GFD.229 §4.3)');
// Clients split category lines at these characters even inside quotes, and stumble over an empty title.
const title = matching('[^,;="\\\\\\p{Cc}]+', 'must not be empty nor contain any of , ; = " \\');
const location = matching('/(?:[^/\\s"<>\\\\^`{|}?#,;]+/)+', 'must be a path that starts and ends with /').refine(
  (path) => normalise(path) === path,
  'must be in normal form (RFC 3986 §6.2.2)',
);

/** What a file says for its readers and for the documentation; the gateway itself does not look at it. */
const remarks = {
  comment: z.string().exactOptional(),
  /** The OCCI version that brought it, and the last one that has it, where it is not in all of them. */
  since: z.enum(['1.1', '1.2']).exactOptional(),
  until: z.enum(['1.1', '1.2']).exactOptional(),
};

const value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(value), z.record(z.string(), value)]),
);

const pattern = z.strictObject({
  enum: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .exactOptional(),
  minimum: z.number().exactOptional(),
  exclusiveMinimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  multipleOf: z.literal(1).exactOptional(),
  minLength: z.int().min(0).exactOptional(),
  maxLength: z.int().min(0).exactOptional(),
  pattern: z.string().refine(isExpression, 'must be a regular expression').exactOptional(),
});

// `mutable` and `required` have to be written: the text and the JSON rendering assume opposites where they are missing.
const attribute = z
  .strictObject({
    type: z.enum(['string', 'number', 'boolean', 'array', 'object']),
    mutable: z.boolean(),
    required: z.boolean(),
    atCreation: z.literal(true).exactOptional(),
    generated: z.literal(true).exactOptional(),
    default: value.exactOptional(),
    pattern: pattern.exactOptional(),
    unit: z.string().exactOptional(),
    description: z.string().exactOptional(),
    ...remarks,
  })
  .refine(({ mutable, atCreation }) => !(mutable && atCreation), {
    path: ['atCreation'],
    message: 'means nothing for a mutable attribute',
  })
  .refine(({ mutable, required, atCreation }) => !required || mutable || atCreation, {
    path: ['required'],
    message: 'must be false for an immutable attribute, since no client can give it',
  })
  .transform(withoutRemarks);

const attributes = z
  .record(attributeName, attribute)
  .transform((members) => Object.entries(members).map(([name, definition]) => ({ name, ...definition })))
  .check(({ value: definitions, issues }) => {
    for (const definition of definitions) {
      const message = wrongDefault(definition);
      if (message === undefined) continue;
      issues.push({ code: 'custom', input: definition.default, path: [definition.name, 'default'], message });
    }
  });

const transition = z
  .strictObject({
    action: typeIdentifier,
    from: z.array(z.string()).min(1),
    to: z.string(),
    via: z.string().exactOptional(),
    ...remarks,
  })
  .transform(withoutRemarks);

const lifecycle = z
  .strictObject({
    attribute: attributeName,
    message: attributeName.exactOptional(),
    states: z.array(z.string().min(1)).min(1),
    initial: z.string(),
    settled: z.string(),
    error: z.string().exactOptional(),
    transitions: z.array(transition).default([]),
    ...remarks,
  })
  .transform(withoutRemarks)
  .check(({ value: machine, issues }) => {
    for (const [path, state] of statesNamedIn(machine)) {
      if (state === undefined || machine.states.includes(state)) continue;
      issues.push({ code: 'custom', input: state, path: [...path], message: `${state} is not one of the states` });
    }
  });

const category = { term, scheme, title: title.exactOptional(), attributes: attributes.default([]), ...remarks };

const kind = z
  .strictObject({
    ...category,
    parent: typeIdentifier.exactOptional(),
    location: location.exactOptional(),
    aliases: z.array(location).default([]),
    actions: z.array(typeIdentifier).default([]),
    ends: z
      .strictObject({ source: typeIdentifier.exactOptional(), target: typeIdentifier.exactOptional() })
      .exactOptional(),
    lifecycle: lifecycle.exactOptional(),
  })
  .check(({ value: { lifecycle: machine, ...owner }, issues }) => {
    if (machine === undefined) return;
    const listed = new Set([...owner.attributes.map(({ name }) => name), ...owner.actions]);
    for (const [path, name] of capabilitiesNamedIn(machine)) {
      if (name === undefined || listed.has(name)) continue;
      const message = `${name} is not among what the kind itself lists`;
      issues.push({ code: 'custom', input: name, path: ['lifecycle', ...path], message });
    }
  })
  .transform(withoutRemarks)
  .transform((rest) => ({ class: 'kind' as const, id: rest.scheme + rest.term, ...rest }));

const mixin = z
  .strictObject({
    ...category,
    location,
    actions: z.array(typeIdentifier).default([]),
    depends: z.array(typeIdentifier).default([]),
    applies: z.array(typeIdentifier).default([]),
  })
  .transform(withoutRemarks)
  .transform((rest) => ({
    class: 'mixin' as const,
    id: rest.scheme + rest.term,
    origin: 'provider' as const,
    ...rest,
  }));

const action = z
  .strictObject(category)
  .transform(withoutRemarks)
  .transform((rest) => ({ class: 'action' as const, id: rest.scheme + rest.term, ...rest }));

/**
 * The grammar of a model file, one file per OCCI document, in the words of the JSON rendering (GFD.226 §3.2), with
 * state machines, aliases and remarks added. Parsing gives the model fragment it describes: lists where the file has
 * nothing are empty, and attributes keep the order in which they are written.
 */
export const modelFile: z.ZodType<ModelFragment> = z
  .strictObject({
    document: z.string(),
    comment: remarks.comment,
    kinds: z.array(kind).default([]),
    mixins: z.array(mixin).default([]),
    actions: z.array(action).default([]),
  })
  .transform(({ kinds, mixins, actions }) => ({ kinds, mixins, actions }));

function matching(syntax: string, message: string): z.ZodString {
  return z.string().regex(new RegExp(`^(?:${syntax})$`, 'u'), { error: message, abort: true });
}

function withoutRemarks<T extends { comment?: string; since?: string; until?: string }>({
  comment,
  since,
  until,
  ...rest
}: T): Omit<T, 'comment' | 'since' | 'until'> {
  return rest;
}

function isExpression(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function wrongDefault(definition: AttributeDefinition): string | undefined {
  if (definition.default === undefined) return undefined;
  try {
    coerce(definition, { form: 'json', value: definition.default });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A member of a state machine that names something, by its path. */
type Mention = readonly [path: readonly (string | number)[], name: string | undefined];

function statesNamedIn(machine: Lifecycle): readonly Mention[] {
  return [
    [['initial'], machine.initial],
    [['settled'], machine.settled],
    [['error'], machine.error],
    ...machine.transitions.flatMap(({ from, to, via }, index): readonly Mention[] => [
      ...from.map((state, place): Mention => [['transitions', index, 'from', place], state]),
      [['transitions', index, 'to'], to],
      [['transitions', index, 'via'], via],
    ]),
  ];
}

function capabilitiesNamedIn(machine: Lifecycle): readonly Mention[] {
  return [
    [['attribute'], machine.attribute],
    [['message'], machine.message],
    ...machine.transitions.map(({ action }, index): Mention => [['transitions', index, 'action'], action]),
  ];
}
