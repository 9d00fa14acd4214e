/** Not in a state school. */
export const OUT = 0;
export const IN = 1;
/** Will not come back. */
export const GONE = 2;

export const CLASSROOM = 0;
export const MIDDLE = 1;
export const SENIOR = 2;

/** No programme in any year that is simulated. */
export const NEVER = 9999;

/**
 * What is true of every person who ever taught, one slot each: whole columns, so that a million people are a few arrays. A
 * second slot may hold the same person (the same `key`) living on without the programme.
 */
export class People {
  count = 0;
  /** Whom random draws belong to. */
  key = new Int32Array(0);
  status = new Uint8Array(0);
  birth = new Int32Array(0);
  male = new Uint8Array(0);
  qualified = new Int32Array(0);
  /** Commitment nobody records, standard normal. */
  commitment = new Float32Array(0);
  /** The present site, or the last one. */
  site = new Int32Array(0);
  /** The census at which the person first stood at this site, in this spell. */
  arrived = new Int16Array(0);
  /** The last census before leaving. */
  left = new Int16Array(0);
  role = new Uint8Array(0);
  roleStart = new Int32Array(0);
  fullTime = new Uint8Array(0);
  /** Time zero of a participant; NEVER for others. */
  timeZero = new Int16Array(0);

  /** Makes room for so many more people. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.key.length) return;
    const room = Math.ceil(needed * 1.2);
    const grown = <T extends Int32Array | Int16Array | Uint8Array | Float32Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    this.key = grown(this.key, new Int32Array(room));
    this.status = grown(this.status, new Uint8Array(room));
    this.birth = grown(this.birth, new Int32Array(room));
    this.male = grown(this.male, new Uint8Array(room));
    this.qualified = grown(this.qualified, new Int32Array(room));
    this.commitment = grown(this.commitment, new Float32Array(room));
    this.site = grown(this.site, new Int32Array(room));
    this.arrived = grown(this.arrived, new Int16Array(room));
    this.left = grown(this.left, new Int16Array(room));
    this.role = grown(this.role, new Uint8Array(room));
    this.roleStart = grown(this.roleStart, new Int32Array(room));
    this.fullTime = grown(this.fullTime, new Uint8Array(room));
    this.timeZero = grown(this.timeZero, new Int16Array(room));
  }

  /** Copies a person of another store into a slot of this one. */
  copy(from: People, slot: number, into: number): void {
    this.key[into] = from.key[slot];
    this.status[into] = from.status[slot];
    this.birth[into] = from.birth[slot];
    this.male[into] = from.male[slot];
    this.qualified[into] = from.qualified[slot];
    this.commitment[into] = from.commitment[slot];
    this.site[into] = from.site[slot];
    this.arrived[into] = from.arrived[slot];
    this.left[into] = from.left[slot];
    this.role[into] = from.role[slot];
    this.roleStart[into] = from.roleStart[slot];
    this.fullTime[into] = from.fullTime[slot];
    this.timeZero[into] = from.timeZero[slot];
  }
}
