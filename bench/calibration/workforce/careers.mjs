// Teachers of invented schools over a few November censuses, some of them recruited in spring, with both of their outcomes.
import { happens, logistic, normals } from "../draws.mjs";

/** The first census; programme schools recruit in the spring after it or in the one after the second. */
export const FIRST = 2017;
const CENSUSES = 4;
const SPRINGS = [FIRST, FIRST + 1];
const POOL_SCHOOLS = 250;
const PER_SCHOOL = 20;
export const SCHOOL_SD = 0.5;
export const SCHOOL_YEAR_SD = 0.2;
/** Of those who leave within a year, how many are gone by spring. */
const GONE_BY_SPRING = 0.4;
const DAY = 86_400_000;

/** The fifteenth of March after a November census, in days since 1970. */
const springAfter = (census) => Date.UTC(census + 1, 2, 15) / DAY;

/**
 * Every school keeps its number of teachers: whoever leaves is replaced at the next census. A teacher stays from one census
 * to the next with log-odds linear in two covariates and a yes-or-no one of the person and one of the school, with a school
 * and a school-by-year shock. Some of the leavers are gone by spring; of those of a programme school still there in its
 * spring, some are recruited: in one spring only, since a second would draw on schools by how many had left. From the census
 * after it the programme moves the log-odds of the outcome: staying, or rising to a middle post.
 *
 * @param programme  Staff of each programme school.
 * @param setting    `intercept` and `shift` of the outcome's log-odds; `recruits`, the log-odds of being recruited; `rises` where
 *                   the outcome is rising; `trait` and `nominated`, what a trait nobody records adds to the log-odds of
 *                   staying and of being recruited, per SD.
 * @returns          Rows of the censuses, days of recruitment, and for each recruit the chances of the outcome in the year after
 *                   time zero (`without`, `withIt`), the outcomes with the same luck (`y0`, `y1`) and log-odds without
 *                   shocks (`ofPerson`).
 */
export function drawCareers(random, programme, setting) {
  const sizes = [...programme, ...new Array(POOL_SCHOOLS).fill(PER_SCHOOL)];
  const shock = normals(random, sizes.length, SCHOOL_SD);
  const ofSchool = normals(random, sizes.length);
  const shocks = Array.from({ length: CENSUSES }, () => normals(random, sizes.length, SCHOOL_YEAR_SD));
  const rows = { person: [], year: [], school: [], x1: [], x2: [], x3: [], x4: [], role: [], programmeSchool: [] };
  const recruited = new Map();
  const outcomes = new Map();
  let people = 0;

  for (const [school, size] of sizes.entries()) {
    const isProgramme = school < programme.length;
    const x4 = ofSchool[school] + 0.3 * Number(isProgramme);
    for (let seat = 0; seat < size; seat++) {
      let person;
      for (let census = 0; census < CENSUSES; census++) {
        const year = FIRST + census;
        person ??= newPerson(random, people++, isProgramme);
        write(rows, person, { year, school, x4, isProgramme });
        const ofPerson =
          setting.intercept +
          0.4 * person.x1 -
          0.3 * person.x2 +
          0.3 * person.x3 -
          0.2 * x4 +
          (setting.trait ?? 0) * person.trait;
        const eta = ofPerson + shock[school] + shocks[census][school];
        const isTreated = person.zero !== undefined && year >= person.zero;
        const chances = [logistic(eta), logistic(eta + setting.shift)];
        const luck = random.uniform();
        const [y0, y1] = chances.map((chance) => Number(luck < chance));
        const y = isTreated ? y1 : y0;
        if (year === person.zero)
          outcomes.set(person.id, { without: chances[0], withIt: chances[1], y0, y1, ofPerson });
        const stays = setting.rises ? y === 1 || random.uniform() < 0.85 : y === 1;
        if (setting.rises && y === 1) person.role = "middle";
        const isInSpring = stays || random.uniform() >= GONE_BY_SPRING;
        const nomination = setting.recruits + (setting.nominated ?? 0) * person.trait;
        if (isProgramme && isInSpring && year === SPRINGS[school % SPRINGS.length]) {
          if (happens(random, logistic(nomination)) === 1) {
            person.zero = year + 1;
            recruited.set(person.id, springAfter(year));
          }
        }
        if (!stays) person = undefined;
      }
    }
  }
  return { rows, people, schools: sizes.length, recruited, outcomes };
}

function newPerson(random, id, isProgramme) {
  const shift = Number(isProgramme);
  return {
    id,
    x1: 0.4 * shift + random.normal(),
    x2: -0.2 * shift + random.normal(),
    x3: happens(random, isProgramme ? 0.6 : 0.45),
    trait: random.normal(),
    role: "classroom",
    zero: undefined,
  };
}

function write(rows, person, { year, school, x4, isProgramme }) {
  rows.person.push(person.id);
  rows.year.push(year);
  rows.school.push(school);
  rows.x1.push(person.x1);
  rows.x2.push(person.x2);
  rows.x3.push(person.x3);
  rows.x4.push(x4);
  rows.role.push(person.role);
  rows.programmeSchool.push(Number(isProgramme));
}
