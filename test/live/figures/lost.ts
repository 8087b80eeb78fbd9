import { existsSync, rmSync } from "node:fs";
import {
  createConnection,
  createServer,
  type ListenOptions,
  type NetConnectOpts,
  type Server,
  type Socket,
} from "node:net";

/** A way to an engine or a cluster that can be cut and mended. */
export interface Wire {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
  end(): Promise<void>;
}

/** Everything goes through, byte by byte, until it is cut: then nobody is there. */
export async function wireTo(to: NetConnectOpts, at: { readonly path?: string }): Promise<Wire> {
  const open = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (at.path !== undefined && existsSync(at.path)) rmSync(at.path);
      const options: ListenOptions = at.path === undefined ? { host: "127.0.0.1", port } : { path: at.path };
      server = createServer((near) => {
        const far = createConnection(to);
        for (const one of [near, far]) {
          open.add(one);
          one.on("error", () => undefined).once("close", () => open.delete(one));
        }
        near.pipe(far).pipe(near);
        near.once("close", () => far.destroy());
        far.once("close", () => near.destroy());
      });
      server.once("error", reject).listen(options, () => {
        const address = server?.address();
        if (typeof address === "object" && address !== null) port = address.port;
        resolve();
      });
    });
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      for (const one of open) one.destroy();
      if (server === undefined) resolve();
      else server.close(() => resolve());
      server = undefined;
    });
  await listen();
  return {
    get port() {
      return port;
    },
    cut,
    mend: listen,
    end: cut,
  };
}
