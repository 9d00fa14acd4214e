import { Matrix } from "#math";
import {
  asFactor,
  type Formula,
  type ModelData,
  modelMatrix,
  numbersOf,
  rowsOf,
  takeRows,
  UnknownVariable,
  variableOf,
  variablesOf,
} from "../model/index.ts";
import { rowPatterns } from "../model/rowPatterns.ts";
import type { LogisticMixedFit } from "./logisticMixedModel.ts";
import { type MeanPrediction, meanPrediction, type PredictionRows } from "./meanPrediction.ts";
import { randomEffectsOf } from "./randomEffects.ts";

/** Rows of the data, each once, with how many rows or trials it stands for. */
export interface Patterns {
  readonly data: ModelData;
  readonly weights: Float64Array;
}

/** Builds what a logistic mixed model needs to predict for the rows of its data, or for changed copies of them. */
export class MixedPredictor {
  readonly fit: LogisticMixedFit;
  readonly data: ModelData;
  readonly #formula: Formula;
  readonly #trials: Float64Array | undefined;

  constructor(fit: LogisticMixedFit, formula: Formula, data: ModelData, trials: Float64Array | undefined) {
    this.fit = fit;
    // Numbers read as categories keep all their levels when they are set to one of them.
    this.data = new Map(
      [...data].map(([name, variable]) => [name, formula.factors.includes(name) ? asFactor(variable) : variable]),
    );
    this.#formula = formula;
    this.#trials = trials;
  }

  /** @param free  Variables that will be set anyway. */
  patterns(rows: Int32Array, free: readonly string[]): Patterns {
    const names = variablesOf(this.#formula).filter((name) => name !== this.#formula.response && !free.includes(name));
    const own = takeRows(this.data, rows);
    const columns = names.map((name) => {
      const variable = variableOf(own, name);
      return variable.kind === "number" ? variable.values : variable.codes;
    });
    const { patternOf, firstRow } = rowPatterns(rows.length, columns);
    const weights = new Float64Array(firstRow.length);
    for (let i = 0; i < rows.length; i++) weights[patternOf[i]] += this.#trials?.[rows[i]] ?? 1;
    return { data: takeRows(own, firstRow), weights };
  }

  /** The columns of the fit for some data. */
  columns(data: ModelData): Matrix {
    const { x, names } = modelMatrix(this.#formula, data);
    const result = new Matrix(x.rows, this.fit.names.length);
    for (const [j, name] of this.fit.names.entries()) {
      const from = names.indexOf(name);
      if (from < 0) throw new UnknownVariable(`these rows give no column "${name}", which the fit has`);
      result.column(j).set(x.column(from));
    }
    return result;
  }

  rows({ data, weights }: Patterns): PredictionRows {
    const modes = new Float64Array(weights.length);
    const variance = new Float64Array(weights.length);
    const here = randomEffectsOf(this.#formula, data);
    for (const [t, own] of this.fit.effects.entries()) {
      const term = here.find(
        ({ group, columns }) => group === own.group && columns.join("\n") === own.columns.join("\n"),
      );
      if (term === undefined) throw new UnknownVariable(`the random term of "${own.group}" is not that of the fit`);
      const width = own.columns.length;
      const place = new Map(own.levels.map((level, g) => [level, g]));
      // A group the fit has not seen is at its mean, 0.
      const groupOf = term.levels.map((level) => place.get(level) ?? -1);
      const { covariance } = this.fit.variances[t];
      for (let i = 0; i < weights.length; i++) {
        const g = groupOf[term.codes[i]];
        for (let c = 0; c < width; c++) {
          if (g >= 0) modes[i] += this.fit.modes[t][g * width + c] * term.z[c][i];
          for (let k = 0; k < width; k++) variance[i] += term.z[c][i] * term.z[k][i] * covariance.get(c, k);
        }
      }
    }
    return { x: this.columns(data), weights, modes, variance, offset: this.#offset(data) };
  }

  mean(patterns: Patterns): MeanPrediction {
    return meanPrediction(this.rows(patterns), this.fit.beta, this.fit.link);
  }

  #offset(data: ModelData): Float64Array | undefined {
    if (this.#formula.offsets.length === 0) return undefined;
    const sum = new Float64Array(rowsOf(data));
    for (const name of this.#formula.offsets) {
      for (const [i, value] of numbersOf(data, name).entries()) sum[i] += value;
    }
    return sum;
  }
}
