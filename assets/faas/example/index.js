// index.js
// Reusable connection: declared OUTSIDE the handler to
// take advantage of "warm starts" and avoid reconnecting on every invocation.
const db = require("./db").connect();

exports.handler = async (event, context) => {
  try {
    // 'event' contains the trigger data (e.g. the HTTP request)
    const userId = event.queryStringParameters?.id;

    if (!userId) {
      return { statusCode: 400, body: JSON.stringify({ error: "Missing id" }) };
    }

    const user = await db.getUser(userId);

    // Response in the format the API Gateway expects
    return {
      statusCode: 200,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(user),
    };
  } catch (err) {
    console.error("Error in the function:", err);
    return { statusCode: 500, body: JSON.stringify({ error: "Internal error" }) };
  }
};
