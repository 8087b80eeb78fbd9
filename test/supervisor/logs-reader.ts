/** Reads a log to its end and says how much of it came, and by how many MiB it grew itself meanwhile. */
import { readLogs } from "../../src/supervisor/logs/read.ts";
import { system } from "../../src/system/system.ts";

const [folder = "", tail = "all"] = process.argv.slice(2);
let characters = 0;
let lines = 0;
let longest = 0;
const before = process.resourceUsage().maxRSS;
await readLogs(
  system,
  folder,
  {
    agents: [],
    follow: false,
    tail: tail === "all" ? "all" : Number(tail),
    streams: ["stdout", "stderr"],
    previous: false,
    signal: new AbortController().signal,
    line({ text }) {
      lines++;
      characters += text.length;
      longest = Math.max(longest, text.length);
    },
  },
  () => [0],
);
const grown = Math.round((process.resourceUsage().maxRSS - before) / 1024);
process.stdout.write(JSON.stringify({ characters, lines, longest, grown }));
