// Mixed models at national size, on simulated schools.
//   logistic: 92,830 teacher-years in 507 schools, treatment × year, 24 fixed effects, school intercept by Laplace.
//     Goal: 0.5 s with covariates constant within school and year, 3 s with a third of them varying by teacher.
//   linear: 600,000 pupils in 3,200 schools in 150 authorities, 20 covariates, REML. Goal: 5 s and 1 GB.
// `make FOLDER` only writes the logistic data as CSV for bench/R/mixed-models.R; `compare FOLDER` writes it, runs that script
// where R is installed (lme4 took 188 s), and then the jobs here.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitLinearMixed, fitLogisticMixed, Matrix, RandomStream } from "#stats";
import { record } from "./tools/record.mjs";

const YEARS = 5;

/** Teacher-years with 23 columns: treatment × year, and covariates of the school or, a third of them, of the teacher. */
function teacherYears(varyByTeacher) {
  const random = new RandomStream(2024, varyByTeacher ? "teachers" : "schools");
  const rows = 92_830;
  const schools = 507;
  const names = ["(Intercept)", "treat", ...years(""), ...years("treat:"), ...covariates(14)];
  const columns = names.map(() => new Float64Array(rows));
  const school = new Int32Array(rows);
  const y = new Float64Array(rows);
  const effects = Float64Array.from({ length: schools }, () => 0.5 * random.normal());
  const ofSchool = Array.from({ length: schools * YEARS * 14 }, (_, i) =>
    (i % 14) % 2 ? random.integer(2) : random.normal(),
  );
  for (let i = 0; i < rows; i++) {
    const s = i % schools;
    const year = Math.floor(i / schools) % YEARS;
    const treated = Number(s % 10 === 0);
    school[i] = s;
    const values = [1, treated];
    for (let t = 1; t < YEARS; t++) values.push(Number(t === year));
    for (let t = 1; t < YEARS; t++) values.push(treated * Number(t === year));
    for (let c = 0; c < 14; c++) {
      const isOwn = varyByTeacher && c % 3 === 0;
      values.push(isOwn ? (c % 2 ? random.integer(2) : random.normal()) : ofSchool[(s * YEARS + year) * 14 + c]);
    }
    let eta = 1.2 + effects[s] - 0.1 * year + 0.05 * treated * year;
    for (let j = 0; j < values.length; j++) {
      columns[j][i] = values[j];
      if (j >= 10) eta += 0.06 * values[j];
    }
    y[i] = Number(random.uniform() < 1 / (1 + Math.exp(-eta)));
  }
  const levels = Array.from({ length: schools }, (_, s) => String(s + 1));
  const effect = { group: "school", codes: school, levels, columns: ["(Intercept)"], z: [columns[0]] };
  return { y, x: Matrix.fromColumns(columns), names, effects: [effect] };
}

/** Pupils with 20 covariates, every fifth of them of the school. */
function pupils() {
  const random = new RandomStream(2024, "pupils");
  const rows = 600_000;
  const schools = 3200;
  const authorities = 150;
  const names = ["(Intercept)", ...covariates(20)];
  const columns = names.map(() => new Float64Array(rows));
  const school = new Int32Array(rows);
  const authority = new Int32Array(rows);
  const y = new Float64Array(rows);
  const bySchool = Float64Array.from({ length: schools }, () => 0.35 * random.normal());
  const byAuthority = Float64Array.from({ length: authorities }, () => 0.15 * random.normal());
  const ofSchool = Float64Array.from({ length: schools * 20 }, () => random.normal());
  columns[0].fill(1);
  for (let i = 0; i < rows; i++) {
    const s = i % schools;
    school[i] = s;
    authority[i] = s % authorities;
    let mean = bySchool[s] + byAuthority[s % authorities];
    for (let c = 0; c < 20; c++) {
      const value = c % 5 === 0 ? ofSchool[s * 20 + c] : c % 2 ? random.integer(2) : random.normal();
      columns[c + 1][i] = value;
      mean += 0.04 * value;
    }
    y[i] = mean + random.normal();
  }
  const term = (group, codes, count) => ({
    group,
    codes,
    levels: Array.from({ length: count }, (_, g) => String(g + 1)),
    columns: ["(Intercept)"],
    z: [columns[0]],
  });
  const effects = [term("school", school, schools), term("authority", authority, authorities)];
  return { y, x: Matrix.fromColumns(columns), names, effects };
}

function years(before) {
  return Array.from({ length: YEARS - 1 }, (_, t) => `${before}year${t + 2}`);
}

function covariates(count) {
  return Array.from({ length: count }, (_, c) => `c${c + 1}`);
}

function measure(what, data, estimate) {
  const start = performance.now();
  const result = estimate(data);
  const seconds = (performance.now() - start) / 1000;
  if (result.state !== "fitted") throw new Error(`${what}: ${result.reason}`);
  const theta = Array.from(result.theta, (value) => value.toFixed(6)).join(", ");
  record(
    `${what}: log-likelihood ${result.logLik.toFixed(6)}, theta ${theta}, stopped ${result.record.stopped}`,
    seconds,
  );
}

function writeCsv(path, { y, x, names, effects }) {
  const lines = [
    ["y", ...effects.map(({ group }) => group), ...names.slice(1).map((name) => name.replace(":", "_"))].join(","),
  ];
  for (let i = 0; i < y.length; i++) {
    const values = [y[i], ...effects.map(({ codes }) => codes[i] + 1)];
    for (let j = 1; j < names.length; j++) values.push(x.get(i, j));
    lines.push(values.join(","));
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
}

const [task, folder] = process.argv.slice(2);
if (task === "make" || task === "compare") {
  mkdirSync(folder, { recursive: true });
  writeCsv(join(folder, "logistic-schools.csv"), teacherYears(false));
  writeCsv(join(folder, "logistic-teachers.csv"), teacherYears(true));
}
if (task === "compare") {
  const script = fileURLToPath(new URL("R/mixed-models.R", import.meta.url));
  const { error } = spawnSync("Rscript", [script, folder, "schools"], { stdio: "inherit" });
  if (error !== undefined) console.log("R is not installed: nothing to compare with");
}
if (task !== "make") {
  measure("mixed logit, 92,830 rows, covariates of school and year", teacherYears(false), fitLogisticMixed);
  measure("mixed logit, 92,830 rows, a third of the covariates of the teacher", teacherYears(true), fitLogisticMixed);
  measure("linear mixed model, 600,000 pupils, 3,200 schools, 150 authorities", pupils(), fitLinearMixed);
}
