const comparisons = ['cdmi_query_contains', 'cdmi_query_tags', 'cdmi_query_regex', 'cdmi_query_value'];
const filled = ['cdmi_query', 'cdmi_notification', 'cdmi_logging'];

/** Capabilities that are nothing without another one. */
const parts: Readonly<Record<string, readonly string[]>> = {
  cdmi_queues: [...filled, 'cdmi_security_audit'],
  cdmi_logging: ['cdmi_security_audit'],
};

/** What cannot be offered of queues that the server fills, because something else is not. */
export function lackingWith(without: readonly string[]): readonly string[] {
  const lacking = without.flatMap((name) => (Object.hasOwn(parts, name) ? (parts[name] ?? []) : []));
  const isNothing = [...without, ...lacking];
  // Conditions and results are those of notifications, too.
  const hasScopes = !isNothing.includes('cdmi_query') || !isNothing.includes('cdmi_notification');
  return hasScopes ? lacking : [...lacking, ...comparisons];
}
