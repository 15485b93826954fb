// structuredClone for what JSON has, and dates, maps, sets, bytes, errors; circles are kept.
(function () {
  "use strict";
  const structuredClone = (value) => {
    const seen = new Map();
    const copy = (it) => {
      if (typeof it === "function" || typeof it === "symbol") {
        throw new DOMException(`${String(it)} could not be cloned.`, "DataCloneError");
      }
      if (it === null || typeof it !== "object") return it;
      if (seen.has(it)) return seen.get(it);
      const keep = (made) => (seen.set(it, made), made);
      if (it instanceof Date) return keep(new Date(it.getTime()));
      if (it instanceof RegExp) return keep(new RegExp(it.source, it.flags));
      if (it instanceof ArrayBuffer) return keep(it.slice(0));
      if (ArrayBuffer.isView(it)) return keep(new it.constructor(it));
      if (it instanceof Map) {
        const made = keep(new Map());
        for (const [key, entry] of it) made.set(copy(key), copy(entry));
        return made;
      }
      if (it instanceof Set) {
        const made = keep(new Set());
        for (const entry of it) made.add(copy(entry));
        return made;
      }
      const made = keep(Array.isArray(it) ? new Array(it.length) : it instanceof Error ? new it.constructor(it.message) : {});
      for (const key of Object.keys(it)) made[key] = copy(it[key]);
      return made;
    };
    return copy(value);
  };
  return { structuredClone };
})
