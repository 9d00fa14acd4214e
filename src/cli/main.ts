#!/usr/bin/env node
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import type { CommandOptions } from "./outcome.ts";

const EXAMPLES = `
Examples:
  $ assay init my-study                      a study folder to start from, with invented data
  $ assay check my-study                     everything wrong with the study or its data, at once
  $ assay run my-study                       design, register, estimate, report
  $ assay trace effects-change my-study      where the figures of a table come from

Exit codes: 0 done, 1 fault in the study or its data, 2 usage, 3 refused (the seal).`;

/** Loads a command when it is called and ends with its exit code. */
function calls(name: string) {
  return async (...words: unknown[]): Promise<void> => {
    const { finish } = await import("./outcome.ts");
    const options = words.at(-2) as CommandOptions;
    const operands = words.slice(0, -2) as string[];
    await finish(options, async () => {
      const { commands } = await import("./commands/index.ts");
      return await commands[name]!(operands, options);
    });
  };
}

function study(program: Command, name: string, summary: string, examples: string): Command {
  return program
    .command(name)
    .summary(summary)
    .description(summary)
    .argument("[study]", "study folder or study.yaml", ".")
    .option("--data <folder>", "folder of the input files (default: data in the study folder)")
    .option("--out <folder>", "folder for what is made (default: out in the study folder)")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", `\nExamples:\n${examples}`)
    .action(calls(name));
}

/** The management information return: its template, what is wrong with one, its tables. */
function managementInformation(program: Command): Command {
  const mi = program
    .command("mi")
    .description("The management information return of a programme: template, check, tables.")
    .summary("the management information return: template, check, report");
  mi.command("template")
    .description("Write the template of the return: two CSV files, the same as a workbook, and what each field asks.")
    .option("--out <folder>", "folder to write into", ".")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay mi template --out return")
    .action(calls("mi-template"));
  const given = (command: Command): Command =>
    command
      .argument("<return>", "participants file: CSV, or the workbook made from the template")
      .option("--schools <file>", "schools file of the return")
      .option("--register <file>", "school-years file, to know every school there is")
      .option("--targets <file>", "YAML of targets, national shares and other people's counts")
      .option("--at <day>", "day the return describes (default: snapshot of the targets file, or today)")
      .option("--from <day>", "first day of the programme")
      .option("--json", "print one JSON object instead of lines");
  given(mi.command("check"))
    .description("Say everything that is wrong with a return: what cannot be used, and what to ask the provider.")
    .option("--faults <file>", "write every fault and query to a CSV file")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay mi check mi_participants.csv --schools mi_schools.csv\n  $ assay mi check mi_participants.csv --faults faults.csv --at 2020-02-28",
    )
    .action(calls("mi-check"));
  given(mi.command("report"))
    .description("Count who took part: against national shares, against targets, beside the counts of others.")
    .option("--roles <file>", "dictionary of job titles that comes before the shipped one")
    .option("--minimum <number>", "smallest number of people that may be shown (default: 10)")
    .option("--school-minimum <number>", "the same for schools (default: that of people)")
    .option("--out <folder>", "write mi-report.html and a CSV file for each table into this folder")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay mi report mi_participants.csv --schools mi_schools.csv --register school_years.parquet --targets targets.yaml --out mi",
    )
    .action(calls("mi-report"));
  return mi;
}

