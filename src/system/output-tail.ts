/** What a program said: told line by line as it comes, and its last part kept. Bounded, however much it says. */

const KEPT = 65_536;

export class OutputTail {
  readonly #tell: ((line: string) => void) | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(tell: ((line: string) => void) | undefined) {
    this.#tell = tell;
  }

  /** One for each stream, so that lines of standard output and error do not run into each other. */
  stream(): { readonly data: (chunk: Uint8Array) => void; readonly end: () => void } {
    const decoder = new TextDecoder();
    let begun = "";
    const tell = (text: string): void => this.#tell?.(text);
    const take = (text: string): void => {
      const lines = (begun + text).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) tell(line.endsWith("\r") ? line.slice(0, -1) : line);
      // A program that never ends a line must not fill the memory.
      for (; begun.length > KEPT; begun = begun.slice(KEPT)) tell(begun.slice(0, KEPT));
    };
    return {
      data: (chunk) => {
        this.#keep(chunk);
        if (this.#tell !== undefined) take(decoder.decode(chunk, { stream: true }));
      },
      end: () => {
        if (this.#tell === undefined) return;
        take(decoder.decode());
        if (begun !== "") tell(begun);
        begun = "";
      },
    };
  }

  #keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined || this.#size - first.length < KEPT) return;
      this.#chunks.shift();
      this.#size -= first.length;
    }
  }

  text(): string {
    const all = Buffer.concat(this.#chunks);
    let from = Math.max(0, all.length - KEPT);
    // A cut may fall into a letter: what is left of it is no letter.
    while (from > 0 && from < all.length && ((all[from] ?? 0) & 0xc0) === 0x80) from++;
    return all.subarray(from).toString("utf8");
  }
}
