import { newId } from "#accounts";
import { addCohort, startProgramme, takeRegister } from "#programme";
import type { Store } from "#store";

const HEAD = "URN,EstablishmentName,PhaseOfEducation (name),LA (name),Postcode";
const REGISTER = `${HEAD}
900101,Adder Lane Primary,Primary,Saltmarsh,SM1 1AA
900102,Ysgol Tŷ Gwyn,Primary,Saltmarsh,SM1 1AB
900103,Cindertop School,Secondary,Saltmarsh,
`;
const DAY = "2026-10-01";

/** An account for somebody who records things. */
export async function withAccount(store: Store): Promise<string> {
  const id = newId();
  await store.db
    .insertInto("account")
    .values({
      id,
      email: `${id}@example.invalid`,
      name: "Joss Whimbrel",
      password_hash: null,
      created_at: "2026-11-05T15:20:00.000Z",
      ended_at: null,
    })
    .execute();
  return id;
}

/** A programme with a cohort that recruits now, three schools of the register, and who made it. */
export async function programmeWith(store: Store) {
  const by = await withAccount(store);
  const started = await startProgramme(store, by, newId(), {
    name: "Lanternside Leaders",
    provider: "Saltmarsh Leadership Trust",
    funder: "Fund for Imaginary Schools",
    aims: "",
  });
  if ("faults" in started) throw new Error(JSON.stringify(started.faults));
  const programme = started.made;
  const added = await addCohort(store, by, programme.id, newId(), {
    name: "Cohort 3",
    recruitFrom: "2026-01-01",
    recruitUntil: "2099-01-31",
    deliveryFrom: "2099-02-01",
    deliveryUntil: "2100-07-31",
  });
  if ("faults" in added) throw new Error(JSON.stringify(added.faults));
  await takeRegister(store, by, { text: REGISTER, file: "all.csv", asAt: DAY, newId });
  return { by, programme, cohort: added.made };
}