function linkage(program: Command): Command {
  const link = program
    .command("link")
    .description("Link people and schools across sources: look at pairs, decide them, score the method.")
    .summary("link people and schools: review, decide, evaluate");
  const onStudy = (name: string): Command =>
    link
      .command(name)
      .argument("<study>", "study folder or study.yaml")
      .option("--data <folder>", "folder of the input files (default: data in the study folder)")
      .option("--by <name>", "who decides", "")
      .option("--json", "print one JSON object instead of lines");
  onStudy("review")
    .description("Say what linked and what did not, and write the pairs that await a decision to linkage/review.csv.")
    .option("--read <file>", "take in the decisions entered in this list; all of them or none")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay link review my-study\n  $ assay link review my-study --read linkage/review.csv --by 'A. Person'",
    )
    .action(calls("link-review"));
  onStudy("decide")
    .description("Record a decision about one pair: the same person, or two.")
    .argument("<pair>", "row=person, as the review list calls it")
    .argument("<decision>", "same or different")
    .option("--reason <sentence>", "why", "")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay link decide my-study 17=P0012345 same --by 'A. Person' --reason 'married name'",
    )
    .action(calls("link-decide"));
  link
    .command("evaluate")
    .description(
      "Score linkage on invented returns of known people: precision, recall, estimated and true wrong links.",
    )
    .requiredOption("--workforce <folder>", "as `assay simulate workforce` wrote it")
    .option("--returns <number>", "how many returns of 400 people (default: 20)")
    .option("--seed <number>", "the seed of the returns (default: 1)")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay link evaluate --workforce workforce --returns 20")
    .action(calls("link-evaluate"));
  return link;
}

function registrant(command: Command): Command {
  return command
    .option("--by <name>", "who registers", "")
    .option("--role <role>", "in which role", "")
    .option("--reason <sentence>", "why", "");
}

