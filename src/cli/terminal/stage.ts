import { isatty } from "node:tty";
import type { show as Show, Stage } from "../../ui/ink/host.tsx";
import { isTooSmall, SMALLEST } from "../../ui/screen/view.ts";
import { system } from "../../system/system.ts";
import { paintOf } from "../project/checked.ts";
import { word } from "../commands/request.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

/**
 * How a command speaks with whoever started it: on a screen that is drawn, in lines with questions between them, or
 * in lines alone because nobody is there to answer.
 */
export type Way =
  | { readonly is: "screen" }
  /** `because` is said where somebody would have expected a screen. */
  | { readonly is: "lines"; readonly because?: string }
  | { readonly is: "alone" };

export function wayOf(context: Context): Way {
  const { environment, screen } = context;
  const asked = word(context.options["ui"]);
  if (!screen.terminal || screen.ci || !isatty(0)) {
    if (asked === "tui")
      throw new UsageError(
        "`--ui tui` needs a terminal",
        "input and output are one where somebody types; --ui plain needs none",
      );
    return { is: "alone" };
  }
  if (asked === "plain") return { is: "lines" };
  if (isAccessible(environment)) return { is: "lines" };
  if (environment["TERM"] === "dumb") return { is: "lines" };
  const { columns, rows } = process.stdout;
  if (isTooSmall({ columns, rows }))
    return {
      is: "lines",
      because: `the terminal is ${columns}×${rows}, and a screen needs ${SMALLEST.columns}×${SMALLEST.rows}: plain lines instead`,
    };
  return { is: "screen" };
}

/** For ears instead of eyes: linear text, nothing that is drawn over, a word beside each symbol. */
export function isAccessible(environment: Context["environment"]): boolean {
  return isOn(environment["AAC_ACCESSIBLE"]) || isOn(environment["INK_SCREEN_READER"]);
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && value !== "" && value !== "0" && value !== "false";

/** What draws is read from the disk while something else is waited for; whether it can be is seen when it is used. */
export function warmUp(): void {
  import("../../ui/ink/host.tsx").catch(() => undefined);
}

/** This terminal, for what is drawn on it. Ink and React are loaded here and nowhere else. */
export async function stageOf(
  context: Context,
  fullScreen: boolean,
): Promise<{ readonly show: typeof Show; readonly stage: Stage }> {
  const { show } = await import("../../ui/ink/host.tsx");
  return {
    show,
    stage: {
      paint: paintOf(context),
      fullScreen,
      input: process.stdin,
      output: process.stdout,
      after: (millis, run) => system.clock.after(millis, run),
      ...(process.platform === "win32" ? {} : { sleep }),
    },
  };
}

/** Ctrl-Z: the shell gets its turn, and we ours when somebody types `fg`. */
function sleep(): Promise<void> {
  return new Promise((resolve) => {
    let cancel = (): void => undefined;
    // Nothing else may be waited for by then: a program that waits for a signal alone has ended.
    const stay = (): void => {
      cancel = system.clock.after(1000, stay);
    };
    stay();
    process.once("SIGCONT", () => {
      cancel();
      resolve();
    });
    process.kill(process.pid, "SIGTSTP");
  });
}
