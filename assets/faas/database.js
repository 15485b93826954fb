// The module `./db`: connections that cost what the exercise says, and rows.
(function (natives) {
  "use strict";
  const { stringify } = natives;

  class DatabaseError extends Error {
    constructor(name, message) {
      super(message);
      this.name = name;
      this.code = name;
    }
  }
  const ask = (action, input) =>
    new Promise((resolve, reject) => {
      const { tookMs, value, errorName, errorMessage } = natives.call("db", action, stringify(input));
      const answer = errorName === undefined ? () => resolve(value) : () => reject(new DatabaseError(errorName, errorMessage));
      natives.setTimer(answer, tookMs, false);
    });

  class Connection {
    #open = true;
    #ask(action, input) {
      if (!this.#open) return Promise.reject(new DatabaseError("ConnectionClosed", "this connection was closed"));
      return ask(action, input);
    }
    /** The user with this id, or null. */
    getUser(id) {
      return this.#ask("get", { table: "users", key: id });
    }
    /** The row of a table at a key, or null. */
    get(table, key) {
      return this.#ask("get", { table, key });
    }
    /** All rows of a table, in the order of their keys. */
    all(table) {
      return this.#ask("all", { table });
    }
    /** Writes a row, whether there is one or not. */
    put(table, key, row) {
      return this.#ask("put", { table, key, row });
    }
    /** Writes a row where there is none; rejects with DuplicateKey where there is. */
    insert(table, key, row) {
      return this.#ask("insert", { table, key, row });
    }
    delete(table, key) {
      return this.#ask("delete", { table, key });
    }
    close() {
      if (this.#open) natives.call("db", "close", "{}");
      this.#open = false;
      return Promise.resolve();
    }
    end() {
      return this.close();
    }
  }

  return {
    /** Opens a connection. The time it takes is spent here, as with a driver that connects before it returns. */
    connect() {
      const { tookMs, errorName, errorMessage } = natives.call("db", "connect", "{}");
      natives.wait(tookMs);
      if (errorName !== undefined) throw new DatabaseError(errorName, errorMessage);
      return new Connection();
    },
  };
})
