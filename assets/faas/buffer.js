// Bytes and text: Buffer as far as handlers use it, TextEncoder, TextDecoder.
(function (natives) {
  "use strict";
  const known = ["utf8", "utf-8", "hex", "base64", "base64url", "latin1", "binary", "ascii"];
  const checked = (encoding) => {
    const name = String(encoding ?? "utf8").toLowerCase();
    if (!known.includes(name)) throw new TypeError(`Unknown encoding: ${encoding}`);
    return name;
  };
  const bytesOf = (text, encoding) => {
    switch (checked(encoding)) {
      case "hex":
        // Up to the first pair that is no number, as in Node.
        return Uint8Array.fromHex(/^(?:[0-9a-f]{2})*/i.exec(text)[0]);
      case "base64":
      case "base64url":
        return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/").replace(/[^A-Za-z0-9+/]/g, ""));
      case "latin1":
      case "binary":
      case "ascii":
        return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
      default:
        return natives.encodeUtf8(text);
    }
  };

  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === "string") return Buffer.over(bytesOf(value, encoding));
      if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
      if (value?.type === "Buffer" && Array.isArray(value.data)) return Buffer.over(Uint8Array.from(value.data));
      if (value == null || typeof value !== "object") throw new TypeError("Buffer.from takes a string, bytes or an array");
      return Buffer.over(Uint8Array.from(value));
    }
    static over(bytes) {
      return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    static alloc(size, fill = 0, encoding) {
      const made = new Buffer(size);
      if (fill === 0) return made;
      const pattern = typeof fill === "number" ? [fill] : bytesOf(String(fill), encoding);
      for (let at = 0; at < size; at++) made[at] = pattern[at % pattern.length];
      return made;
    }
    static allocUnsafe(size) {
      return new Buffer(size);
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static isEncoding(name) {
      return known.includes(String(name).toLowerCase());
    }
    static byteLength(value, encoding) {
      return typeof value === "string" ? bytesOf(value, encoding).length : value.byteLength;
    }
    static concat(parts, length = parts.reduce((sum, part) => sum + part.length, 0)) {
      const made = new Buffer(length);
      let at = 0;
      for (const part of parts) {
        const fits = part.subarray(0, Math.max(0, length - at));
        made.set(fits, at);
        at += fits.length;
      }
      return made;
    }
    static compare(a, b) {
      const shared = Math.min(a.length, b.length);
      for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(encoding, start = 0, end = this.length) {
      const bytes = new Uint8Array(this.buffer, this.byteOffset, this.byteLength).subarray(start, end);
      switch (checked(encoding)) {
        case "hex":
          return bytes.toHex();
        case "base64":
          return bytes.toBase64();
        case "base64url":
          return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
        case "latin1":
        case "binary":
        case "ascii":
          return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
        default:
          return natives.decodeUtf8(bytes.toHex(), false);
      }
    }
    toJSON() {
      return { type: "Buffer", data: Array.from(this) };
    }
    equals(other) {
      return Buffer.compare(this, other) === 0;
    }
    compare(other) {
      return Buffer.compare(this, other);
    }
    slice(start, end) {
      return this.subarray(start, end);
    }
    write(text, offset = 0, length, encoding) {
      const bytes = bytesOf(text, encoding).subarray(0, length ?? this.length - offset);
      this.set(bytes, offset);
      return bytes.length;
    }
  }

  class TextEncoder {
    get encoding() {
      return "utf-8";
    }
    encode(text = "") {
      return natives.encodeUtf8(String(text));
    }
  }

  class TextDecoder {
    #fatal;
    constructor(label = "utf-8", { fatal = false } = {}) {
      if (!["utf-8", "utf8"].includes(label.toLowerCase())) throw new RangeError(`TextDecoder here reads utf-8, not ${label}`);
      this.#fatal = fatal;
    }
    get encoding() {
      return "utf-8";
    }
    decode(bytes = new Uint8Array()) {
      const view = ArrayBuffer.isView(bytes)
        ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : new Uint8Array(bytes);
      return natives.decodeUtf8(view.toHex(), this.#fatal);
    }
  }

  return { Buffer, TextEncoder, TextDecoder };
})
