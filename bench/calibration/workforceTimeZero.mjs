// The product's rules of time zero, put to one workforce recruited in spring by a programme without effect.
import { unevenSizes } from "./draws.mjs";
import { drawCareers } from "./workforce/careers.mjs";
import { inputsOf, runTeacherStudy, teacherStudy } from "./workforce/teacherStudy.mjs";
import { intervalIn } from "./workforceTeachers.mjs";

const STAFF = unevenSizes(50, 630);
const DEFAULT = "firstCensusInPost (default)";
const PRESET = "yearOfRecruitment (preset)";
const studies = new Map([
  [DEFAULT, teacherStudy()],
  [PRESET, teacherStudy({ rule: "yearOfRecruitment" })],
]);
/** With recruitment in spring this preset finds the same start as the other: tried in one replication of ten. */
const SAME = "censusBefore (preset)";
const sameStudy = teacherStudy({ rule: "censusBefore" });

export const workforceTimeZero = {
  name: "workforce-time-zero",
  replications: 500,
  design:
    "The workforce of workforce-no-effect; a trait nobody records moves staying, not recruitment, by 0.4 logit per SD. The same " +
    "world is put to three studies that differ in `timeZero` alone. Figures in percentage points.",
  shows:
    "With recruitment in spring both presets show an effect that is none, and the product warns `immortal-time` of them alone; " +
    "the default shows none.",
  rules: { [DEFAULT]: "ordinary", [PRESET]: "reported" },
  async replicate(random) {
    const world = drawCareers(random, STAFF, { recruits: 0.12, intercept: 1.6, shift: 0, trait: 0.4 });
    const seed = random.integer(2 ** 31);
    const intervals = {};
    const facts = {};
    const look = async (name, study) => {
      const { effect, kept, codes } = await runTeacherStudy(study, inputsOf(world), seed);
      const interval = intervalIn(effect.readings[0]);
      facts[`participants under ${name}`] = kept.length;
      facts[`share clear under ${name}`] = Number(interval.p < 0.05);
      facts[`share warned \`immortal-time\` under ${name}`] = Number(codes.includes("immortal-time"));
      return interval;
    };
    for (const [name, study] of studies) intervals[name] = await look(name, study);
    if (random.integer(10) === 0) {
      const { estimate } = await look(SAME, sameStudy);
      facts[`difference of the estimates of the two presets`] = estimate - intervals[PRESET].estimate;
    }
    return { truth: 0, intervals, facts };
  },
};
