#!/usr/bin/env node
/*
 * The first file that runs. It is written for any Node: an old one looks here for the Node that came with
 * the package, or says in one line what is missing.
 */
"use strict";
var path = require("path");

var parts = process.versions.node.split(".");
var isNew = Number(parts[0]) > 24 || (Number(parts[0]) === 24 && Number(parts[1]) >= 15);
// A shell that asks at each TAB waits for a small file only.
var file = process.argv[2] === "__complete" ? "complete.js" : "main.js";
var main = path.join(__dirname, "..", "..", "dist", file);

if (isNew) {
  start();
} else {
  var bundled = findNode();
  if (bundled === undefined) {
    process.stderr.write(
      "aac needs Node 24.15 or newer, and this is " +
        process.version +
        ": install a newer Node, then run aac again\n",
    );
    process.exitCode = 2;
  } else {
    handOver(bundled);
  }
}

function start() {
  var compile = require("module").enableCompileCache;
  if (compile !== undefined) {
    // Compiled code is kept in the user's own cache: the system's temporary folder belongs to everybody.
    var home = process.env.HOME || process.env.USERPROFILE;
    var cache = process.env.XDG_CACHE_HOME || (home === undefined ? undefined : path.join(home, ".cache"));
    if (cache !== undefined && path.isAbsolute(cache)) compile(path.join(cache, "aac", "code"));
  }
  var loaded;
  try {
    loaded = require(main);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    process.stderr.write("aac is not built: run `npm run build` in its folder\n");
    process.exitCode = 2;
    return;
  }
  loaded.main();
}

/* The platform packages are optional dependencies: at most one of them is there. */
function findNode() {
  var names = [
    "node-" + process.platform + "-" + process.arch,
    "node-bin-" + process.platform + "-" + process.arch,
  ];
  if (process.platform === "win32") names.push("node-win-" + process.arch);
  for (var i = 0; i < names.length; i++) {
    try {
      var folder = path.dirname(require.resolve(names[i] + "/package.json"));
      return path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    } catch (absent) {
      void absent;
    }
  }
  return undefined;
}

/* The other Node takes over the terminal; signals that only we get are passed on. */
function handOver(node) {
  var child = require("child_process").spawn(node, [__filename].concat(process.argv.slice(2)), {
    stdio: "inherit",
  });
  ["SIGTERM", "SIGHUP", "SIGINT"].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on("error", function () {
    process.stderr.write("aac cannot start the Node that came with it: " + node + "\n");
    process.exitCode = 2;
  });
  child.on("exit", function (code, signal) {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code;
  });
}
