export { choleskyFactor, solveCholesky } from "./cholesky.ts";
export { fTail } from "./fDistribution.ts";
export { Matrix } from "./matrix.ts";
export { orthogonalise, solveUpper, solveUpperTransposed } from "./orthogonalise.ts";
export { RandomStream } from "./randomStream.ts";
export { checkLength, ShapeMismatch } from "./shapeMismatch.ts";
export { tQuantile, tTail } from "./studentT.ts";
export { symmetricEigen } from "./symmetricEigen.ts";
