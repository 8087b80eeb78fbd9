import { colourPaint, linked, type Paint, plainPaint } from "../../ui/paint.ts";
import type { Context } from "../table.ts";

/** How this terminal is painted; `base` is the folder that places of files are counted from. */
export function paintOf(context: Pick<Context, "screen" | "environment" | "cwd">, base = context.cwd): Paint {
  const paint = context.screen.colour ? colourPaint : plainPaint;
  if (!context.screen.links) return paint;
  const template = context.environment["AAC_EDITOR_URL"] ?? "file://{path}";
  return linked(paint, (file, line, column) =>
    template
      .replaceAll("{path}", encoded(file.startsWith("/") ? file : `${base}/${file}`))
      .replaceAll("{line}", String(line))
      .replaceAll("{column}", String(column)),
  );
}

/** Nothing in a name ends the link, or begins another. */
const encoded = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
