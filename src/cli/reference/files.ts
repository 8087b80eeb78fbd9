import { groups, overviewPage, exitCodesPage, pageOf } from "./page.ts";
import { reference } from "./markdown.ts";
import { roff } from "./roff.ts";

/** What a build writes beside the program, by its path there. */
export function referenceFiles(version: string): Readonly<Record<string, string>> {
  const pages = [
    overviewPage(),
    exitCodesPage(),
    ...groups().flatMap(({ commands }) => commands.map(pageOf)),
  ];
  return {
    ...Object.fromEntries(pages.map((page) => [`man/${page.name}.1`, roff(page, version)])),
    "reference.md": reference(),
  };
}
