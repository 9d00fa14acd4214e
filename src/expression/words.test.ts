import { describe, expect, test } from "vitest";
import { good } from "./testing/schools.ts";
import { inWords } from "./words.ts";

describe("an expression in words", () => {
  test.each([
    ["joined between 2016-09-01 and 2017-08-31", "joined a trust from 1 September 2016 to 31 August 2017"],
    ["region is not missing", "region is known"],
    ["region is missing", "region is not known"],
    ["progress8 is not suppressed", "progress8 is not suppressed"],
    ["use_row = yes", "use_row: yes"],
    ["use_row != yes", "use_row: no"],
    ["fsm_pct >= 40% and pupils < 100", "fsm_pct is at least 40% and pupils is under 100"],
    ["region in ('London', 'North West')", 'region is one of "London" or "North West"'],
    ["region not in ('London', 'North West')", 'region is none of "London" or "North West"'],
    ["pupils not between 10 and 20", "pupils is not between 10 and 20"],
    [
      "(use_row or pupils = 3) and joined = 2016-09-01",
      "(use_row or pupils is 3) and joined a trust is 1 September 2016",
    ],
    ["pupils at baseline - pupils at 2013/14 > 2", "pupils at baseline minus pupils in 2013/14 is above 2"],
    ["progress8 at followup + 1 != 3", "progress8 1 year after the year of the result is not 3"],
    ["not (exists at baseline - 2)", "not (in the data 2 years before baseline)"],
    ["if use_row then 'a' else 'b'", '"a" if use_row, otherwise "b"'],
    ["yearsBetween(joined, left) >= 3", "completed years from joined a trust to left is at least 3"],
    ["firstKnown(region, name) = 'x'", 'the first known of region and name is "x"'],
  ])("%s", (text, words) => {
    expect(inWords(good(text))).toBe(words);
  });
});
