/** The least that a look at an engine costs in Node: one list by a label, and one answer for each container in it. */
// An import looks at each export, and so loads a second client that stands behind one of them: 25 ms.
const { Agent, get } = process.getBuiltinModule("node:http");
const [label = ""] = process.argv.slice(2);
const socketPath = (process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace("unix://", "");
const AT_ONCE = 16;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        text += piece;
      });
      answer.on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject);
  });
}

const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
const list = (await ask(`/containers/json?all=true&filters=${filters}`)) as readonly {
  readonly Id: string;
}[];
// The agent holds back what is more than it may have under way.
const looks = await Promise.all(list.map(({ Id }) => ask(`/containers/${Id}/json`)));
process.stdout.write(`${looks.length} containers\n`);
agent.destroy();
