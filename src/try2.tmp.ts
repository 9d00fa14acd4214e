import { openSource } from "#sources";
import { Engine } from "#table";
import { declare } from "./sources/testing/declare.ts";
let c0=process.cpuUsage();
for (const k of ["run","rows","texts","columns"] as const) { const o=(Engine.prototype as any)[k]; (Engine.prototype as any)[k]=async function(sql:string,...a:any[]){const t=performance.now();const c=process.cpuUsage();const r=await o.call(this,sql,...a);const d=performance.now()-t;const e=process.cpuUsage(c);if(d>100)console.log("  ",k,d.toFixed(0),"cpu",((e.user+e.system)/1000).toFixed(0),sql.slice(0,90));return r;}; }
const yaml=`
key: [person_id, year]
columns:
  person_id: { type: text, identifies: person }
  year: { type: academicYear, written: end }
  region: { type: category, levels: [North, South, East, West, Central] }
  phase: category
  pupils: whole
  score: number
  absence_pct: percent
  fsm_pct: { type: percent, codes: { SUPP: suppressed } }
  joined_date: date
  in_programme: truth
  grade: ofstedGrade
  urn: urn
`;
const t=performance.now();
const say=(x:string)=>{const e=process.cpuUsage(c0);console.log(((performance.now()-t)/1000).toFixed(2),"cpu",((e.user+e.system)/1e6).toFixed(2), x, (process.resourceUsage().maxRSS/1024).toFixed(0)+" MB")};
const s=await openSource(declare(yaml,"big.csv.gz"),{dataFolder:"/tmp",onProgress:say});
say("opened"); await s.meansBy("score",["region","phase"]); say("grouped");
s.close();
