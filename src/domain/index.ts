export * from "./academicYear.ts";
export * from "./cellState.ts";
export * from "./choice.ts";
export * from "./nearestName.ts";
export * from "./problem.ts";
export * from "./sourceDeclaration.ts";
