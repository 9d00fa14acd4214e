import { Faults } from "#domain";
import { Defaults } from "./choices.ts";
import { FaultList } from "./faultList.ts";
import { itemAt, withAt } from "./item.ts";
import { resolveSources } from "./resolveSources.ts";
import { source } from "./schemaSources.ts";
import type { StudySource } from "./study.ts";
import { unfold } from "./unfold.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yamlDoor.ts";

const NAME = "described";

/**
 * A file declared by its registry entry alone, without a study around it.
 * @param id    For example `assay/mi-return@1`.
 * @param file  As it is named in faults and found in the data folder.
 * @throws Faults  `edition-unknown`, with the nearest id.
 */
export function describedSource(id: string, file: string): StudySource {
  const faults = new FaultList();
  const text = `sources: { ${NAME}: { use: ${JSON.stringify(id)}, file: ${JSON.stringify(file)} } }\n`;
  const written = readYaml(text, id, { by: "declared" }, faults);
  const path = ["sources", NAME];
  if (written !== undefined) {
    const { whole, broken } = unfold(written, faults);
    const item = itemAt(whole, path);
    const valid = broken.length > 0 || item === undefined ? undefined : validate(item, source, faults, path);
    if (valid !== undefined) {
      const sound = withAt(whole, path, valid.item);
      const found = resolveSources({ whole, sound, faults, defaults: new Defaults() }, { [NAME]: valid.value });
      const declared = found.get(NAME);
      if (declared !== undefined && faults.sorted("fault").length === 0) return { ...declared, id, registry: id };
    }
  }
  throw new Faults(id, faults.sorted("fault"));
}
