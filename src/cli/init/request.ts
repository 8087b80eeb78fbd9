import { nearest } from "../../base/nearest.ts";
import { type Model, type Runtime, RUNTIMES, type Template } from "./shapes.ts";

export interface InitRequest {
  readonly name: string;
  readonly project: string;
  readonly runtime?: string | undefined;
  readonly template: Template;
  /** PROVIDER/NAME */
  readonly model?: string | undefined;
}

export interface Read {
  readonly ok: true;
  /** The language without its version. */
  readonly language: Runtime | undefined;
  readonly model: Model | undefined;
}

/** What was asked for, or every fault in it. */
export function readRequest(
  request: InitRequest,
): Read | { readonly ok: false; readonly errors: readonly string[] } {
  const errors: string[] = [];
  if (!label(request.name, 52)) errors.push(notALabel("name", request.name, 52));
  if (!label(request.project, 40)) errors.push(notALabel("project", request.project, 40));
  const [word = ""] = request.runtime?.split(":") ?? [];
  const language = RUNTIMES.find((one) => one === word);
  if (
    request.runtime !== undefined &&
    (language === undefined || !/^[a-z]+(?::[0-9A-Za-z][\w.-]*)?$/.test(request.runtime))
  ) {
    const near = word === "node" ? "nodejs" : nearest(word, RUNTIMES);
    const hint = language !== undefined || near === undefined ? "" : `, did you mean \`${near}\`?`;
    const known = `one of ${RUNTIMES.join(", ")}, each with \`:version\` if wanted`;
    errors.push(`invalid runtime '${request.runtime}'${hint} (${known})`);
  }
  const slash = request.model?.indexOf("/") ?? -1;
  const model =
    request.model === undefined
      ? undefined
      : {
          provider: request.model.slice(0, Math.max(slash, 0)).trim(),
          name: request.model.slice(slash + 1).trim(),
        };
  if (model !== undefined && (model.provider === "" || model.name === "")) {
    errors.push(
      `the model \`${request.model ?? ""}\` is not PROVIDER/NAME, such as openai/gpt-4o or ollama/llama3`,
    );
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, language, model };
}

const label = (text: string, most: number): boolean =>
  text.length <= most && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text);

function notALabel(what: string, text: string, most: number): string {
  const better = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, most)
    .replaceAll(/^-|-$/g, "");
  const hint = better === "" ? "" : `; \`${better}\` would do`;
  return `the ${what} \`${text}\` is not made of at most ${most} lower-case letters, digits and hyphens${hint}`;
}
