// Copyright (c) 2026, The langops.langgraph maintainers
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

/** The graph `agent`: a model that calls tools until it has an answer. Memory is the thread's messages. */

import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { z } from "zod";

import { RuleChatModel } from "./model.js";

const OPERATIONS = {
  "+": (left: number, right: number) => left + right,
  "-": (left: number, right: number) => left - right,
  "*": (left: number, right: number) => left * right,
  "/": (left: number, right: number) => left / right,
};

const calculator = tool(
  ({ left, operator, right }) => {
    const result = OPERATIONS[operator](left, right);
    return Number.isFinite(result) ? `${left} ${operator} ${right} = ${result}` : `${left} ${operator} ${right} has no result`;
  },
  {
    name: "calculator",
    description: "Add, subtract, multiply or divide two numbers.",
    schema: z.object({ left: z.number(), operator: z.enum(["+", "-", "*", "/"]), right: z.number() }),
  },
);

const clock = tool(() => `The time is ${process.env["AGENT_TIME"] || "2026-01-01T12:00:00+00:00"}`, {
  name: "clock",
  description: "Tell the time. AGENT_TIME fixes it, so that an answer can be foretold.",
  schema: z.object({}),
});

const tools = [calculator, clock];

/** The assistant around a chat model; the server brings the memory. */
export function buildGraph(model: RuleChatModel) {
  const offered = model.bindTools(tools);
  return new StateGraph(MessagesAnnotation)
    .addNode("model", async (state, config) => ({ messages: [await offered.invoke(state.messages, config)] }))
    .addNode("tools", new ToolNode(tools))
    .addEdge(START, "model")
    .addConditionalEdges("model", toolsCondition, ["tools", "__end__"])
    .addEdge("tools", "model");
}

export const graph = buildGraph(new RuleChatModel({ tokenDelay: Number(process.env["AGENT_TOKEN_DELAY_MS"] || 0) })).compile({ name: "agent" });
