// All studies, in the order of the page.

import { clusterTrial } from "./clusterTrial.mjs";
import { complier } from "./complier.mjs";
import { weighting } from "./doublyRobust.mjs";
import { missingCovariate } from "./missingCovariate.mjs";
import { mixedDifferences } from "./mixedDifferences.mjs";
import { fewAreas } from "./places.mjs";
import { curvedOutcome, matchedSchools, nearestWithReplacement, unobservedSelection } from "./schools.mjs";
import { staggeredStarts } from "./staggeredStarts.mjs";
import { surveyChange } from "./surveyChange.mjs";
import {
  teachersCurved,
  teachersNoEffect,
  teachersRareOutcome,
  teachersSixPoints,
  teachersThreePoints,
} from "./teachers.mjs";
import { timeZero } from "./timeZero.mjs";
import { weightedPupils, weightedPupilsFixed } from "./weightedPupils.mjs";
import { workforceSchools } from "./workforceSchools.mjs";
import { workforceSelection, workforceTeachers } from "./workforceTeachers.mjs";
import { workforceTimeZero } from "./workforceTimeZero.mjs";

export const STUDIES = [
  matchedSchools,
  fewAreas,
  teachersNoEffect,
  teachersThreePoints,
  teachersSixPoints,
  teachersRareOutcome,
  weightedPupils,
  weightedPupilsFixed,
  ...mixedDifferences,
  surveyChange,
  timeZero,
  nearestWithReplacement,
  weighting,
  staggeredStarts,
  complier,
  clusterTrial,
  missingCovariate,
  unobservedSelection,
  curvedOutcome,
  teachersCurved,
  ...workforceTeachers,
  ...workforceSchools,
  workforceTimeZero,
  ...workforceSelection,
];
