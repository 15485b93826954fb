// What `require` gives beside the function's own files: some of Node's modules, and the AWS clients.
(function (natives, shim) {
  "use strict";
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const crypto = {
    randomUUID() {
      const bytes = natives.randomBytes(16);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const text = Array.from(bytes, hex).join("");
      return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
    },
    randomBytes: (size) => shim("buffer").Buffer.over(natives.randomBytes(size)),
    randomInt(low, high) {
      const [from, to] = high === undefined ? [0, low] : [low, high];
      return from + Math.floor(natives.random() * (to - from));
    },
    getRandomValues(array) {
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(natives.randomBytes(array.byteLength));
      return array;
    },
  };

  class AssertionError extends Error {
    name = "AssertionError";
    code = "ERR_ASSERTION";
  }
  const assert = (holds, message = "The expression evaluated to a falsy value") => {
    if (!holds) throw message instanceof Error ? message : new AssertionError(message);
  };
  assert.ok = assert;
  const pair = (a, sign, b) => `${shim("inspect").inspect(a)} ${sign} ${shim("inspect").inspect(b)}`;
  assert.equal = (a, b, message) => assert(a == b, message ?? pair(a, "!=", b));
  assert.strictEqual = (a, b, message) =>
    assert(Object.is(a, b), message ?? `Expected values to be strictly equal: ${pair(a, "!==", b)}`);
  assert.AssertionError = AssertionError;

  class EventEmitter {
    #listeners = new Map();
    on(name, listener) {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
      return this;
    }
    once(name, listener) {
      const once = (...parts) => (this.off(name, once), listener(...parts));
      return this.on(name, once);
    }
    off(name, listener) {
      this.#listeners.set(name, (this.#listeners.get(name) ?? []).filter((it) => it !== listener));
      return this;
    }
    emit(name, ...parts) {
      const listeners = this.#listeners.get(name) ?? [];
      if (!listeners.length && name === "error") throw parts[0];
      for (const listener of listeners) listener.apply(this, parts);
      return listeners.length > 0;
    }
  }
  EventEmitter.EventEmitter = EventEmitter;

  const join = (...parts) => {
    const whole = parts.filter(Boolean).join("/");
    const kept = [];
    for (const part of whole.split("/")) {
      if (part === ".." && kept.length && kept.at(-1) !== "..") kept.pop();
      else if (part && part !== "." && !(part === ".." && whole.startsWith("/"))) kept.push(part);
    }
    const start = whole.startsWith("/") ? "/" : "";
    const end = whole.endsWith("/") && kept.length ? "/" : "";
    return start + kept.join("/") + end || ".";
  };
  const basename = (path, ending = "") => {
    const name = path.replace(/\/+$/, "").split("/").at(-1);
    return ending && name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : name;
  };
  const extname = (path) => /[^/.](\.[^./]*)$/.exec(path)?.[1] ?? "";
  const dirname = (path) => path.replace(/\/+$/, "").split("/").slice(0, -1).join("/") || (path.startsWith("/") ? "/" : ".");
  const parsed = (path) => {
    const [base, ext] = [basename(path), extname(path)];
    return { root: path.startsWith("/") ? "/" : "", dir: path.includes("/") ? dirname(path) : "", base, ext, name: basename(path, ext) };
  };
  const resolve = (...parts) => parts.reduce((at, part) => (part.startsWith("/") ? part : join(at, part)), "/var/task");
  const path = {
    sep: "/",
    delimiter: ":",
    join,
    normalize: (it) => join(it),
    resolve,
    basename,
    extname,
    dirname,
    parse: parsed,
    isAbsolute: (it) => it.startsWith("/"),
  };
  path.posix = path;

  const promisify = (call) => (...parts) =>
    new Promise((resolve, reject) => call(...parts, (error, value) => (error ? reject(error) : resolve(value))));
  const sleep = (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value));
  promisify.custom = Symbol.for("nodejs.util.promisify.custom");

  const modules = {
    assert: () => assert,
    buffer: () => ({ Buffer: shim("buffer").Buffer }),
    crypto: () => Object.assign({ webcrypto: crypto }, crypto),
    events: () => EventEmitter,
    path: () => path,
    perf_hooks: () => ({ performance }),
    process: () => process,
    timers: () => ({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }),
    "timers/promises": () => ({ setTimeout: sleep, setImmediate: (value) => sleep(0, value) }),
    url: () => shim("url"),
    util: () => ({
      inspect: shim("inspect").inspect,
      format: (...parts) => shim("inspect").format(parts),
      promisify,
      types: { isPromise: (it) => it instanceof Promise, isDate: (it) => it instanceof Date },
    }),
  };
  const made = Object.create(null);
  const require = (name) => (made[name] ??= Object.hasOwn(modules, name) ? modules[name]() : shim("services")[name]);
  return { crypto, require };
})
