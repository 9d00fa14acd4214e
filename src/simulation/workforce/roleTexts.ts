import type { RandomStream } from "#math";
import { CLASSROOM, MIDDLE, SENIOR } from "./people.ts";

const HEADS =
  "Headteacher|Head Teacher|Head|HT|Principal|headteacher|Head teacher |Executive Head|Executive Principal|Acting Head".split(
    "|",
  );
const SENIORS =
  "Asst Head|Assistant Head|Assistant Headteacher|AHT|Ass. Head|Deputy|Deputy Head|Deputy Headteacher|DHT|Dep. Head|Vice Principal|Assistant Principal|VP|Assistant Head (Inclusion)|Deputy Head - Teaching & Learning|SLT|Senior Leader".split(
    "|",
  );
const MIDDLES =
  "Head of Maths (KS4)|Head of English|HoD Science|Head of Year 9|HOY 11|Phase Leader|KS2 Lead|Key Stage 1 leader|SENCO|SENCo|Senco|Subject Lead - Literacy|Maths co-ordinator|Literacy Coordinator|Lead Practitioner|Curriculum leader|Middle Leader|2ic English|Head of Dept|EYFS lead|TLR holder|Faculty Lead (Humanities)".split(
    "|",
  );
const CLASSROOMS =
  "Teacher|Class teacher|Classroom Teacher|Y5 teacher|Teacher of History|Main scale|NQT+1|class tchr".split("|");
const NON_TEACHING =
  "office manager|School Business Manager|Business Mgr|SBM|HLTA|Learning mentor|Pastoral support|Chair of Governors|Teaching Assistant".split(
    "|",
  );
const UNCLEAR = ["tbc", "Other", "staff", "-"];

/** Schools call those leaders whom the census has as classroom teachers: of these so many are named by a lesser or no post. */
const NAMED_TEACHER = 0.07;

/** A job title as a school writes it, for someone of a role in the census, or outside it. */
export function roleText(random: RandomStream, role: number | "not in the census"): string {
  const of = (list: readonly string[]) => list[random.integer(list.length)].trim();
  if (random.uniform() < 0.012) return of(UNCLEAR);
  const u = random.uniform();
  if (role === SENIOR) return u < 0.3 ? of(HEADS) : u < 0.95 ? of(SENIORS) : of(MIDDLES);
  if (role === MIDDLE) return u < 0.1 ? of(SENIORS) : of(MIDDLES);
  if (role === CLASSROOM) return u < NAMED_TEACHER ? of(CLASSROOMS) : u < 0.2 ? of(SENIORS) : of(MIDDLES);
  return of(NON_TEACHING);
}
