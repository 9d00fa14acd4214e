/** More names than this in one line are not read. */
const MOST = 3;

/** Outcomes in a heading: all of a few, else the first and how many more. */
export function inShort(labels: readonly string[]): string {
  const [first, ...others] = labels;
  if (first === undefined || labels.length <= MOST) return labels.join(", ");
  return `${first} and ${others.length} other outcomes`;
}
