/**
 * Whether something of a version serves who wants another: the major version is the same, and the minor one not lower.
 * Versions are `major.minor`, and missing parts are 0.
 */
export function isCompatible(offered: string, wanted: string): boolean {
  const [major, minor] = numbers(offered);
  const [wantedMajor, wantedMinor] = numbers(wanted);
  return major === wantedMajor && wantedMinor <= minor;
}

function numbers(text: string): readonly [number, number] {
  const [major = Number.NaN, minor = 0] = text.split('.').map(Number);
  return [major, Number.isNaN(minor) ? Number.POSITIVE_INFINITY : minor];
}
