// Values as the console shows them: near to Node's, bounded in depth and length.
(function () {
  "use strict";
  const MAX_DEPTH = 3;
  const MAX_ENTRIES = 100;
  const MAX_LETTERS = 10000;

  /** In single quotes, or in double ones where that saves an escape. */
  const quoted = (text) => {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    return mark + text.replaceAll("\\", "\\\\").replaceAll(mark, "\\" + mark).replaceAll("\n", "\\n") + mark;
  };

  const inspect = (value, depth = 0, inside = new Set()) => {
    switch (typeof value) {
      case "string":
        return depth ? quoted(value) : value;
      case "bigint":
        return `${value}n`;
      case "symbol":
        return String(value);
      case "function":
        return /^class\b/.test(Function.prototype.toString.call(value))
          ? `[class ${value.name || "(anonymous)"}]`
          : `[Function: ${value.name || "(anonymous)"}]`;
      case "object":
        break;
      default:
        return Object.is(value, -0) ? "-0" : String(value);
    }
    if (value === null) return "null";
    if (value instanceof Error) return `${value.name}: ${value.message}${value.stack ? "\n" + value.stack.trimEnd() : ""}`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return "Promise { … }";
    if (inside.has(value)) return "[Circular]";
    if (depth >= MAX_DEPTH) return Array.isArray(value) ? "[Array]" : "[Object]";
    inside.add(value);
    const show = (it) => inspect(it, depth + 1, inside);
    let parts;
    let [open, close] = ["{", "}"];
    const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
    const total = list ? value.length : value instanceof Map || value instanceof Set ? value.size : Object.keys(value).length;
    if (list) {
      [open, close] = ["[", "]"];
      parts = Array.from({ length: Math.min(total, MAX_ENTRIES) }, (_, at) => show(value[at]));
    } else if (value instanceof Map) {
      parts = [...value].slice(0, MAX_ENTRIES).map(([key, entry]) => `${show(key)} => ${show(entry)}`);
    } else if (value instanceof Set) {
      parts = [...value].slice(0, MAX_ENTRIES).map(show);
    } else {
      parts = Object.keys(value).slice(0, MAX_ENTRIES).map((key) => {
        const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
        const property = Object.getOwnPropertyDescriptor(value, key);
        return `${name}: ${property?.get ? "[Getter]" : show(property ? property.value : value[key])}`;
      });
    }
    inside.delete(value);
    if (total > MAX_ENTRIES) parts.push(`... ${total - MAX_ENTRIES} more`);
    const kind = value.constructor?.name;
    const prefix = !kind || kind === "Object" || kind === "Array" ? "" : list || value.size !== undefined ? `${kind}(${total}) ` : `${kind} `;
    if (!parts.length) return prefix + open + close;
    const line = parts.join(", ");
    const shown = line.length <= 72 && !line.includes("\n") ? ` ${line} ` : `\n  ${parts.join(",\n").replaceAll("\n", "\n  ")}\n`;
    return prefix + open + shown + close;
  };

  const format = (parts) => {
    let rest = parts;
    let text = "";
    if (typeof parts[0] === "string" && parts[0].includes("%") && parts.length > 1) {
      let at = 1;
      text = parts[0].replace(/%[sdifjoOc%]/g, (mark) => {
        if (mark === "%%") return "%";
        if (at >= parts.length) return mark;
        const part = parts[at++];
        switch (mark) {
          case "%s": return typeof part === "object" ? inspect(part, 1) : String(part);
          case "%d": return String(Number(part));
          case "%i": return String(Math.trunc(Number(part)));
          case "%f": return String(Number.parseFloat(part));
          case "%j": return JSON.stringify(part);
          case "%c": return "";
          default: return inspect(part, 1);
        }
      });
      rest = parts.slice(at);
      if (rest.length) text += " ";
    }
    text += rest.map((part) => inspect(part)).join(" ");
    return text.length > MAX_LETTERS ? text.slice(0, MAX_LETTERS) + "…" : text;
  };

  return { inspect: (value) => inspect(value, typeof value === "string" ? 1 : 0), format };
})
