// The globals of an environment, made before any code of the function is read.
//
// In: the functions of Rust (`natives`). Out: the function that loads a file of the bundle or a part of the platform
// by its path. What most functions never touch is compiled when it is first touched: a cold start pays for it otherwise.
(function (natives) {
  "use strict";
  const { defineProperty, keys, create } = Object;
  const { parse, stringify } = JSON;
  // Taken before the function's code can put something else in its place; the parts compiled later use it.
  natives.stringify = stringify;
  const define = (name, value) =>
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

  // ── parts of the environment, by name ──
  const shims = create(null);
  const shim = (name) => (shims[name] ??= natives.shim(name)(natives, shim, load));
  const lazily = (name, names) => {
    for (const global of names) {
      defineProperty(globalThis, global, {
        configurable: true,
        enumerable: false,
        get() {
          define(global, shim(name)[global]);
          return globalThis[global];
        },
        set(value) {
          define(global, value);
        },
      });
    }
  };
  lazily("buffer", ["Buffer", "TextEncoder", "TextDecoder"]);
  lazily("url", ["URL", "URLSearchParams"]);
  lazily("clone", ["structuredClone"]);
  lazily("builtins", ["crypto"]);

  // ── files: CommonJS as Node has it ──
  const cache = create(null);
  function load(path) {
    // Most functions have a database and nothing else of the platform's, so it does not wait for the rest to compile.
    if (path === "coldstart:db") return shim("database");
    if (path.startsWith("coldstart:")) return shim("builtins").require(path.slice(10));
    const known = cache[path];
    if (known) {
      if (!known.loaded) natives.cycle(path);
      return known.exports;
    }
    const module = { id: path, filename: path, exports: {}, loaded: false };
    cache[path] = module;
    try {
      if (path.endsWith(".json")) module.exports = parse(natives.read(path));
      else natives.compile(path).call(module.exports, module.exports, requireFrom(path), module, path, folder(path));
      module.loaded = true;
    } finally {
      if (!module.loaded) delete cache[path];
    }
    return module.exports;
  }
  const folder = (path) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
  const requireFrom = (base) => {
    const require = (specifier) => {
      if (typeof specifier !== "string") throw new TypeError("require takes the name of a module, as a string");
      return load(natives.resolve(base, specifier));
    };
    require.resolve = (specifier) => natives.resolve(base, specifier);
    require.cache = cache;
    return require;
  };

  // ── console ──
  const write = (level) => (...parts) =>
    natives.log(level, parts.length === 1 && typeof parts[0] === "string" ? parts[0] : shim("inspect").format(parts));
  const info = write("info");
  const error = write("error");
  const started = create(null);
  define("console", {
    log: info,
    info,
    debug: write("debug"),
    warn: write("warn"),
    error,
    trace: error,
    dir: info,
    table: info,
    group: info,
    groupEnd() {},
    assert(holds, ...parts) {
      if (!holds) error("Assertion failed:", ...parts);
    },
    time(label = "default") {
      started[label] = natives.elapsed();
    },
    timeEnd(label = "default") {
      if (label in started) info(`${label}: ${(natives.elapsed() - started[label]).toFixed(3)}ms`);
      delete started[label];
    },
  });

  // ── time: the clock that is given ──
  const timer = (repeats) => (callback, delay, ...parameters) => {
    if (typeof callback !== "function") throw new TypeError("a timer calls a function");
    const run = parameters.length ? () => callback(...parameters) : callback;
    const id = natives.setTimer(run, +delay || 0, repeats);
    return { ref() { return this; }, unref() { return this; }, hasRef: () => true, [Symbol.toPrimitive]: () => id };
  };
  const clear = (handle) => {
    if (handle != null && !Number.isNaN(+handle)) natives.clearTimer(+handle);
  };
  const setTimeout = timer(false);
  define("setTimeout", setTimeout);
  define("setInterval", timer(true));
  define("setImmediate", (callback, ...parameters) => setTimeout(callback, 0, ...parameters));
  define("clearTimeout", clear);
  define("clearInterval", clear);
  define("clearImmediate", clear);
  define("performance", { now: () => natives.elapsed(), timeOrigin: natives.now() });
  const RealDate = Date;
  function GivenDate(...parts) {
    if (!new.target) return new RealDate(natives.now()).toString();
    return Reflect.construct(RealDate, parts.length ? parts : [natives.now()], new.target);
  }
  GivenDate.prototype = RealDate.prototype;
  GivenDate.UTC = RealDate.UTC;
  GivenDate.parse = RealDate.parse;
  GivenDate.now = () => Math.floor(natives.now());
  defineProperty(GivenDate, "name", { value: "Date" });
  defineProperty(RealDate.prototype, "constructor", { value: GivenDate, writable: true, configurable: true });
  define("Date", GivenDate);
  Math.random = natives.random;

  // ── the process ──
  const nextTick = (callback, ...parameters) => void queueMicrotask(() => callback(...parameters));
  const hrtime = (since) => {
    const now = natives.elapsed();
    const at = [Math.floor(now / 1e3), Math.floor((now % 1e3) * 1e6)];
    if (!since) return at;
    const passed = (at[0] - since[0]) * 1e9 + at[1] - since[1];
    return [Math.floor(passed / 1e9), passed % 1e9];
  };
  hrtime.bigint = () => BigInt(Math.floor(natives.elapsed() * 1e6));
  define("process", {
    env: natives.env,
    argv: ["node", "index.js"],
    platform: "linux",
    arch: "x64",
    version: "v20.0.0",
    versions: { node: "20.0.0" },
    pid: 1,
    cwd: () => "/var/task",
    uptime: () => natives.elapsed() / 1e3,
    memoryUsage() {
      const held = natives.memory();
      return { rss: held, heapTotal: held, heapUsed: held, external: 0, arrayBuffers: 0 };
    },
    hrtime,
    nextTick,
    on() { return this; },
    once() { return this; },
    off() { return this; },
    emitWarning: (warning) => write("warn")(String(warning)),
    exit: (code = 0) => natives.exit(code | 0),
  });
  define("global", globalThis);

  // ── what is refused ──
  define("fetch", () =>
    Promise.reject(
      new Error("fetch is refused: a function here has no network; call ./db or the stand-ins for S3, SQS and DynamoDB"),
    ),
  );
  return load;
})
