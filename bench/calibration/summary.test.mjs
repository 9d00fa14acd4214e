import assert from "node:assert/strict";
import { test } from "vitest";
import { RandomStream } from "#stats";
import { unevenSizes } from "./draws.mjs";
import { summarise, verdictOf } from "./summary.mjs";

const answer = (truth, estimate, se, reach) => ({
  truth,
  intervals: { own: { estimate, se, df: 10, low: estimate - reach, high: estimate + reach } },
});

test("errors are counted from the truth of their own replication", () => {
  // Errors +1, −1, +1, −1: SD √(4/3). Half-widths hold the first two truths and miss the others.
  const all = [answer(5, 6, 1, 1), answer(0, -1, 1, 2), answer(2, 3, 2, 0.5), answer(2, 1, 2, 0.5)];
  const found = summarise(all, "own");
  assert.equal(found.coverage, 0.5);
  assert.equal(found.coverageError, 0.25);
  assert.equal(found.biasInSd, 0);
  assert.ok(Math.abs(found.errorRatio - 1.5 / Math.sqrt(4 / 3)) < 1e-15);
  assert.ok(Math.abs(found.rootMeanSquareRatio - Math.sqrt(2.5 / (4 / 3))) < 1e-15);
});

test("a rule may have a truth of its own", () => {
  const all = [answer(5, 6, 1, 0.1), answer(5, 7, 1, 0.1)].map((own) => ({ ...own, truths: { own: 6.05 } }));
  assert.equal(summarise(all, "own").coverage, 0.5);
});

test("replications without an answer are counted, not averaged", () => {
  const all = [answer(0, 1, 1, 1), { reason: "separated" }, { truth: 0, intervals: {} }, answer(0, Number.NaN, 1, 1)];
  const found = summarise(all, "own");
  assert.equal(found.replications, 1);
  assert.equal(found.missing, 3);
  assert.equal(found.estimate, 1);
});

test("gates fail for what fails, and over-coverage only says so", () => {
  const good = { biasInSd: 0.02, errorRatio: 1, coverage: 0.95, replications: 2000 };
  assert.equal(verdictOf("ordinary", good), "pass");
  assert.equal(verdictOf("ordinary", { ...good, coverage: 0.98 }), "pass (covers more than 97%)");
  assert.match(verdictOf("ordinary", { ...good, coverage: 0.92 }), /^fail: coverage below 93%$/);
  assert.equal(verdictOf("few", { ...good, coverage: 0.92 }), "pass");
  assert.match(verdictOf("ordinary", { ...good, biasInSd: -0.1 }), /^fail: bias/);
  assert.match(verdictOf("ordinary", { ...good, biasInSd: Number.NaN }), /^fail: bias/);
  assert.match(verdictOf("ordinary", { ...good, errorRatio: 0.92 }), /^fail: SE/);
  assert.equal(verdictOf("few", { ...good, errorRatio: Number.NaN }), "pass");
  assert.match(verdictOf("ordinary", { ...good, replications: 100 }), /^not judged/);
  assert.equal(verdictOf("reported", { ...good, coverage: 0 }), "reported, not gated");
});

test("summaries of exact t intervals pass, of intervals half as wide fail", () => {
  const random = new RandomStream(1, "summaries");
  const draws = Array.from({ length: 2000 }, () => random.normal());
  const of = (reach) =>
    summarise(
      draws.map((z) => answer(1, 1 + z, 1, reach)),
      "own",
    );
  assert.equal(verdictOf("ordinary", of(1.96)), "pass");
  assert.match(verdictOf("ordinary", of(0.98)), /^fail: coverage/);
});

test("uneven sizes sum to their total, none below 1", () => {
  const sizes = unevenSizes(50, 283);
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    283,
  );
  assert.ok(Math.min(...sizes) >= 1);
});
