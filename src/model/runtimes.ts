/** What a runtime brings along where the file does not say otherwise. */
export interface Runtime {
  readonly image: string;
  readonly packages: string;
  readonly entry: readonly string[];
}

export const RUNTIMES: Readonly<Record<string, Runtime>> = {
  python: { image: "python:3.11-slim", packages: "pip", entry: ["python", "main.py"] },
  nodejs: { image: "node:24-slim", packages: "npm", entry: ["node", "index.js"] },
  go: { image: "golang:1.26", packages: "go modules", entry: ["./app"] },
  rust: { image: "rust:1-slim", packages: "cargo", entry: ["./target/release/app"] },
  java: { image: "eclipse-temurin:21", packages: "Maven or Gradle", entry: ["java", "-jar", "app.jar"] },
  container: { image: "", packages: "", entry: [] },
  exec: { image: "", packages: "", entry: [] },
};
