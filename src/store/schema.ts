/** The columns of every table, as both databases hold them: text, whole numbers, and 0 or 1 for no and yes. */
export interface Schema {
  account: AccountTable;
  account_role: AccountRoleTable;
  session: SessionTable;
  invitation: InvitationTable;
  programme: ProgrammeTable;
  cohort: CohortTable;
  school: SchoolTable;
  school_number: SchoolNumberTable;
  school_fact: SchoolFactTable;
  pipeline_event: PipelineEventTable;
  person: PersonTable;
  participation: ParticipationTable;
  participation_end: ParticipationEndTable;
  upload: UploadTable;
  form_key: FormKeyTable;
  audit: AuditTable;
  audit_value: AuditValueTable;
}

/** Instants are written 2026-11-05T15:20:00.000Z and days 2026-11-05: both sort as text. */
type Instant = string;
type Day = string;

interface AccountTable {
  id: string;
  email: string;
  name: string;
  password_hash: string | null;
  created_at: Instant;
  ended_at: Instant | null;
}

interface AccountRoleTable {
  id: string;
  account: string;
  role: string;
  /** Null for the administrator, whose role is of no programme. */
  programme: string | null;
  from_day: Day;
  until_day: Day | null;
}

interface SessionTable {
  /** SHA-256 of the token: who reads the database cannot sign in with it. */
  token_digest: string;
  account: string;
  agent: string;
  created_at: Instant;
  seen_at: Instant;
  expires_at: Instant;
  ended_at: Instant | null;
}

interface InvitationTable {
  code_digest: string;
  kind: string;
  email: string;
  role: string | null;
  programme: string | null;
  created_by: string | null;
  expires_at: Instant;
  used_at: Instant | null;
}

interface ProgrammeTable {
  id: string;
  short_name: string;
  name: string;
  provider: string;
  funder: string;
  aims: string;
  created_at: Instant;
  version: number;
}

interface CohortTable {
  id: string;
  programme: string;
  name: string;
  recruit_from: Day;
  recruit_until: Day;
  delivery_from: Day;
  delivery_until: Day;
  created_at: Instant;
}

interface SchoolTable {
  id: string;
  created_at: Instant;
}

interface SchoolNumberTable {
  urn: string;
  school: string;
}

interface SchoolFactTable {
  id: string;
  school: string;
  field: string;
  value: string;
  true_from: Day;
  source: string;
  recorded_at: Instant;
  recorded_by: string;
}

interface PipelineEventTable {
  id: string;
  school: string;
  cohort: string;
  stage: string;
  on_day: Day;
  by_account: string;
  how: string;
  reasons: string;
  note: string;
  next_contact: Day | null;
  recorded_at: Instant;
  undone_at: Instant | null;
  undone_by: string | null;
}

interface PersonTable {
  id: string;
  given_name: string;
  family_name: string;
  /** Both names as linkage compares them. */
  name_key: string;
  email: string;
  phone: string;
  trn: string;
  birth_date: Day | null;
  created_at: Instant;
}

interface ParticipationTable {
  id: string;
  person: string;
  cohort: string;
  school: string;
  job_title: string;
  nominated_on: Day;
  starts_on: Day;
  replaces: string | null;
  recorded_at: Instant;
  recorded_by: string;
}

interface ParticipationEndTable {
  id: string;
  participation: string;
  ends_on: Day;
  reason: string;
  recorded_at: Instant;
  recorded_by: string;
  undone_at: Instant | null;
}

interface UploadTable {
  id: string;
  account: string;
  kind: string;
  name: string;
  text: string;
  at: Instant;
}

interface FormKeyTable {
  key: string;
  account: string;
  location: string;
  at: Instant;
}

interface AuditTable {
  /** From 1 on, without gaps. */
  number: number;
  at: Instant;
  actor: string;
  action: string;
  about_kind: string;
  about_id: string;
  /** JSON: what changed, with digests in the place of values that may have to be erased. */
  detail: string;
  previous: string;
  digest: string;
}

interface AuditValueTable {
  digest: string;
  salt: string | null;
  value: string | null;
}
