// URL and URLSearchParams, for the addresses that handlers take apart and put together: absolute ones with a host.
(function (natives, shim) {
  "use strict";
  const encode = (text) => encodeURIComponent(text).replaceAll("%20", "+").replace(/[!'()~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  const decode = (text) => {
    const spaced = text.replaceAll("+", " ");
    try {
      return decodeURIComponent(spaced);
    } catch {
      return spaced;
    }
  };

  class URLSearchParams {
    #pairs = [];
    #changed;
    constructor(init = "", changed = () => {}) {
      this.#changed = changed;
      if (typeof init === "string") {
        for (const part of init.replace(/^\?/, "").split("&")) {
          if (!part) continue;
          const at = part.indexOf("=");
          this.#pairs.push(at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
        }
      } else if (init != null) {
        const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
        for (const [name, value] of pairs) this.#pairs.push([String(name), String(value)]);
      }
    }
    get size() {
      return this.#pairs.length;
    }
    get(name) {
      return this.#pairs.find(([key]) => key === name)?.[1] ?? null;
    }
    getAll(name) {
      return this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
    }
    has(name) {
      return this.#pairs.some(([key]) => key === name);
    }
    append(name, value) {
      this.#pairs.push([String(name), String(value)]);
      this.#changed();
    }
    set(name, value) {
      const at = this.#pairs.findIndex(([key]) => key === name);
      this.#pairs = this.#pairs.filter(([key], index) => key !== name || index === at);
      if (at < 0) this.#pairs.push([String(name), String(value)]);
      else this.#pairs[at] = [String(name), String(value)];
      this.#changed();
    }
    delete(name) {
      this.#pairs = this.#pairs.filter(([key]) => key !== name);
      this.#changed();
    }
    sort() {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }
    forEach(callback) {
      for (const [name, value] of this.#pairs) callback(value, name, this);
    }
    *entries() {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys() {
      for (const [name] of this.#pairs) yield name;
    }
    *values() {
      for (const [, value] of this.#pairs) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    toString() {
      return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
    }
  }

  const PORTS = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443" };
  const WHOLE = /^([a-z][a-z0-9+.-]*:)\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?(\[[^\]]+\]|[^/?#:]*)(?::(\d+))?([^?#]*)(\?[^#]*)?(#.*)?$/is;
  const withoutDots = (path) => {
    const kept = [];
    const parts = path.split("/").slice(1);
    parts.forEach((part, at) => {
      const last = at === parts.length - 1;
      if (part === "..") kept.pop();
      if (part === ".." || part === ".") {
        if (last) kept.push("");
      } else kept.push(part);
    });
    return "/" + kept.join("/");
  };
  const escaped = (text) => encodeURI(text).replace(/%25([0-9a-f]{2})/gi, "%$1");

  class URL {
    #params;
    constructor(input, base) {
      let text = String(input).trim();
      if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && base !== undefined) {
        const from = new URL(base);
        if (text.startsWith("//")) text = from.protocol + text;
        else if (text.startsWith("/")) text = from.origin + text;
        else if (text.startsWith("?")) text = from.origin + from.pathname + text;
        else if (text.startsWith("#")) text = from.origin + from.pathname + from.search + text;
        else text = from.origin + from.pathname.slice(0, from.pathname.lastIndexOf("/") + 1) + text;
      }
      const found = WHOLE.exec(text);
      if (!found || (!found[4] && found[1].toLowerCase() !== "file:")) {
        throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: text });
      }
      const [, protocol, username = "", password = "", hostname, port = "", path, search = "", hash = ""] = found;
      this.protocol = protocol.toLowerCase();
      this.username = username;
      this.password = password;
      this.hostname = hostname.toLowerCase();
      this.port = port === PORTS[this.protocol] ? "" : port;
      this.pathname = escaped(withoutDots(path || "/"));
      this.hash = hash === "#" ? "" : escaped(hash);
      this.search = search;
    }
    static canParse(input, base) {
      try {
        return Boolean(new URL(input, base));
      } catch {
        return false;
      }
    }
    get search() {
      return this.query ? "?" + this.query : "";
    }
    set search(text) {
      Object.defineProperty(this, "query", {
        value: escaped(String(text).replace(/^\?/, "")).replaceAll("'", "%27"), writable: true, configurable: true, enumerable: false,
      });
      this.#params = undefined;
    }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.query, () => {
        this.query = this.#params.toString();
      }));
    }
    get host() {
      return this.hostname + (this.port && ":" + this.port);
    }
    get origin() {
      return this.protocol in PORTS ? `${this.protocol}//${this.host}` : "null";
    }
    get href() {
      const user = this.username && this.username + (this.password && ":" + this.password) + "@";
      return `${this.protocol}//${user}${this.host}${this.pathname}${this.search}${this.hash}`;
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }
  }
  return { URL, URLSearchParams };
})
