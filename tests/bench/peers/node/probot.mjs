// The same job as a Probot app: read what good-citizen reads, look, comment, label.
// BENCH_JOB=none answers and does nothing.
import { readFileSync } from "node:fs";
import { ProbotOctokit, run } from "probot";

const { subject, look, members } = JSON.parse(readFileSync(process.env.BENCH_FILE, "utf8"));
const label = "contribution: strategic";
const text =
  "**Strategic contribution**\n\nIt repairs or improves how the project is built and tested, " +
  "which keeps it healthy for everybody who depends on it.";

// As on an Enterprise Server: no second between two writes. Probot's own defaults would win over
// those of a class made with `defaults`.
class Octokit extends ProbotOctokit {
  constructor(options) {
    super({ ...options, throttle: { enabled: false } });
  }
}

await run(
  (app) => {
    app.on("pull_request.opened", async (context) => {
      if (process.env.BENCH_JOB === "none") return;
      if (!members.includes(context.payload.sender.login)) return;
      const { owner, repo, issue_number: number } = context.issue();
      const read = await context.octokit.graphql(subject, { owner, name: repo, number });
      if (!read.repository.issueOrPullRequest) return;
      const seen = await context.octokit.graphql(look, {
        owner, name: repo, number, before: null, label, asksLabel: true,
      });
      if (!seen.repository.label) {
        await context.octokit.rest.issues.createLabel({ owner, repo, name: label, color: "0e8a16" });
      }
      await context.octokit.rest.issues.createComment(context.issue({ body: text }));
      await context.octokit.rest.issues.addLabels(context.issue({ labels: [label] }));
    });
  },
  { Octokit },
);
process.stdout.write("ready\n");
