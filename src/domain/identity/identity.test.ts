import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printDate, readDate } from "../academicYear.ts";
import {
  compareDates,
  compareNumbers,
  isSameForename,
  jaroWinkler,
  normaliseName,
  readTeacherNumber,
  readWrittenDate,
} from "./index.ts";

const day = (text: string) => readDate(text)!;
const readAs = (text: string, latest?: number) => {
  const read = readWrittenDate(text, latest);
  return read.state === "read" ? printDate(read.days) : read.reason;
};

describe("a name", () => {
  test.each([
    ["O'Brien", "O’BRIEN"],
    ["O Brien", "O'Brien"],
    ["Smith-Jones", "jones  smith"],
    ["Müller", "MULLER"],
    ["Strauß", "Strauss"],
    ["Sørensen", "Sorensen"],
    ["Wałęsa", "Walesa"],
    ["Æthelred", "aethelred"],
    ["Mc Donald", "McDonald"],
    ["Mrs Ann Smith", "Smith, Ann"],
    ["Dr. Khan", "Khan"],
    ["José", "Jose\u0301"],
    ["Ｓｍｉｔｈ", "Smith"],
    ["ﬁeld", "Field"],
    ["Anne\u00a0Marie", "Marie\u2011Anne"],
  ])("%s and %s are one", (a, b) => {
    expect(normaliseName(a)).toBe(normaliseName(b));
  });

  test("keeps a title that is all there is, and letters of other scripts", () => {
    expect(normaliseName("Dame")).toBe("dame");
    expect(normaliseName("Иванов")).toBe("иванов");
    expect(normaliseName(" -'. ")).toBe("");
  });

  test("is settled once normalised, whatever is written", () => {
    const anything = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc
        .array(fc.constantFrom("o", "mc", "mac", "Dr", "Smith", "ß", "İ", "-", "’", "mr", "ann"), { maxLength: 6 })
        .map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(anything, (name) => normaliseName(normaliseName(name)) === normaliseName(name)),
      { numRuns: 2000 },
    );
  });

  test("does not mind case, order of parts or double spaces", () => {
    const part = fc.stringMatching(/^[a-z]{2,8}$/);
    fc.assert(
      fc.property(part, part, (a, b) => {
        fc.pre(!["mc", "mac"].includes(a) && !["mc", "mac"].includes(b));
        expect(normaliseName(`${a.toUpperCase()}-${b}`)).toBe(normaliseName(`${b}  ${a}`));
      }),
    );
  });
});

describe("a nickname", () => {
  test.each([
    ["Liz", "Elizabeth", true],
    ["Liz", "Beth", true],
    ["Bob", "Robert", true],
    ["Alex", "Alexandra", true],
    ["Alexander", "Alexandra", false],
    ["Kate", "Kathryn", true],
    ["John", "Jane", false],
    ["", "", false],
    ["Xanthe", "xanthe", true],
  ])("%s and %s: %s", (a, b, same) => {
    expect(isSameForename(a, b)).toBe(same);
    expect(isSameForename(b, a)).toBe(same);
  });
});

describe("a date as people write it", () => {
  test.each([
    "03/04/1980",
    "3/4/80",
    "3.4.80",
    "3-4-1980",
    "3 April 1980",
    "3rd April 1980",
    "3-Apr-80",
    "Thursday 3 April 1980",
    "April 3, 1980",
    "1980-04-03",
    "1980/4/3",
    "19800403",
    "03041980",
    "1980-04-03T00:00:00",
    "03/04/1980 00:00",
    "29314",
    " 3 / 4 / 1980 ",
  ])("%s is 3 April 1980", (text) => {
    expect(readAs(text)).toBe("1980-04-03");
  });

  test("says what it assumed", () => {
    expect(readWrittenDate("3.4.80", 2004)).toMatchObject({ assumed: "the year 80 is 1980" });
    expect(readAs("1/2/04", 2004)).toBe("2004-02-01");
    expect(readAs("1/2/05", 2004)).toBe("1905-02-01");
    expect(readWrittenDate("04/23/1980")).toMatchObject({ assumed: "the month stands before the day" });
    expect(readWrittenDate("03/04/1980")).not.toHaveProperty("assumed");
  });

  test.each(["", "31/02/1980", "n/a", "April 1980", "13/13/1980", "3/4/198", "0/0/0000", "٣/٤/١٩٨٠x"])(
    "%j is not one",
    (text) => {
      expect(readWrittenDate(text).state).toBe("unreadable");
    },
  );

  test("reads back every day in every writing", () => {
    fc.assert(
      fc.property(fc.integer({ min: day("1911-01-01"), max: day("2010-12-31") }), (days) => {
        const [year, month, date] = printDate(days).split("-") as [string, string, string];
        for (const text of [
          `${date}/${month}/${year}`,
          `${year}-${month}-${date}`,
          `${Number(date)}.${Number(month)}.${year.slice(2)}`,
        ])
          expect(readAs(text)).toBe(printDate(days));
      }),
    );
  });

  test.each([
    ["1980-04-03", "1980-04-03", "exact"],
    ["1980-04-03", "1980-03-04", "swapped"],
    ["1980-04-03", "1980-04-13", "slip"],
    ["1980-04-03", "1990-04-03", "slip"],
    ["1980-04-03", "1979-04-03", "slip"],
    ["1980-04-03", "1975-11-20", "different"],
  ])("%s and %s: %s", (a, b, agreement) => {
    expect(compareDates(day(a), day(b))).toBe(agreement);
    expect(compareDates(day(b), day(a))).toBe(agreement);
  });
});

describe("a teacher number", () => {
  test.each(["1234567", "12/34567", "RP12/34567", " 12 34567 ", "TRN 1234567", "1234567.0", "１２３４５６７"])(
    "%s",
    (text) => {
      expect(readTeacherNumber(text)).toMatchObject({ state: "read", number: "1234567" });
    },
  );

  test("gets its nought back, and is refused where it cannot be one", () => {
    expect(readTeacherNumber("123456")).toMatchObject({
      number: "0123456",
      assumed: "123456 has lost its first nought",
    });
    for (const text of ["", "N/A", "0000000", "12345678", "12345", "AB12345"])
      expect(readTeacherNumber(text).state).toBe("unreadable");
  });

  test.each([
    ["1234567", "1234567", "exact"],
    ["1234567", "1234568", "near"],
    ["1234567", "1243567", "near"],
    ["1234567", "1534267", "different"],
    ["1234567", "1234599", "different"],
  ])("%s and %s: %s", (a, b, agreement) => {
    expect(compareNumbers(a, b)).toBe(agreement);
    expect(compareNumbers(b, a)).toBe(agreement);
  });
});

describe("Jaro-Winkler similarity", () => {
  // Values printed in Winkler (1990), table 2, and in every account of the measure since.
  test.each([
    ["martha", "marhta", 0.9611],
    ["dwayne", "duane", 0.84],
    ["dixon", "dicksonx", 0.8133],
    ["abc", "xyz", 0],
  ])("%s and %s", (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 4);
  });

  test("is symmetric, from 0 to 1, and 1 exactly for the same text", () => {
    const word = fc.stringMatching(/^[a-d]{0,8}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        const similarity = jaroWinkler(a, b);
        expect(similarity).toBeCloseTo(jaroWinkler(b, a), 12);
        expect(similarity >= 0 && similarity <= 1).toBe(true);
        expect(similarity === 1).toBe(a === b);
      }),
    );
  });
});
