/**
 * The size of a machine that names none, by attribute, in their units: GFD.224 leaves it to the provider. It is what such
 * a machine is made with, and what it is counted for.
 */
export const usualSize = {
  'occi.compute.cores': 1,
  'occi.compute.memory': 1,
  'occi.compute.ephemeral_storage.size': 10,
} as const;
