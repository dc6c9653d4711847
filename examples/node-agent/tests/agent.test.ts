// Copyright (c) 2026, The langops.langgraph maintainers
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from "node:assert/strict";
import { test } from "node:test";

import { AIMessage, AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";

import { buildGraph, graph } from "../src/agent/graph.js";
import { RuleChatModel } from "../src/agent/model.js";
import { pieces } from "../src/agent/rules.js";

async function ask(said: string): Promise<string> {
  const { messages } = await graph.invoke({ messages: [new HumanMessage(said)] });
  return messages.at(-1)?.text ?? "";
}

const ANSWERS: [string, string][] = [
  ["Hello there", "You said: Hello there"],
  ["What is 6 * 7?", "6 * 7 = 42."],
  ["What is 10/4, and what is 1/0?", "10 / 4 = 2.5. 1 / 0 has no result."],
  ["What time is it?", "The time is 2026-01-01T12:00:00+00:00."],
  ["Call 555-1234 on 2026-01-02", "You said: Call 555-1234 on 2026-01-02"],
  ["What did I tell you?", "You have told me nothing to remember yet."],
];

for (const [said, told] of ANSWERS) {
  test(`"${said}" is answered with "${told}"`, async () => {
    assert.equal(await ask(said), told);
  });
}

test("the clock tells the time that the environment fixes", async (context) => {
  process.env["AGENT_TIME"] = "2030-05-06T07:08:09+00:00";
  context.after(() => delete process.env["AGENT_TIME"]);
  assert.equal(await ask("What time is it?"), "The time is 2030-05-06T07:08:09+00:00.");
});

test("a thread remembers and another does not", async () => {
  const remembering = buildGraph(new RuleChatModel()).compile({ checkpointer: new MemorySaver() });
  const say = async (said: string, thread: string) => {
    const { messages } = await remembering.invoke({ messages: [new HumanMessage(said)] }, { configurable: { thread_id: thread } });
    return messages.at(-1)?.text;
  };
  assert.equal(await say("Remember that the cat is Minka.", "a"), "I will remember that the cat is Minka.");
  assert.equal(await say("What did I tell you?", "a"), "You told me that the cat is Minka.");
  assert.equal(await say("What did I tell you?", "b"), "You have told me nothing to remember yet.");
});

test("an answer streams token by token", async () => {
  const tokens: string[] = [];
  for await (const [message] of await graph.stream({ messages: [new HumanMessage("one two")] }, { streamMode: "messages" })) {
    if (AIMessageChunk.isInstance(message)) {
      tokens.push(message.text);
    }
  }
  assert.deepEqual(tokens, ["You ", "said: ", "one ", "two", ""]);
});

test("every message of the model carries its token usage", async () => {
  const { messages } = await graph.invoke({ messages: [new HumanMessage("What is 6 * 7?")] });
  const usage = messages.filter((message) => AIMessage.isInstance(message)).map((message) => message.usage_metadata);
  const numbers = usage.map((used) => [used?.input_tokens, used?.output_tokens, used?.total_tokens]);
  assert.deepEqual(numbers, [
    [5, 4, 9],
    [14, 5, 19],
  ]);
});

test("a token delay spreads a stream over time", async () => {
  const times: number[] = [];
  for await (const _chunk of await new RuleChatModel({ tokenDelay: 40 }).stream("one two")) {
    times.push(performance.now());
  }
  assert.ok(times.at(3)! - times.at(0)! >= 110, `tokens came at ${times.join(", ")}`);
});

test("the pieces of a text joined are the text", () => {
  for (const text of ["", "one", "one two  three ", "  leading", "line\nbreak\n\n end"]) {
    assert.equal(pieces(text).join(""), text);
  }
});
