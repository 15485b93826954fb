// The AWS clients for S3, SQS and DynamoDB, as far as the stand-ins behind them go: `client.send(new Command(input))`.
(function (natives, shim) {
  "use strict";
  const { stringify } = natives;
  const isBytes = (value) => value instanceof Uint8Array;

  const send = (service, command) =>
    new Promise((resolve, reject) => {
      const { action, input, before, after } = command;
      const said = stringify(before ? before(input ?? {}) : input ?? {});
      const { tookMs, value, errorName, errorMessage } = natives.call(service, action, said);
      natives.setTimer(() => {
        if (errorName === undefined) return resolve(after ? after(value) : value);
        const error = new Error(errorMessage);
        error.name = errorName;
        error.$metadata = { httpStatusCode: 400 };
        reject(error);
      }, tookMs, false);
    });

  const client = (service) =>
    class {
      constructor(config = {}) {
        this.config = config;
      }
      static from(other) {
        return new this(other?.config);
      }
      send(command) {
        if (!command?.action) return Promise.reject(new TypeError("send takes a command, as in `new GetObjectCommand({…})`"));
        return send(service, command);
      }
      destroy() {}
    };
  const commands = (actions, suffix, before, after) => {
    const made = {};
    for (const [name, action] of Object.entries(actions)) {
      made[name + suffix] = class {
        constructor(input) {
          this.input = input;
        }
        get action() {
          return action;
        }
        get before() {
          return before;
        }
        get after() {
          return after;
        }
      };
    }
    return made;
  };
  const same = (...names) => Object.fromEntries(names.map((name) => [name, name]));

  // ── S3: a body is text, or bytes in base64 ──
  const body = ({ Body, ...input }) => {
    if (isBytes(Body)) return { ...input, Body: Body.toBase64(), isBase64: true };
    return Body === undefined ? input : { ...input, Body: String(Body) };
  };
  const stream = ({ Body, isBase64, ...answer }) => {
    if (Body === undefined) return answer;
    const { Buffer } = shim("buffer");
    const bytes = () => Buffer.from(Body, isBase64 ? "base64" : "utf8");
    return {
      ...answer,
      Body: {
        transformToString: async (encoding) => bytes().toString(encoding),
        transformToByteArray: async () => bytes(),
        async *[Symbol.asyncIterator]() {
          yield bytes();
        },
      },
    };
  };

  // ── DynamoDB: values with their types, and without ──
  const plain = (typed) => {
    const [[type, value]] = Object.entries(typed);
    switch (type) {
      case "N": return Number(value);
      case "NULL": return null;
      case "L": return value.map(plain);
      case "M": return plainAll(value);
      default: return value;
    }
  };
  const plainAll = (item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
  const typed = (value) => {
    if (value === null) return { NULL: true };
    if (Array.isArray(value)) return { L: value.map(typed) };
    switch (typeof value) {
      case "number": return { N: String(value) };
      case "boolean": return { BOOL: value };
      case "object": return { M: typedAll(value) };
      default: return { S: String(value) };
    }
  };
  const typedAll = (item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, typed(value)]));
  const toPlain = (input) => ({
    ...input,
    ...(input.Item && { Item: plainAll(input.Item) }),
    ...(input.Key && { Key: plainAll(input.Key) }),
    ...(input.ExpressionAttributeValues && { ExpressionAttributeValues: plainAll(input.ExpressionAttributeValues) }),
  });
  const toTyped = (answer) => ({
    ...answer,
    ...(answer.Item && { Item: typedAll(answer.Item) }),
    ...(answer.Attributes && { Attributes: typedAll(answer.Attributes) }),
    ...(answer.Items && { Items: answer.Items.map(typedAll) }),
  });

  return {
    "@aws-sdk/client-s3": {
      S3Client: client("s3"),
      ...commands(same("PutObject", "GetObject", "HeadObject", "DeleteObject", "CopyObject", "ListObjectsV2"), "Command", body, stream),
    },
    "@aws-sdk/client-sqs": {
      SQSClient: client("sqs"),
      ...commands(same("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage"), "Command"),
    },
    "@aws-sdk/client-dynamodb": {
      DynamoDBClient: client("dynamodb"),
      ...commands(same("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"), "Command", toPlain, toTyped),
    },
    "@aws-sdk/lib-dynamodb": {
      DynamoDBDocumentClient: client("dynamodb"),
      ...commands({ Put: "PutItem", Get: "GetItem", Update: "UpdateItem", Delete: "DeleteItem", Query: "Query", Scan: "Scan" }, "Command"),
    },
  };
})
