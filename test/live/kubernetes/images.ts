import { execFile } from "node:child_process";
import { loadImage } from "../engines.ts";
import type { PlatformProject } from "../platform-project.ts";

/** What `aac emit dockerfile` says, made on the engine and brought to where the cluster finds it. */
export async function buildImage(
  project: PlatformProject,
  { agent, folder, image }: { readonly agent: string; readonly folder: string; readonly image: string },
): Promise<void> {
  const { out } = await project.well(`emit dockerfile --target-agent ${agent} -q`);
  project.write(`../${agent}.Dockerfile`, out);
  const network = process.env["AAC_BUILD_NETWORK"];
  await docker(
    "build",
    "--quiet",
    ...(network === undefined ? [] : ["--network", network]),
    "--tag",
    image,
    "--file",
    project.path(`../${agent}.Dockerfile`),
    project.path(folder),
  );
  await loadImage(image);
}

function docker(...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile("docker", args, { env: { ...process.env, DOCKER_BUILDKIT: "0" } }, (error, out, said) =>
      error === null ? resolve() : reject(new Error(`docker ${args.join(" ")}: ${out}${said}`)),
    );
  });
}
