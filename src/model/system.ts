/** The world as the rest of the program may touch it. Real ones live in `system/`, others in tests. */
export interface Files {
  /** Bytes, or why not; never more than `limit`. */
  read(path: string, limit: number): ReadResult;
  list(folder: string): readonly Entry[];
  kind(path: string): "file" | "folder" | "other" | "absent";
  /** Where a path leads, links followed, also where nothing is there yet; undefined where they go in a circle. */
  realPath(path: string): string | undefined;
  /** Only where nothing is yet. */
  create(path: string, text: string, executable?: boolean): "created" | "exists";
  /** A reader sees the former text or the new one; a new file gets `mode`. */
  replace(path: string, text: string, mode?: number): void;
  /** A folder that nobody else can enter. */
  makePrivateFolder(path: string): void;
}

export type ReadResult =
  | { readonly is: "read"; readonly bytes: Uint8Array }
  | { readonly is: "absent" }
  | { readonly is: "large"; readonly size: number }
  | { readonly is: "refused"; readonly why: string };

export interface Entry {
  readonly name: string;
  readonly is: "file" | "folder" | "link";
}
