export {
  type Addition,
  addParticipant,
  type Candidate,
  type Decision,
  endParticipation,
  freePlaces,
  LEAVING_REASONS,
  type LeavingReason,
  type NewParticipant,
  type Participation,
  type Person,
  participantFaults,
  participationsOf,
  undoEnd,
} from "./participants.ts";
export { type Identity, whySamePerson } from "./samePerson.ts";
export { STATUSES, type Status, type StatusDays, statusOn } from "./status.ts";
