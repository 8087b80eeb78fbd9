import { expect, test } from "vitest";
import { holderWords } from "../../src/wanted/port-holder.ts";

const words = (command?: string): string | undefined =>
  holderWords({ is: "taken", pid: 7, ...(command === undefined ? {} : { command }) });

test("who holds a port is named by its program, not by where that lies", () => {
  expect(words("/usr/bin/python3 -m http.server")).toBe("python3 -m http.server (pid 7)");
  expect(words("nginx: master process /usr/sbin/nginx")).toBe(
    "nginx: master process /usr/sbin/nginx (pid 7)",
  );
  expect(words("nginx")).toBe("nginx (pid 7)");
  expect(words("odd/")).toBe("odd/ (pid 7)");
});

test("a long command is cut, however it is written", () => {
  const told = words(`/opt/${"deep/".repeat(40)}node -e \n\tserve();\n${"x".repeat(500)}`) ?? "";
  expect(told).toMatch(/^node -e serve\(\); x+… \(pid 7\)$/);
  expect(told).toHaveLength(60 + " (pid 7)".length);
  expect(words("a".repeat(60))).toBe(`${"a".repeat(60)} (pid 7)`);
  // No half of a sign is left over.
  expect(words("😀".repeat(80))).toBe(`${"😀".repeat(59)}… (pid 7)`);
});

test("one that nobody can see is told as such, or not at all", () => {
  expect(words()).toBe("a program (pid 7)");
  expect(words(" ")).toBe("a program (pid 7)");
  expect(holderWords({ is: "taken" })).toBeUndefined();
});
