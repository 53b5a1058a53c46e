// @octokit/webhooks as its README shows it: the middleware in Node's own HTTP server.
import { createServer } from "node:http";
import { Webhooks, createNodeMiddleware } from "@octokit/webhooks";

const webhooks = new Webhooks({ secret: process.env.WEBHOOK_SECRET });
webhooks.on("pull_request.opened", () => {});
createServer(createNodeMiddleware(webhooks, { path: "/webhook" })).listen(
  Number(process.env.PORT), "127.0.0.1", () => process.stdout.write("ready\n"),
);
