// Schools over years from their start, through the product's own difference in differences.
import { meanOf } from "./draws.mjs";
import { inputsOf, runSchoolStudy, schoolStudy } from "./workforce/schoolStudy.mjs";
import { drawSchoolYears, PROGRAMME_SCHOOLS, TEACHERS } from "./workforce/schoolYears.mjs";
import { intervalIn } from "./workforceTeachers.mjs";

const SHIFT = 0.3;
const DECLARED = "effect on the treated: school and school-year";
const PRESET = "effect on the treated: school (preset)";
const STANDARDISED = "difference of standardised rates: school (preset)";

async function replicateSchools(random, study, setting) {
  const world = drawSchoolYears(random, { ...setting, shift: SHIFT });
  const { effect, preset, kept, codes, presetCodes } = await runSchoolStudy(
    study,
    inputsOf(world),
    random.integer(2 ** 31),
  );
  const truth = 100 * meanOf(kept.map((school) => world.effectAt(school, 1)));
  const years = effect.yearly.spreads.find(({ group }) => group !== "school");
  return {
    truth,
    intervals: {
      [DECLARED]: intervalIn(effect.readings[0]),
      [PRESET]: intervalIn(preset.readings[0]),
      [STANDARDISED]: preset.yearly.readings.find(({ period }) => period === 1).standardised,
    },
    facts: {
      "programme schools kept": kept.length,
      "school-year SD found": years.sd,
      "share warned `pre-trend-departure`": Number(codes.includes("pre-trend-departure")),
      "share warned `school-years-left-out` by the preset": Number(presetCodes.includes("school-years-left-out")),
    },
  };
}

const DESIGN =
  `${PROGRAMME_SCHOOLS} programme and 80 other schools of ${TEACHERS} teachers over eight censuses; programme schools start in two years; school SD ` +
  "0.5 logit; log-odds move by 0.3. Through the product: modal year of recruitment, nearest neighbour 3:1 without replacement on " +
  "two traits of the school, three years before and two after, calendar years beside years from the start, mixed logit by Laplace's " +
  "method; the first year after. Figures in percentage points. No shocks by school and year.";

const PLAIN = schoolStudy();
const MATCHED_ON_RATES = schoolStudy({ isMatchedOnRates: true });

const schoolsThrough = (yearSd, shows) => ({
  name: `workforce-schools-year-sd-${yearSd}`,
  replications: 1000,
  design:
    yearSd === 0 ? DESIGN : `As workforce-schools-year-sd-0, with shocks of SD ${yearSd} logit by school and year.`,
  shows,
  rules: {
    [DECLARED]: "ordinary",
    [PRESET]: yearSd === 0 ? "ordinary" : "reported",
    [STANDARDISED]: "reported",
  },
  replicate: (random) => replicateSchools(random, PLAIN, { yearSd }),
});

/** Programme schools lie below others in every year, for reasons nobody recorded. */
const schoolsBelow = (name, study, shows, more, remark) => ({
  name,
  replications: 500,
  design: `As workforce-schools-year-sd-0.2, but programme schools lie 0.4 logit below others in every year${more}.`,
  shows,
  ...(remark === undefined ? {} : { remark }),
  rules: { [DECLARED]: "reported", [PRESET]: "reported", [STANDARDISED]: "reported" },
  replicate: (random) => replicateSchools(random, study, { yearSd: 0.2, lower: 0.4 }),
});

export const workforceSchools = [
  schoolsThrough(0, "Without school-year shocks both serve."),
  schoolsThrough(
    0.2,
    "The preset takes the years of a school for more independent than they are; the declared model holds.",
  ),
  schoolsThrough(0.3, "The larger the shocks, the more the preset promises."),
  schoolsBelow("workforce-schools-below", PLAIN, "A lower level that stays is taken away by the years before.", ""),
  schoolsBelow(
    "workforce-schools-matched-on-rates",
    MATCHED_ON_RATES,
    "Comparison schools whose noisy rates happened to be low rise again: matching on the years before leans.",
    ", and the rates of the three years before are matching covariates",
    "Seen years hold chance beside level. Comparison schools picked for low rates rise by what was chance, and their rise is taken " +
      "from the effect. The published study of this design matched on them. The product says `matched-on-years-before`.",
  ),
];
