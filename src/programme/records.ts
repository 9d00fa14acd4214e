/** One row of `mi_participants.csv`, read: a person recruited to a project. What could not be read is left out. */
export interface Participant {
  /** Line of the file, or number of the row in a table. */
  readonly line: number;
  /** The provider's own number of the row. */
  readonly row?: string;
  readonly project?: string;
  readonly provider?: string;
  readonly trn?: string;
  readonly surname?: string;
  readonly forename?: string;
  /** Days since 1970, as are all days here. */
  readonly birth?: number;
  readonly urn?: string;
  readonly roleText?: string;
  /** Where a dictionary of job titles has sorted it. */
  readonly roleLevel?: string;
  readonly recruited?: number;
  readonly start?: number;
  readonly end?: number;
  readonly withdrawn?: boolean;
}

/** One row of `mi_schools.csv`, read: a school in a project. */
export interface SchoolEntry {
  readonly line: number;
  readonly urn?: string;
  readonly project?: string;
  readonly cohort?: string;
  readonly agreed?: number;
  readonly withdrawn?: boolean;
}

/** What a national register says of one school; what it does not know is left out. */
export interface SchoolTraits {
  readonly urn: string;
  readonly phase?: string;
  readonly region?: string;
  /** 1 (strong) to 6 (weak). */
  readonly aea?: string;
  /** 1 holds the most deprived areas. */
  readonly imd?: string;
  readonly ofsted?: string;
}
