/** Where somebody stands in a cohort. Follows from days, and is never typed. */
export const STATUSES = {
  nominated: "Nominated",
  startNotCompleted: "Joined at start, not yet completed",
  startCompleted: "Joined at start, completed",
  laterNotCompleted: "Joined later, not yet completed",
  laterCompleted: "Joined later, completed",
  droppedOut: "Dropped out",
  neverStarted: "Never started",
} as const;

export type Status = keyof typeof STATUSES;

/** The days a status follows from (yyyy-mm-dd). */
export interface StatusDays {
  readonly startsOn: string;
  readonly endsOn: string | undefined;
  readonly completedOn: string | undefined;
}

/**
 * The status on a day. Who ends before starting never started; who starts after the first day of delivery joined later; who
 * is to start has been nominated.
 * @param deliveryFrom  The first day of the cohort's delivery.
 *
 * Source: catalogue S-023, with *never started* and *nominated* beside its five endpoints.
 */
export function statusOn(day: string, { startsOn, endsOn, completedOn }: StatusDays, deliveryFrom: string): Status {
  const joined = startsOn <= deliveryFrom ? "start" : "later";
  if (completedOn !== undefined && completedOn <= day) return `${joined}Completed`;
  if (endsOn !== undefined && endsOn < startsOn && endsOn <= day) return "neverStarted";
  if (endsOn !== undefined && endsOn <= day) return "droppedOut";
  return startsOn > day ? "nominated" : `${joined}NotCompleted`;
}
