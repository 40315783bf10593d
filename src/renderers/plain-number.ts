/** A number as plain decimal digits: the grammar has no exponent, and clients choke on one (GFD.229 §4.3). */
export function plainNumber(value: number): string {
  const shortest = String(value === 0 ? 0 : value);
  const parts = /^(-?)([0-9]+)(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(shortest);
  if (parts === null) return shortest;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
