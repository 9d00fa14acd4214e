import type { ColumnDeclaration } from "#domain";

/** `percent` counts to 100 and `proportion` to 1: they never mix, with each other or with plain numbers. */
export type Scale = "plain" | "percent" | "proportion";

/** What kind of value an expression or column has. */
export type ValueType =
  | { readonly kind: "number"; readonly scale: Scale; readonly unit?: string }
  | { readonly kind: "text" }
  /** Levels in order; left out when they are not declared. */
  | { readonly kind: "category"; readonly levels?: readonly string[]; readonly isOrdered: boolean }
  | { readonly kind: "truth" }
  | { readonly kind: "date" }
  | { readonly kind: "academicYear" };

export const plainNumber: ValueType = { kind: "number", scale: "plain" };

/** A number that counts something: `days`, `years`, `points`. */
export function numberOf(scale: Scale, unit: string | undefined): ValueType {
  return unit === undefined || scale !== "plain" ? { kind: "number", scale } : { kind: "number", scale, unit };
}

const OFSTED_GRADES = ["1", "2", "3", "4"];

/** The type of a column as a source declares it. */
export function typeOfColumn(column: ColumnDeclaration): ValueType {
  switch (column.type) {
    case "percent":
    case "proportion":
      return { kind: "number", scale: column.type };
    case "number":
    case "whole":
      return numberOf(/^(%|per ?cent|percentage)/i.test(column.unit ?? "") ? "percent" : "plain", column.unit);
    case "money":
      return numberOf("plain", column.unit ?? "GBP");
    case "category":
    case "phase":
      return {
        kind: "category",
        ...(column.levels !== undefined && { levels: column.levels }),
        isOrdered: column.ordered === true,
      };
    case "ofstedGrade":
      return { kind: "category", levels: column.levels ?? OFSTED_GRADES, isOrdered: true };
    case "truth":
    case "date":
    case "academicYear":
      return { kind: column.type };
    default:
      return { kind: "text" };
  }
}

/** `a percent (0-100)`, `a number of points`, `a category`: how a fault names a type. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case "number":
      if (type.scale === "percent") return "a percent (0-100)";
      if (type.scale === "proportion") return "a proportion (0-1)";
      return type.unit === undefined ? "a plain number" : `a number (${type.unit})`;
    case "text":
      return "text";
    case "category":
      return "a category";
    case "truth":
      return "a yes or no";
    case "date":
      return "a date";
    case "academicYear":
      return "an academic year";
  }
}
