// Teachers of invented schools over eight censuses, some of the schools in a programme, with what each year would have been.
import { happens, logistic, normals } from "../draws.mjs";

export const PROGRAMME_SCHOOLS = 20;
const SCHOOLS = 100;
export const TEACHERS = 30;
const FIRST = 2014;
const CENSUSES = 8;
/** Censuses before recruitment: two groups of schools start a year apart. */
const BASELINES = [2017, 2018];
const SCHOOL_SD = 0.5;
const DAY = 86_400_000;

/**
 * Each school keeps its number of teachers: whoever leaves is replaced. Staying from one census to the next has log-odds
 * linear in two traits of the school, with a trend over calendar years, a school and a school-by-year shock. Programme
 * schools name teachers in one of two springs; from the next census the programme moves the log-odds of all their teachers.
 *
 * @param yearSd  SD of the school-by-year shocks.
 * @param lower   How far programme schools lie below others in every year, for reasons nobody recorded.
 * @returns       Rows of the censuses and of the schools, days of recruitment, and `effectAt(school, years)`: what the programme
 *                did to the chance of staying in a programme school, so many years after its baseline.
 */
export function drawSchoolYears(random, { yearSd, shift, lower = 0 }) {
  const shock = normals(random, SCHOOLS, SCHOOL_SD);
  const people = { person: [], year: [], school: [] };
  const schools = { school: [], year: [], x: [], z: [] };
  const recruits = { person: [], school: [], recruited: [] };
  const effects = new Map();
  let count = 0;
  for (let school = 0; school < SCHOOLS; school++) {
    const isProgramme = school < PROGRAMME_SCHOOLS;
    const x = random.normal() + 0.4 * Number(isProgramme);
    const z = happens(random, isProgramme ? 0.6 : 0.4);
    const baseline = BASELINES[school % BASELINES.length];
    const staff = Array.from({ length: TEACHERS }, () => count++);
    for (let census = 0; census < CENSUSES; census++) {
      const year = FIRST + census;
      const after = isProgramme ? year - baseline : 0;
      const ofYear =
        1.7 - 0.3 * x + 0.2 * z - 0.05 * census - (isProgramme ? lower : 0) + shock[school] + yearSd * random.normal();
      const chance = logistic(ofYear + (after > 0 ? shift : 0));
      if (after > 0) effects.set(`${school} ${after}`, chance - logistic(ofYear));
      schools.school.push(school);
      schools.year.push(year);
      schools.x.push(x);
      schools.z.push(z);
      for (let seat = 0; seat < TEACHERS; seat++) {
        people.person.push(staff[seat]);
        people.year.push(year);
        people.school.push(school);
        if (isProgramme && year === baseline && seat < 5) {
          recruits.person.push(staff[seat]);
          recruits.school.push(school);
          recruits.recruited.push(Date.UTC(year + 1, 2, 15) / DAY);
        }
        if (happens(random, chance) === 0) staff[seat] = count++;
      }
    }
  }
  return {
    people,
    schools,
    recruits,
    count,
    total: SCHOOLS,
    effectAt: (school, years) => effects.get(`${school} ${years}`),
  };
}