/** The workbench in a browser, and the safety of its data. */
function workbench(program: Command): void {
  const folder = (command: Command): Command =>
    command.option("--folder <folder>", "folder of the workbench's data", "workbench");
  folder(program.command("serve"))
    .summary("open the workbench: programmes run in a browser")
    .description(
      "Open the workbench on this machine: programmes run in a browser, data in a folder, or on the PostgreSQL server that DATABASE_URL names.",
    )
    .option("--port <number>", "port to answer on; 0 takes a free one", "8080")
    .option("--host <address>", "address to answer on", "127.0.0.1")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay serve --folder workbench --port 8080")
    .action(calls("serve"));
  folder(program.command("backup"))
    .summary("copy the workbench's data into one file, in use or not")
    .description("Copy the workbench's data into one file. It may be in use meanwhile.")
    .option("--out <file>", "file to write (default: a dated one in backups/ of the folder)")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay backup --folder workbench --out monday.db")
    .action(calls("backup"));
  folder(program.command("restore"))
    .summary("put a backup in the place of the workbench's data")
    .description("Put a backup in the place of the workbench's data, which are kept beside it.")
    .argument("<backup>", "a file that `assay backup` wrote")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay restore monday.db --folder workbench")
    .action(calls("restore"));
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The whole command line. Exported so that a test can read its help. */
function buildProgram(): Command {
  const program = new Command("assay")
    .description("Run and evaluate school-improvement programmes: from a declared study to a published evaluation.")
    .version(version(), "-V, --version", "print the version")
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("Run `assay --help` or `assay <command> --help` for examples.")
    .exitOverride();

  program
    .command("init")
    .summary("make a study folder to start from")
    .description(
      "Make a study folder to start from: a commented study.yaml and invented data, so that it runs at once.",
    )
    .argument("[folder]", "a folder that has no study yet", ".")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay init my-study && assay run my-study")
    .action(calls("init"));

  study(
    program,
    "check",
    "read the study and every file, and say everything that is wrong",
    "  $ assay check my-study --data ../files\n  $ assay check my-study --report-faults faults.csv\n  $ assay check my-study --defaults",
  )
    .option("--report-faults <file>", "write every faulty cell to a CSV file")
    .option("--defaults", "list every setting and who made it");
  study(program, "design", "choose the comparison under the seal, without any outcome", "  $ assay design my-study");
  registrant(
    study(
      program,
      "register",
      "freeze protocol, inputs and design before outcomes are opened",
      "  $ assay register my-study --by 'A. Person' --role 'evaluation lead'\n  $ assay register my-study --print",
    ),
  ).option("--print", "print the 64-digit code for a public registry; register nothing");
  registrant(
    study(
      program,
      "amend",
      "append a change, with its reason, to the registration",
      "  $ assay amend my-study --reason 'corrected input file' --by 'A. Person'",
    ),
  );
  study(
    program,
    "estimate",
    "open the outcomes and estimate what was declared",
    "  $ assay estimate my-study\n  $ assay estimate my-study --exploratory",
  ).option("--exploratory", "run an unregistered or altered study; every page says so");
  study(
    program,
    "report",
    "write the report and its tables from findings.json",
    "  $ assay report my-study --out results",
  );
  registrant(
    study(
      program,
      "run",
      "check, design, register once, estimate, report",
      "  $ assay run my-study --data ../files --out results",
    ),
  )
    .option("--exploratory", "without registering; every page says so")
    .option("--report-faults <file>", "write every faulty cell to a CSV file");

  program
    .command("trace")
    .summary("say where a figure comes from")
    .description("Say where a figure comes from: definition, base, filters, model, input files, units behind it.")
    .argument("<figure>", "exhibit, exhibit.row or exhibit.row.column")
    .argument("[study]", "study folder or study.yaml", ".")
    .option(
      "--data <folder>",
      "folder of the input files, to say whether they are unchanged (default: data in the study folder)",
    )
    .option("--out <folder>", "folder that holds findings.json (default: out in the study folder)")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay trace flow-joiners my-study\n  $ assay trace effects-change.reading-2018-19-adjusted.effect my-study",
    )
    .action(calls("trace"));

  program
    .command("schema")
    .description("Print the JSON Schema of study.yaml, for editors.")
    .summary("print the JSON Schema of study.yaml")
    .option("--out <folder>", "write study.schema.json into this folder instead of printing it")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay schema > study.schema.json\n  $ assay schema --out .")
    .action(calls("schema"));

  const simulate = program
    .command("simulate")
    .description("Make invented data with a known true effect.")
    .summary("make invented data with a known true effect");
  simulate
    .command("schools")
    .description("Write invented schools over six years: panel.csv and truth.json.")
    .requiredOption("--out <folder>", "folder to write into")
    .option("--seed <number>", "the one seed", "1")
    .option("--schools <number>", "how many schools")
    .option("--effect <points>", "true effect on reading scores")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText("after", "\nExamples:\n  $ assay simulate schools --out invented --seed 7 --effect 1.5")
    .action(calls("simulate-schools"));
  simulate
    .command("workforce")
    .summary("write twelve years of invented teachers and a programme among them")
    .description(
      "Write an invented national workforce: twelve November censuses, its schools, a programme's return, and the truth.",
    )
    .requiredOption("--out <folder>", "folder to write into")
    .option("--seed <number>", "the one seed", "1")
    .option("--teachers <number>", "teachers in a census (default: 502000, all England)")
    .option("--schools <number>", "schools open in a year (default: one for every 23 teachers)")
    .option("--programme-schools <number>", "schools of the programme (default: 51, fewer in a small workforce)")
    .option("--hidden-selection <log-odds>", "choose the committed, which nobody can see (default: 0)")
    .option("--retention-effect <log-odds>", "true effect on participants' staying (default: 0.5)")
    .option("--progression-effect <log-odds>", "true effect on participants' rising (default: 0.4)")
    .option("--school-effect <log-odds>", "true effect on all teachers of their schools (default: 0.1)")
    .option("--json", "print one JSON object instead of lines")
    .addHelpText(
      "after",
      "\nExamples:\n  $ assay simulate workforce --out workforce --seed 7 --teachers 30000\n  $ assay simulate workforce --out workforce --retention-effect 0 --school-effect 0",
    )
    .action(calls("simulate-workforce"));
  workbench(program);
  const mi = managementInformation(program);
  const link = linkage(program);
  for (const command of [...program.commands, ...simulate.commands, ...mi.commands, ...link.commands])
    command.exitOverride();
  return program;
}

/** Runs one command line. Usage errors end with 2. */
export async function main(words: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (error.exitCode !== 0 && words.includes("--json")) {
      process.stdout.write(`${JSON.stringify({ state: "usage", message: error.message })}\n`);
    }
  }
}

const isEntry = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isEntry) {
  // Leaving through `exit` lets an output folder remove what it staged: nothing half written stays behind.
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader went away (`assay … | head`): nothing is left to say.
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`The output could not be written: ${error.message}\n`);
    process.exit(1);
  });
  await main(process.argv.slice(2));
}
